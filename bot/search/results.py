"""Results of a search: hits, best first, and what was found before a handoff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Ticket
from bot.search.ranking import Ranked


@dataclass(frozen=True)
class Hit:
    """A ticket or a note that was found."""

    found: Ticket | TechnicalNote
    tokens: frozenset[str] = frozenset()
    """Words by which it was found."""
    score: float = 1.0
    words: int = 0
    """Number of words of the query it holds; an id or error code counts as two."""
    is_exact: bool = False
    """True if it holds an id or error code that was searched for."""
    is_story: bool = False
    """True when only its history holds the words of the query."""
    has_error_code: bool = False
    """True if it holds an error code that was searched for, and few others do."""
    story: Sequence[str] = ()
    """Text of the history, when only that holds the words."""

    @classmethod
    def of(cls, found: Ticket | TechnicalNote, ranked: Ranked) -> Hit:
        exact, code = ranked.is_exact, ranked.has_error_code
        return cls(found, ranked.tokens, ranked.score, ranked.words, exact, ranked.is_story, code)

    @property
    def texts(self) -> tuple[str, ...]:
        """Its texts, the most specific first."""
        if isinstance(self.found, TechnicalNote):
            note = self.found
            return (note.symptom, note.cause, note.remedy, note.workaround, note.material)
        texts = {key: text for key, text in self.found.answers.items() if text}
        joined = (each.impact for each in self.found.affected)
        return (texts.get("happens", ""), texts.get("error", ""), *texts.values(), *joined, *self.story)


@dataclass(frozen=True)
class SearchResult:
    """Everything one search found, best first."""

    hits: Sequence[Hit] = ()
    is_bounded: bool = False
    """True if a word is so common that only the newest were examined."""
    is_building: bool = False
    """True if older tickets are not in the index yet."""
    words: Sequence[str] = ()
    """The words that were searched for; of a long text the most telling ones."""

    @property
    def tickets(self) -> list[Ticket]:
        return [hit.found for hit in self.hits if isinstance(hit.found, Ticket)]

    @property
    def notes(self) -> list[TechnicalNote]:
        return [hit.found for hit in self.hits if isinstance(hit.found, TechnicalNote)]


@dataclass(frozen=True)
class KnownIssueCheck:
    """Result of the check for known issues before a handoff, with prefilled answers for a person to judge."""

    found: SearchResult
    answers: Mapping[str, str] = field(default_factory=dict)
