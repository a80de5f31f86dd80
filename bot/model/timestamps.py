"""Folds a ticket's history into the moments and periods its clocks depend on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.core.clock import as_moment
from bot.model.ticket import Event, Nudge, Party, Stage, Times, ball, ball_with
from bot.model.transitions import MOVES, Move, Step
from bot.model.undoing import counted

_TO_RETARUS = frozenset({Move.ESCALATE.value, Step.CHASE.value})
_FROM_RETARUS = frozenset({Move.RETARUS_UPDATE.value, Move.RETARUS_ANSWERED.value, Step.EXPECT.value})
_ANSWERS_THEM = frozenset({*_TO_RETARUS, Move.RETARUS_UPDATE.value, Move.RETARUS_ANSWERED.value})
_RESTARTS = frozenset({Move.ESCALATE.value, Move.RETARUS_ANSWERED.value})
_BETWEEN_US = _TO_RETARUS | _FROM_RETARUS
_CHANGES_UPDATE = _FROM_RETARUS | _RESTARTS
_THEIR_WORDS = frozenset({Step.FOUND.value, Step.RETARUS_WROTE.value})
_CUSTOMER_IS_DONE = frozenset({Move.CUSTOMER_ANSWERED.value, Move.GO_ON.value})
_MOVES = frozenset(each.value for each in Move if each is not Move.RAISE)
_BY_ITSELF = frozenset({Step.RCR.value, Step.RETARUS_WROTE.value})
"""Events the desk records when Retarus writes: no action of a person."""
_PROMISES = frozenset({Step.EXPECT.value, Move.RETARUS_UPDATE.value})
"""Events that can contain the expected time of a solution."""
_PLANS = {"remedy": Move.RESOLVE.value, "plan": Step.PLAN.value}
"""Remedy and action plan, either of which satisfies the SLA (guide L2.7): by field, and the event that brings it."""

STANDING = 20
"""Messages of unanswered reminders that are remembered; older ones are no longer redrawn."""


def of(history: Iterable[Event]) -> Times:
    """Folds the whole history, oldest first; a step that was undone does not count."""
    times, stage = Times(), Stage.NEW
    for event in counted(history):
        after = stage_after(stage, event.kind)
        times = after_event(times, event, stage, after)
        stage = after
    return times


def stage_after(stage: Stage, kind: str) -> Stage:
    """The stage after an event; steps leave it as it is."""
    return MOVES[stage, Move(kind)] if kind in _MOVES else stage


def after_event(times: Times, event: Event, before: Stage, stage: Stage) -> Times:
    """The fold, one event further. `before`, `stage`: the ticket's stages before and after."""
    changes = _noticed(times, event) | _announced(times, event) | _asked_customer(event, stage) | _planned(times, event)
    if priority := event.detail.get("answer.priority"):
        changes["priorities"] = {priority: event.at, **times.priorities}
    if event.kind == Step.PACE:
        changes["pace"] = int(event.detail.get("minutes", "0")) or None
    if stage is Stage.CLOSED and before is not stage:
        changes["closed"] = event.at
    had = ball(before, times)
    has = ball_with(stage, changes.get("customer_asked", times.customer_asked), changes.get("asked", times.asked))
    changes |= _waited(times, event.at, had, has) | _passed(times, event.at, had, has)
    return times.model_copy(update=changes)


def _planned(times: Times, event: Event) -> dict[str, Any]:
    """Remedy and action plan: both have failed when the ticket is reopened, and then the SLA's clock runs again."""
    if event.kind == Move.REOPEN:
        start = times.planned or times.closed
        rests = (*times.rests, (start, max(start, event.at))) if start else times.rests
        return {"plans": (), "planned": None, "closed": None, "rests": rests}
    given = {key: event.detail.get(f"answer.{key}") for key in _PLANS}
    plans = {key for key, kind in _PLANS.items() if given[key] or event.kind == kind}
    emptied = {key for key, text in given.items() if text == ""}
    plans |= set(times.plans) - emptied
    if plans:
        return {"plans": tuple(sorted(plans)), "planned": times.planned or event.at}
    return {"plans": (), "planned": None} if emptied else {}


def _asked_customer(event: Event, stage: Stage) -> dict[str, Any]:
    """With Retarus, the stage stays when the end-customer is asked."""
    if stage is not Stage.RETARUS or event.kind in _CUSTOMER_IS_DONE:
        return {"customer_asked": None}
    return {"customer_asked": event.at} if event.kind == Move.ASK_CUSTOMER else {}


def _noticed(times: Times, event: Event) -> dict[str, Any]:
    """Counts a reminder; an action of a person answers all reminders and ends a snooze, a service notice does not."""
    if event.kind == Step.SERVICE or (not event.by and event.kind in _BY_ITSELF):
        return {}
    if event.kind == Step.REMIND:
        nudges = {**times.nudges}
        for watch in event.detail.get("watches", "").split():
            seen = nudges.get(watch)
            nudges[watch] = Nudge(at=event.at, unanswered=(seen.unanswered if seen else 0) + 1)
        standing = (*times.standing, *_names(event))[-STANDING:]
        is_over = times.snoozed_until is None or times.snoozed_until <= event.at
        return {"nudges": nudges, "standing": standing, "snoozed_until": None if is_over else times.snoozed_until}
    answered = {watch: nudge.model_copy(update={"unanswered": 0}) for watch, nudge in times.nudges.items()}
    until = as_moment(event.detail.get("until", "")) if event.kind == Step.SNOOZE else None
    return {"touched": event.at, "nudges": answered, "standing": (), "snoozed_until": until}


def _names(event: Event) -> list[str]:
    """Names of the messages of a reminder: in the thread, and to each person directly."""
    return [reminder_place(event.version), *(reminder_place(event.version, to) for to in _people(event))]


def latest_reminder(times: Times) -> list[str]:
    """Names of the messages of the latest reminder that nobody has answered; empty where there is none."""
    versions = [name.split(":")[1] for name in times.standing]
    return [name for name, version in zip(times.standing, versions, strict=True) if version == versions[-1]]


def _people(event: Event) -> list[str]:
    return event.detail.get("people", "").split()


def reminder_place(version: int, to: str = "") -> str:
    """The name of the place of a reminder's message: in the thread, or in the direct message to one person."""
    return f"reminder:{version}" + (f":{to}" if to else "")


def _waited(times: Times, at: datetime, had: Party | None, has: Party | None) -> dict[str, Any]:
    """Periods of waiting for the end-customer: only these pause the clock of the SLA."""
    waited, waits = had is Party.CUSTOMER, has is Party.CUSTOMER
    if waits and not waited:
        return {"waits": (*times.waits, (at, None))}
    if waited and not waits and times.waits:
        start = times.waits[-1][0]
        return {"waits": (*times.waits[:-1], (start, max(start, at)))}
    return {}


def _announced(times: Times, event: Event) -> dict[str, Any]:
    """Times of messages to Retarus, and of their announcements and questions."""
    changes: dict[str, Any] = {}
    if event.kind in _BETWEEN_US:
        changes["word"] = times.word if event.kind == Step.CHASE else event.at
    if event.kind in _CHANGES_UPDATE:
        changes["update_due"] = as_moment(event.detail.get("update_due", ""))
    if event.kind in _RESTARTS:
        changes["eta"] = None
    if event.kind in _ANSWERS_THEM:
        changes["asked"] = None
    if event.kind in _THEIR_WORDS:
        changes["word"] = event.at
    if event.kind == Step.TELL and event.detail.get("answers"):
        changes["asked"] = None
    if event.kind in _PROMISES:
        changes["eta"] = as_moment(event.detail.get("eta", "")) or times.eta
    if event.kind == Step.EXPECT:
        changes["asked"] = event.at if event.detail.get("question") else times.asked
    return changes


def _passed(times: Times, at: datetime, had: Party | None, has: Party | None) -> dict[str, Any]:
    """Adds up how long each party had to act."""
    if times.turn is None or had is has:
        return {"turn": times.turn or at}
    if had is None:
        return {"turn": at}
    passed = max(0, round((at - times.turn).total_seconds() * 1000))
    return {"turn": at, "spent": {**times.spent, had.value: times.spent.get(had.value, 0) + passed}}
