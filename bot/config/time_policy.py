"""Settings of `desk.toml` about time: opening hours, reminder cadences, escalation of reminders, SLAs."""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from bot.core.business_hours import DAY, Calendar, Hours, public_holidays
from bot.core.characters import plain

_COPIES = frozenset({"posix", "right", "posixrules"})
"""Folders and files of the time zone database that are no names of zones."""


def _zone(name: str) -> str:
    if not is_zone(name):
        near = get_close_matches(name, available_timezones(), 1, 0.5)
        raise ValueError(f"“{name}” is not an IANA time zone" + (f"; did you mean “{near[0]}”?" if near else ""))
    return name


def is_zone(name: str) -> bool:
    """True for an IANA time zone. Opens its file only: to list all zones reads 600 files, 30 ms of every start."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return name.partition("/")[0] not in _COPIES


Zone = Annotated[str, AfterValidator(_zone)]
Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 60)]
OrNever = Annotated[int, Field(ge=0, le=60 * 24 * 60)]
"""Minutes; 0: never."""


class Section(BaseModel):
    """A table of `desk.toml`. Unknown keys are refused; blanks around a text are no part of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_GERMAN_DAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
_SHORTEST = 2
"""Letters of a day's name: `mo`, in which English and German do not contradict each other."""
_TO = re.compile(r"\s(?:to|bis)\s")
_AND = re.compile(r"[,;/]|\s(?:and|und|\+|&)\s")
_HOURS = re.compile(r"(.+?)\s(\d\d?):([0-5]\d)\s*-\s*(\d\d?):([0-5]\d)")


class OpeningHours(Section):
    """One `[calendars.<name>]` table."""

    timezone: Zone = "UTC"
    hours: tuple[str, ...] = ("mon-sun 00:00-24:00",)
    """`mon-fri 09:00-17:00`, `Mo–Fr 9:00–17:00`, `sun-thu 08:00-16:00`, `mon, wed 09:00-12:00`;
    several lines for a lunch break or a
    shorter Friday."""
    country: str = ""
    """ISO country code, for public holidays: `DE`."""
    region: str = ""
    """ISO 3166-2 subdivision of the country, for its own public holidays: `BY`."""
    closed: tuple[date, ...] = ()
    """Additional closing days."""

    @field_validator("hours")
    @classmethod
    def _readable(cls, lines: tuple[str, ...]) -> tuple[str, ...]:
        if not any(_week(lines)):
            raise ValueError("no hours are given, so this calendar never opens")
        return lines

    @model_validator(mode="after")
    def _known_holidays(self) -> OpeningHours:
        try:
            if self.country:
                public_holidays(self.country, self.region)
        except NotImplementedError as error:
            raise ValueError(f"holidays of “{self.country} {self.region}” are not known: {error}") from error
        return self


def _week(lines: tuple[str, ...]) -> tuple[Hours, ...]:
    week: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for line in lines:
        found = _HOURS.fullmatch(plain(line).strip().lower())
        if not found:
            raise ValueError(f"“{line}” cannot be read; write “mon-fri 09:00-17:00”")
        days, *clock = (each.strip() for each in found.groups())
        opens, closes = _minutes(*clock[:2]), _minutes(*clock[2:])
        if not 0 <= opens < closes <= DAY:
            raise ValueError(
                f"“{line}” ends before it begins, or after 24:00; write hours over midnight as two lines, "
                "“mon 22:00-24:00” and “tue 00:00-06:00”"
            )
        for day in _days(days, line):
            week[day].append((opens, closes))
    return tuple(_apart(sorted(day)) for day in week)


def _days(text: str, line: str) -> list[int]:
    """The weekdays of `mon-fri`, `Sa–Mo` (over the end of the week), `mon, wed` or `friday`; 0 is Monday."""
    found: list[int] = []
    for part in _AND.split(_TO.sub("-", text.removesuffix(":"))):
        first, *rest = [_day(name.strip(), line) for name in part.split("-", 1)]
        last = rest[0] if rest else first
        found += [(first + number) % len(DAYS) for number in range((last - first) % len(DAYS) + 1)]
    return sorted(set(found))


def _day(name: str, line: str) -> int:
    begins = name.removesuffix(".")
    named = (number for days in (DAYS, _GERMAN_DAYS) for number, day in enumerate(days) if day.startswith(begins))
    days = list(named) if len(begins) >= _SHORTEST else []
    if not days:
        short = ", ".join(day[:3] for day in DAYS)
        raise ValueError(f"“{name}” in “{line}” is not a day; days are {short}")
    return days[0]


def _minutes(hour: str, minute: str) -> int:
    return int(hour) * 60 + int(minute)


def _apart(day: list[tuple[int, int]]) -> Hours:
    if any(later[0] < earlier[1] for earlier, later in pairwise(day)):
        raise ValueError("the hours of one day overlap")
    return tuple(day)


@lru_cache(maxsize=256)
def calendar(entry: OpeningHours) -> Calendar:
    """The calendar described by these settings."""
    return Calendar(entry.timezone, _week(entry.hours), entry.country, entry.region, frozenset(entry.closed))


class Cadence(Section):
    """Reminder cadence of one priority; a value left out is that of `[reminders]`."""

    new: OrNever | None = None
    first: OrNever | None = None
    handed_off: OrNever | None = None
    second: OrNever | None = None
    waiting_for_customer: OrNever | None = None
    rcr: OrNever | None = None
    retarus: OrNever | None = None
    eta: OrNever | None = None
    question: OrNever | None = None
    resolved: OrNever | None = None
    repeat: Minutes | None = None


_QUIET = re.compile(r"(\d\d?):([0-5]\d)\s*-\s*(\d\d?):([0-5]\d)")


class ReminderSettings(Section):
    """Minutes of working time until a reminder, by the expected event; 0: never."""

    new: OrNever = 30
    first: OrNever = 240
    handed_off: OrNever = 30
    second: OrNever = 240
    waiting_for_customer: OrNever = 1440
    rcr: OrNever = 480
    """Sent to Retarus, and no RCR number recorded."""
    retarus: OrNever = 240
    """With Retarus without an update; a promised next update takes precedence."""
    eta: OrNever = 15
    """After Retarus's own expected time has passed."""
    question: OrNever = 60
    """Retarus asked a question that is not answered."""
    resolved: OrNever = 1440
    repeat: Minutes = 240
    """Between one reminder and the next."""
    second_person_after: int = Field(2, ge=0)
    """Unanswered reminders after which the level's second person is reminded too; 0: never."""
    leads_after: int = Field(4, ge=0)
    """Unanswered reminders after which the leads are reminded too; 0: never."""
    quiet: str = ""
    """`20:00-07:00`: no reminders in these hours, in the time zone of the level's calendar, or the desk's."""

    @field_validator("quiet")
    @classmethod
    def _readable(cls, text: str) -> str:
        awake(text, "UTC")
        return text


@lru_cache(maxsize=256)
def awake(quiet: str, zone: str) -> Calendar:
    """The calendar of the hours outside the quiet hours."""
    if not quiet:
        return Calendar(zone)
    found = _QUIET.fullmatch(plain(quiet).strip())
    begins, ends = (_minutes(*found.groups()[:2]), _minutes(*found.groups()[2:])) if found else (0, 0)
    if begins == ends or max(begins, ends) > DAY:
        raise ValueError(f"“{quiet}” cannot be read; write “20:00-07:00”")
    day: Hours = ((ends, begins),) if ends < begins else tuple(x for x in ((0, begins), (ends, DAY)) if x[0] < x[1])
    return Calendar(zone, (day,) * 7)


class Agreement(Section):
    """One `[sla.<priority>]` table."""

    action_plan: Minutes
    """Minutes within which there must be a remedy or an action plan (guide, section 3, 2nd level)."""
    warn_before: OrNever = 30
