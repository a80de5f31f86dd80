"""Parses RCR numbers: the ticket numbers of Retarus."""

from __future__ import annotations

import re

from bot.config.settings import Config
from bot.core.cleaning import clean_line
from bot.core.errors import Invalid
from bot.core.i18n import t
from bot.core.identifiers import rcr_numbers
from bot.core.secret_detection import faults
from bot.model.ticket import Ticket

_LONGEST = 60
"""Characters of a number that does not follow the pattern: a number, not a story."""


def recorded_numbers(text: str, config: Config) -> tuple[str, ...]:
    """All RCR numbers in the text, by the configured pattern; without any, the text as one number. `Invalid`."""
    text = clean_line(text)
    if wrong := faults({"rcr": text}):
        raise Invalid(wrong)
    found = rcr_numbers(text, config.retarus.rcr_pattern)
    if found:
        return found
    if not re.search(r"\d", text) or len(text) > _LONGEST:
        raise Invalid({"rcr": t("This is no ticket number. Retarus's look like RCR-88123.")})
    return (text,)


def with_numbers(ticket: Ticket, numbers: tuple[str, ...]) -> tuple[str, ...]:
    """The ticket's numbers with these, each once, newest last."""
    return tuple(dict.fromkeys((*ticket.rcr, *numbers)))
