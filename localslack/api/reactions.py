"""reactions.*: emoji reactions to messages."""

import re

from localslack.api import access
from localslack.api.pages import page
from localslack.api.registry import Call, method
from localslack.emoji import is_emoji
from localslack.errors import SlackError
from localslack.records import Channel, Json, Message

MAX_EMOJI = 50  # different ones on a message
MAX_OF_ONE = 23  # by one person or app
_TS = re.compile(r"\d{1,12}\.\d{1,6}")


def _channel(call: Call) -> Channel:
    """The channel of the message that channel and timestamp name."""
    if not call.arguments.text("channel") or not call.arguments.text("timestamp"):
        raise SlackError("no_item_specified")
    channel = access.channel(call)
    if not _TS.fullmatch(call.arguments.needed("timestamp")):
        raise SlackError("bad_timestamp")
    return channel


def _named(call: Call) -> tuple[Message, str]:
    name = (call.arguments.text("name") or "").strip(":")
    if not is_emoji(name):
        raise SlackError("invalid_name")
    channel = _channel(call)
    if call.bot.id not in channel.members and channel.is_private:
        raise SlackError("channel_not_found")
    if channel.is_archived:
        raise SlackError("is_archived")
    return access.message(call, channel), name


@method("reactions.add", "reactions:write")
async def add(call: Call) -> Json:
    """Add a reaction to a message."""
    message, name = _named(call)
    mine = [reaction for reaction in message.reactions if call.bot.id in reaction["users"]]
    if len(mine) >= MAX_OF_ONE:
        raise SlackError("too_many_reactions")
    if len(message.reactions) >= MAX_EMOJI and all(reaction["name"] != name for reaction in message.reactions):
        raise SlackError("too_many_emoji")
    if not call.slack.posting.react(message, call.bot.id, name):
        raise SlackError("already_reacted")
    return {}


@method("reactions.remove", "reactions:write", tier=2)
async def remove(call: Call) -> Json:
    """Remove a reaction."""
    message, name = _named(call)
    if not call.slack.posting.unreact(message, call.bot.id, name):
        raise SlackError("no_reaction")
    return {}


@method("reactions.get", "reactions:read")
async def get(call: Call) -> Json:
    """A message with its reactions."""
    channel = _channel(call)
    message = access.message(call, channel)
    return {"type": "message", "channel": channel.id, "message": call.slack.wire.message(message)}


@method("reactions.list", "reactions:read", tier=2)
async def list_reactions(call: Call) -> Json:
    """The messages a user has reacted to, in the channels the bot is in."""
    user = call.arguments.text("user") or call.bot.id
    workspace = call.slack.workspace
    found = [
        message
        for channel in workspace.channels.values()
        if call.bot.id in channel.members
        for message in workspace.timeline(channel.id).newest_first()
        if any(user in reaction["users"] for reaction in message.reactions)
    ]
    shown, cursor = page(call, found)
    items = [
        {"type": "message", "channel": message.channel, "message": call.slack.wire.message(message)}
        for message in shown
    ]
    return {"items": items, "response_metadata": {"next_cursor": cursor}}
