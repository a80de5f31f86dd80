"""chat.scheduleMessage, chat.scheduledMessages.list, chat.deleteScheduledMessage."""

from localslack.api import access
from localslack.api.arguments import Arguments
from localslack.api.chat import author, post_message, target
from localslack.api.content import content
from localslack.api.pages import page
from localslack.api.registry import Call, method
from localslack.errors import SlackError
from localslack.ids import random_id
from localslack.records import Json, Scheduled
from localslack.services import Services

LATEST = 120 * 24 * 3600
MAX_AT_ONCE = 30  # messages in one channel within WINDOW seconds
WINDOW = 5 * 60
_STORED_ARGUMENTS = (
    "text",
    "blocks",
    "attachments",
    "metadata",
    "thread_ts",
    "reply_broadcast",
    "username",
    "icon_emoji",
    "icon_url",
    "mrkdwn",
    "markdown_text",
)


@method("chat.scheduleMessage", "chat:write")
async def schedule(call: Call) -> Json:
    """Schedule a message, at most 120 days ahead."""
    channel = target(call)
    facts = content(call.arguments)
    if not any(facts.get(name) for name in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    post_at, now = _post_at(call), call.slack.workspace.now
    if len(_around(call, channel.id, post_at)) >= MAX_AT_ONCE:
        raise SlackError("restricted_too_many")
    remaining = {key: value for key, value in call.arguments.values.items() if key in _STORED_ARGUMENTS}
    entry = Scheduled(
        id=random_id("Q"), app_id=call.app.id, channel=channel.id, post_at=post_at, created=now, arguments=remaining
    )
    call.slack.scheduling.add(entry)
    shown = {name: facts[name] for name in ("blocks", "attachments", "metadata") if facts.get(name)}
    message = {"type": "delayed_message", "text": facts.get("text", ""), "bot_id": author(call)["bot_id"], **shown}
    return {"scheduled_message_id": entry.id, "channel": channel.id, "post_at": post_at, "message": message}


def _post_at(call: Call) -> int:
    """The time of the argument, which lies ahead, but not too far."""
    given = str(call.arguments.values.get("post_at", ""))
    if not given.removesuffix(".0").isdigit() or not int(float(given)):
        raise SlackError("invalid_time")
    post_at, now = int(float(given)), call.slack.workspace.now
    if post_at <= now:
        raise SlackError("time_in_past")
    if post_at > now + LATEST:
        raise SlackError("time_too_far")
    return post_at


def _around(call: Call, channel: str, post_at: int) -> list[Scheduled]:
    """The messages scheduled in the channel in the same five minutes."""
    return [
        entry
        for entry in call.slack.workspace.scheduled.values()
        if entry.channel == channel and abs(entry.post_at - post_at) < WINDOW
    ]


@method("chat.scheduledMessages.list")
async def scheduled_list(call: Call) -> Json:
    """The scheduled messages of the app."""
    entries = [entry for entry in call.slack.workspace.scheduled.values() if entry.app_id == call.app.id]
    if call.arguments.text("channel"):
        wanted = access.channel(call).id
        entries = [entry for entry in entries if entry.channel == wanted]
    shown, cursor = page(call, sorted(entries, key=lambda entry: entry.post_at))
    return {"scheduled_messages": [_shown(entry) for entry in shown], "response_metadata": {"next_cursor": cursor}}


def _shown(entry: Scheduled) -> Json:
    return {
        "id": entry.id,
        "channel_id": entry.channel,
        "post_at": entry.post_at,
        "date_created": entry.created,
        "text": entry.arguments.get("text", ""),
    }


@method("chat.deleteScheduledMessage", "chat:write")
async def delete_scheduled(call: Call) -> Json:
    """Delete a scheduled message."""
    entry = call.slack.workspace.scheduled.get(call.arguments.needed("scheduled_message_id"))
    if entry is None or entry.app_id != call.app.id or entry.channel != access.channel(call).id:
        raise SlackError("invalid_scheduled_message_id")
    call.slack.workspace.drop(entry)
    return {}


async def post_now(slack: Services, entry: Scheduled) -> None:
    """Post a scheduled message; does nothing if posting is no longer allowed, as at Slack."""
    app = slack.workspace.apps.get(entry.app_id)
    if app is None:
        return
    arguments = Arguments({**entry.arguments, "channel": entry.channel})
    row = slack.traffic.begin(
        app,
        direction="from_app",
        transport="api",
        kind="chat.postMessage",
        request=arguments.values,
        summary="scheduled",
    )
    try:
        await post_message(Call("chat.postMessage", app, arguments, slack))
    except SlackError as error:
        slack.traffic.end(row, error.error)
    else:
        slack.traffic.end(row, "ok")
