"""Steps that can be undone, and the history without those that were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.model.ticket import Before, Event, Ticket
from bot.model.transitions import PLAIN_VALUES, Move, Step

TIME_TO_UNDO = timedelta(minutes=10)
"""Time in which a step can be undone."""

UNDOABLE = frozenset(
    each.value
    for each in (
        *(Move.TAKE, Move.TAKE_OVER, Move.HAND_ON, Move.ACCEPT, Move.COMPRESS, Move.SEND_BACK),
        *(Move.ASK_CUSTOMER, Move.CUSTOMER_ANSWERED, Move.GO_ON, Move.RESOLVE, Move.CONFIRM, Move.WITHDRAW),
        *(Move.REOPEN, Step.NOTE, Step.RCR, Step.SNOOZE, Step.PACE, Step.JOIN),
        *(Move.RETARUS_UPDATE, Move.RETARUS_ANSWERED, Step.EXPECT, Step.FOUND),
    )
)
"""Steps of a person that send nothing to Retarus."""

OF, UNDONE, AUTHOR = "of", "undone", "author"
"""Details of the event `undo`: the version whose step was undone, what that step was, and who made it."""


def before(ticket: Ticket, after: Ticket, entry: str = "") -> Before:
    """Values of `ticket`, to which `after` can go back. `entry`: the message of Retarus that the step recorded."""
    keys = ticket.answers.keys() | after.answers.keys()
    answers = {key: ticket.answer(key) for key in sorted(keys) if ticket.answer(key) != after.answer(key)}
    values = {name: getattr(ticket, name) for name in PLAIN_VALUES}
    joined = ticket.affected if ticket.affected != after.affected else None
    return Before(**values, answers=answers, affected=joined, entry=entry)


def can_undo(ticket: Ticket, version: int, at: datetime) -> bool:
    """True while the step to this version is the ticket's newest, and not too long ago."""
    return ticket.version == version and ticket.undo_until is not None and at < ticket.undo_until


def undone_version(event: Event) -> int:
    """Version whose step this event undid; 0 for any other event."""
    return int(event.detail[OF]) if event.kind == Step.UNDO.value else 0


def undoing_of(version: int, history: Iterable[Event]) -> Event | None:
    """The event that undid the step to this version."""
    return next((each for each in history if undone_version(each) == version), None)


def counted(history: Iterable[Event]) -> Sequence[Event]:
    """The history without steps that were undone, and without the undoing: as if neither had happened."""
    events = list(history)
    undoings = [each for each in events if each.kind == Step.UNDO.value]
    gone = {each.version for each in undoings} | {undone_version(each) for each in undoings}
    return [each for each in events if each.version not in gone] if gone else events


def undone(history: Iterable[Event]) -> Sequence[Event]:
    """The steps that were undone."""
    events = list(history)
    versions = {undone_version(each) for each in events}
    return [each for each in events if each.version in versions]


def kind_of(event: Event) -> str:
    """Value of the event's move or step; of an undoing, of the step it undid."""
    return event.detail.get(UNDONE, event.kind) if event.kind == Step.UNDO.value else event.kind
