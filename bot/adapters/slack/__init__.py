"""The bot's side of Slack: who is who, and messages on their way out."""
