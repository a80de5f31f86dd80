"""Vocabulary of the forms: a field, and the border at which it must be answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.config.settings import Config
from bot.core.i18n import t
from bot.forms import validators
from bot.forms.validators import Check
from bot.model.ticket import Glossed, Kind, Level


class InputType(Glossed):
    """Input type of a field."""

    LINE = "line", "one line of text"
    TEXT = "text", "several lines of text"
    CHOICE = "choice", "one of a few, picked from a list"
    CHOICES = "choices", "some of a few, picked from a list"
    SEARCH = "search", "found by typing, with what was typed as one of the answers"
    DECISION = "decision", "one of two or three, all in sight, none chosen beforehand"
    MOMENT = "moment", "a date and a time"


class Need(Glossed):
    """The border at which a field must be answered. The members are in the order of the borders."""

    RAISE = "raise", "at once, to raise the ticket"
    HANDOFF = "handoff", "before the 2nd level gets it (guide 2.4 and section 3)"
    ESCALATE = "escalate", "before Retarus gets it (guide 2.5)"
    NEVER = "never", "offered, never asked for"

    @property
    def order(self) -> int:
        return _BORDERS[self]


_BORDERS = {need: number for number, need in enumerate(Need)}


class GuidePart(Glossed):
    """The part of the guide a field belongs to."""

    TICKET = "ticket", "the ticket template and the pre-qualification matrix (sections 4 and 5)"
    FIRST = "first", "the tasks of the 1st level (section 3)"
    SECOND = "second", "the tasks of the 2nd level (section 3)"
    THIRD = "third", "what Retarus owes at the 3rd level, recorded when it comes (section 3)"


@dataclass(frozen=True)
class Heading:
    """A heading of the template, a row of the matrix, or a task: the guide's words."""

    text: str
    """The guide's words: what Retarus reads, whatever language the desk speaks."""
    section: str
    """Section of the guide: `4`, `5`, `3, 1st level` …"""
    guide_part: GuidePart = GuidePart.TICKET

    @property
    def label_text(self) -> str:
        """The label on a form, in the reader's language."""
        return t(self.text)


@dataclass(frozen=True)
class Option:
    """One option of a list."""

    value: str
    label: str
    about: str = ""


@dataclass(frozen=True)
class Field:
    """One question."""

    key: str
    heading: Heading
    need: Mapping[Kind, Need]
    """Need by kind; a kind that is missing here is not asked."""
    input_type: InputType = InputType.TEXT
    label: str = ""
    """Label beside its heading; empty when the heading is enough."""
    hint: str = ""
    check: Check = validators.words
    options: Callable[[Config], tuple[Option, ...]] = lambda _: ()
    only_if: tuple[str, frozenset[str]] | None = None
    """Asked for only when that other field has one of these answers; `ANYTHING`: any answer."""
    printed: str = "{}"
    """Format of the answer in the letter; empty when it does not go to Retarus."""
    level: Level = Level.FIRST
    """Level that usually knows the answer."""
    max_length: int = 3000
    """Characters."""
    group: str = ""
    """The repeated group it is part of, with its number: `example.1`."""
    default: Callable[[Mapping[str, str], Config], str] | None = None
    """Default answer when no text is typed, from the other answers; empty where there is none."""
    decides: bool = False
    """True if other fields depend on its answer, besides those that say so with `only_if`."""
    question: str = ""
    """Plain label in a form, where name and heading are the guide's words."""
    labels: Mapping[Kind, str] = field(default_factory=dict)
    """Labels for kinds that call it something else."""

    @property
    def part(self) -> str:
        """The part of its group: `sender`; empty outside of one."""
        return self.key.removeprefix(f"{self.group}.") if self.group else ""

    @property
    def name(self) -> str:
        """Name in the reader's language: its label, or else its heading."""
        return t(self.label) or self.heading.label_text

    @property
    def guide_words(self) -> str:
        """The guide's words in the reader's language where the label differs: a task, or what it is called there."""
        if self.question:
            return self.name
        return self.heading.label_text if self.heading.guide_part is not GuidePart.TICKET else ""

    def called(self, kind: Kind) -> str:
        """The label in a form of this kind, in plain words."""
        return t(self.labels.get(kind) or self.question) or self.name


ANYTHING: frozenset[str] = frozenset()
"""The value for `only_if` that stands for any answer, but none."""

_I, _S, _C = Kind.INCIDENT, Kind.SERVICE_REQUEST, Kind.CHANGE


def need_of(incident: Need, request: Need | None = None, change: Need | None = None) -> dict[Kind, Need]:
    pairs = ((_I, incident), (_S, request), (_C, change))
    return {kind: need for kind, need in pairs if need is not None}


def for_all(need: Need) -> dict[Kind, Need]:
    return need_of(need, need, need)


def fixed(**labels: str) -> Callable[[Config], tuple[Option, ...]]:
    return lambda _: tuple(Option(value, t(label)) for value, label in labels.items())
