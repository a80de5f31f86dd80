"""Progress of a level's tasks, each answered when it is done (guide 2.4 and section 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from bot.config.custom_fields import CustomField, Matrix
from bot.config.settings import Config
from bot.forms.field import Field, GuidePart, Heading, InputType, Need, Option
from bot.forms.field_table import is_asked, of_kind
from bot.forms.guide_tasks import SUMMARY_1, SUMMARY_2, UNLESS
from bot.forms.template_fields import DONE
from bot.forms.validation import is_due
from bot.model.ticket import Event, Glossed, Kind, Level, Ticket

_LAST = (SUMMARY_1, DONE, UNLESS, SUMMARY_2)
"""Fields filled in when the ticket goes on to the next level: no checks to be done before."""
_GUIDE_PARTS = {Level.FIRST: GuidePart.FIRST, Level.SECOND: GuidePart.SECOND, Level.THIRD: GuidePart.THIRD}


@dataclass(frozen=True)
class ChecklistSection:
    """A heading of a level, and the fields under it."""

    heading: Heading
    fields: tuple[Field, ...]
    needed: tuple[Field, ...]
    """Fields that must be answered before the ticket goes to Retarus."""


class TaskState(Glossed):
    """State of a task."""

    OPEN = "open", "it is still to be done"
    DONE = "done", "it is answered"
    OFFERED = "offered", "it is recorded where it was needed"


@dataclass(frozen=True)
class Task:
    """One task of the guide: a heading, with what is asked under it."""

    section: ChecklistSection
    state: TaskState
    level: Level

    @property
    def heading(self) -> Heading:
        return self.section.heading

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.section.fields

    @property
    def key(self) -> str:
        """Unique key of the task."""
        return self.fields[0].key


@dataclass(frozen=True)
class Trace:
    """Author and time of the last answer to a task."""

    by: str
    at: datetime
    version: int = 0
    """The ticket's version with this answer."""


def tasks(ticket: Ticket, level: Level, config: Config) -> tuple[Task, ...]:
    """The tasks of a level, in the guide's order."""
    return tuple(
        Task(section, _state(section, ticket.answers, config), level) for section in _asked(ticket.kind, level, config)
    )


def _asked(kind: Kind, level: Level, config: Config) -> tuple[ChecklistSection, ...]:
    return _sections(kind, level, config.fields, config.matrix)


@lru_cache(256)
def _sections(
    kind: Kind, level: Level, extras: tuple[CustomField, ...], matrix: Matrix
) -> tuple[ChecklistSection, ...]:
    """The sections of a level: the same for every ticket of a kind."""
    found: dict[Heading, list[Field]] = {}
    for field in of_kind(kind, extras, matrix):
        if _is_of(field, kind, level):
            found.setdefault(field.heading, []).append(field)
    return tuple(
        ChecklistSection(
            heading, tuple(fields), tuple(each for each in fields if is_due(each.need[kind], Need.ESCALATE))
        )
        for heading, fields in found.items()
    )


def _is_of(field: Field, kind: Kind, level: Level) -> bool:
    """Fields of the level's sheet, and those of the matrix that this level answers."""
    if field.heading.guide_part is not GuidePart.TICKET:
        return field.heading.guide_part is _GUIDE_PARTS[level]
    if field.need[kind] is Need.HANDOFF:
        return level is Level.FIRST
    return level is Level.SECOND and field.level is Level.SECOND and field.need[kind] is not Need.RAISE


def _state(section: ChecklistSection, answers: Mapping[str, str], config: Config) -> TaskState:
    needed = [each for each in section.needed if is_asked(each, answers, config)]
    if needed:
        return TaskState.DONE if all(answers.get(each.key) for each in needed) else TaskState.OPEN
    return TaskState.DONE if any(answers.get(each.key) for each in section.fields) else TaskState.OFFERED


def task(ticket: Ticket, key: str, config: Config) -> Task | None:
    """The task of this key, at any level; None when it is not asked (any more)."""
    return next((each for level in Level for each in tasks(ticket, level, config) if each.key == key), None)


def progress(ticket: Ticket, level: Level, config: Config) -> tuple[int, int]:
    """Number of tasks done, and number of tasks to be done."""
    states = [
        _state(section, ticket.answers, config) for section in _asked(ticket.kind, level, config) if section.needed
    ]
    return states.count(TaskState.DONE), len(states)


def is_left(ticket: Ticket, config: Config) -> bool:
    """True if the working level has checks to do before the ticket can sensibly go on."""
    return any(
        section.heading not in _LAST and _state(section, ticket.answers, config) is TaskState.OPEN
        for section in _asked(ticket.kind, ticket.stage.worked_at, config)
    )


def traces(found: Iterable[Task], history: Iterable[Event]) -> dict[str, Trace]:
    """Author and time of the last answer by task, from the history."""
    owners = {f"answer.{field.key}": each.key for each in found for field in each.fields}
    return {
        owners[name]: Trace(event.by, event.at, event.version)
        for event in history
        for name, text in event.detail.items()
        if text and name in owners
    }


def in_one_click(each: Task, ticket: Ticket, config: Config) -> tuple[Option, ...]:
    """The answers that complete this task by one click: none once it is done, or where words are needed."""
    first = each.fields[0]
    if each.state is TaskState.DONE or first.input_type is not InputType.DECISION:
        return ()
    return tuple(
        option
        for option in first.options(config)
        if _state(each.section, {**ticket.answers, first.key: option.value}, config) is TaskState.DONE
    )
