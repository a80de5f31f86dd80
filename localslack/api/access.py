"""Look-ups of the channels, people and messages that an app names; unknown and hidden ones are refused alike."""

from localslack.api.registry import Call
from localslack.errors import SlackError
from localslack.records import Channel, Message, Person

FAMILY = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


def channel(call: Call, name: str = "channel", *, scope: str = "") -> Channel:
    """The channel of an argument, if the bot can see it; `scope` is the last part of a scope such as `read`."""
    found = call.slack.workspace.channels.get(call.arguments.needed(name))
    if found is None or (found.is_private and call.app.bot_user not in found.members):
        raise SlackError("channel_not_found")
    if scope:
        call.need_scope(f"{FAMILY[found.kind]}:{scope}")
    return found


def joined_channel(call: Call, *, scope: str = "") -> Channel:
    """The channel of an argument, if the bot is in it."""
    found = channel(call, scope=scope)
    if call.app.bot_user not in found.members:
        raise SlackError("not_in_channel")
    return found


def message(call: Call, within: Channel, name: str = "timestamp", error: str = "message_not_found") -> Message:
    """The message of an argument."""
    ts = call.arguments.text(name)
    found = call.slack.workspace.message(within.id, ts) if ts else None
    if found is None or found.subtype == "tombstone":
        raise SlackError(error)
    return found


def person(call: Call, name: str = "user", error: str = "user_not_found") -> Person:
    """The user of an argument."""
    found = call.slack.workspace.people.get(call.arguments.needed(name))
    if found is None:
        raise SlackError(error)
    return found
