"""What does somebody see who does something about a reminder?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from blocks import kit
from blocks.form import ANSWER, text_input
from blocks.kit import Json
from bot.ticket import Stage, Ticket

SHOW = "reminders.show"
"""Opens the clocks: see `blocks.clocks`."""
SNOOZE = "reminders.snooze"
EXPECT = "reminders.expect"
CHASE = "reminders.chase"
PLAN = "reminders.plan"
PACE = "reminders.pace"
HAND_ON = "reminders.hand_on"

UNTIL, WORD, TO = "until", "word", "to"
"""Inputs."""

_HAND_ON_AT = frozenset({Stage.FIRST, Stage.SECOND, Stage.RETARUS, Stage.RESOLVED})


def choices(ticket: Ticket) -> Iterable[tuple[str, str]]:
    """What can be done about a reminder besides acting: action id and name."""
    if ticket.stage is Stage.RETARUS:
        yield CHASE, "Chase Retarus"
        yield EXPECT, "Set next update"
    if ticket.stage.is_open and ticket.times.planned is None:
        yield PLAN, "Action plan"
    if ticket.stage in _HAND_ON_AT:
        yield HAND_ON, "Hand on"
    if ticket.stage.is_open:
        yield SNOOZE, "Snooze"


def buttons(ticket: Ticket) -> list[Json]:
    return [kit.button(name, action, ticket.id) for action, name in choices(ticket)]


# --- what is asked


def snooze(ticket: Ticket, name: str, at: datetime) -> Json:
    blocks = [
        kit.note(f"{name} · whatever anybody does before ends it; the SLA is not put off"),
        _moment(UNTIL, "Until when?", int(at.timestamp()) // 3600 * 3600 + 5 * 3600),
        text_input(WORD, "Why may it wait?", "In the ticket's thread"),
    ]
    return kit.modal(SNOOZE, "Snooze", blocks, submit="Snooze", about=ticket.id)


def expect(ticket: Ticket, name: str) -> Json:
    """What Retarus promised, or asked."""
    due, eta = ticket.times.update_due, ticket.times.eta
    blocks = [
        kit.note(f"{name} · with Retarus"),
        _moment("update_due", "Next update, as they promised", int(due.timestamp()) if due else 0, needed=False),
        _moment("eta", "When they expect it to be solved", int(eta.timestamp()) if eta else 0, needed=False),
        text_input("question", "What they ask us", "Then it is our turn, until they are answered", needed=False),
    ]
    return kit.modal(EXPECT, "What Retarus said", blocks, submit="Record", about=ticket.id)


def chase(ticket: Ticket, name: str, draft: str, ways: Sequence[str]) -> Json:
    """The draft; what stands there is what is sent."""
    blocks = [
        kit.note(f"{name} · goes {' and '.join(ways)}, in your name, as an answer to what was sent"),
        text_input(WORD, "What Retarus reads", "", value=draft),
    ]
    return kit.modal(CHASE, "Chase Retarus", blocks, submit="Send to Retarus", about=ticket.id)


def plan(ticket: Ticket, name: str) -> Json:
    blocks = [kit.note(name), text_input(WORD, "Action plan", "Steps, who does them, and by when")]
    return kit.modal(PLAN, "Action plan", blocks, submit="Record", about=ticket.id)


def pace(ticket: Ticket, name: str) -> Json:
    """This ticket's own cadence."""
    own = str(ticket.times.pace or "")
    asked = text_input(WORD, "Minutes", "Empty: as the policy says", value=own, multiline=False, needed=False)
    blocks = [kit.note(f"{name} · until the first reminder, and between them, in working time"), asked]
    return kit.modal(PACE, "Cadence", blocks, submit="Set", about=ticket.id)


def hand_on(ticket: Ticket, name: str) -> Json:
    picker: Json = {"type": "users_select", "action_id": ANSWER}
    who: Json = {"type": "input", "block_id": TO, "label": kit.plain("To whom?"), "element": picker, "optional": False}
    return kit.modal(HAND_ON, "Hand on", [kit.note(name), who], submit="Hand on", about=ticket.id)


def _moment(key: str, label: str, initial: int, *, needed: bool = True) -> Json:
    element: Json = {"type": "datetimepicker", "action_id": ANSWER}
    if initial:
        element["initial_date_time"] = initial
    return {"type": "input", "block_id": key, "label": kit.plain(label), "element": element, "optional": not needed}
