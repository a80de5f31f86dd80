"""Preview of a letter: what would go to Retarus now, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

from bot.forms.validation import Missing
from bot.model.letter_text import LetterText
from bot.model.ticket import StatusReport, Ticket


@dataclass(frozen=True)
class Preview:
    """What would go to Retarus now, and what stands in the way."""

    ticket: Ticket
    letter: LetterText
    missing: tuple[Missing, ...]
    refusal: str
    """Why this person cannot send it; empty when they can."""
    status: StatusReport | None = None
    """What is known of Retarus's status page."""
    warnings: tuple[str, ...] = ()
    """What is doubtful: it can be sent all the same, with a reason."""
    excess: str = ""
    """What is too much for one letter; empty when all files go along."""
    ways: tuple[str, ...] = ()
    """How it goes, as a sentence says it: see `story.Routes.ways`."""
    may_break_glass: bool = False
    """In spite of the refusal, with a reason: see `rights.stand_in`."""
