"""What do the clocks need to know of a ticket's past? One fold over its history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.core.clock import as_moment
from bot.model.ticket import Event, Nudge, Party, Stage, Times, Utc
from bot.model.transitions import MOVES, Move, Step

_TO_RETARUS = frozenset({Move.ESCALATE.value, Step.CHASE.value})
_FROM_RETARUS = frozenset({Move.RETARUS_UPDATE.value, Move.RETARUS_ANSWERED.value, Step.EXPECT.value})
_ANSWERS_THEM = frozenset({*_TO_RETARUS, Move.RETARUS_UPDATE.value, Move.RETARUS_ANSWERED.value})
_STARTS_ANEW = frozenset({Move.ESCALATE.value, Move.RETARUS_ANSWERED.value})
_PROMISES = frozenset({Step.EXPECT.value, Move.RETARUS_UPDATE.value})
"""What can say by when they expect it to be solved."""
_IS_PLANNED = frozenset({Move.RESOLVE.value, Step.PLAN.value})

_PLANS = ("answer.remedy", "answer.plan")
"""Either, given to the 1st level, is what the SLA asks for, however it is recorded (guide L2.7)."""

_STANDING = 20
"""Places of unanswered reminders that are kept; older ones are out of sight."""


def of(history: Iterable[Event]) -> Times:
    """From the whole history, oldest first."""
    times, stage = Times(), Stage.NEW
    for event in history:
        after = stage_after(stage, event.what)
        times = after_event(times, event, stage, after)
        stage = after
    return times


def stage_after(stage: Stage, what: str) -> Stage:
    return MOVES[stage, Move(what)] if what in set(Move) and what != Move.RAISE else stage


def after_event(times: Times, event: Event, before: Stage, stage: Stage) -> Times:
    """The same as `of`, one event further. `before`, `stage`: where the ticket stood and stands."""
    changes = _noticed(times, event) | _waited(times, event.at, before, stage) | _told(times, event)
    if "answer.priority" in event.detail:
        changes["priority_at"] = event.at
    if event.what == Step.PACE.value:
        changes["pace"] = int(event.detail.get("minutes", "0")) or None
    if not times.planned and (event.what in _IS_PLANNED or any(map(event.detail.get, _PLANS))):
        changes["planned"] = event.at
    after = times.model_copy(update=changes)
    return after.model_copy(update=_passed(times, after, event.at, before, stage))


def _noticed(times: Times, event: Event) -> dict[str, Any]:
    """A reminder is counted; whoever acts answers all of them, and ends a snooze. The status page acts on nothing."""
    if event.what == Step.SERVICE.value:
        return {}
    if event.what == Step.REMIND.value:
        nudges = {**times.nudges}
        for watch in event.detail.get("watches", "").split():
            seen = nudges.get(watch)
            nudges[watch] = Nudge(at=event.at, unanswered=(seen.unanswered if seen else 0) + 1)
        standing = (*times.standing, *_names(event))[-_STANDING:]
        return {"nudges": nudges, "standing": standing, "snoozed_until": None}
    answered = {watch: nudge.model_copy(update={"unanswered": 0}) for watch, nudge in times.nudges.items()}
    until = as_moment(event.detail.get("until", "")) if event.what == Step.SNOOZE.value else None
    return {"touched": event.at, "nudges": answered, "standing": (), "snoozed_until": until}


def _names(event: Event) -> list[str]:
    """The places a reminder gets: in the thread, and in each person's direct message."""
    return [reminder_place(event.version), *(reminder_place(event.version, to) for to in _people(event))]


def _people(event: Event) -> list[str]:
    return event.detail.get("people", "").split()


def reminder_place(version: int, to: str = "") -> str:
    """What a place is called where the reminder of that version stands."""
    return f"reminder:{version}" + (f":{to}" if to else "")


def _waited(times: Times, at: datetime, before: Stage, stage: Stage) -> dict[str, Any]:
    """Only the end-customer stops the clock of the SLA."""
    waited, waits = before.ball is Party.CUSTOMER, stage.ball is Party.CUSTOMER
    if waits and not waited:
        return {"waits": (*times.waits, (at, None))}
    if waited and not waits and times.waits:
        return {"waits": (*times.waits[:-1], (times.waits[-1][0], at))}
    return {}


def _told(times: Times, event: Event) -> dict[str, Any]:
    """What Retarus heard or said."""
    changes: dict[str, Any] = {}
    if event.what in _TO_RETARUS | _FROM_RETARUS:
        changes["word"] = times.word if event.what == Step.CHASE.value else event.at
    if event.what in _FROM_RETARUS | _STARTS_ANEW:
        changes["update_due"] = as_moment(event.detail.get("update_due", ""))
    if event.what in _STARTS_ANEW:
        changes["eta"] = None
    if event.what in _ANSWERS_THEM:
        changes["asked"] = None
    if event.what == Step.FOUND.value:
        changes["word"] = event.at
    if event.what in _PROMISES:
        changes["eta"] = as_moment(event.detail.get("eta", "")) or times.eta
    if event.what == Step.EXPECT.value:
        changes["asked"] = event.at if event.detail.get("question") else times.asked
    return changes


def _passed(times: Times, after: Times, at: Utc, before: Stage, stage: Stage) -> dict[str, Any]:
    """Who had the ball, and for how long."""
    had, has = _ball(times, before), _ball(after, stage)
    if times.turn is None or had is has:
        return {"turn": times.turn or at}
    if had is None:
        return {"turn": at}
    passed = times.spent.get(had.value, 0) + round((at - times.turn).total_seconds() * 1000)
    return {"turn": at, "spent": {**times.spent, had.value: passed}}


def _ball(times: Times, stage: Stage) -> Party | None:
    return Party.SECOND if stage is Stage.RETARUS and times.asked else stage.ball
