"""Responses of apps: acknowledgements of commands, and requests to a response URL."""

from typing import Any

from localslack.api.arguments import Arguments
from localslack.api.content import content
from localslack.errors import SlackError
from localslack.records import App, Json, Message
from localslack.response_urls import ResponseUrl
from localslack.services import Services


def take(slack: Services, url: ResponseUrl, body: Any) -> None:
    """Apply a request to a response URL; each request counts as a use."""
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    url.uses += 1
    if body.get("delete_original"):
        slack.posting.delete(_original(slack, url))
    elif body.get("replace_original"):
        _replace(slack, url, body)
    else:
        show(slack, slack.workspace.apps[url.app_id], url, body)


def _original(slack: Services, url: ResponseUrl) -> Message:
    timeline = slack.workspace.timeline(url.channel)
    ts = url.message_ts or ""
    message = timeline.get(ts) or timeline.ephemeral.get(ts)
    if message is None:
        raise SlackError("message_not_found")
    return message


def _replace(slack: Services, url: ResponseUrl, body: Json) -> None:
    message = _original(slack, url)
    facts = _content(body)
    facts.pop("extra", None)
    if "text" in facts:
        facts.setdefault("blocks", [])
    slack.posting.edit(message, **facts)


def show(slack: Services, app: App, url: ResponseUrl, body: Json) -> Message:
    """Post an answer: to the person alone unless it says `in_channel`."""
    channel = slack.workspace.channels.get(url.channel)
    if channel is None:
        raise SlackError("channel_not_found")
    facts = {"text": "", **_content(body), "user": app.bot_user, "bot_id": app.bot_id, "app_id": app.id}
    facts |= {"team_id": slack.workspace.team.id, "thread_ts": body.get("thread_ts") or url.thread_ts}
    kind = body.get("response_type", "ephemeral")
    if kind not in ("ephemeral", "in_channel"):
        raise SlackError("invalid_response_type")
    if kind == "in_channel":
        return slack.posting.post(channel, **facts)
    facts.pop("metadata", None)
    message = slack.posting.post_ephemeral(channel, url.user, **facts)
    url.message_ts = url.message_ts or message.ts  # `replace_original` means the first answer, where there was none
    return message


def _content(body: Json) -> Json:
    facts = content(Arguments(body))
    if not any(facts.get(name) for name in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    return facts
