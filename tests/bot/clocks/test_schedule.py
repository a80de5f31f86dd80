"""Reminders come when a timer is due, in working hours, and go to more people as they stay unanswered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.clocks.schedule import ReminderAudience, audience_of, due_now, next_due, people
from bot.clocks.timers import Timer
from bot.config.settings import Config
from bot.model.ticket import Nudge, Stage, Ticket, Times
from tests.factories import ALEX, ANNA, BEN, CARLA, NOW, a_config, an_incident

EACH = {"new": 1, "first": 2, "handed_off": 3, "second": 4, "waiting_for_customer": 5, "retarus": 6, "resolved": 7}
POLICY = a_config(reminders={**EACH, "rcr": 0, "repeat": 60})
OFFICE = {"office": {"timezone": "Europe/Berlin", "hours": ["mon-fri 09:00-17:00"]}}


def at_work(**more: Any) -> Config:
    teams = {"first": {"calendar": "office"}, "second": {"group": "S0SECOND", "calendar": "office"}}
    return a_config(calendars=OFFICE, levels=teams, **more)


def minutes(number: float) -> datetime:
    return NOW + timedelta(minutes=number)


@pytest.mark.parametrize(
    ("stage", "after"),
    [
        (Stage.NEW, 1),
        (Stage.FIRST, 2),
        (Stage.FIRST_ASKED, 5),
        (Stage.HANDED_OFF, 3),
        (Stage.SECOND, 4),
        (Stage.SECOND_ASKED, 5),
        (Stage.RETARUS, 6),
        (Stage.RESOLVED, 7),
    ],
)
def test_each_open_stage_has_its_own_interval(stage: Stage, after: int) -> None:
    assert next_due(an_incident(stage), POLICY) == minutes(after)


def test_a_closed_ticket_needs_nothing() -> None:
    assert next_due(an_incident(Stage.CLOSED), POLICY) is None


def test_zero_minutes_mean_never() -> None:
    assert next_due(an_incident(Stage.NEW), a_config(reminders={"new": 0})) is None


def test_every_open_stage_is_reminded_unless_configured_otherwise() -> None:
    assert all(next_due(an_incident(stage), a_config()) for stage in Stage if stage.is_open)


def reminded(stage: Stage, timer: Timer, after: float, unanswered: int = 1, **times: Any) -> Ticket:
    nudges = {timer.value: Nudge(at=minutes(after), unanswered=unanswered)}
    return an_incident(stage, times=Times(nudges=nudges, **times))


def test_next_reminders_come_at_the_repeating_cadence() -> None:
    assert next_due(reminded(Stage.NEW, Timer.UNCLAIMED, 1), POLICY) == minutes(61)


def test_action_after_the_due_time_gives_one_round_of_rest() -> None:
    assert next_due(reminded(Stage.NEW, Timer.UNCLAIMED, 1, 0, touched=minutes(30)), POLICY) == minutes(90)


def test_snooze_replaces_the_due_time() -> None:
    ticket = an_incident(Stage.HANDED_OFF, times=Times(snoozed_until=minutes(600), touched=minutes(10)))
    assert next_due(ticket, POLICY) == minutes(600)


def test_a_priority_has_its_own_cadence() -> None:
    config = a_config(
        priorities=[{"name": "P1", "reminders": {"second": 10}}, {"name": "P2"}], reminders={"second": 99}
    )
    assert next_due(an_incident(Stage.SECOND, also={"priority": "P1"}), config) == minutes(10)
    assert next_due(an_incident(Stage.SECOND, also={"priority": "P2"}), config) == minutes(99)


# --- while people are at work


def test_due_time_counts_working_time_only() -> None:
    ticket = an_incident(Stage.SECOND, since=datetime(2019, 8, 30, 14, 0, tzinfo=UTC))  # Friday, 16:00 in Berlin
    assert next_due(ticket, at_work(reminders={"second": 120})) == datetime(2019, 9, 2, 8, 0, tzinfo=UTC)


def test_a_priority_around_the_clock_knows_neither_closing_time_nor_quiet_hours() -> None:
    config = at_work(
        priorities=[{"name": "P1", "around_the_clock": True}], reminders={"second": 600, "quiet": "20:00-07:00"}
    )
    assert next_due(an_incident(Stage.SECOND), config) == minutes(600)  # 21:20


def test_quiet_hours_put_a_reminder_off_until_they_end() -> None:
    config = a_config(reminders={"second": 600, "quiet": "20:00-07:00"})
    assert next_due(an_incident(Stage.SECOND), config) == datetime(2019, 8, 28, 5, 0, tzinfo=UTC)


def test_update_due_at_night_is_reminded_in_the_morning() -> None:
    promised = Times(update_due=datetime(2019, 8, 27, 22, 0, tzinfo=UTC), word=NOW)
    ticket = an_incident(Stage.RETARUS, times=promised, rcr=("RCR-1",))
    assert next_due(ticket, at_work()) == datetime(2019, 8, 28, 7, 0, tzinfo=UTC)


# --- the SLA

AGREED = a_config(sla={"P1": {"action_plan": 120, "warn_before": 30}}, reminders={"second": 0, "repeat": 60})


def with_plan(**times: Any) -> Ticket:
    return an_incident(Stage.SECOND, times=Times(priorities={"P1": NOW}, **times))


def test_sla_warns_before_the_breach_alerts_at_it_and_repeats() -> None:
    assert next_due(with_plan(), AGREED) == minutes(90)
    for last, following in ((90, 120), (120, 180), (180, 240)):
        assert next_due(with_plan(nudges={"plan": Nudge(at=minutes(last), unanswered=1)}), AGREED) == minutes(following)


def test_breach_is_reminded_despite_actions_and_a_snooze() -> None:
    seen = {"plan": Nudge(at=minutes(90), unanswered=0)}
    assert next_due(with_plan(nudges=seen, touched=minutes(119), snoozed_until=minutes(999)), AGREED) == minutes(120)


def test_warning_and_breach_after_an_outage_are_one_reminder() -> None:
    assert next_due(with_plan(nudges={"plan": Nudge(at=minutes(500), unanswered=1)}), AGREED) == minutes(560)


def test_action_plan_ends_the_sla() -> None:
    assert next_due(with_plan(planned=minutes(10)), AGREED) is None


def test_due_timers_are_named() -> None:
    config = a_config(reminders={"retarus": 61, "rcr": 30})
    ticket = an_incident(Stage.RETARUS, sent_at=NOW)
    assert [run.timer for run in due_now(ticket, config, minutes(30))] == [Timer.RCR]
    assert [run.timer for run in due_now(ticket, config, minutes(61))] == [Timer.RCR, Timer.UPDATE]


# --- who hears of it

LADDER = a_config(
    desk={"leads": [CARLA]},
    levels={"second": {"group": "S0SECOND", "second_person": ALEX}},
    reminders={"second_person_after": 2, "leads_after": 4},
)


@pytest.mark.parametrize(
    ("unanswered", "audience", "who"),
    [
        (0, ReminderAudience.OWNER, (BEN,)),
        (1, ReminderAudience.OWNER, (BEN,)),
        (2, ReminderAudience.SECOND, (BEN, ALEX)),
        (3, ReminderAudience.SECOND, (BEN, ALEX)),
        (4, ReminderAudience.LEADS, (BEN, ALEX, CARLA)),
        (9, ReminderAudience.LEADS, (BEN, ALEX, CARLA)),
    ],
)
def test_unanswered_reminders_go_further(unanswered: int, audience: ReminderAudience, who: tuple[str, ...]) -> None:
    ticket = reminded(Stage.SECOND, Timer.PROGRESS, 0, unanswered)
    due = due_now(ticket, LADDER, minutes(9999))
    assert audience_of(ticket, due, LADDER, minutes(9999)) is audience
    assert people(ticket, audience, LADDER) == who


def test_leads_are_reminded_at_once_without_a_second_person() -> None:
    config = a_config(desk={"leads": [CARLA]})
    assert people(an_incident(Stage.FIRST), ReminderAudience.SECOND, config) == (ANNA, CARLA)


def test_reminder_stays_with_the_owner_when_no_other_person_is_configured() -> None:
    assert people(an_incident(Stage.FIRST), ReminderAudience.LEADS, a_config()) == (ANNA,)
