"""pins.*: pinned messages of a channel."""

from localslack.api import access
from localslack.api.registry import Call, method
from localslack.errors import SlackError
from localslack.records import Json

LIMIT = 100


@method("pins.add", "pins:write", tier=2)
async def add(call: Call) -> Json:
    """Pin a message."""
    channel = access.joined_channel(call)
    if not call.arguments.text("timestamp"):
        raise SlackError("no_item_specified")
    message = access.message(call, channel)
    if len(channel.pins) >= LIMIT:
        raise SlackError("too_many_pins")
    if not call.slack.posting.pin(channel, message, call.bot.id):
        raise SlackError("already_pinned")
    return {}


@method("pins.remove", "pins:write", tier=2)
async def remove(call: Call) -> Json:
    """Unpin it."""
    channel = access.joined_channel(call)
    if not call.arguments.text("timestamp"):
        raise SlackError("no_item_specified")
    message = access.message(call, channel)
    if not call.slack.posting.unpin(channel, message, call.bot.id):
        raise SlackError("no_pin")
    return {}


@method("pins.list", "pins:read", tier=2)
async def list_pins(call: Call) -> Json:
    """The pinned messages of a channel, newest pin first."""
    channel = access.channel(call)
    items = []
    for pin in reversed(channel.pins):
        message = call.slack.workspace.message(channel.id, pin["ts"])
        if message is not None:
            items.append(
                {
                    "type": "message",
                    "channel": channel.id,
                    "created": pin["pinned_ts"],
                    "created_by": pin["pinned_by"],
                    "message": call.slack.wire.message(message),
                }
            )
    return {"items": items}
