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


TONIGHT = (When.TODAY, "Wed 02 22:00")


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


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland", "Pacific/Kiritimati", "Asia/Tokyo"])
@pytest.mark.parametrize("now", ["2026-12-01T10:00", "2026-12-04T16:45", "2026-12-24T12:00", "2026-10-24T20:00"])
def test_tomorrow_is_no_night_for_a_person_far_from_the_calendar(zone: str, now: str) -> None:
    config, tz = a_config(levels={"first": {"calendar": "office"}}, **OFFICE), ZoneInfo(zone)
    at = datetime.fromisoformat(now).replace(tzinfo=tz)
    days = [each for each in presets(Level.FIRST, zone, config, at) if each.when not in {When.HOUR, When.TODAY}]
    assert days
    assert all(each.at > at and 7 <= each.local.hour < 22 for each in days)


def test_day_off_after_the_weekend_is_named_by_its_day() -> None:
    config = a_config(
        calendars={"office": {**OFFICE["calendars"]["office"], "closed": ["2026-12-07"]}},
        levels={"first": {"calendar": "office"}},
    )
    found = presets(Level.FIRST, "Europe/Berlin", config, datetime(2026, 12, 4, 16, 30, tzinfo=BERLIN))
    assert [(each.when, each.local.day) for each in found] == [(When.DAY, 8)]


def in_calendar(now: str, zone: str = "Europe/Berlin", **calendar: object) -> list[tuple[When, str]]:
    """Offered moments in the time zone of a person, by a calendar of Berlin."""
    table = {**OFFICE["calendars"]["office"], **calendar}
    config = a_config(calendars={"own": table}, levels={"first": {"calendar": "own"}})
    found = presets(Level.FIRST, zone, config, datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(zone)))
    return [(each.when, f"{each.local:%a %d %H:%M}") for each in found]


def test_holiday_tomorrow_is_left_out_and_the_next_working_day_is_named() -> None:
    assert in_calendar("2026-01-05T15:30", country="DE", region="BY") == [
        (When.HOUR, "Mon 05 16:30"),
        (When.DAY, "Wed 07 09:00"),
        (When.MONDAY, "Mon 12 09:00"),
    ]


def test_monday_after_weeks_without_work_is_named_by_its_date() -> None:
    closed = [f"2026-12-{day}" for day in (24, 28, 29, 30, 31)] + [f"2027-01-0{day}" for day in (4, 5, 6, 7, 8)]
    assert in_calendar("2026-12-23T16:30", country="DE", closed=closed) == [(When.DAY, "Mon 11 09:00")]


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-12-01T23:10", [(When.HOUR, "Wed 02 00:10"), (When.TOMORROW, "Wed 02 22:00")]),
        ("2026-12-02T03:10", [(When.HOUR, "Wed 02 04:10"), TONIGHT, (When.TOMORROW, "Thu 03 22:00")]),
        ("2026-12-02T05:40", [TONIGHT, (When.TOMORROW, "Thu 03 22:00")]),
    ],
)  # fmt: skip
def test_night_shift_is_offered_its_own_hours(now: str, then: list[tuple[When, str]]) -> None:
    night = ["mon-fri 22:00-24:00", "tue-sat 00:00-06:00"]
    assert in_calendar(now, hours=night) == [*then, (When.MONDAY, "Mon 07 22:00")]


@pytest.mark.parametrize(
    ("now", "zone", "then"),
    [
        ("2026-12-02T09:30", "America/New_York", ["Wed 02 10:30", "Thu 03 09:00", "Mon 07 09:00"]),
        ("2026-12-04T16:30", "Asia/Singapore", ["Fri 04 17:30", "Mon 07 15:00"]),
        ("2026-12-04T11:10", "Asia/Kolkata", ["Fri 04 14:00", "Mon 07 12:30"]),
    ],
)
def test_person_in_another_zone_is_offered_their_morning_within_the_working_time(
    now: str, zone: str, then: list[str]
) -> None:
    assert [local for _, local in in_calendar(now, zone)] == then


@pytest.mark.parametrize("now", ["2026-03-28T18:00", "2026-10-24T18:00"])
def test_clocks_that_change_at_night_leave_nine_in_the_morning(now: str) -> None:
    assert offered(now)[-2:] == [
        (When.TOMORROW, f"Sun {29 if now[5:7] == '03' else 25} 09:00"),
        (When.MONDAY, f"Mon {30 if now[5:7] == '03' else 26} 09:00"),
    ]
