"""Read moments as people, mail systems and spreadsheets write them, in German and English, with their zones.

A date that could be two days (03/04/2019) and a zone that could be two zones (IST) are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from bot.core.characters import plain
from bot.core.spoken_times import spoken_times

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar jänner", "feb february februar", "mar march mär mrz märz", "apr april", "may mai",
            "jun june juni", "jul july juli", "aug august", "sep sept september", "oct october okt oktober",
            "nov november", "dec december dez dezember",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")(?![^\W\d_])\.?"
_WEEKDAY = (
    r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?|"
    r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|mo|di|mi|do|fr|sa|so))\.?,?\s{1,3}"
)
_HOURS = {
    "utc": 0.0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "eet": 2,
    "eest": 3, "msk": 3,
    "edt": -4, "est": -5, "cdt": -5, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8, "sgt": 8, "jst": 9,
}  # fmt: skip
"""Zones whose short names mean one thing to those who work with a German partner."""
_AMBIGUOUS = ("ist", "cst", "ast", "sst", "amt", "gst")

_DATES = (
    r"(?P<y1>\d{4})(?P<s1>[-/.])(?P<m1>\d\d)(?P=s1)(?P<d1>\d\d)",
    r"(?P<d2>\d{1,2})\.\s?(?P<m2>\d{1,2})\.\s?(?P<y2>\d{4}|\d\d(?!\d))",
    rf"(?:{_WEEKDAY})?(?P<d3>\d{{1,2}})(?:\.|st|nd|rd|th)?[\s-](?P<m3>{_MONTH})[\s-](?P<y3>\d{{4}})",
    rf"(?:{_WEEKDAY})?(?P<m4>{_MONTH})[\s-](?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?[\s-](?P<y4>\d{{4}})",
    rf"(?:{_WEEKDAY})?(?P<d8>\d{{1,2}})(?:\.|st|nd|rd|th)?[\s-](?P<m8>{_MONTH})(?=,?\s)",
    r"(?P<p5>\d{1,2})(?P<s5>[/-])(?P<q5>\d{1,2})(?P=s5)(?P<y5>\d{4})",
    r"(?P<p9>\d{1,2})/(?P<q9>\d{1,2})(?=\s\d{1,2}:\d\d)",
    rf"(?:{_WEEKDAY})?(?P<m6>{_MONTH})\s{{1,2}}(?P<d6>\d{{1,2}})(?=,?\s)",
    r"(?P<d7>\d{1,2})\.(?P<m7>\d{1,2})\.(?!\d)",
    (
        r"(?P<word>heute|today|gestern|yesterday)(?![^\W\d_])(?:\s(?:früh|morgen|morning|nachmittag|afternoon|abend|"
        r"evening))?"
    ),
)
_CLOCK = (
    r"(?P<hour>[01]?\d|2[0-3])(?:[:.](?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,]\d{1,9})?)?(?:h(?![^\W_]))?)?"
    r"(?:\s?(?P<half>[ap]\.?m\b\.?))?(?P<uhr>\s?Uhr(?:\s?(?P<past>[0-5]\d)(?![\d.:]))?(?![^\W\d_]))?"
)
_OFFSET = (
    r"(?:\s?\(?(?:(?:UTC|GMT)\s?)?(?P<sign>[+-])(?P<oh>\d{1,2})(?::?(?P<om>\d\d))?(?!\d)\)?|"
    rf"\s?\(?(?P<zone>(?-i:{'|'.join((*_HOURS, *_AMBIGUOUS)).upper()}))(?![\w+-])\)?)?"
)
_BETWEEN = (
    r"(?:T|,?\s{1,3}(?:[-/]\s{1,3})?(?:at\s|um\s|gegen\s|ab\s|from\s|ca\.?\s|etwa\s|about\s|around\s|@\s)?|,|"
    r"\s?-\s?|\s?@\s?)"
)
_STAMP = re.compile(
    rf"(?<![\w/:@+-])(?<!\d\.)(?:(?:{'|'.join(_DATES)})(?:{_BETWEEN}{_CLOCK}{_OFFSET})?|{_CLOCK.replace('?P<', '?P<b')}"
    rf"{_OFFSET.replace('?P<', '?P<b')})(?![\w/@])(?!:\d|\.\d|-\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Stamp:
    """A date, a time of day, or both, as they stand in a text."""

    start: int
    end: int
    day: date | None
    clock: time | None
    zone: tzinfo | None
    is_readable: bool = True
    """True if it means exactly one moment."""
    is_of_half_a_day: bool = False
    """True if the time may be of the morning or of the evening: `halb neun`."""

    @property
    def is_whole(self) -> bool:
        return self.day is not None and self.clock is not None and self.is_readable


def stamps(text: str, today: date) -> Iterator[Stamp]:
    """All of them, in the order of the text, which is `plain`. `today`: the reference of a missing year."""
    spoken = [
        Stamp(s.start, s.end, s.day, s.clock, None, is_of_half_a_day=s.is_of_half_a_day)
        for s in spoken_times(text, today)
    ]
    written = (stamp for found in _STAMP.finditer(text) if (stamp := _stamp(found, today)))
    yield from _in_order(spoken, written)


def _in_order(spoken: Sequence[Stamp], written: Iterator[Stamp]) -> Iterator[Stamp]:
    """Both by their places; one that stands within a spoken one (`heute` in `heute um halb neun`) is left out."""
    at = 0
    for stamp in written:
        while at < len(spoken) and spoken[at].end <= stamp.start:
            yield spoken[at]
            at += 1
        if at == len(spoken) or stamp.end <= spoken[at].start:
            yield stamp
    yield from spoken[at:]


def read_moment(text: str, zone: ZoneInfo, now: datetime, *, in_utc: bool = False) -> datetime | None:
    """The moment in a cell or a header's value; None when there is none, or more than one.

    `zone`: of times without one; `in_utc`: these are in UTC.
    """
    text = plain(text).strip()[:100]
    found = list(stamps(text, now.astimezone(zone).date()))
    if len(found) != 1 or not found[0].is_whole:
        return None
    return moment_of(found[0], UTC if in_utc else zone)


def moment_of(stamp: Stamp, zone: tzinfo, day: date | None = None) -> datetime | None:
    """The moment in UTC; None without a time, or without a date (`day` stands in for it)."""
    day = stamp.day or day
    if day is None or stamp.clock is None or not stamp.is_readable:
        return None
    try:
        return datetime.combine(day, stamp.clock, stamp.zone or zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _stamp(found: re.Match[str], today: date) -> Stamp | None:
    parts = {key: value for key, value in found.groupdict().items() if value is not None}
    bare = not any(key in parts for key in ("y1", "d2", "d3", "d4", "y5", "d6", "d7", "d8", "p9", "word"))
    if bare:
        parts = {key.removeprefix("b"): value for key, value in parts.items()}
        if not parts.keys() & {"minute", "half", "uhr"}:
            return None  # a number, not a time
    day = None if bare else _day(parts, today)
    if day is None and not bare:
        return Stamp(found.start(), found.end(), None, None, None, is_readable=False)
    clock = _clock(parts)
    if bare and clock is None:
        return None
    readable = parts.get("zone", "").casefold() not in _AMBIGUOUS
    return Stamp(found.start(), found.end(), day, clock, _zone(parts), readable)


def _day(parts: dict[str, str], today: date) -> date | None:
    if "word" in parts:
        return today - timedelta(days=parts["word"].casefold() in {"gestern", "yesterday"})
    numbers = _numbers(parts, today)
    try:
        return date(*numbers) if numbers else None
    except ValueError:
        return None


def _numbers(parts: dict[str, str], today: date) -> tuple[int, int, int] | None:
    if "y5" in parts:
        return _of_slashes(int(parts["p5"]), int(parts["q5"]), int(parts["y5"]), has_half="half" in parts)
    if "p9" in parts:
        numbers = _of_slashes(int(parts["p9"]), int(parts["q9"]), today.year, has_half="half" in parts)
        return numbers and (_latest_year(numbers[1], numbers[2], today), *numbers[1:])
    number = next(each for each in "1234678" if f"d{each}" in parts)
    month, day = parts[f"m{number}"], int(parts[f"d{number}"])
    of_year = int(month) if month.isdecimal() else _MONTHS[month.casefold().rstrip(".")]
    year = parts.get(f"y{number}")
    if year is not None:
        return int(year) + (2000 if len(year) == 2 else 0), of_year, day  # noqa: PLR2004 (19 is 2019)
    return _latest_year(of_year, day, today), of_year, day


def _latest_year(month: int, day: int, today: date) -> int:
    """The year in which this day was last; tomorrow counts, as it may be today elsewhere."""
    tomorrow = today + timedelta(days=1)
    return today.year - ((month, day) > (tomorrow.month, tomorrow.day))


def _of_slashes(first: int, second: int, year: int, *, has_half: bool) -> tuple[int, int, int] | None:
    """Day and month: day first, or month first where only that can be, or where am and pm show the writer's habit."""
    last_month = 12
    if first > last_month:
        return year, second, first
    if second > last_month or has_half or first == second:
        return year, first, second
    return None


def _clock(parts: dict[str, str]) -> time | None:
    if "hour" not in parts or not parts.keys() & {"minute", "half", "uhr"}:
        return None
    hour = int(parts["hour"])
    if "half" in parts:
        if not 1 <= hour <= 12:  # noqa: PLR2004 (hours of half a day)
            return None
        hour = hour % 12 + (12 if parts["half"][0] in "pP" else 0)
    return time(hour, int(parts.get("minute", parts.get("past", 0))), int(parts.get("second", 0)))


def _zone(parts: dict[str, str]) -> tzinfo | None:
    if "zone" in parts:
        hours = _HOURS.get(parts["zone"].casefold())
        return None if hours is None else timezone(timedelta(hours=hours))
    if "sign" in parts:
        offset = timedelta(hours=int(parts["oh"]), minutes=int(parts.get("om", 0)))
        return timezone(-offset if parts["sign"] == "-" else offset) if offset < timedelta(hours=24) else None
    return None
