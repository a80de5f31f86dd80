"""Pagination by Slack's cursors: opaque to the caller, an offset or a timestamp inside."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from localslack.api.registry import Call
from localslack.errors import SlackError

_Entry = TypeVar("_Entry")


def encode(kind: str, value: str) -> str:
    """A cursor."""
    return base64.b64encode(f"{kind}:{value}".encode()).decode()


def decode(call: Call, kind: str) -> str | None:
    """The content of the caller's cursor, None without one."""
    cursor = call.arguments.text("cursor")
    if not cursor:
        return None
    try:
        found, _, value = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise SlackError("invalid_cursor") from None
    if found != kind or not value:
        raise SlackError("invalid_cursor")
    return value


def page(
    call: Call, entries: Sequence[_Entry], *, default: int = 100, maximum: int = 1000
) -> tuple[Sequence[_Entry], str]:
    """The requested part of a list, and the cursor of the next (empty at the end)."""
    limit = call.arguments.number("limit", default, maximum=maximum)
    offset = decode(call, "offset") or "0"
    if not offset.isdigit():
        raise SlackError("invalid_cursor")
    start = int(offset)
    following = start + limit
    return entries[start:following], encode("offset", str(following)) if following < len(entries) else ""
