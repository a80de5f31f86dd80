"""conversations.history and conversations.replies: the messages of a channel and of a thread."""

from collections.abc import Iterable
from itertools import islice

from localslack.api import access, pages
from localslack.api.registry import Call, method
from localslack.errors import SlackError
from localslack.ratelimits import LIMITED_PAGE
from localslack.records import Channel, Json, Message

_SCOPES = ("channels:history", "groups:history", "im:history", "mpim:history")
LIMIT = 999


def _channel(call: Call) -> Channel:
    channel = access.channel(call, scope="history")
    if call.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


@method("conversations.history", *_SCOPES)
async def history(call: Call) -> Json:
    """Roots and broadcasts of a channel, newest first."""
    channel, limit = _channel(call), _limit(call)
    found = list(islice(_between(call, channel), limit + 1))
    more = len(found) > limit
    shown = found[:limit]
    return {
        "messages": _shown(call, shown),
        "has_more": more,
        "pin_count": len(channel.pins),
        "channel_actions_ts": None,
        "channel_actions_count": 0,
        **_next(more, shown),
    }


def _limit(call: Call) -> int:
    if call.slack.switches.history_limited:
        return call.arguments.number("limit", LIMITED_PAGE, maximum=LIMITED_PAGE)
    return call.arguments.number("limit", 100, maximum=LIMIT)


def _between(call: Call, channel: Channel) -> Iterable[Message]:
    inclusive = call.arguments.flag("inclusive")
    latest, oldest = call.arguments.ts("latest", "invalid_ts_latest"), call.arguments.ts("oldest", "invalid_ts_oldest")
    cursor = pages.decode(call, "next_ts")
    timeline = call.slack.workspace.timeline(channel.id)
    for message in timeline.newest_first(cursor or latest, inclusive=inclusive and not cursor):
        if oldest and (message.ts < oldest or (message.ts == oldest and not inclusive)):
            return
        if message.in_channel:
            yield message


def _shown(call: Call, messages: list[Message]) -> list[Json]:
    whole = call.arguments.flag("include_all_metadata")
    return [call.slack.wire.message(message, metadata=whole) for message in messages]


def _next(more: bool, shown: list[Message]) -> Json:
    if not more:
        return {}
    return {"response_metadata": {"next_cursor": pages.encode("next_ts", shown[-1].ts)}}


@method("conversations.replies", *_SCOPES)
async def replies(call: Call) -> Json:
    """A thread, oldest first; its parent leads the first page."""
    channel, limit = _channel(call), _limit(call)
    ts = call.arguments.ts("ts", "thread_not_found")
    named = call.slack.workspace.message(channel.id, ts) if ts else None
    if named is None:
        raise SlackError("thread_not_found")
    thread = [named] if named.is_reply else [named, *_replies(call, named)]
    cursor = pages.decode(call, "next_ts")
    if cursor:
        thread = [message for message in thread if message.ts > cursor]
    shown, more = thread[:limit], len(thread) > limit
    return {"messages": _shown(call, shown), "has_more": more, **_next(more, shown)}


def _replies(call: Call, parent: Message) -> list[Message]:
    oldest, latest = call.arguments.ts("oldest", "invalid_ts_oldest"), call.arguments.ts("latest", "invalid_ts_latest")
    inclusive = call.arguments.flag("inclusive")
    return [
        reply
        for reply in call.slack.workspace.timeline(parent.channel).replies(parent.ts)
        if (oldest is None or reply.ts > oldest or (inclusive and reply.ts == oldest))
        and (latest is None or reply.ts < latest or (inclusive and reply.ts == latest))
    ]
