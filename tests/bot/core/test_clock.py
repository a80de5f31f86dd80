"""Times are written as the guide writes them, in every zone and across clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.clock import as_utc, guide_time, now, span, zone

INDIA = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    ("seconds", "place", "written"),
    [
        (1566896400, "Europe/Berlin", "27.08.2019 - 11:00 UTC+2"),  # the guide's START OF INCIDENT
        (1566903600, "Europe/Berlin", "27.08.2019 - 13:00 UTC+2"),  # the guide's END OF INCIDENT
        (1566896400, "Asia/Kolkata", "27.08.2019 - 14:30 UTC+5:30"),
        (1566896400, "America/Chicago", "27.08.2019 - 04:00 UTC-5"),
        (1566896400, "America/St_Johns", "27.08.2019 - 06:30 UTC-2:30"),
        (1566896400, "UTC", "27.08.2019 - 09:00 UTC+0"),
        (1566896400, "Pacific/Kiritimati", "27.08.2019 - 23:00 UTC+14"),
    ],
)
def test_a_moment_is_written_as_in_the_guide(seconds: int, place: str, written: str) -> None:
    assert guide_time(datetime.fromtimestamp(seconds, UTC), place) == written


@pytest.mark.parametrize(
    ("utc", "written"),
    [
        (datetime(2019, 3, 31, 0, 59, tzinfo=UTC), "31.03.2019 - 01:59 UTC+1"),
        (datetime(2019, 3, 31, 1, 0, tzinfo=UTC), "31.03.2019 - 03:00 UTC+2"),
        (datetime(2019, 10, 27, 0, 30, tzinfo=UTC), "27.10.2019 - 02:30 UTC+2"),
        (datetime(2019, 10, 27, 1, 30, tzinfo=UTC), "27.10.2019 - 02:30 UTC+1"),
    ],
)
def test_the_hour_that_is_skipped_and_the_hour_that_comes_twice_are_distinguished(utc: datetime, written: str) -> None:
    assert guide_time(utc, "Europe/Berlin") == written


def test_an_unknown_zone_is_utc() -> None:
    for odd in ("", "Mars/Olympus", "../etc/passwd", "\x00", "Europe"):
        assert zone(odd).key == "UTC"


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(INDIA)))  # noqa: DTZ001 (it adds them)
def test_moments_are_kept_in_utc_to_the_millisecond(at: datetime) -> None:
    stored = as_utc(at)
    assert stored.tzinfo is UTC
    assert stored.microsecond % 1000 == 0
    assert timedelta(0) <= at - stored < timedelta(milliseconds=1)


def test_the_machines_clock_is_aware() -> None:
    assert now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (0.4, "0 s"),
        (40, "40 s"),
        (180, "3 min"),
        (185, "3 min"),
        (6000, "1 h 40 min"),
        (86400, "1 d"),
        (2 * 86400 + 3 * 3600 + 59, "2 d 3 h"),
    ],
)
def test_duration_has_two_units_at_most(seconds: float, words: str) -> None:
    assert span(seconds) == words
