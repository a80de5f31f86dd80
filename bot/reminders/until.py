"""Reads until when reminders wait, as a person types it: `2 h`, `14:00`, `tomorrow 9:30`, `Monday`, `27.08. 10 Uhr`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.characters import plain
from bot.core.moments import Stamp, moment_of, stamps
from bot.reminders.snooze import afternoon

_MORNING, _AFTERNOON, _EVENING = time(9), time(14), time(17)
"""Time of a day that is named without one; of today, its end."""
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "s": timedelta(hours=1),
    "d": timedelta(days=1),
    "t": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_LENGTH = re.compile(
    r"(\d{1,3}(?:[.,]\d{1,2})?)\s?(m|min|minutes?|minuten?|h|hours?|std|stunden?|d|days?|tage?|tagen|w|weeks?|wochen?)"
    r"(?![^\W\d])\.?",
    re.IGNORECASE,
)
_NUMBERS = {
    word: number
    for number, words in {
        0.5: "half an|half a|einer halben|eine halbe",
        1: "an|a|one|einer|eine|einem|einen|ein",
        2: "two|zwei",
        3: "three|drei",
        4: "four|vier",
        5: "five|fünf",
        6: "six|sechs",
        10: "ten|zehn",
        15: "fifteen|fünfzehn",
        20: "twenty|zwanzig",
        30: "thirty|dreißig",
    }.items()
    for word in words.split("|")
}
_IN_WORDS = re.compile(
    rf"({'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\s+"
    r"(minute[sn]?|hours?|days?|weeks?|stunden?|tage?n?|wochen?)\b",
    re.IGNORECASE,
)
"""A length with its number in words: `half an hour`, `zwei Stunden`."""
_FURTHER = re.compile(r"\s*(?:(?:and|und)\s+)?(?=\d)", re.IGNORECASE)
_MINUTES = re.compile(r"(\d{2})\b")
"""Minutes directly behind the hours: `2h30`."""
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
_PARTS = {
    time(9): "early|morning|früh|morgens?|vormittags?",
    time(12): "noon|midday|mittags?",
    _AFTERNOON: "afternoon|nachmittags?",
    _EVENING: "end of (?:the )?day|eod|feierabend",
    time(18): "evening|abends?",
}
"""Parts of a day, each with its time."""
_PART = re.compile("|".join(f"(?P<p{each.hour}>{words})" for each, words in _PARTS.items()), re.IGNORECASE)
_AHEAD = {"today": 0, "heute": 0, "this": 0, "tomorrow": 1, "morgen": 1, "day after tomorrow": 2, "übermorgen": 2}
_DAY = re.compile(
    rf"(?:(?P<day>day after tomorrow|übermorgen|tomorrow|morgen|today|heute|this(?= (?:morning|afternoon|evening)))"
    rf"|(?P<week>(?:next|nächste[rn]?|kommende[rn]?) (?:week|woche))"
    rf"|(?:(?:next|this|coming|nächste[nrs]?|kommende[nrs]?|diese[nrs]?) )?(?P<name>{_NAMES}))\b,?\s*"
    rf"|(?P<short>{_SHORT})(?=[\s,]*(?:\d|$)),?\s*",
    re.IGNORECASE,
)
"""A named day. Two letters are a day alone or before a time only: “do not call” is no Thursday."""
_PART_OF_TODAY = re.compile(rf"(?P<part>tonight|{_PARTS[time(12)]}|{_PARTS[_EVENING]})\b", re.IGNORECASE)
"""A part of a day that is clear without the day."""
_OF_NO_OTHER_DAY = re.compile(rf"(?:tonight|{_PARTS[_EVENING]})\b", re.IGNORECASE)
"""A part of today alone: once it has passed, tomorrow's is not meant."""
_BEGINS_A_NUMBER = re.compile(r"-?\s?\d")
_LEADING = re.compile(r"^(?:until|till|for|bis|für|at|um|in|on|am|ab)\s+(?:the\s+)?", re.IGNORECASE)
_HOUR = re.compile(r"(\d{1,2})\Z")
_YEAR = re.compile(r"\d{4}")


def read_until(text: str, zone: ZoneInfo, at: datetime) -> tuple[datetime | None, str]:
    """The moment that a text begins with, in UTC, and the words behind it; None where it begins with none."""
    typed = plain(text).strip()
    words = _without_leading(typed)
    if _is_named_day(words):
        return _named_day(words, zone, at) or (None, typed)
    return _length(words, at) or _stamped(words, zone, at) or (None, typed)


def is_meant_as_time(text: str, at: datetime) -> bool:
    """True for words that begin like a moment, whether it can be read or has passed: `25:00`, `-2 h`, `yesterday`."""
    words = _without_leading(plain(text).strip())
    return bool(_BEGINS_A_NUMBER.match(words)) or _is_named_day(words) or _stamp_at(words, at) is not None


def _is_named_day(words: str) -> bool:
    return bool(_DAY.match(words) or _PART_OF_TODAY.match(words))


def _without_leading(words: str) -> str:
    while found := _LEADING.match(words):
        words = words[found.end() :]
    return words


def _length(text: str, at: datetime) -> tuple[datetime, str] | None:
    in_words = _IN_WORDS.match(text)
    if in_words:
        number = _NUMBERS[in_words[1].lower()]
        return at + number * _UNITS[in_words[2][0].lower()], _rest(text[in_words.end() :])
    found, length, end = _LENGTH.match(text), timedelta(), 0
    while found:
        length, end = length + float(found[1].replace(",", ".")) * _UNITS[found[2][0].lower()], found.end()
        further = _FURTHER.match(text, end)
        minutes = _MINUTES.match(text, end) if found[2].lower() == "h" else None
        if minutes:
            length, end = length + timedelta(minutes=int(minutes[1])), minutes.end()
        found = _LENGTH.match(text, further.end()) if further and not minutes else None
    return (at + length, _rest(text[end:])) if end else None


def _named_day(text: str, zone: ZoneInfo, at: datetime) -> tuple[datetime, str] | None:
    """None for a moment that has passed."""
    now, named = at.astimezone(zone), _DAY.match(text)
    ahead = _days_ahead(named, now) if named else 0
    rest = text[named.end() :] if named else text
    usual = _EVENING if named and not ahead else _MORNING
    clock, left = _part_and_time(rest, now)
    if clock == _AFTERNOON and not ahead and not re.search(r"\d", rest[: len(rest) - len(left)]):
        clock = afternoon(now.time()) or clock
    day = now.date() + timedelta(days=ahead)
    moment = datetime.combine(day, clock or usual, zone).astimezone(UTC)
    if moment <= at and not named and not _OF_NO_OTHER_DAY.match(text):
        moment = datetime.combine(day + timedelta(days=1), clock or usual, zone).astimezone(UTC)
    return (moment, _rest(left)) if moment > at else None


def _part_and_time(text: str, now: datetime) -> tuple[time | None, str]:
    """The time of day at the beginning of a text, and what is left: `afternoon 15:00`, `at noon`, `9`."""
    clock, rest = None, _LEADING.sub("", text, count=1)
    part = re.match(r"(tonight)\b", rest, re.IGNORECASE) or _PART.match(rest)
    if part and not rest[part.end() : part.end() + 1].isalnum():
        clock = time(18) if part[0].lower() == "tonight" else time(int(str(part.lastgroup)[1:]))
        text = rest[part.end() :]
        rest = _LEADING.sub("", text.lstrip(" ,"), count=1)
    stamp, hour = _stamp_at(rest, now), _HOUR.match(rest)
    if stamp and stamp.clock and stamp.day is None:
        return stamp.clock, rest[stamp.end :]
    if hour and int(hour[1]) < 24:  # noqa: PLR2004 (hours)
        return time(int(hour[1])), ""
    return clock, text


def _stamped(text: str, zone: ZoneInfo, at: datetime) -> tuple[datetime, str] | None:
    stamp = _stamp_at(text, at.astimezone(zone))
    moment = _moment(stamp, text, zone, at) if stamp else None
    return (moment, _rest(text[stamp.end :])) if stamp and moment else None


def _days_ahead(named: re.Match[str], now: datetime) -> int:
    if named["day"]:
        return _AHEAD[named["day"].lower()]
    weekday = 0 if named["week"] else _WEEKDAYS[(named["name"] or named["short"]).lower()]
    return ((weekday - now.weekday() - 1) % 7) + 1


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
    if moment and moment <= at and not text[:1].isdigit():  # such as “yesterday”
        return None
    if moment and moment <= at and not _YEAR.search(text[stamp.start : stamp.end]):
        return moment.replace(year=moment.year + 1) if (moment.month, moment.day) != (2, 29) else None
    return moment


def _rest(text: str) -> str:
    return text.strip().lstrip(",;:–-").strip()
