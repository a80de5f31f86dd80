"""A ticket nobody moves needs attention after the configured time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.reminders import next_due, patience
from bot.settings import Reminders
from bot.ticket import Stage
from tests.factories import NOW, an_incident

POLICY = Reminders(new=1, first=2, handed_off=3, second=4, waiting_for_customer=5, retarus=6, resolved=7, repeat=60)


@pytest.mark.parametrize(
    ("stage", "minutes"),
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
def test_each_open_stage_has_its_own_patience(stage: Stage, minutes: int) -> None:
    assert next_due(an_incident(stage), POLICY, NOW) == NOW + timedelta(minutes=minutes)


def test_a_closed_ticket_needs_nothing() -> None:
    assert next_due(an_incident(Stage.CLOSED), POLICY, NOW) is None


def test_zero_minutes_means_never() -> None:
    assert next_due(an_incident(Stage.NEW), Reminders(new=0), NOW) is None


def test_after_the_first_reminder_the_next_ones_come_at_the_repeating_pace() -> None:
    assert next_due(an_incident(Stage.NEW, reminded=1), POLICY, NOW) == NOW + timedelta(minutes=60)


def test_every_open_stage_is_reminded_unless_told_otherwise() -> None:
    assert all(patience(stage, Reminders()) for stage in Stage if stage.is_open)
