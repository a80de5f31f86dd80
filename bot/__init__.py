"""What the bot is: records, rules and use-cases. Files are rules; folders are technology."""
