"""bookmarks.*: links at the top of a channel."""

from localslack.api import access
from localslack.api.registry import Call, method
from localslack.changes import ChannelChanged
from localslack.errors import SlackError
from localslack.ids import random_id
from localslack.records import Channel, Json

LIMIT = 100


def _channel(call: Call) -> Channel:
    channel = access.channel(call, "channel_id")
    if call.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _changed(call: Call, channel: Channel) -> None:
    call.slack.workspace.save(channel)
    call.slack.workspace.publish(ChannelChanged(channel))


@method("bookmarks.add", "bookmarks:write", tier=2)
async def add(call: Call) -> Json:
    """Add a link."""
    channel, title, kind = _channel(call), call.arguments.needed("title"), call.arguments.needed("type")
    link = call.arguments.text("link") or ""
    if kind != "link":
        raise SlackError("invalid_bookmark_type")
    if not link.startswith(("http://", "https://")):
        raise SlackError("invalid_link")
    if len(channel.bookmarks) >= LIMIT:
        raise SlackError("too_many_bookmarks")
    now = call.slack.workspace.now
    bookmark: Json = {
        "id": random_id("Bk"),
        "channel_id": channel.id,
        "title": title,
        "link": link,
        "emoji": call.arguments.text("emoji") or "",
        "icon_url": None,
        "type": kind,
        "entity_id": None,
        "date_created": now,
        "date_updated": 0,
        "rank": f"{len(channel.bookmarks):04d}",
        "last_updated_by_user_id": call.bot.id,
        "last_updated_by_team_id": call.slack.workspace.team.id,
        "shortcut_id": None,
        "app_id": call.app.id,
    }
    channel.bookmarks.append(bookmark)
    _changed(call, channel)
    return {"bookmark": bookmark}


def _bookmark(call: Call, channel: Channel) -> Json:
    wanted = call.arguments.needed("bookmark_id")
    for bookmark in channel.bookmarks:
        if bookmark["id"] == wanted:
            return bookmark
    raise SlackError("bookmark_not_found")


@method("bookmarks.edit", "bookmarks:write", tier=2)
async def edit(call: Call) -> Json:
    """Change the title, link or emoji."""
    channel = _channel(call)
    bookmark = _bookmark(call, channel)
    for field in ("title", "link", "emoji"):
        if (value := call.arguments.text(field)) is not None:
            bookmark[field] = value
    bookmark |= {"date_updated": call.slack.workspace.now, "last_updated_by_user_id": call.bot.id}
    _changed(call, channel)
    return {"bookmark": bookmark}


@method("bookmarks.remove", "bookmarks:write", tier=2)
async def remove(call: Call) -> Json:
    """Remove a link."""
    channel = _channel(call)
    channel.bookmarks.remove(_bookmark(call, channel))
    _changed(call, channel)
    return {}


@method("bookmarks.list", "bookmarks:read")
async def list_bookmarks(call: Call) -> Json:
    """All links of a channel."""
    return {"bookmarks": list(_channel(call).bookmarks)}
