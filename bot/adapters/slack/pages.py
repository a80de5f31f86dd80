"""Slack's pagination by cursor."""

from __future__ import annotations

from typing import Any


def next_cursor(page: Any) -> str:
    """The cursor of the page after an answer of the Web API; empty on the last one."""
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")
