"""What the bot can show: domain values in, Block Kit out. Plain dicts; nothing here knows a Slack client."""
