"""Moments that a snooze offers: by the person's zone and the level's calendar, never at night."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.model.ticket import Level
from bot.reminders.snooze import When, presets
from tests.factories import a_config

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = {"calendars": {"office": {"timezone": "Europe/Berlin", "hours": ["mon-fri 08:00-17:00"]}}}


def offered(now: str, zone: str = "Europe/Berlin", *, office: bool = False) -> list[tuple[When, str]]:
    config = a_config(levels={"first": {"calendar": "office"}}, **OFFICE) if office else a_config()
    found = presets(Level.FIRST, zone, config, datetime.fromisoformat(now).replace(tzinfo=BERLIN))
    return [(each.when, f"{each.at.astimezone(BERLIN):%a %d %H:%M}") for each in found]


def test_monday_morning_offers_an_hour_the_afternoon_tomorrow_and_next_monday() -> None:
    assert offered("2026-11-30T09:20") == [
        (When.HOUR, "Mon 30 10:20"),
        (When.AFTERNOON, "Mon 30 14:00"),
        (When.TOMORROW, "Tue 01 09:00"),
        (When.MONDAY, "Mon 07 09:00"),
    ]


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-27T16:30", [(When.MONDAY, "Mon 30 09:00")]),
        ("2026-11-27T15:10", [(When.HOUR, "Fri 27 16:10"), (When.MONDAY, "Mon 30 09:00")]),
        ("2026-11-28T11:00", [(When.MONDAY, "Mon 30 09:00")]),
        ("2026-11-29T11:00", [(When.TOMORROW, "Mon 30 09:00")]),
    ],
)  # fmt: skip
def test_office_hours_leave_out_evenings_and_the_weekend(now: str, then: list[tuple[When, str]]) -> None:
    assert offered(now, office=True) == then


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_offered_moment_is_to_come_and_never_at_night(hour: int, zone: str) -> None:
    now = datetime(2026, 11, 30, hour, 0, tzinfo=ZoneInfo(zone))
    found = presets(Level.FIRST, zone, a_config(), now)
    assert found
    assert all(now < each.at <= now + timedelta(days=8) for each in found)
    assert all(7 <= each.at.astimezone(ZoneInfo(zone)).hour <= 20 for each in found)
    assert [each.at for each in found] == sorted(each.at for each in found)


def test_day_off_after_the_weekend_is_named_by_its_day() -> None:
    config = a_config(
        calendars={"office": {**OFFICE["calendars"]["office"], "closed": ["2026-12-07"]}},
        levels={"first": {"calendar": "office"}},
    )
    found = presets(Level.FIRST, "Europe/Berlin", config, datetime(2026, 12, 4, 16, 30, tzinfo=BERLIN))
    assert [(each.when, each.local.day) for each in found] == [(When.DAY, 8)]
