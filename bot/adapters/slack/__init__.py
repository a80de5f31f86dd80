"""The bot's side of Slack: directory of people, and outgoing messages."""
