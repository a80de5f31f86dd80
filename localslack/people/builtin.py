"""Slack's own slash commands: name, description, usage hint."""

BUILT_IN = (
    ("/dm", "Send a direct message", "@someone [message]"),
    ("/invite", "Bring somebody into this channel", "@someone"),
    ("/join", "Enter a channel", "#channel"),
    ("/leave", "Leave this channel", ""),
    ("/me", "Say what you are doing", "[text]"),
    ("/shrug", "Append ¯\\_(ツ)_/¯ to your message", "[text]"),
    ("/topic", "Set this channel's topic", "[text]"),
)
