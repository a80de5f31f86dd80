"""Each timer has a start, a due time, pauses and an end, and a state at any moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from weakref import ref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clocks.timers import Timer, TimerRun, TimerState, plan, runs
from bot.model.ticket import Party, Stage, Ticket, Times
from tests.factories import NOW, a_config, an_incident

MINUTE = timedelta(minutes=1)
AGREED = a_config(sla={"P1": {"action_plan": 120, "warn_before": 30}})
OFFICE = a_config(
    sla={"P1": {"action_plan": 120, "warn_before": 30}},
    calendars={"office": {"timezone": "Europe/Berlin", "hours": ["mon-fri 09:00-17:00"]}},
    levels={"second": {"group": "S0SECOND", "calendar": "office"}},
)


def minutes(number: float) -> datetime:
    return NOW + number * MINUTE


def a_plan(**times: Any) -> TimerRun:
    found = plan(an_incident(Stage.SECOND, times=Times(priorities={"P1": NOW}, **times)), AGREED)
    assert found
    return found


def watched(ticket: Ticket) -> list[Timer]:
    return [run.timer for run in runs(ticket, AGREED)]


@pytest.mark.parametrize(
    ("stage", "watches"),
    [
        (Stage.NEW, [Timer.UNCLAIMED]),
        (Stage.FIRST, [Timer.PROGRESS]),
        (Stage.FIRST_ASKED, [Timer.CUSTOMER]),
        (Stage.HANDED_OFF, [Timer.UNCLAIMED]),
        (Stage.SECOND, [Timer.PROGRESS]),
        (Stage.SECOND_ASKED, [Timer.CUSTOMER]),
        (Stage.RETARUS, [Timer.RCR, Timer.UPDATE]),
        (Stage.RESOLVED, [Timer.CONFIRM]),
        (Stage.CLOSED, []),
    ],
)
def test_every_stage_has_its_timers(stage: Stage, watches: list[Timer]) -> None:
    assert watched(an_incident(stage)) == watches


def test_timers_with_retarus_depend_on_number_and_expected_time() -> None:
    numbered = an_incident(Stage.RETARUS, rcr=("RCR-1",))
    assert watched(numbered) == [Timer.UPDATE]
    assert watched(numbered.model_copy(update={"times": Times(eta=minutes(60))})) == [Timer.ETA, Timer.UPDATE]


def test_question_of_retarus_gives_the_ball_to_the_second_level() -> None:
    asked = an_incident(Stage.RETARUS, rcr=("RCR-1",), times=Times(asked=NOW))
    assert watched(asked) == [Timer.QUESTION]
    assert asked.ball is Party.SECOND


def test_timers_of_one_record_differ_with_the_settings_they_are_asked_for() -> None:
    ticket, slower = an_incident(), a_config(reminders={"new": 90})
    assert [run.due for run in runs(ticket, AGREED)][:1] == [minutes(30)]
    assert [run.due for run in runs(ticket, slower)][:1] == [minutes(90)]
    assert [run.due for run in runs(ticket, AGREED)][:1] == [minutes(30)]


def test_timers_of_a_changed_copy_are_its_own() -> None:
    ticket = an_incident()
    assert runs(ticket, AGREED)
    later = ticket.model_copy(update={"since": minutes(10)})
    assert [run.due for run in runs(later, AGREED)][:1] == [minutes(40)]


def test_timers_that_are_remembered_keep_no_record_in_memory() -> None:
    ticket = an_incident()
    forgotten = ref(ticket)
    assert runs(ticket, AGREED)
    del ticket
    assert forgotten() is None


def test_a_promised_update_goes_before_the_usual_cadence() -> None:
    ticket = an_incident(Stage.RETARUS, rcr=("RCR-1",), times=Times(word=NOW, update_due=minutes(7)))
    (update,) = runs(ticket, AGREED)
    assert update.due == minutes(7)


# --- the SLA


def test_sla_timer_exists_only_with_a_configured_sla() -> None:
    ticket = an_incident(Stage.SECOND, times=Times(priorities={"P1": NOW}))
    assert plan(ticket, a_config()) is None
    assert plan(ticket.model_copy(update={"answers": {"priority": "P2"}}), AGREED) is None


def test_sla_begins_with_the_priority_and_runs_on_through_every_stage() -> None:
    for stage in Stage:
        run = plan(an_incident(stage, times=Times(priorities={"P1": NOW})), AGREED)
        assert run
        assert (run.start, run.warn, run.due) == (NOW, minutes(90), minutes(120))


def test_sla_pauses_while_waiting_for_the_end_customer() -> None:
    assert a_plan(waits=((minutes(10), None),)).state(minutes(999)) is TimerState.PAUSED
    resumed = a_plan(waits=((minutes(10), minutes(50)), (minutes(60), minutes(61))))
    assert (resumed.warn, resumed.due) == (minutes(131), minutes(161))


def test_breach_before_a_pause_stays_a_breach() -> None:
    assert a_plan(waits=((minutes(130), None),)).state(minutes(200)) is TimerState.OVERDUE


@pytest.mark.parametrize(
    ("at", "state"),
    [(0, TimerState.RUNNING), (89, TimerState.RUNNING), (90, TimerState.SOON), (120, TimerState.OVERDUE)],
)
def test_timer_has_a_state_at_each_moment(at: int, state: TimerState) -> None:
    assert a_plan().state(minutes(at)) is state


@pytest.mark.parametrize(("at", "late"), [(119, False), (121, True)])
def test_remedy_or_plan_ends_the_sla_in_time_or_too_late(at: int, late: bool) -> None:
    run = a_plan(planned=minutes(at))
    assert run.state(minutes(999)) is TimerState.ENDED
    assert run.is_late(minutes(999)) is late


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3 * 24 * 60), max_size=6, unique=True), st.integers(0, 24 * 60))
def test_pauses_agree_with_looking_at_the_clock_every_minute(changes: list[int], begun: int) -> None:
    moments = sorted(changes)
    waits = tuple(
        (minutes(moments[n]), minutes(moments[n + 1]) if n + 1 < len(moments) else None)
        for n in range(0, len(moments), 2)
    )
    start = minutes(begun)
    run = plan(an_incident(Stage.SECOND, times=Times(priorities={"P1": start}, waits=waits)), OFFICE)
    assert run
    assert run.due == slow_due(start, waits)


def slow_due(start: datetime, waits: tuple[tuple[datetime, datetime | None], ...]) -> datetime | None:
    at, left = start, 120
    while left:
        local = at + timedelta(hours=2)  # Berlin, in summer
        works = local.weekday() < 5 and 9 <= local.hour < 17
        waiting = any(begun <= at and (ended is None or at < ended) for begun, ended in waits)
        if any(begun <= at and ended is None for begun, ended in waits):
            return None
        left -= works and not waiting
        at += MINUTE
    return at
