"""What must a level, or a lead, know in the morning? What is breached, what is stale, what is due today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from bot import clocks
from bot.clock import as_utc, zone
from bot.clocks import Watch
from bot.settings import Config
from bot.ticket import Level, Stage, Ticket

MORNING = time(7)
"""Where the calendar never closes: then, in the desk's zone."""
LEVELS = (Level.FIRST, Level.SECOND)


@dataclass(frozen=True)
class Digest:
    """Tickets, what is due soonest first."""

    breached: list[Ticket] = field(default_factory=list)
    """Without remedy or action plan, past the SLA."""
    stale: list[Ticket] = field(default_factory=list)
    """A clock of theirs is overdue."""
    today: list[Ticket] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.breached or self.stale or self.today)


def stages_of(level: Level) -> tuple[Stage, ...]:
    """What a level sees to; what is with Retarus is the 2nd's."""
    mine = {Level.FIRST} if level is Level.FIRST else {Level.SECOND, Level.THIRD}
    return tuple(stage for stage in Stage if stage.is_open and stage.level in mine)


def digest(tickets: Iterable[Ticket], config: Config, at: datetime, ends: datetime) -> Digest:
    """What of these tickets belongs into it at this moment of a day that ends then; reminded of before or not."""
    found = Digest()
    urgent = [(dues, ticket) for ticket in tickets if (dues := _dues(ticket, config)) and dues[0].at <= ends]
    for dues, ticket in sorted(urgent, key=lambda each: each[0]):
        late = {due.watch for due in dues if due.at <= at}
        kind = found.breached if Watch.PLAN in late else found.stale if late else found.today
        kind.append(ticket)
    return found


class _Due(NamedTuple):
    at: datetime
    watch: Watch


def _dues(ticket: Ticket, config: Config) -> list[_Due]:
    """What is due on it and when, the soonest first. A snooze puts off all but the SLA, as it does with reminders."""
    snoozed = ticket.times.snoozed_until
    running = ((run.watch, run.due) for run in clocks.runs(ticket, config) if run.due and not run.end)
    return sorted(
        _Due(max(due, snoozed) if snoozed and watch is not Watch.PLAN else due, watch) for watch, due in running
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
