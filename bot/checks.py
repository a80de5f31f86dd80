"""How far are the tasks of a level? Each by itself, answered when it is done (guide 2.4 and section 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.asking import Ask, Field, Heading, Need, Option, Sheet
from bot.fields import DONE
from bot.forms import is_due
from bot.questions import fields_of, is_asked
from bot.settings import Config
from bot.tasks import SUMMARY_1, SUMMARY_2, UNLESS
from bot.ticket import Event, Glossed, Level, Ticket

_LAST = (SUMMARY_1, DONE, UNLESS, SUMMARY_2)
"""What is said when the ticket goes on to the next level: it is no check to be done before."""
_SHEETS = {Level.FIRST: Sheet.FIRST, Level.SECOND: Sheet.SECOND, Level.THIRD: Sheet.THIRD}


class State(Glossed):
    """How a task stands."""

    OPEN = "open", "it is still to be done"
    DONE = "done", "it is answered"
    OFFERED = "offered", "it is recorded where it was needed"


@dataclass(frozen=True)
class Task:
    """One task of the guide: a heading, with what is asked under it."""

    heading: Heading
    fields: tuple[Field, ...]
    state: State
    level: Level

    @property
    def key(self) -> str:
        """What it is told apart by."""
        return self.fields[0].key


@dataclass(frozen=True)
class Trace:
    """Who answered a task last, and when."""

    by: str
    at: datetime


def tasks(ticket: Ticket, level: Level, config: Config) -> tuple[Task, ...]:
    """The tasks of a level, in the guide's order."""
    found: dict[Heading, list[Field]] = {}
    for field in fields_of(ticket.kind, config):
        if _is_of(field, ticket, level):
            found.setdefault(field.heading, []).append(field)
    return tuple(
        Task(heading, tuple(fields), _state(fields, ticket, ticket.answers, config), level)
        for heading, fields in found.items()
    )


def _is_of(field: Field, ticket: Ticket, level: Level) -> bool:
    """Its sheet's; and what the matrix asks and this level answers."""
    if field.heading.sheet is not Sheet.TICKET:
        return field.heading.sheet is _SHEETS[level]
    if field.need[ticket.kind] is Need.HANDOFF:
        return level is Level.FIRST
    return level is Level.SECOND and field.level is Level.SECOND and field.need[ticket.kind] is not Need.RAISE


def _state(fields: Iterable[Field], ticket: Ticket, answers: Mapping[str, str], config: Config) -> State:
    fields = tuple(fields)
    needed = [
        each for each in fields if is_due(each.need[ticket.kind], Need.ESCALATE) and is_asked(each, answers, config)
    ]
    if needed:
        return State.DONE if all(answers.get(each.key) for each in needed) else State.OPEN
    return State.DONE if any(answers.get(each.key) for each in fields) else State.OFFERED


def task(ticket: Ticket, key: str, config: Config) -> Task | None:
    """The task of this key, at whichever level; nothing when it is not asked (any more)."""
    return next((each for level in Level for each in tasks(ticket, level, config) if each.key == key), None)


def progress(ticket: Ticket, level: Level, config: Config) -> tuple[int, int]:
    """How many tasks are done, and how many there are to be done."""
    states = [_state(_needed(each, ticket), ticket, ticket.answers, config) for each in tasks(ticket, level, config)]
    asked = [state for state in states if state is not State.OFFERED]
    return sum(state is State.DONE for state in asked), len(asked)


def _needed(each: Task, ticket: Ticket) -> list[Field]:
    return [field for field in each.fields if is_due(field.need[ticket.kind], Need.ESCALATE)]


def is_left(ticket: Ticket, config: Config) -> bool:
    """Whether the level that works on it has checks to do before the ticket can sensibly go on."""
    found = tasks(ticket, ticket.stage.worked_at, config)
    return any(each.state is State.OPEN and each.heading not in _LAST for each in found)


def traces(found: Iterable[Task], history: Iterable[Event]) -> dict[str, Trace]:
    """By task: who answered it last, as the history tells."""
    owners = {f"answer.{field.key}": each.key for each in found for field in each.fields}
    return {
        owners[name]: Trace(event.by, event.at)
        for event in history
        for name, text in event.detail.items()
        if text and name in owners
    }


def in_one_click(each: Task, ticket: Ticket, config: Config) -> tuple[Option, ...]:
    """The answers after which nothing more is asked of this task: none once it is done, or where words are needed."""
    first = each.fields[0]
    if each.state is State.DONE or first.ask is not Ask.DECISION:
        return ()
    return tuple(
        option
        for option in first.options(config)
        if _state(each.fields, ticket, {**ticket.answers, first.key: option.value}, config) is State.DONE
    )
