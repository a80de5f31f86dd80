"""Lists the coming shifts of an iCal calendar, in a process of its own: `python -m bot.adapters.on_duty.shifts`.

A hostile recurrence rule takes minutes of the processor, so a calendar is never parsed in the desk's own process.
"""

from __future__ import annotations

import re
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

AHEAD = timedelta(days=8)
"""Time from now for which shifts are listed."""
CPU_LIMIT = 5
"""Seconds of CPU time for one calendar."""
_MEMORY_LIMIT = 1 << 30
"""Bytes of address space."""
_EVENTS = 5000
_SHIFTS = 2000
_LONGEST = 300
"""Characters of a summary."""
_MOMENTS = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID")
_FOLD = re.compile(rb"\r?\n[ \t]")
"""Fold of a long line: it may be inside a character, so lines are joined before they are decoded (RFC 5545, 3.1)."""
_ABSENT = {"RESOURCE", "ROOM"}
"""Attendees that are no people, by CUTYPE."""


class Shift(BaseModel):
    """One occurrence of an event. `end` is exclusive."""

    begin: datetime
    end: datetime
    summary: str = ""
    attendees: tuple[str, ...] = ()
    """E-mail addresses in lower case, without those who declined."""
    organizer: str = ""

    def is_at(self, at: datetime) -> bool:
        return self.begin <= at < self.end


class Shifts(BaseModel):
    """Shifts that have not ended, for `AHEAD` from now. `fault`: the reason why there are none."""

    fault: str = ""
    shifts: tuple[Shift, ...] = ()


def read(body: bytes, zone_name: str, at: datetime) -> Shifts:
    """Reads a calendar. `zone_name`: of all-day events and local times, where the calendar names none itself."""
    import recurring_ical_events  # noqa: PLC0415 (only the child process loads them)
    from icalendar import Calendar  # noqa: PLC0415

    try:
        calendar = Calendar.from_ical(_FOLD.sub(b"", body))
    except Exception:  # noqa: BLE001 (the parser raises whatever its parts raise)
        return Shifts(fault="Its answer is not an iCal calendar.")
    events = calendar.walk("VEVENT")
    if len(events) > _EVENTS:
        return Shifts(fault=f"It has more than {_EVENTS} events.")
    if any(map(_is_endless, events)):
        return Shifts(fault="One of its events is repeated every minute or second.")
    zone = _zone(str(calendar.get("X-WR-TIMEZONE", "")), zone_name)
    readable = [each for each in events if _is_readable(each)]
    _end_with_the_day(readable, zone)
    _tell_apart(readable)
    span = (at.astimezone(zone) - timedelta(days=1), at.astimezone(zone) + AHEAD)
    ids = {id(each) for each in readable}
    calendar.subcomponents = [each for each in calendar.subcomponents if each.name != "VEVENT" or id(each) in ids]
    try:
        found = recurring_ical_events.of(calendar, skip_bad_series=True).between(*span)
        shifts = sorted(_coming(found, zone, at), key=lambda each: each.begin)
    except Exception:  # noqa: BLE001 (the library raises whatever its parts raise)
        return Shifts(fault="Its events cannot be read.")
    if len(shifts) > _SHIFTS:
        return Shifts(fault=f"It has more than {_SHIFTS} shifts in {AHEAD.days} days.")
    return Shifts(shifts=tuple(shifts))


def _is_readable(event: Any) -> bool:
    """False for an event without a beginning, or with a broken moment: it would hide the others."""
    try:
        return all(event[name].dt is not None for name in _MOMENTS if name == "DTSTART" or name in event)
    except Exception:  # noqa: BLE001 (the library raises whatever its parts raise)
        return False


def _end_with_the_day(events: Iterable[Any], zone: tzinfo) -> None:
    """A rule that ends with a day includes the events of that day: their times are later than its midnight."""
    for event in events:
        rules, start = event.get("RRULE", []), event["DTSTART"].dt
        for rule in rules if isinstance(rules, list) else [rules]:
            last = next(iter(rule.get("UNTIL", ())), None) if isinstance(rule, dict) else None
            if isinstance(start, datetime) and isinstance(last, date) and not isinstance(last, datetime):
                end = datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=start.tzinfo and zone)
                rule["UNTIL"] = [end.astimezone(UTC) if start.tzinfo else end]


def _tell_apart(events: Iterable[Any]) -> None:
    """Different events with one UID get UIDs of their own; versions of one event have different SEQUENCE numbers."""
    first = dict[tuple[str, str], Any]()
    for number, event in enumerate(events):
        key = str(event.get("UID", "")), str(event.get("SEQUENCE", "0"))
        if "RECURRENCE-ID" not in event and _shift_of(first.setdefault(key, event)) != _shift_of(event):
            event["UID"] = f"{key[0]}#{number}"


def _shift_of(event: Any) -> tuple[object, ...]:
    """Beginning and people of an event."""
    return (event["DTSTART"].dt, *(str(event.get(name, "")) for name in ("SUMMARY", "ATTENDEE", "ORGANIZER")))


def _is_endless(event: Any) -> bool:
    """True for a rule whose occurrences take too long to list."""
    rules = event.get("RRULE", [])
    found = rules if isinstance(rules, list) else [rules]
    readable = [each for each in found if isinstance(each, dict)]
    return any(str(each) in {"MINUTELY", "SECONDLY"} for rule in readable for each in rule.get("FREQ", ()))


def _zone(named: str, otherwise: str) -> tzinfo:
    try:
        return ZoneInfo(named or otherwise)
    except (OSError, ValueError):
        return ZoneInfo(otherwise)


def _coming(events: Iterable[Any], zone: tzinfo, at: datetime) -> Iterator[Shift]:
    for event in events:
        begin, end = _moment(event.start, zone), _moment(event.end, zone)
        if end > at and str(event.get("STATUS", "")).upper() != "CANCELLED":
            yield Shift(
                begin=begin,
                end=end,
                summary=_clean(str(event.get("SUMMARY", ""))),
                attendees=tuple(dict.fromkeys(filter(None, map(_address, _present(event))))),
                organizer=_address(event.get("ORGANIZER", "")),
            )


def _moment(value: date, zone: tzinfo) -> datetime:
    """The moment in UTC; a day begins at midnight of the zone."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=zone)
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _present(event: Any) -> Iterator[Any]:
    """Attendees who are people and did not decline."""
    listed = event.get("ATTENDEE", [])
    for each in listed if isinstance(listed, list) else [listed]:
        parameters = getattr(each, "params", {})
        kind, answer = (str(parameters.get(name, "")).upper() for name in ("CUTYPE", "PARTSTAT"))
        if kind not in _ABSENT and answer != "DECLINED":
            yield each


def _address(value: Any) -> str:
    """The address of `mailto:…`, or of the EMAIL parameter where the value is none."""
    text = _clean(str(value)).strip()
    address = text[7:] if text.lower().startswith("mailto:") else ""
    return (address or _clean(str(getattr(value, "params", {}).get("EMAIL", "")))).strip().lower()


def _clean(text: str) -> str:
    """Cut, and without lone surrogates, which JSON cannot carry."""
    return text[:_LONGEST].encode("utf-8", "ignore").decode("utf-8")


def main() -> None:
    """Reads the calendar from standard input, and writes its shifts as JSON. Arguments: a time zone, and a time."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT, _MEMORY_LIMIT))
    found = read(sys.stdin.buffer.read(), sys.argv[1], datetime.fromisoformat(sys.argv[2]))
    sys.stdout.buffer.write(found.model_dump_json().encode())


if __name__ == "__main__":
    main()
