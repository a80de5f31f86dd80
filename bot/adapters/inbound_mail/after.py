"""Actions on the server after a mail was taken in: `keep`, `seen`, `move:FOLDER`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.core.errors import Misconfigured

_MOVE: Final = "move:"


@dataclass(frozen=True)
class Keep:
    """It stays as it is."""


@dataclass(frozen=True)
class MarkSeen:
    """It is marked as read."""


@dataclass(frozen=True)
class MoveToFolder:
    """It is marked as read and moved into that folder, which is made when it is missing."""

    folder: str


After = Keep | MarkSeen | MoveToFolder


def parse_after(text: str) -> After:
    """Of the setting `[mail] after`."""
    text = text.strip()
    if text.lower() == "keep":
        return Keep()
    if text.lower() == "seen":
        return MarkSeen()
    folder = text[len(_MOVE) :].strip() if text.lower().startswith(_MOVE) else ""
    if not folder:
        raise Misconfigured(f"[mail] after is “{text[:60]}”. Write keep, seen, or move: and a folder, as in move:Done.")
    return MoveToFolder(folder)
