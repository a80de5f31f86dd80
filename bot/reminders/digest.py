"""The morning digest of a level or a lead: tickets that breach the SLA, are overdue, or are due today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.clocks import timers, urgency
from bot.clocks.timers import Timer
from bot.config.settings import Config
from bot.core.clock import as_utc, zone
from bot.model.ticket import Level, Stage, Ticket

MORNING = time(7)
"""Time of the digest where the calendar never closes, in the desk's time zone."""
LEVELS = (Level.FIRST, Level.SECOND)


class DigestPart(StrEnum):
    """A part of the digest."""

    BREACHED = "breached"
    """Past the SLA without a remedy or action plan."""
    STALE = "stale"
    """A timer is overdue."""
    TODAY = "today"


@dataclass(frozen=True)
class Due:
    """Next due item of a ticket. Only this is kept in memory, as there may be thousands of tickets."""

    at: datetime
    part: DigestPart
    stage: Stage
    ticket: str
    rank: int
    """Rank of its priority, 0 for the highest."""


Digest = Mapping[DigestPart, Sequence[str]]
"""Ids of tickets by part, by priority and then due soonest first."""


def stages_of(level: Level) -> tuple[Stage, ...]:
    """The stages of a level; the 2nd level also takes care of tickets with Retarus."""
    mine = {Level.FIRST} if level is Level.FIRST else {Level.SECOND, Level.THIRD}
    return tuple(stage for stage in Stage if stage.is_open and stage.level in mine)


def due(ticket: Ticket, config: Config, at: datetime) -> Due | None:
    """Next due item of the ticket, already reminded of or not; None without a running timer."""
    dues = _dues(ticket, config)
    if not dues:
        return None
    late = {each.timer for each in dues if each.at <= at}
    part = DigestPart.BREACHED if Timer.PLAN in late else DigestPart.STALE if late else DigestPart.TODAY
    return Due(dues[0].at, part, ticket.stage, ticket.id, urgency.rank(ticket, config))


def digest(dues: Iterable[Due], levels: Iterable[Level], ends: datetime) -> Digest:
    """The digest of these levels for a day that ends at this moment."""
    stages = {stage for level in levels for stage in stages_of(level)}
    found = [each for each in dues if each.stage in stages and each.at <= ends]
    mine = sorted(found, key=lambda each: (each.rank, each.at))
    return {part: [each.ticket for each in mine if each.part is part] for part in DigestPart}


class _Clock(NamedTuple):
    at: datetime
    timer: Timer


def _dues(ticket: Ticket, config: Config) -> list[_Clock]:
    """Due moments of the ticket, soonest first. A snooze postpones all but the SLA, as with reminders."""
    snoozed = ticket.times.snoozed_until
    running = ((run.timer, run.due) for run in timers.runs(ticket, config) if run.due and not run.end)
    return sorted(
        _Clock(max(due, snoozed) if snoozed and timer is not Timer.PLAN else due, timer) for timer, due in running
    )


def morning(level: Level, config: Config, at: datetime) -> tuple[date, datetime] | None:
    """The day and its end, once the level's working day has begun; None before, and on days off."""
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
