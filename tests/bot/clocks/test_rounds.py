"""Timers of one ticket that come due shortly after one another are one reminder, and so is each round after it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.clocks.schedule import ReminderAudience, audience_of, due_now, next_due
from bot.clocks.timers import Timer
from bot.config.settings import Config
from bot.model import timestamps
from bot.model.ticket import Event, Stage, Ticket, Times
from bot.model.transitions import Step
from tests.factories import NOW, a_config, an_incident


def minutes(number: float) -> datetime:
    return NOW + timedelta(minutes=number)


def number(at: datetime) -> int:
    return round((at - NOW) / timedelta(minutes=1))


def reminded(ticket: Ticket, config: Config, at: datetime) -> tuple[Ticket, list[Timer]]:
    watches = [run.timer for run in due_now(ticket, config, at)]
    taken_event = Event(
        ticket_id=ticket.id, version=ticket.version + 1, at=at, by="", kind=Step.REMIND,
        detail={"watches": " ".join(watches)},
    )  # fmt: skip
    times = timestamps.after_event(ticket.times, taken_event, ticket.stage, ticket.stage)
    return ticket.model_copy(update={"times": times, "version": taken_event.version}), watches


def rounds(ticket: Ticket, config: Config, count: int) -> list[tuple[int, list[Timer]]]:
    """The next reminders without any action: after how many minutes, and for which timers."""
    found = []
    for _ in range(count):
        at = next_due(ticket, config)
        assert at
        ticket, watches = reminded(ticket, config, at)
        found.append((number(at), watches))
    return found


def policy(second: int, plan: int, warn: int = 30, repeat: int = 240) -> Config:
    return a_config(
        sla={"P1": {"action_plan": plan, "warn_before": warn}}, reminders={"second": second, "repeat": repeat}
    )


def p1(**times: object) -> Ticket:
    return an_incident(Stage.SECOND, times=Times.model_validate({"priorities": {"P1": NOW}, **times}))


PLAN, PROGRESS = Timer.PLAN, Timer.PROGRESS


@pytest.mark.parametrize(
    ("second", "plan", "expected"),
    [
        (60, 100, [(70, [PROGRESS, PLAN]), (100, [PROGRESS, PLAN]), (340, [PROGRESS, PLAN])]),  # the warning at 70
        (60, 80, [(50, [PROGRESS, PLAN]), (80, [PROGRESS, PLAN]), (320, [PROGRESS, PLAN])]),
        (90, 100, [(70, [PROGRESS, PLAN]), (100, [PROGRESS, PLAN])]),
        (240, 270, [(240, [PROGRESS, PLAN]), (270, [PROGRESS, PLAN])]),
        (300, 100, [(70, [PLAN]), (100, [PLAN]), (300, [PROGRESS, PLAN]), (540, [PROGRESS, PLAN])]),
    ],
)
def test_progress_and_sla_minutes_apart_are_one_reminder(
    second: int, plan: int, expected: list[tuple[int, list[Timer]]]
) -> None:
    assert [(at, sorted(each)) for at, each in rounds(p1(), policy(second, plan), len(expected))] == [
        (at, sorted(each)) for at, each in expected
    ]


def test_breach_is_reminded_when_it_happens_and_takes_the_others_along() -> None:
    config = policy(second=110, plan=120, warn=0)
    assert rounds(p1(), config, 1) == [(120, [PROGRESS, PLAN])]
    config = policy(second=119, plan=140, warn=0)
    assert due_now(p1(), config, minutes(139)) == ()
    assert rounds(p1(), config, 1) == [(140, [PROGRESS, PLAN])]


def test_breach_is_never_told_before_it_happens() -> None:
    config = policy(second=60, plan=200, warn=0)
    ticket, _ = reminded(p1(), config, minutes(60))
    assert due_now(p1(), config, minutes(199.9))
    assert PLAN not in [run.timer for run in due_now(ticket, config, minutes(199.9))]


def test_rounds_of_all_timers_come_together_once_each_has_reminded() -> None:
    config = a_config(reminders={"retarus": 60, "rcr": 120, "repeat": 240})
    ticket = an_incident(Stage.RETARUS, sent_at=NOW, times=Times(word=NOW))
    both = [Timer.RCR, Timer.UPDATE]
    assert rounds(ticket, config, 4) == [(60, [Timer.UPDATE]), (120, both), (360, both), (600, both)]


def test_three_timers_in_one_round_are_one_reminder() -> None:
    config = a_config(reminders={"retarus": 60, "rcr": 70, "eta": 15, "repeat": 240})
    ticket = an_incident(Stage.RETARUS, sent_at=NOW, times=Times(word=NOW, eta=minutes(65)))
    assert rounds(ticket, config, 2) == [
        (60, [Timer.RCR, Timer.ETA, Timer.UPDATE]),
        (300, [Timer.RCR, Timer.ETA, Timer.UPDATE]),
    ]


def test_timers_of_a_quick_round_are_gathered_within_half_of_it() -> None:
    config = a_config(reminders={"retarus": 10, "rcr": 14, "repeat": 10})
    ticket = an_incident(Stage.RETARUS, sent_at=NOW, times=Times(word=NOW))
    assert rounds(ticket, config, 2) == [(10, [Timer.RCR, Timer.UPDATE]), (20, [Timer.RCR, Timer.UPDATE])]
    config = a_config(reminders={"retarus": 10, "rcr": 16, "repeat": 10})
    assert rounds(ticket, config, 2)[0] == (10, [Timer.UPDATE])


def test_action_between_the_reminder_and_what_it_took_along_gives_a_round_of_rest() -> None:
    config = a_config(reminders={"retarus": 60, "rcr": 70, "repeat": 240})
    ticket, _ = reminded(an_incident(Stage.RETARUS, sent_at=NOW, times=Times(word=NOW)), config, minutes(60))
    ticket = ticket.model_copy(update={"times": ticket.times.model_copy(update={"touched": minutes(75)})})
    assert next_due(ticket, config) == minutes(315)


def test_sla_reminder_during_a_snooze_leaves_the_other_timers_snoozed() -> None:
    config = policy(second=60, plan=120, warn=0)
    ticket, watches = reminded(p1(snoozed_until=minutes(600)), config, minutes(120))
    assert watches == [PLAN]
    assert ticket.times.snoozed_until == minutes(600)
    ticket, watches = reminded(ticket, config, minutes(600))
    assert (sorted(watches), ticket.times.snoozed_until) == (sorted([PLAN, PROGRESS]), None)


def test_timer_told_with_the_sla_shortly_before_a_snooze_ends_is_not_told_again_at_its_end() -> None:
    config = policy(second=60, plan=120, warn=0)
    ticket, watches = reminded(p1(touched=minutes(70), snoozed_until=minutes(125)), config, minutes(120))
    assert sorted(watches) == sorted([PLAN, PROGRESS])
    assert next_due(ticket, config) == minutes(360)


def test_snooze_shorter_than_a_round_after_a_reminder_ends_at_its_time() -> None:
    config = a_config(reminders={"handed_off": 60, "repeat": 240})
    ticket, _ = reminded(an_incident(Stage.HANDED_OFF), config, minutes(60))
    snoozed = ticket.times.model_copy(update={"touched": minutes(61), "snoozed_until": minutes(81)})
    assert next_due(ticket.model_copy(update={"times": snoozed}), config) == minutes(81)


# --- the breach goes to the lead at once


@pytest.mark.parametrize(
    ("at", "audience"),
    [
        (90, ReminderAudience.OWNER),
        (119, ReminderAudience.OWNER),
        (120, ReminderAudience.LEADS),
        (500, ReminderAudience.LEADS),
    ],
)
def test_breach_goes_to_the_leads_at_once_and_the_warning_to_the_owner(at: int, audience: ReminderAudience) -> None:
    config = policy(second=9999, plan=120)
    assert audience_of(p1(), due_now(p1(), config, minutes(at)), config, minutes(at)) is audience


def test_breach_that_ended_too_late_has_no_recipient() -> None:
    config = policy(second=9999, plan=120)
    assert due_now(p1(planned=minutes(130), plans=("plan",)), config, minutes(500)) == ()
