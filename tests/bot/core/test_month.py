"""A month is read as people write it, and its report is due on a working day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.config.time_policy import OpeningHours, calendar
from bot.core import month as periods
from bot.core.business_hours import ALWAYS, Calendar

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
OFFICE = calendar(OpeningHours(timezone="Europe/Berlin", hours=("mon-fri 08:00-17:00",), country="DE", region="BY"))


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("", (2026, 10)),
        ("2026-10", (2026, 10)),
        ("2026-1", (2026, 1)),
        ("10/2026", (2026, 10)),
        ("03.2025", (2025, 3)),
        ("October", (2026, 10)),
        ("okt", (2026, 10)),
        ("März 2025", (2025, 3)),
        ("December", (2025, 12)),
        ("november", (2026, 11)),
        ("Dez. 2024", (2024, 12)),
    ],
)
def test_a_month_is_meant_as_it_is_written(text: str, month: tuple[int, int]) -> None:
    assert periods.read(text, TODAY) == date(*month, 1)


@pytest.mark.parametrize("text", "2026-12 2026-13 sometime 1 10 next_month 1999-01 =cmd 0000-01".split())
def test_text_that_is_no_month_that_has_begun_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        periods.read(text, TODAY)


def test_a_month_begins_and_ends_at_midnight_of_the_desk_also_when_the_clocks_change() -> None:
    october = periods.period(date(2026, 10, 17), "Europe/Berlin", NOW)
    assert (october.start, october.end) == (
        datetime(2026, 9, 30, 22, tzinfo=UTC),
        datetime(2026, 10, 31, 23, tzinfo=UTC),
    )
    assert october.is_over
    assert (october.key, october.name) == ("2026-10", "October 2026")


def test_month_that_lasts_is_reported_up_to_now() -> None:
    november = periods.period(TODAY, "Europe/Berlin", NOW)
    assert november.until == NOW
    assert not november.is_over
    assert NOW not in november
    assert NOW - timedelta(milliseconds=1) in november


@pytest.mark.parametrize(
    ("working_day", "hours", "at", "due"),
    [
        (1, OFFICE, datetime(2026, 11, 2, 6, 59, tzinfo=UTC), None),  # 1st: All Saints' and a Sunday
        (1, OFFICE, datetime(2026, 11, 2, 7, 0, tzinfo=UTC), date(2026, 10, 1)),
        (1, OFFICE, datetime(2026, 11, 11, tzinfo=UTC), date(2026, 10, 1)),  # late, and still
        (1, OFFICE, datetime(2026, 11, 24, tzinfo=UTC), None),  # too late
        (3, OFFICE, datetime(2026, 11, 3, 12, tzinfo=UTC), None),
        (3, OFFICE, datetime(2026, 11, 4, 12, tzinfo=UTC), date(2026, 10, 1)),
        (1, OFFICE, datetime(2026, 1, 2, 9, tzinfo=UTC), date(2025, 12, 1)),  # after New Year
        (1, ALWAYS, datetime(2026, 11, 1, 12, tzinfo=UTC), None),  # a Sunday, although somebody is there
        (1, ALWAYS, datetime(2026, 11, 2, 6, 0, tzinfo=UTC), date(2026, 10, 1)),  # seven o'clock
    ],
)
def test_last_months_report_is_due_on_a_working_day_of_the_next(
    working_day: int, hours: Calendar, at: datetime, due: date | None
) -> None:
    assert periods.due(working_day, hours, "Europe/Berlin", at, time(7)) == due
