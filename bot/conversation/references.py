"""Ticket references in a mail: our own and Retarus's."""

from __future__ import annotations

import re
from typing import Final

from bot.core import identifiers
from bot.core.characters import plain

_LOOKED_AT: Final = 20_000
_LIMIT: Final = 10


def our_references(text: str, prefix: str) -> tuple[str, ...]:
    """Our own references in it (`PD-42`), upper case, each once: only whole words, since anybody may write a mail."""
    words = plain(text[:_LOOKED_AT])  # mail programs replace a hyphen by one that does not break, or by a dash
    found = re.findall(rf"(?<![\w-]){re.escape(prefix)}-(\d{{1,12}})(?![\w-]*\w)", words, re.IGNORECASE)
    return tuple(dict.fromkeys(f"{prefix.upper()}-{int(number)}" for number in found))[:_LIMIT]


def rcr_numbers(text: str, pattern: str) -> tuple[str, ...]:
    """Numbers of Retarus's ticket system in it (`RCR-88123`), as the desk records them, each once."""
    found = identifiers.rcr_numbers(text[:_LOOKED_AT], pattern)
    return tuple(each for each in found if re.search(r"\d{3,}", each))[:_LIMIT]
