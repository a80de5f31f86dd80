"""The text of a letter to Retarus, as it is previewed, saved and sent."""

from __future__ import annotations

from bot.core.i18n import Language
from bot.model.ticket import Record


class LetterPart(Record):
    """One heading with its text."""

    heading: str
    lines: tuple[str, ...]


class LetterText(Record):
    """The finished letter. The text of the preview is what is sent: it is saved, not written again."""

    subject: str
    opening: tuple[str, ...]
    news: tuple[str, ...] = ()
    """Opening lines of a second letter; empty in a first one."""
    template: tuple[LetterPart, ...]
    prequalification: tuple[LetterPart, ...]
    language: Language = Language.ENGLISH
    """Language of our own words in it."""
