"""Business hours of a calendar, excluding public holidays and closing days; arithmetic in working time.

Hours are local: an hour skipped by a clock change is not counted, one that is repeated is counted twice.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

DAY = 24 * 60
"""Minutes."""
Hours = tuple[tuple[int, int], ...]
"""Opening and closing minutes of one day, in order, without overlaps; 1440 is midnight at its end."""
Span = tuple[datetime, datetime]
"""Start and end in UTC; the end is exclusive."""

_HORIZON = 1500
"""Days without hours after which a calendar counts as never open: more than four years."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Calendar:
    """The business hours of one team; by default always open."""

    zone: str = "UTC"
    week: tuple[Hours, ...] = (((0, DAY),),) * 7
    """Monday first."""
    country: str = ""
    """ISO country code, for public holidays; empty: none."""
    region: str = ""
    """ISO 3166-2 subdivision without its country: `BY`."""
    closed: frozenset[date] = frozenset()
    """Additional closing days."""

    @cached_property
    def never_closes(self) -> bool:
        return not (self.country or self.closed) and all(hours == ((0, DAY),) for hours in self.week)

    def is_closed_on(self, day: date) -> bool:
        """A holiday, a closing day, or a weekday without hours."""
        return not self.week[day.weekday()] or day in self.closed or day in public_holidays(self.country, self.region)

    def opens(self, at: datetime) -> datetime:
        """The first open moment at or after this one."""
        if self.never_closes:
            return at.astimezone(UTC)
        begins, _ = next(self._spans(at))
        return max(begins, at.astimezone(UTC))

    def next_opening(self, at: datetime) -> datetime:
        """The first moment after this one at which it opens, having been closed. Not for one that never closes."""
        closed: datetime | None = None
        for begins, ends in self._spans(at):
            if begins > at and begins != closed:
                return begins
            closed = ends
        raise AssertionError("unreachable: _spans has no end")

    def last_closing(self, at: datetime, within: timedelta) -> Span | None:
        """When it closed within this time, and when it opens next; None while it is open, or closed for longer."""
        closed: datetime | None = None
        for begins, ends in self._spans(at - within):
            if begins > at:
                return (closed, begins) if closed else None
            if ends > at:
                return None
            closed = ends
        raise AssertionError("unreachable: _spans has no end")

    def is_open(self, at: datetime) -> bool:
        return self.opens(at) == at

    def add(self, at: datetime, length: timedelta) -> datetime:
        """The first moment by which that much working time has passed since `at`."""
        if self.never_closes or length <= timedelta():
            return at.astimezone(UTC) + max(length, timedelta())
        for opens, closes in self._spans(at):
            begins = max(opens, at.astimezone(UTC))
            if closes - begins >= length:
                return begins + length
            length -= closes - begins
        raise AssertionError("unreachable: _spans has no end")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; zero when `end` is not later."""
        passed = timedelta()
        if end <= start:
            return passed
        if self.never_closes:
            return end - start
        for begins, ends in self._spans(start):
            if begins >= end:
                break
            passed += min(ends, end) - max(begins, start)
        return passed

    def _spans(self, at: datetime) -> Iterator[Span]:
        """Open spans that end after this moment, in order, indefinitely."""
        day = at.astimezone(ZoneInfo(self.zone)).date() - timedelta(days=1)
        found = 0
        for number in range(_HORIZON * 1000):
            for span in _open_on(self, day + timedelta(days=number)):
                if span[1] > at:
                    found = number
                    yield span
            if number - found > _HORIZON:
                raise ValueError("this calendar never opens")


ALWAYS = Calendar()


@lru_cache(maxsize=8192)
def _open_on(calendar: Calendar, day: date) -> tuple[Span, ...]:
    """The open spans of one local day."""
    if calendar.is_closed_on(day):
        return ()
    midnight = datetime.combine(day, time(), UTC)
    spans = [
        (max(begins, midnight + opens * _MINUTE - offset), min(ends, midnight + closes * _MINUTE - offset))
        for begins, ends, offset in _offsets(calendar.zone, day)
        for opens, closes in calendar.week[day.weekday()]
    ]
    return tuple(sorted(span for span in spans if span[0] < span[1]))


@lru_cache(maxsize=8192)
def _offsets(zone: str, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """Spans of UTC around a local day, each with the zone's offset in it: one, or two around a clock change."""
    tz = ZoneInfo(zone)
    noon = datetime.combine(day, time(12), UTC)
    begins, ends = noon - timedelta(hours=36), noon + timedelta(hours=36)
    first, last = _offset(tz, begins), _offset(tz, ends)
    if first == last:
        return ((begins, ends, first),)
    low, high = begins, ends
    while high - low > _MINUTE:
        middle = low + (high - low) // (2 * _MINUTE) * _MINUTE
        low, high = (middle, high) if _offset(tz, middle) == first else (low, middle)
    return ((begins, high, first), (high, ends, last))


def _offset(tz: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(tz).utcoffset() or timedelta()


@lru_cache(maxsize=64)
def public_holidays(country: str, region: str) -> Container[date]:
    """Public holidays, computed per year on demand. `NotImplementedError` for an unknown country."""
    if not country:
        return frozenset()
    from holidays import country_holidays  # noqa: PLC0415 (a desk without a country need not wait for all of them)

    return country_holidays(country, subdiv=region or None)
