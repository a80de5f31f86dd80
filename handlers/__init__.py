"""What can happen to the bot? Thin listeners: parse, ask the desk for one thing, show the answer."""
