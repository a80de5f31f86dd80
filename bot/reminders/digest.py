"""What must a level, or a lead, know in the morning? What is breached, what is stale, what is due today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.clocks import timers
from bot.clocks.timers import Watch
from bot.config.settings import Config
from bot.core.clock import as_utc, zone
from bot.model.ticket import Level, Stage, Ticket

MORNING = time(7)
"""Where the calendar never closes: then, in the desk's zone."""
LEVELS = (Level.FIRST, Level.SECOND)


class Part(StrEnum):
    """Of a digest."""

    BREACHED = "breached"
    """Without remedy or action plan, past the SLA."""
    STALE = "stale"
    """A clock of theirs is overdue."""
    TODAY = "today"


@dataclass(frozen=True)
class Due:
    """What is due soonest on a ticket. There may be thousands: the tickets themselves are let go."""

    at: datetime
    part: Part
    stage: Stage
    ticket: str


Digest = Mapping[Part, Sequence[str]]
"""Ids of tickets, what is due soonest first."""


def stages_of(level: Level) -> tuple[Stage, ...]:
    """What a level sees to; what is with Retarus is the 2nd's."""
    mine = {Level.FIRST} if level is Level.FIRST else {Level.SECOND, Level.THIRD}
    return tuple(stage for stage in Stage if stage.is_open and stage.level in mine)


def due(ticket: Ticket, config: Config, at: datetime) -> Due | None:
    """How it stands at this moment, reminded of before or not; None when nothing runs on it."""
    dues = _dues(ticket, config)
    if not dues:
        return None
    late = {each.watch for each in dues if each.at <= at}
    part = Part.BREACHED if Watch.PLAN in late else Part.STALE if late else Part.TODAY
    return Due(dues[0].at, part, ticket.stage, ticket.id)


def digest(dues: Iterable[Due], levels: Iterable[Level], ends: datetime) -> Digest:
    """What of this these levels see to, on a day that ends then."""
    stages = {stage for level in levels for stage in stages_of(level)}
    mine = sorted((each for each in dues if each.stage in stages and each.at <= ends), key=lambda each: each.at)
    return {part: [each.ticket for each in mine if each.part is part] for part in Part}


class _Clock(NamedTuple):
    at: datetime
    watch: Watch


def _dues(ticket: Ticket, config: Config) -> list[_Clock]:
    """What is due on it and when, the soonest first. A snooze puts off all but the SLA, as it does with reminders."""
    snoozed = ticket.times.snoozed_until
    running = ((run.watch, run.due) for run in timers.runs(ticket, config) if run.due and not run.end)
    return sorted(
        _Clock(max(due, snoozed) if snoozed and watch is not Watch.PLAN else due, watch) for watch, due in running
    )


def morning(level: Level, config: Config, at: datetime) -> tuple[date, datetime] | None:
    """The day, and when it ends, once the level's day has begun; None before, and on days they do not work."""
    calendar = config.calendar(config.team(level).calendar)
    tz = zone(config.desk.timezone if calendar.never_closes else calendar.zone)
    day = at.astimezone(tz).date()
    if calendar.is_closed_on(day):
        return None
    begins = datetime.combine(day, MORNING, tz)
    if not calendar.never_closes:
        begins = calendar.opens(datetime.combine(day, time(), tz))
    ends = datetime.combine(day + timedelta(days=1), time(), tz)
    return (day, as_utc(ends)) if begins <= at else None
