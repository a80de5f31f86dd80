"""Reads until when reminders wait, as a person types it: `2 h`, `14:00`, `tomorrow 9:30`, `Monday`, `27.08. 10 Uhr`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.characters import plain
from bot.core.moments import Stamp, moment_of, stamps

_MORNING = time(9)
"""Time of a day that is named without one."""
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "s": timedelta(hours=1),
    "d": timedelta(days=1),
    "t": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_LENGTH = re.compile(
    r"(\d{1,3})\s?(m|min|minutes?|minuten?|h|hours?|std|stunden?|d|days?|tage?|tagen|w|weeks?|wochen?)\b\.?",
    re.IGNORECASE,
)
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ("monday montag mon mo", "tuesday dienstag tue di", "wednesday mittwoch wed mi", "thursday donnerstag thu do",
         "friday freitag fri fr", "saturday samstag sat sa", "sunday sonntag sun so")
    )
    for name in names.split()
}  # fmt: skip
_NAMES = "|".join(sorted((name for name in _WEEKDAYS if len(name) > len("mo")), key=len, reverse=True))
_SHORT = "|".join(name for name in _WEEKDAYS if len(name) == len("mo"))
_DAY = re.compile(rf"(?:(tomorrow|morgen|{_NAMES})\b|({_SHORT})(?=[\s,]*(?:\d|$))),?\s*", re.IGNORECASE)
"""A named day. Two letters are a day alone or before a time only: “do not call” is no Thursday."""
_LEADING = re.compile(r"^(?:until|till|for|bis|für|at|um)\s+", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")


def read_until(text: str, zone: ZoneInfo, at: datetime) -> tuple[datetime | None, str]:
    """The moment that a text begins with, in UTC, and the words behind it; None where it begins with none."""
    typed = plain(text).strip()
    words = typed
    while found := _LEADING.match(words):
        words = words[found.end() :]
    return _length(words, at) or _named_day(words, zone, at) or _stamped(words, zone, at) or (None, typed)


def _length(text: str, at: datetime) -> tuple[datetime, str] | None:
    found = _LENGTH.match(text)
    return (at + int(found[1]) * _UNITS[found[2][0].lower()], _rest(text[found.end() :])) if found else None


def _named_day(text: str, zone: ZoneInfo, at: datetime) -> tuple[datetime, str] | None:
    named = _DAY.match(text)
    if named is None:
        return None
    now, rest = at.astimezone(zone), _LEADING.sub("", text[named.end() :], count=1)
    stamp = _stamp_at(rest, now)
    clock = stamp.clock if stamp and stamp.day is None else None
    day = now.date() + timedelta(days=_days_ahead((named[1] or named[2]).lower(), now))
    left = rest[stamp.end :] if stamp and clock else text[named.end() :]
    return datetime.combine(day, clock or _MORNING, zone).astimezone(UTC), _rest(left)


def _stamped(text: str, zone: ZoneInfo, at: datetime) -> tuple[datetime, str] | None:
    stamp = _stamp_at(text, at.astimezone(zone))
    moment = _moment(stamp, text, zone, at) if stamp else None
    return (moment, _rest(text[stamp.end :])) if stamp and moment else None


def _days_ahead(name: str, now: datetime) -> int:
    return ((_WEEKDAYS[name] - now.weekday() - 1) % 7) + 1 if name in _WEEKDAYS else 1


def _stamp_at(text: str, now: datetime) -> Stamp | None:
    """The date or time at the beginning of the text."""
    first = next(iter(stamps(text, now.date())), None)
    return first if first and first.start == 0 else None


def _moment(stamp: Stamp, text: str, zone: ZoneInfo, at: datetime) -> datetime | None:
    """The next such moment: a time that has passed today is tomorrow's, a day without a year is the next one."""
    now = at.astimezone(zone)
    if stamp.day is None:
        moment = moment_of(stamp, zone, now.date())
        return moment + timedelta(days=1) if moment and moment <= at else moment
    whole = Stamp(stamp.start, stamp.end, stamp.day, stamp.clock or _MORNING, stamp.zone, stamp.is_readable)
    moment = moment_of(whole, zone)
    if moment and moment <= at and not _YEAR.search(text[stamp.start : stamp.end]):
        return moment.replace(year=moment.year + 1) if (moment.month, moment.day) != (2, 29) else None
    return moment


def _rest(text: str) -> str:
    return text.strip().lstrip(",;:–-").strip()
