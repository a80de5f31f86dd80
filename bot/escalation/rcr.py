"""Parses RCR numbers: the ticket numbers of Retarus."""

from __future__ import annotations

import re

from bot.config.settings import Config
from bot.core.characters import plain
from bot.core.cleaning import clean_line, clean_text
from bot.core.errors import Invalid
from bot.core.i18n import t
from bot.core.identifiers import canonical_rcr, listed_rcr_numbers
from bot.core.secret_detection import faults
from bot.model.ticket import Ticket

_APART = re.compile(r"[,;\n]|\s(?:and|und|&)\s", re.IGNORECASE)
_LONGEST = 60
"""Characters of a number that does not follow the pattern: a number, not a story."""


def recorded_numbers(text: str, config: Config) -> tuple[str, ...]:
    """All RCR numbers in the text, by the configured pattern; else its parts are numbers of another form. `Invalid`."""
    lines, text = clean_text(text), clean_line(text)
    if wrong := faults({"rcr": text}):
        raise Invalid(wrong)
    found = listed_rcr_numbers(lines, config.retarus.rcr_pattern)
    parts = [part for each in _APART.split(lines) if (part := each.strip())]
    return found or tuple(dict.fromkeys(map(_free_entry, parts or [""])))


def _free_entry(text: str) -> str:
    """A number of another form than the pattern's."""
    if not re.search(r"\d", text) or len(text) > _LONGEST:
        raise Invalid({"rcr": t("This is not a ticket number. Retarus's numbers look like RCR-88123.")})
    return plain(text) if " " in text else canonical_rcr(text)


def with_numbers(ticket: Ticket, numbers: tuple[str, ...]) -> tuple[str, ...]:
    """The ticket's numbers with these, each once, newest last."""
    return tuple(dict.fromkeys((*ticket.rcr, *numbers)))
