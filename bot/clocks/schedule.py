"""When does a ticket need attention, and whose? Pure functions of the ticket and the policy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.clocks import timers
from bot.clocks.timers import Run, Watch
from bot.config.settings import Config
from bot.config.time_policy import awake
from bot.core.business_hours import ALWAYS, Calendar
from bot.model.ticket import Glossed, Level, Ticket


class Rung(Glossed):
    """How far a reminder goes. Each includes the one before."""

    OWNER = "owner", "whoever owns the ticket"
    SECOND = "second", "the level's second person too"
    LEADS = "leads", "the leads too"


def next_due(ticket: Ticket, config: Config) -> datetime | None:
    """When the next reminder is due if nothing happens before; None: never."""
    moments = [at for run in timers.runs(ticket, config) if (at := next_of(run, ticket, config))]
    return min(moments, default=None)


def due_now(ticket: Ticket, config: Config, at: datetime) -> tuple[Run, ...]:
    """The clocks to remind of at this moment."""
    return tuple(
        run for run in timers.runs(ticket, config) if (due := next_of(run, ticket, config)) is not None and due <= at
    )


def next_of(run: Run, ticket: Ticket, config: Config) -> datetime | None:
    """When this clock reminds next: when it is due, then again and again until it ends; while people are at work."""
    if run.end or run.due is None:
        return None
    hours = _reachable(ticket, config)
    moment = _agreed(run, ticket, config) if run.watch is Watch.PLAN else _usual(run, ticket, config)
    return _in_both(*hours, moment)


def _usual(run: Run, ticket: Ticket, config: Config) -> datetime:
    """Whoever acts, or is reminded, is left alone for one round; a snooze says itself until when."""
    due = run.due or run.start
    if ticket.times.snoozed_until:
        return max(due, ticket.times.snoozed_until)
    nudge = ticket.times.nudges.get(run.watch.value)
    last = [at for at in (nudge and nudge.at, ticket.times.touched) if at and at >= due]
    return _again(run, ticket, config, max(last)) if last else due


def _agreed(run: Run, ticket: Ticket, config: Config) -> datetime:
    """An SLA warns and alerts whatever else was done meanwhile, and cannot be snoozed."""
    due = run.due or run.start
    nudge = ticket.times.nudges.get(run.watch.value)
    last = nudge.at if nudge and nudge.at >= run.start else None
    if run.warn and (last is None or last < run.warn):
        return run.warn
    return due if last is None or last < due else _again(run, ticket, config, last)


def _again(run: Run, ticket: Ticket, config: Config, last: datetime) -> datetime:
    return run.calendar.add(last, timedelta(minutes=timers.minutes(ticket, config, "repeat")))


def _reachable(ticket: Ticket, config: Config) -> tuple[Calendar, Calendar]:
    """When those who must act are at work, and when they may be disturbed."""
    chosen = timers.priority(ticket, config)
    if chosen and chosen.around_the_clock:
        return ALWAYS, ALWAYS
    name = config.team(ticket.level).calendar
    work = config.calendar(name)
    return work, awake(config.reminders.quiet, work.zone if name else config.desk.timezone)


def _in_both(work: Calendar, quiet: Calendar, at: datetime) -> datetime:
    """The first moment, at or after this one, that is in both. Where there is none, work decides."""
    for _ in range(400):
        opens = quiet.opens(work.opens(at))
        if opens == at:
            return at
        at = opens
    return work.opens(at)


def rung(ticket: Ticket, due: Iterable[Run], config: Config) -> Rung:
    """How far this reminder goes: by the reminders that nobody answered before it."""
    nudges = [ticket.times.nudges.get(run.watch.value) for run in due]
    unanswered = max((nudge.unanswered for nudge in nudges if nudge), default=0)
    if 0 < config.reminders.leads_after <= unanswered:
        return Rung.LEADS
    return Rung.SECOND if 0 < config.reminders.second_person_after <= unanswered else Rung.OWNER


def people(ticket: Ticket, how_far: Rung, config: Config) -> tuple[str, ...]:
    """Who hears of it, the owner first. Where nobody is named for a rung, it is passed over."""
    team = config.team(ticket.level)
    found = [ticket.owner]
    if how_far is not Rung.OWNER and team.second_person:
        found.append(team.second_person)
    if how_far is Rung.LEADS or (how_far is Rung.SECOND and team.second_person in {"", ticket.owner}):
        found += config.leads(Level.FIRST if ticket.level is Level.FIRST else Level.SECOND)
    return tuple(dict.fromkeys(found))
