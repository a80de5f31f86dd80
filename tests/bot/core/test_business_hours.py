"""Working time is counted in local time, across clock changes, midnights and leap days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.business_hours import ALWAYS, DAY, Calendar, Hours

MINUTE = timedelta(minutes=1)
OFFICE: tuple[Hours, ...] = (((9 * 60, 17 * 60),),) * 5 + ((), ())
BERLIN = Calendar(zone="Europe/Berlin", week=OFFICE)
NIGHT = Calendar(zone="Europe/Berlin", week=(((0, 4 * 60), (22 * 60, DAY)),) * 7)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


# --- the plain, slow reference: look at a wall clock every minute


def shown(calendar: Calendar, at: datetime) -> bool:
    wall = at.astimezone(ZoneInfo(calendar.zone))
    minute = wall.hour * 60 + wall.minute
    return wall.date() not in calendar.closed and any(
        begins <= minute < ends for begins, ends in calendar.week[wall.weekday()]
    )


def slow_add(calendar: Calendar, at: datetime, minutes: int) -> datetime:
    while minutes:
        minutes -= shown(calendar, at)
        at += MINUTE
    return at


def slow_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    count = int((end - start) / MINUTE)
    return MINUTE * sum(shown(calendar, start + number * MINUTE) for number in range(count))


ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo"]
AROUND = [
    utc(2024, 2, 28, 12), utc(2025, 3, 29, 12), utc(2025, 10, 25, 12), utc(2025, 3, 8, 18), utc(2025, 11, 1, 18),
    utc(2025, 4, 5, 3), utc(2025, 10, 4, 3), utc(2025, 4, 24, 6), utc(2025, 10, 30, 6), utc(2025, 12, 31, 6),
]  # fmt: skip
"""Shortly before a leap day, clock changes of all these zones, and a new year."""


@st.composite
def some_hours(draw: st.DrawFn) -> Hours:
    minutes = sorted(draw(st.sets(st.integers(0, DAY // 15), max_size=4)))
    return tuple((minutes[n] * 15, minutes[n + 1] * 15) for n in range(0, len(minutes) - 1, 2))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    first = draw(some_hours().filter(bool))
    week = (first, *(draw(some_hours()) for _ in range(6)))
    closed = draw(st.frozensets(st.dates(date(2025, 3, 1), date(2025, 4, 30)), max_size=2))
    return Calendar(draw(st.sampled_from(ZONES)), week, closed=closed)


moments = st.builds(lambda at, minutes: at + minutes * MINUTE, st.sampled_from(AROUND), st.integers(0, 3 * DAY))


@settings(max_examples=40, deadline=None)
@given(calendars(), moments, st.integers(0, 600))
@example(BERLIN, utc(2025, 3, 28, 15), 120)
@example(NIGHT, utc(2025, 3, 29, 20), 480)
@example(NIGHT, utc(2025, 10, 25, 19), 480)
def test_adding_open_time_agrees_with_looking_at_the_clock_every_minute(
    calendar: Calendar, at: datetime, minutes: int
) -> None:
    assert calendar.add(at, minutes * MINUTE) == slow_add(calendar, at, minutes)


@settings(max_examples=40, deadline=None)
@given(calendars(), moments, st.integers(0, 3 * DAY))
def test_open_time_between_agrees_with_looking_at_the_clock_every_minute(
    calendar: Calendar, at: datetime, minutes: int
) -> None:
    assert calendar.between(at, at + minutes * MINUTE) == slow_between(calendar, at, at + minutes * MINUTE)


@settings(max_examples=60, deadline=None)
@given(calendars(), moments, st.timedeltas(timedelta(), timedelta(hours=60)))
def test_added_time_lies_between(calendar: Calendar, at: datetime, length: timedelta) -> None:
    assert calendar.between(at, calendar.add(at, length)) == length


@settings(max_examples=60, deadline=None)
@given(calendars(), moments)
def test_calendar_opens_at_an_open_moment_and_never_before(calendar: Calendar, at: datetime) -> None:
    opens = calendar.opens(at)
    assert opens >= at
    assert shown(calendar, opens)
    assert calendar.between(at, opens) == timedelta()
    assert calendar.is_open(at) == shown(calendar, at)


# --- told by example


@pytest.mark.parametrize(
    ("at", "hours", "due"),
    [
        (utc(2025, 1, 15, 9), 2, utc(2025, 1, 15, 11)),  # within a day
        (utc(2025, 1, 17, 15), 2, utc(2025, 1, 20, 9)),  # over a weekend: 16:00 + 1 h, Monday 9:00 + 1 h
        (utc(2025, 3, 28, 15), 2, utc(2025, 3, 31, 8)),  # … on which summer time begins
        (utc(2025, 10, 24, 14), 2, utc(2025, 10, 27, 9)),  # … on which it ends
        (utc(2024, 2, 28, 15), 9, utc(2024, 2, 29, 16)),  # into a leap day, until it closes
        (utc(2025, 1, 18, 3), 1, utc(2025, 1, 20, 9)),  # begun on a Saturday
    ],
)
def test_office_hours_in_berlin(at: datetime, hours: int, due: datetime) -> None:
    assert BERLIN.add(at, timedelta(hours=hours)) == due


def test_holidays_are_those_of_the_country_and_its_region() -> None:
    bavaria = Calendar("Europe/Berlin", OFFICE, country="DE", region="BY")
    berlin = Calendar("Europe/Berlin", OFFICE, country="DE", region="BE")
    epiphany = date(2025, 1, 6)
    assert bavaria.is_closed_on(epiphany)
    assert not berlin.is_closed_on(epiphany)
    assert bavaria.opens(utc(2025, 1, 6, 10)) == utc(2025, 1, 7, 8)


def test_own_closing_days_are_closed() -> None:
    calendar = Calendar("Europe/Berlin", OFFICE, closed=frozenset({date(2025, 1, 15)}))
    assert calendar.opens(utc(2025, 1, 15, 10)) == utc(2025, 1, 16, 8)


def test_around_the_clock_is_plain_time() -> None:
    assert ALWAYS.never_closes
    assert ALWAYS.add(utc(2025, 3, 29, 23), timedelta(hours=5)) == utc(2025, 3, 30, 4)


def test_a_calendar_that_never_opens_says_so() -> None:
    with pytest.raises(ValueError, match="never opens"):
        Calendar(week=((),) * 7).opens(utc(2025, 1, 1))
