"""Steps of random people: one step of one person on one ticket, and how it was acknowledged."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import StrEnum
from time import time

from blocks import transitions
from bot.model.ticket import Event, Kind, Stage
from bot.model.transitions import Move, Step
from localslack import Modal
from tests.handlers.world import FIRST_TASKS, MATRIX_SECOND, SECOND_TASKS, Json, picked

_ANSWER = "answer."
MARKER = "zqx"
"""Part of every typed text, so that it would be recognised in a log."""


class Act(StrEnum):
    """A step of a person that has no event of its own name."""

    CHECK = "check"
    """A check is answered by one click: `Step.FILL_IN`."""
    AGAIN = "again"
    """A letter that was not delivered to Retarus is sent again."""
    SORT = "sort"
    """An unassigned mail is assigned to a ticket, or dismissed."""


CHECK = Act.CHECK
SoakStep = Move | Step | Act
UNCOUNTED = frozenset({Act.AGAIN, Act.SORT})
"""Steps whose outcome is not an event of the ticket; the messages, mails and entries are audited in their place."""


class Answer(StrEnum):
    """Outcome of a step."""

    DONE = "done"
    REFUSED = "refused"
    SILENT = "silent"
    """Acknowledged, not done, without a message: only right if sending the message failed, which the log tells."""
    UNSURE = "unsure"
    """Not acknowledged, or only the last of several tries was, or the connection was lost: it may have been done."""
    IMPOSSIBLE = "impossible"
    """The button or the form was not there."""


@dataclass
class Taken:
    """A step that was taken."""

    by: str
    ticket: str
    step: SoakStep
    answer: Answer
    word: str = ""
    """Word that occurs in this step only, where something was typed."""
    file: str = ""
    answer_key: str = ""
    """Answer given by the click, for a check by one click."""
    pressed: str = ""
    """Version that the pressed button `Undo` names."""
    done: int = 0
    """Number of times it was in the store directly after the step."""
    began: float = 0.0
    """Time when the click or the submission began that saves it."""
    ended: float = 0.0
    at: float = field(default_factory=time)
    """The machine's time."""


FIRST, SECOND, AUTHORISED = ("anna", "alex"), ("ben", "bea"), ("ben",)

CHOICES: dict[Stage, tuple[tuple[SoakStep, tuple[str, ...], int], ...]] = {
    Stage.NEW: (
        (Move.TAKE, FIRST, 8),
        (Step.NOTE, FIRST, 1),
        (Step.FILL_IN, FIRST, 1),
        (Step.LINK, FIRST, 1),
        (CHECK, FIRST, 1),
        (Move.WITHDRAW, FIRST, 1),
    ),
    Stage.FIRST: (
        (Move.HAND_OFF, FIRST, 10),
        (Step.FILL_IN, FIRST, 2),
        (CHECK, FIRST, 3),
        (Step.LINK, FIRST, 1),
        (Move.TAKE_OVER, FIRST, 2),
        (Move.ASK_CUSTOMER, FIRST, 1),
        (Step.NOTE, FIRST, 1),
        (Step.SNOOZE, FIRST, 1),
        (Step.UNDO, FIRST, 1),
        (Move.RESOLVE, FIRST, 1),
    ),
    Stage.FIRST_ASKED: ((Move.CUSTOMER_ANSWERED, FIRST, 4), (Move.GO_ON, FIRST, 1), (Step.NOTE, SECOND, 1)),
    Stage.HANDED_OFF: ((Move.ACCEPT, SECOND, 9), (Move.SEND_BACK, SECOND, 1), (Step.NOTE, FIRST, 1)),
    Stage.SECOND: (
        (Move.ESCALATE, AUTHORISED, 16),
        (Step.FILL_IN, SECOND, 4),
        (CHECK, SECOND, 2),
        (Step.PLAN, SECOND, 1),
        (Step.TELL, AUTHORISED, 1),
        (Step.UNDO, SECOND, 1),
        (Move.TAKE_OVER, SECOND, 1),
        (Move.WITHDRAW, SECOND, 1),
        (Move.SEND_BACK, SECOND, 1),
        (Move.ASK_CUSTOMER, SECOND, 1),
        (Move.RESOLVE, SECOND, 1),
        (Step.NOTE, SECOND, 1),
    ),
    Stage.SECOND_ASKED: ((Move.CUSTOMER_ANSWERED, SECOND, 4), (Move.GO_ON, SECOND, 1), (Step.NOTE, FIRST, 1)),
    Stage.RETARUS: (
        (Step.RCR, SECOND, 2),
        (Step.CHASE, AUTHORISED, 4),
        (Step.TELL, AUTHORISED, 6),
        (Step.EXPECT, SECOND, 1),
        (Step.SNOOZE, SECOND, 1),
        (Step.PLAN, SECOND, 1),
        (Step.FILL_IN, SECOND, 1),
        (Step.UNDO, SECOND, 1),
        (Move.RETARUS_UPDATE, SECOND, 2),
        (Move.RETARUS_ANSWERED, SECOND, 3),
        (Move.RESOLVE, SECOND, 1),
        (Move.WITHDRAW, SECOND, 1),
        (Step.NOTE, FIRST, 1),
    ),
    Stage.RESOLVED: ((Move.CONFIRM, FIRST, 6), (Move.REOPEN, FIRST, 1), (Step.NOTE, SECOND, 1)),
    Stage.CLOSED: ((Move.REOPEN, FIRST, 1), (Step.NOTE, FIRST, 1)),
}
"""Steps at each stage, with the person and a weight."""

KINDS = {
    Kind.INCIDENT: "/retarus-incident",
    Kind.SERVICE_REQUEST: "/retarus-service-request",
    Kind.CHANGE: "/retarus-change",
}


def chosen(dice: random.Random, stage: Stage, name: str) -> SoakStep | None:
    """This person's next step on a ticket at this stage; None when it is others' turn."""
    choices = [(step, weight) for step, people, weight in CHOICES[stage] if name in people]
    return dice.choices([step for step, _ in choices], [weight for _, weight in choices])[0] if choices else None


def work_at(stage: Stage, name: str) -> int:
    """Weight of this person's steps on a ticket at this stage; 0 when it is others' turn."""
    return sum(weight for _, people, weight in CHOICES[stage] if name in people)


def raised(word: str, now: float, dice: random.Random) -> Json:
    """Answers with which a ticket is raised."""
    return {
        "customer": picked(f"Customer {MARKER}{dice.randrange(9)}"),
        "services": ["Email Security"],
        "start": int(now) - 1200,
        "happens": f"Outbound mail is rejected since the update {word}",
        "impact": f"No outbound mail for three customers {word}",
        **({"left_to_others": ["yes"]} if dice.random() < 0.5 else {}),
    }


def known(word: str, now: float) -> Json:
    """Every answer that any form asks for, by its input."""
    return {
        **FIRST_TASKS,
        "summary_first": f"Connector was updated at 10:55, all tenants are affected {word}",
        "tenants": "12345RS",
        "interface": "smtp-de1.example.com, DE1",
        "error": f"550 5.7.1 rejected by policy {word}",
        "affected": "3",
        "example.1.when": int(now) - 1000,
        "example.1.sender": "a@mueller.example",
        "example.1.recipient": "b@target.example",
        "example.1.status": "550 5.7.1 rejected",
        "related": "none",
        **MATRIX_SECOND,
        "done": f"Restart and rollback to the release before: no change {word}",
        **SECOND_TASKS,
        "summary_second": f"Rejected at DE1 by policy since 10:55, please look at the trace {word}",
        "why_retarus": f"Only Retarus sees why DE1 rejects {word}",
        "word": f"What was said and found about it {word}",
        "rcr": f"RCR-{int(now) % 100000}",
        "remedy": f"The policy was corrected {word}",
        "question": f"Which connector is it {word}",
        "wanted": f"Something else is wanted {word}",
        "until": int(now) + 5 * 3600,
    }


def has_word(step: SoakStep) -> bool:
    """True if the typed text of this step is in its event."""
    return step not in {*transitions.ONE_CLICK, Move.ESCALATE, Step.RCR, Step.LINK, Step.UNDO, *Act}


def is_of(event: Event, taken: Taken) -> bool:
    """True if this event is that step: by its word or its answer, or by its kind and author."""
    step = Step.FILL_IN.value if taken.step is CHECK else taken.step.value
    if event.kind != step or event.by != taken.by:
        return False
    if taken.step is CHECK:
        return {key for key in event.detail if key.startswith(_ANSWER)} == {f"{_ANSWER}{taken.answer_key}"}
    typed = (text for key, text in event.detail.items() if not key.endswith("files"))  # it lists all files so far
    return not has_word(taken.step) or any(taken.word in text for text in typed)


def fitting(modal: Modal, answers: Json) -> Json:
    """The answers for which this form has an input."""
    there = {block["block_id"] for block in modal.view["blocks"] if block["type"] == "input"}
    return {key: value for key, value in answers.items() if key in there}


def unanswered(modal: Modal, answers: Json) -> Json:
    """The answers for which this form has an input that nothing is prefilled in."""
    empty = {
        block["block_id"]
        for block in modal.view["blocks"]
        if block["type"] == "input" and not any(name.startswith("initial_") for name in block["element"])
    }
    return {key: value for key, value in answers.items() if key in empty}
