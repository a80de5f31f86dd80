"""Messages of a shared channel, as Slack sends them: author, workspace, and later changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from handlers.message_text import words_of

Part = Mapping[str, Any]


class MessageChange(StrEnum):
    """Kind of change of the message."""

    NEW = "new"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True)
class SharedMessage:
    """One message of somebody of another workspace."""

    became: MessageChange
    channel: str
    ts: str
    thread: str
    author: str
    """User id, or bot id of a bot without a user."""
    name: str = ""
    """Name of a bot."""
    text: str = ""
    """Text in Slack's markup."""
    file_ids: tuple[str, ...] = ()


_EDITED, _DELETED = "message_changed", "message_deleted"
_TALK = frozenset({"", "thread_broadcast", "file_share", "bot_message", "me_message"})
"""Subtypes of messages written by a person."""


def in_event(body: Part) -> SharedMessage | None:
    """The message of an event, when its author is of another workspace; a deleted one by any author."""
    event = body.get("event") or {}
    subtype, channel = str(event.get("subtype") or ""), str(event.get("channel") or "")
    if event.get("type") != "message":
        return None
    if subtype == _DELETED:
        before = event.get("previous_message") or {}
        ts = str(event.get("deleted_ts") or before.get("ts") or "")
        return SharedMessage(MessageChange.DELETED, channel, ts, str(before.get("thread_ts") or ""), "")
    message = (event.get("message") or {}) if subtype == _EDITED else event
    if message.get("subtype") == "tombstone":
        ts = str(message.get("ts") or "")
        return SharedMessage(MessageChange.DELETED, channel, ts, str(message.get("thread_ts") or ""), "")
    found = in_history(message, channel, _own_team(body), sender=str(body.get("team_id") or ""))
    if found is None or subtype != _EDITED:
        return found
    return SharedMessage(
        MessageChange.EDITED,
        found.channel,
        found.ts,
        found.thread,
        found.author,
        found.name,
        found.text,
        found.file_ids,
    )


def in_history(message: Part, channel: str, own_team: str, sender: str = "") -> SharedMessage | None:
    """A message of a thread, when its author is of another workspace. `sender`: the envelope's workspace."""
    team = (
        message.get("user_team") or message.get("team") or (message.get("bot_profile") or {}).get("team_id") or sender
    )
    if str(message.get("subtype") or "") not in _TALK or not own_team or not team or team == own_team:
        return None
    return SharedMessage(
        MessageChange.EDITED if message.get("edited") else MessageChange.NEW,
        channel,
        str(message.get("ts") or ""),
        str(message.get("thread_ts") or ""),
        str(message.get("user") or message.get("bot_id") or ""),
        str((message.get("bot_profile") or {}).get("name") or message.get("username") or ""),
        words_of(_without_previews(message)),
        tuple(str(each["id"]) for each in message.get("files") or () if each.get("id")),
    )


def _without_previews(message: Part) -> Part:
    """The message without the previews that Slack adds to its links: they are nobody's words, and no edit."""
    attachments = [each for each in message.get("attachments") or () if not _is_preview(each)]
    return {**message, "attachments": attachments}


def _is_preview(attachment: Any) -> bool:
    """True for the preview of a link; a message that was shared by its author is none."""
    if not isinstance(attachment, Mapping):
        return False
    is_link = any(attachment.get(key) for key in ("from_url", "original_url", "app_unfurl_url"))
    return is_link and not attachment.get("is_share")


def _own_team(body: Part) -> str:
    authorizations = body.get("authorizations") or [{}]
    return str(body.get("context_team_id") or authorizations[0].get("team_id") or "")
