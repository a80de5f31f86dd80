"""Parses RCR numbers: the ticket numbers of Retarus."""

from __future__ import annotations

import re

from bot.config.settings import Config
from bot.core.characters import plain
from bot.core.cleaning import clean_line, clean_text
from bot.core.errors import Invalid
from bot.core.i18n import t
from bot.core.identifiers import canonical_rcr, listed_rcr_numbers, rcr_numbers, references, without_bullets
from bot.core.secret_detection import faults
from bot.model.ticket import Ticket

_APART = re.compile(r"[,;\n]|\s(?:and|und|&)\s", re.IGNORECASE)
_LONGEST = 60
"""Characters of a number that does not follow the pattern: a number, not a story."""
_DIGITS = r"(?<![^\W_])(?<![.@-])(?<![/:]/)\d{1,12}(?![^\W_]|[@-]|[.:]\w)"
"""A number that stands alone: no part of a time, an address or a longer number."""
_ALONE = re.compile(_DIGITS)
_FIRST = re.compile(rf"[\W_]*(?:(?:no|nr|number|nummer|is|ist)\b\W*)*({_DIGITS})", re.IGNORECASE)
_JOINTS = re.compile(r"[\W_]|\b(?:and|und|or|oder|sowie|no|nr|number|nummer|is|ist)\b", re.IGNORECASE)
_SHORTEST = 3
"""Digits of a number with other words behind it: shorter ones count something, as in `2 hours`."""


def recorded_numbers(text: str, config: Config) -> tuple[str, ...]:
    """All RCR numbers in the text, by the configured pattern; else its parts are numbers of another form. `Invalid`."""
    lines, text = with_letters(clean_text(text), config), clean_line(text)
    if wrong := faults({"rcr": text}):
        raise Invalid(wrong)
    found = listed_rcr_numbers(lines, config.retarus.rcr_pattern)
    parts = [part for each in _APART.split(lines) if (part := each.strip())]
    return found or tuple(dict.fromkeys(_free_entry(each, config) for each in parts or [""]))


def _free_entry(text: str, config: Config) -> str:
    """A number of another form than the pattern's."""
    if not re.search(r"\d", text) or len(text) > _LONGEST or "://" in text or references(text, config.desk.prefix):
        raise Invalid({"rcr": t("This is not a ticket number. Retarus's numbers look like RCR-88123.")})
    return plain(text) if " " in text else canonical_rcr(text)


def with_letters(text: str, config: Config) -> str:
    """The text with the letters of Retarus's numbers where only digits were typed: `88123` becomes `RCR-88123`."""
    pattern, text = config.retarus.rcr_pattern, without_bullets(plain(text))
    known = rcr_numbers(text, pattern)
    digits = _ALONE.sub("", re.sub(pattern, "", text, flags=re.IGNORECASE))

    def lettered(found: re.Match[str]) -> str:
        whole = f"RCR-{found[0]}"
        return whole if rcr_numbers(whole, pattern) == (whole,) else found[0]

    if not _JOINTS.sub("", digits):  # nothing but numbers
        return _ALONE.sub(lettered, text)
    first = _FIRST.match(text)
    if known or first is None or len(first[1]) < _SHORTEST:
        return text
    return text[: first.start(1)] + _ALONE.sub(lettered, text[first.start(1) :], count=1)


def with_numbers(ticket: Ticket, numbers: tuple[str, ...]) -> tuple[str, ...]:
    """The ticket's numbers with these, each once, newest last."""
    return tuple(dict.fromkeys((*ticket.rcr, *numbers)))
