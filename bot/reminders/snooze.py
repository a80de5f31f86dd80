"""Moments that the form of a snooze offers: by the person's zone and the level's calendar, never at night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.config.settings import Config
from bot.core.business_hours import Calendar
from bot.core.clock import as_utc, zone
from bot.core.i18n import mark
from bot.model.ticket import Level

_MORNING = time(9)
_AFTERNOONS = ((time(13), time(14)), (time(15), time(16)))
"""This afternoon's moment, by the time until which it is offered."""
_BEGINS, _ENDS = time(7), time(20)
"""Hours in which an hour from now is offered, where the calendar never closes."""
_NIGHT = time(22)
"""Hour from which it is night for a person in another zone than the calendar's."""
_NAMED = timedelta(days=7)
"""A Monday that is further away is named by its date."""
_MONDAY = 0


class When(StrEnum):
    """A moment that is offered, with its label."""

    HOUR = mark("In 1 hour, {time}")
    AFTERNOON = mark("This afternoon, {time}")
    TODAY = mark("Today, {time}")
    TOMORROW = mark("Tomorrow, {time}")
    MONDAY = mark("Monday, {time}")
    DAY = mark("{day}, {time}")


@dataclass(frozen=True)
class Preset:
    """A moment that is offered."""

    when: When
    at: datetime
    local: datetime
    """The same in the person's zone."""


def presets(level: Level, zone_name: str, config: Config, at: datetime) -> list[Preset]:
    """In an hour, this afternoon, tomorrow and Monday, in their order; what lies outside working time is left out.

    Where tomorrow is a day off, the next working day is offered; where no afternoon is, the next shift that begins
    today.
    """
    calendar, tz = config.calendar(config.team(level).calendar), zone(zone_name or config.desk.timezone)
    now = at.astimezone(tz)
    hour = (at + timedelta(hours=1)).astimezone(tz)
    is_day = hour.date() == now.date() and _BEGINS <= hour.time() <= _ENDS
    found = [(When.HOUR, hour)] if is_day or not calendar.never_closes else []
    later = afternoon(now.time())
    found += [(When.AFTERNOON, datetime.combine(now.date(), later, tz))] if later else []
    found = [(when, moment) for when, moment in found if calendar.is_open(as_utc(moment))]
    shift = None if calendar.never_closes else calendar.next_opening(at).astimezone(tz)
    if shift and shift.date() == now.date() and When.AFTERNOON not in dict(found):
        found.append((When.TODAY, shift))
    for day in _mornings(now.date(), calendar):
        moment = _morning(datetime.combine(day, _MORNING, tz), calendar)
        found.append((_named(moment, now), moment))
    return [Preset(when, as_utc(moment), moment) for when, moment in found]


def afternoon(now: time) -> time | None:
    """This afternoon's moment, at this time of day; None once it is over."""
    return next((begins for until, begins in _AFTERNOONS if now < until), None)


def _morning(nine: datetime, calendar: Calendar) -> datetime:
    """Nine o'clock, or when the shift begins after it.

    For a person in another zone than the calendar's, whose night that would be, it is nine o'clock.
    """
    opens = calendar.opens(as_utc(nine)).astimezone(nine.tzinfo)
    is_elsewhere = opens.utcoffset() != opens.astimezone(zone(calendar.zone)).utcoffset()
    return nine if is_elsewhere and not _BEGINS <= opens.time() < _NIGHT else opens


def _mornings(today: date, calendar: Calendar) -> list[date]:
    """The next working day, and Monday or the first working day after it."""
    days = today + timedelta(days=1), today + timedelta(days=7 - today.weekday())
    return sorted({_working_day(day, calendar) for day in days})


def _working_day(day: date, calendar: Calendar) -> date:
    while calendar.is_closed_on(day):
        day += timedelta(days=1)
    return day


def _named(moment: datetime, now: datetime) -> When:
    if moment.date() == now.date() + timedelta(days=1):
        return When.TOMORROW
    is_near = moment.date() - now.date() <= _NAMED
    return When.MONDAY if moment.weekday() == _MONDAY and is_near else When.DAY
