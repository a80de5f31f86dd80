"""Domain of the bot: records, rules and use-cases. Files are rules; folders are technology."""
