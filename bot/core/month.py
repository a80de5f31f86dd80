"""Calendar months: reading them from text, and when the report of a month is due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.core.business_hours import Calendar
from bot.core.clock import as_utc, zone
from bot.core.i18n import mark, t

MONTHS = (
    mark("January"),
    mark("February"),
    mark("March"),
    mark("April"),
    mark("May"),
    mark("June"),
    mark("July"),
    mark("August"),
    mark("September"),
    mark("October"),
    mark("November"),
    mark("December"),
)
_GERMAN = "januar februar märz april mai juni juli august september oktober november dezember".split()
_OLDEST = 2000
_WINDOW = timedelta(days=10)
"""Period in which a missed report is still sent automatically; shorter than the retention of deduplication keys."""


@dataclass(frozen=True)
class Period:
    """One calendar month at the desk, as far as it has passed."""

    month: date
    """The first day."""
    start: datetime
    """In UTC, like the moments below."""
    end: datetime
    zone: str
    until: datetime
    """The end, or now while it lasts: a report shows the state at this moment."""

    def __contains__(self, at: datetime | None) -> bool:
        return at is not None and self.start <= at < self.until

    @property
    def is_over(self) -> bool:
        return self.until == self.end

    @property
    def key(self) -> str:
        """`2026-10`."""
        return f"{self.month:%Y-%m}"

    @property
    def name(self) -> str:
        """`October 2026`, in the current language."""
        return f"{t(MONTHS[self.month.month - 1])} {self.month.year}"


def period(month: date, zone_name: str, now: datetime) -> Period:
    """The month that contains this day."""
    first = month.replace(day=1)
    start, end = (as_utc(datetime.combine(each, time(), zone(zone_name))) for each in (first, following(first)))
    return Period(first, start, end, zone_name, min(end, max(start, as_utc(now))))


def following(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def previous(month: date) -> date:
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def read(text: str, today: date) -> date:
    """Parses a month: `2026-10`, `10/2026`, `October`, `Okt. 2026`; empty: the last completed one.

    `ValueError` for text that is not a month, or for a month that has not begun.
    """
    text = text.strip().casefold()
    month = _named(text, today) if text else previous(today)
    if month is None:
        raise ValueError(text)
    if month > today or month.year < _OLDEST:
        raise ValueError(text)
    return month


def split(text: str, today: date) -> tuple[date, str]:
    """Splits text into its leading month, of one or two words, and the rest: `Oct. 2026 Müller GmbH`.

    `ValueError`, with the words taken as the month, for text that is not one, or for a month that has not begun.
    """
    words = text.split()
    count = next((count for count in (2, 1) if _named(" ".join(words[:count]).casefold(), today)), 1)
    text = " ".join(words[:count])
    try:
        return read(text, today), " ".join(words[count:])
    except ValueError:
        raise ValueError(text) from None


def _named(text: str, today: date) -> date | None:
    """Parses a month; without a year, the last month of that name."""
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})", text):
        return _day(int(found[1]), int(found[2]))
    if found := re.fullmatch(r"(\d{1,2})[-/.](\d{4})", text):
        return _day(int(found[2]), int(found[1]))
    found = re.fullmatch(r"([^\W\d]{3,})\.?\s*(\d{4})?", text)
    number = _number(found[1]) if found else 0
    if found is None or not number:
        return None
    year = int(found[2]) if found[2] else today.year - (number > today.month)
    return _day(year, number)


def _number(name: str) -> int:
    names = [*enumerate(MONTHS, 1), *enumerate(_GERMAN, 1)]
    return next((number for number, each in names if each.casefold().startswith(name)), 0)


def _day(year: int, month: int) -> date | None:
    try:
        return date(year, month, 1)
    except ValueError:
        return None


def due(working_day: int, calendar: Calendar, zone_name: str, now: datetime, morning: time) -> date | None:
    """The month whose report is due now: the previous one, once that working day of this month has begun.

    `zone_name`: the desk's. Weekends are not working days, even for a calendar that never closes.
    """
    today = now.astimezone(zone(zone_name)).date()
    day = _working_day(working_day, today.replace(day=1), calendar)
    begins = as_utc(datetime.combine(day, morning, zone(zone_name)))
    if not calendar.never_closes:
        begins = max(begins, calendar.opens(as_utc(datetime.combine(day, time(), zone(calendar.zone)))))
    return previous(today) if begins <= now.astimezone(UTC) < begins + _WINDOW else None


def _working_day(number: int, day: date, calendar: Calendar) -> date:
    while True:
        number -= not _is_free(day, calendar)
        if not number:
            return day
        day += timedelta(days=1)


def _is_free(day: date, calendar: Calendar) -> bool:
    weekend = day.weekday() >= 5 and calendar.never_closes  # noqa: PLR2004 (Saturday)
    return weekend or calendar.is_closed_on(day)
