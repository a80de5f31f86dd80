"""Preview of a letter: what would go to Retarus now, and the obstacles."""

from __future__ import annotations

from dataclasses import dataclass

from bot.forms.validation import Missing
from bot.model.letter_text import LetterText
from bot.model.ticket import StatusReport, Ticket


@dataclass(frozen=True)
class Preview:
    """The letter as it would go to Retarus now, and the obstacles."""

    ticket: Ticket
    letter: LetterText
    missing: tuple[Missing, ...]
    refusal: str
    """Reason why this person cannot send it; empty when they can."""
    status: StatusReport | None = None
    """Last known state of Retarus's status page."""
    warnings: tuple[str, ...] = ()
    """Warnings; the letter can be sent anyway, with a reason."""
    excess: str = ""
    """Sentence about files beyond the limit; empty when all are sent."""
    ways: tuple[str, ...] = ()
    """Delivery routes as a sentence names them: see `Routes.ways`."""
    may_break_glass: bool = False
    """True if an admin may send it in spite of the refusal, with a reason: see `permissions.stand_in`."""
