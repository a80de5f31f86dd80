"""Actions on the server after a mail was taken in: `keep`, `seen`, `move:FOLDER`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.core.errors import Misconfigured

_MOVE: Final = "move:"


@dataclass(frozen=True)
class Keep:
    """Leaves the mail as it is."""


@dataclass(frozen=True)
class MarkSeen:
    """Marks the mail as read."""


@dataclass(frozen=True)
class MoveToFolder:
    """Marks the mail as read and moves it into that folder, which is created when it is missing."""

    folder: str


After = Keep | MarkSeen | MoveToFolder


def parse_after(text: str) -> After:
    """Parses the setting `[mail] after`."""
    text = text.strip()
    if text.lower() == "keep":
        return Keep()
    if text.lower() == "seen":
        return MarkSeen()
    folder = text[len(_MOVE) :].strip() if text.lower().startswith(_MOVE) else ""
    if not folder:
        raise Misconfigured(f"[mail] after is “{text[:60]}”. Write keep, seen, or move: and a folder, as in move:Done.")
    return MoveToFolder(folder)
