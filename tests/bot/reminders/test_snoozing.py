"""A snooze is proposed for working hours, in the person's zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.model.ticket import Stage
from bot.reminders.snoozing import proposed
from tests.factories import a_config, an_incident

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = {"calendars": {"office": {"timezone": "Europe/Berlin", "hours": ["mon-fri 08:00-17:00"]}}}


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-30T09:20", "2026-11-30T14:00"),
        ("2026-11-30T23:10", "2026-12-01T09:00"),
        ("2026-11-30T14:30", "2026-12-01T09:00"),
        ("2026-12-01T02:00", "2026-12-01T09:00"),
    ],
)
def test_proposed_moment_is_never_at_night(now: str, then: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
    moment = proposed(an_incident(Stage.FIRST), "Europe/Berlin", a_config(), at)
    assert moment == datetime.fromisoformat(then).replace(tzinfo=BERLIN)


def test_proposed_moment_is_within_the_hours_of_the_level() -> None:
    config = a_config(levels={"first": {"calendar": "office"}}, **OFFICE)
    friday = datetime(2026, 11, 27, 16, 0, tzinfo=BERLIN)
    monday = datetime(2026, 11, 30, 9, 0, tzinfo=BERLIN)
    assert proposed(an_incident(Stage.FIRST), "Europe/Berlin", config, friday) == monday
