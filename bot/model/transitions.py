"""The transition table of tickets, and the only functions that change a stage or an owner."""

from __future__ import annotations

from datetime import datetime

from bot.core.clock import as_utc
from bot.core.errors import NotNow
from bot.core.i18n import mark, t
from bot.model.ticket import NOBODY, Before, Event, Glossed, Stage, Ticket


class Move(Glossed):
    """An event that changes the stage or the owner of a ticket."""

    RAISE = "raise", "somebody raised it"
    TAKE = "take", "a 1st-level agent makes it theirs"
    TAKE_OVER = "take_over", "somebody of the same level takes it from its owner"
    HAND_ON = "hand_on", "it is assigned to a colleague of the level it is at"
    HAND_OFF = "hand_off", "the 1st level assigns it to the 2nd-level team, with a summary"
    COMPRESS = "compress", "priority 1 only: the 2nd level takes it without a handoff, with a reason"
    ACCEPT = "accept", "a 2nd-level engineer makes it theirs"
    SEND_BACK = "send_back", "the 2nd level gives it back to the 1st, with a reason"
    ASK_CUSTOMER = "ask_customer", "the end-customer was asked something"
    CUSTOMER_ANSWERED = "customer_answered", "the end-customer answered"
    GO_ON = "go_on", "work resumes without the end-customer's answer, with a reason"
    ESCALATE = "escalate", "an authorised contact sends it to Retarus"
    RETARUS_UPDATE = "retarus_update", "Retarus told something and works on"
    RETARUS_ANSWERED = "retarus_answered", "Retarus answered; the 2nd level goes on"
    RESOLVE = "resolve", "a remedy is there"
    CONFIRM = "confirm", "the 1st level confirmed the remedy with the end-customer"
    WITHDRAW = "withdraw", "it is closed without a remedy, with a reason"
    REOPEN = "reopen", "the remedy did not hold"


class Step(Glossed):
    """An event that changes a ticket but not its stage or owner; `UNDO` alone takes back a move."""

    FILL_IN = "fill_in", "answers were added or corrected"
    NOTE = "note", "somebody wrote a note"
    ATTACH = "attach", "files were added that go along to Retarus"
    DETACH = "detach", "a file was taken away again"
    STATUS = "status", "somebody looked at Retarus's status page"
    ERASE = "erase", "personal data was taken out"
    RCR = "rcr", "the RCR number Retarus gave was recorded"
    RETARUS_WROTE = "heard", "Retarus wrote: it stands in the thread"
    TELL = "tell", "Retarus was told something, in the same thread"
    REMIND = "remind", "a reminder was sent"
    SNOOZE = "snooze", "reminders were postponed"
    CALL = "call", "a telephone call was logged: it never counts as a report (guide 2.1)"
    FOUND = "found", "what Retarus found or provided was recorded (guide, section 3, 3rd level)"
    SERVICE = "service", "the status page reports something for one of its services"
    EXPECT = "expect", "Retarus said when to expect what, or asked something"
    CHASE = "chase", "Retarus was written to again, in the same thread"
    PACE = "pace", "this one ticket got a cadence of its own"
    JOIN = "join", "an end-customer with the same problem was added"
    LINK = "link", "it has the same cause as another ticket, which leads"
    UNLINK = "unlink", "it has a cause of its own after all"
    LEAD = "lead", "another ticket has the same cause as this one"
    UNLEAD = "unlead", "that ticket has a cause of its own after all"
    LEARN = "learn", "a technical note was written of it (guide L2.3, L3.3)"
    PLAN = "plan", "there is an action plan (guide, section 3, 2nd level)"
    UNDO = "undo", "the step before was undone: all is as it was before that step"


MOVES: dict[tuple[Stage, Move], Stage] = {
    (Stage.NEW, Move.TAKE): Stage.FIRST,
    (Stage.NEW, Move.HAND_ON): Stage.FIRST,
    (Stage.NEW, Move.HAND_OFF): Stage.HANDED_OFF,
    (Stage.NEW, Move.COMPRESS): Stage.SECOND,
    (Stage.NEW, Move.RESOLVE): Stage.RESOLVED,
    (Stage.NEW, Move.WITHDRAW): Stage.CLOSED,
    (Stage.FIRST, Move.TAKE_OVER): Stage.FIRST,
    (Stage.FIRST, Move.HAND_ON): Stage.FIRST,
    (Stage.FIRST, Move.HAND_OFF): Stage.HANDED_OFF,
    (Stage.FIRST, Move.COMPRESS): Stage.SECOND,
    (Stage.FIRST, Move.ASK_CUSTOMER): Stage.FIRST_ASKED,
    (Stage.FIRST, Move.RESOLVE): Stage.RESOLVED,
    (Stage.FIRST, Move.WITHDRAW): Stage.CLOSED,
    (Stage.FIRST_ASKED, Move.TAKE_OVER): Stage.FIRST_ASKED,
    (Stage.FIRST_ASKED, Move.HAND_ON): Stage.FIRST_ASKED,
    (Stage.FIRST_ASKED, Move.CUSTOMER_ANSWERED): Stage.FIRST,
    (Stage.FIRST_ASKED, Move.GO_ON): Stage.FIRST,
    (Stage.FIRST_ASKED, Move.RESOLVE): Stage.RESOLVED,
    (Stage.FIRST_ASKED, Move.WITHDRAW): Stage.CLOSED,
    (Stage.HANDED_OFF, Move.ACCEPT): Stage.SECOND,
    (Stage.HANDED_OFF, Move.HAND_ON): Stage.SECOND,
    (Stage.HANDED_OFF, Move.SEND_BACK): Stage.FIRST,
    (Stage.HANDED_OFF, Move.RESOLVE): Stage.RESOLVED,
    (Stage.SECOND, Move.TAKE_OVER): Stage.SECOND,
    (Stage.SECOND, Move.HAND_ON): Stage.SECOND,
    (Stage.SECOND, Move.SEND_BACK): Stage.FIRST,
    (Stage.SECOND, Move.ASK_CUSTOMER): Stage.SECOND_ASKED,
    (Stage.SECOND, Move.ESCALATE): Stage.RETARUS,
    (Stage.SECOND, Move.RESOLVE): Stage.RESOLVED,
    (Stage.SECOND, Move.WITHDRAW): Stage.CLOSED,
    (Stage.SECOND_ASKED, Move.TAKE_OVER): Stage.SECOND_ASKED,
    (Stage.SECOND_ASKED, Move.HAND_ON): Stage.SECOND_ASKED,
    (Stage.SECOND_ASKED, Move.CUSTOMER_ANSWERED): Stage.SECOND,
    (Stage.SECOND_ASKED, Move.GO_ON): Stage.SECOND,
    (Stage.SECOND_ASKED, Move.RESOLVE): Stage.RESOLVED,
    (Stage.SECOND_ASKED, Move.WITHDRAW): Stage.CLOSED,
    (Stage.RETARUS, Move.TAKE_OVER): Stage.RETARUS,
    (Stage.RETARUS, Move.HAND_ON): Stage.RETARUS,
    (Stage.RETARUS, Move.RETARUS_UPDATE): Stage.RETARUS,
    (Stage.RETARUS, Move.RETARUS_ANSWERED): Stage.SECOND,
    (Stage.RETARUS, Move.ASK_CUSTOMER): Stage.RETARUS,
    (Stage.RETARUS, Move.CUSTOMER_ANSWERED): Stage.RETARUS,
    (Stage.RETARUS, Move.GO_ON): Stage.RETARUS,
    (Stage.RETARUS, Move.RESOLVE): Stage.RESOLVED,
    (Stage.RETARUS, Move.WITHDRAW): Stage.CLOSED,
    (Stage.RESOLVED, Move.TAKE_OVER): Stage.RESOLVED,
    (Stage.RESOLVED, Move.HAND_ON): Stage.RESOLVED,
    (Stage.RESOLVED, Move.CONFIRM): Stage.CLOSED,
    (Stage.RESOLVED, Move.REOPEN): Stage.FIRST,
    (Stage.CLOSED, Move.REOPEN): Stage.FIRST,
}
"""Every possible move. RAISE is not here, as a new ticket has no stage before it."""

UNTAKEN = frozenset({Stage.NEW, Stage.HANDED_OFF})
"""Stages in which nobody at the level has taken the ticket yet."""

TOGETHER = frozenset(
    (stage, Move.RESOLVE) for stage in (Stage.NEW, Stage.FIRST_ASKED, Stage.HANDED_OFF, Stage.SECOND_ASKED)
)
"""Moves that only a ticket with a leading one can make: the remedy of the common cause is found."""

_THE_ACTOR = frozenset({Move.TAKE, Move.TAKE_OVER, Move.HAND_ON, Move.COMPRESS, Move.ACCEPT, Move.ESCALATE})
"""Moves after which the ticket belongs to `by`."""
_THE_FIRST_LEVEL = frozenset({Move.SEND_BACK, Move.RESOLVE, Move.REOPEN})
"""Moves after which the ticket belongs to its last owner at the 1st level."""


_WHILE_CUSTOMER_IS_ASKED = {Move.ASK_CUSTOMER: False, Move.CUSTOMER_ANSWERED: True, Move.GO_ON: True}
"""With Retarus, where the stage stays: whether the end-customer must have been asked, or must not."""


def can(ticket: Ticket, move: Move) -> bool:
    """True if this move is possible now, regardless of permissions."""
    if (ticket.stage, move) not in MOVES or ((ticket.stage, move) in TOGETHER and not ticket.parent):
        return False
    is_asked = ticket.times.customer_asked is not None
    return ticket.stage is not Stage.RETARUS or _WHILE_CUSTOMER_IS_ASKED.get(move, is_asked) is is_asked


def taking(ticket: Ticket) -> Move:
    """The move by which somebody takes this ticket: what was handed off is accepted."""
    return Move.ACCEPT if ticket.stage is Stage.HANDED_OFF else Move.TAKE


def require_possible(ticket: Ticket, move: Move) -> None:
    """Raises `NotNow` with the reason when the move is not possible now."""
    if not can(ticket, move):
        if ticket.stage is Stage.RETARUS and move in _WHILE_CUSTOMER_IS_ASKED:
            raise NotNow(
                t("The end-customer was asked, and has not answered yet.")
                if ticket.times.customer_asked
                else t("The end-customer is no longer being asked: the answer came, or somebody went on without it.")
            )
        now = t(STANDING[ticket.stage])
        raise NotNow(t("That is no longer possible: this ticket is now {standing}.", standing=now))


def apply_move(ticket: Ticket, move: Move, by: str, at: datetime) -> Ticket:
    """The ticket's next version. Raises `NotNow` when the move is not possible now.

    A new stage restarts the stage's clock; a move within a stage leaves the clock running.
    """
    require_possible(ticket, move)
    stage, owner = MOVES[ticket.stage, move], _owner(ticket, move, by)
    stays = stage is ticket.stage
    return ticket.model_copy(
        update={
            "version": ticket.version + 1,
            "stage": stage,
            "owner": owner,
            "first_owner": owner if stage in _OWNED_BY_FIRST else _first_owner(ticket, move, by),
            "second_owner": owner if stage in _OWNED_BY_SECOND else ticket.second_owner,
            "since": ticket.since if stays else as_utc(at),
            "reminded": ticket.reminded if stays else 0,
            "bounces": ticket.bounces + (move is Move.SEND_BACK),
            "sent_back": ticket.sent_back if stage in {Stage.FIRST, Stage.FIRST_ASKED} else "",
        }
    )


def change(ticket: Ticket, **values: object) -> Ticket:
    """The ticket's next version with other values, at the same stage."""
    if "stage" in values or "owner" in values:
        raise AssertionError("only a move changes the stage or the owner")
    return ticket.model_copy(update={"version": ticket.version + 1, **values})


PLAIN_VALUES = tuple(name for name in Before.model_fields if name not in {"answers", "affected", "entry"})
"""Values of a ticket that are the same before a step and after it was undone."""


def restored(ticket: Ticket, before: Before) -> Ticket:
    """The ticket's next version, with the values it had before its last step."""
    answers = {key: text for key, text in {**ticket.answers, **before.answers}.items() if text}
    values = {name: getattr(before, name) for name in PLAIN_VALUES}
    if before.affected is not None:
        values["affected"] = before.affected
    return ticket.model_copy(update={**values, "answers": answers, "version": ticket.version + 1})


def event(ticket: Ticket, kind: Move | Step, by: str, at: datetime, **detail: str) -> Event:
    """The event that led to this version of the ticket. An emptied answer is an empty text."""
    return Event(ticket_id=ticket.id, version=ticket.version, at=at, by=by, kind=kind.value, detail=detail)


STANDING = {
    Stage.NEW: mark("new at the 1st level"),
    Stage.FIRST: mark("with the 1st level"),
    Stage.FIRST_ASKED: mark("waiting for the end-customer"),
    Stage.HANDED_OFF: mark("handed off to the 2nd level"),
    Stage.SECOND: mark("with the 2nd level"),
    Stage.SECOND_ASKED: mark("waiting for the end-customer"),
    Stage.RETARUS: mark("with Retarus"),
    Stage.RESOLVED: mark("resolved and waits for confirmation"),
    Stage.CLOSED: mark("closed"),
}
"""Phrases for a stage, as the end of a sentence: “it is now …”."""

_OWNED_BY_FIRST = frozenset({Stage.FIRST, Stage.FIRST_ASKED, Stage.RESOLVED})
_OWNED_BY_SECOND = frozenset({Stage.SECOND, Stage.SECOND_ASKED, Stage.RETARUS})


def _owner(ticket: Ticket, move: Move, by: str) -> str:
    if move in _THE_ACTOR or _takes_first(ticket, move):
        return by
    if move not in _THE_FIRST_LEVEL:
        return ticket.owner
    return by if ticket.first_owner == NOBODY else ticket.first_owner


def _first_owner(ticket: Ticket, move: Move, by: str) -> str:
    return by if _takes_first(ticket, move) else ticket.first_owner


def _takes_first(ticket: Ticket, move: Move) -> bool:
    """True if the move takes the ticket first: handing off a new one does."""
    return move is Move.HAND_OFF and ticket.stage is Stage.NEW
