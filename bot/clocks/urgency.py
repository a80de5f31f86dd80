"""Urgency of a ticket: the rank of its priority, and what is overdue. Pure functions of the ticket and the policy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.clocks.timers import Timer, TimerRun, runs
from bot.config.settings import Config
from bot.model.ticket import Ticket

Order = tuple[bool, int, bool, datetime, datetime, int]
"""Sort key of lists, most urgent first."""


def rank(ticket: Ticket, config: Config) -> int:
    """0 for the highest priority; after the last one where none is set."""
    name = ticket.answer("priority")
    for number, each in enumerate(config.priorities):
        if each.name == name:
            return number
    return len(config.priorities)


def reminded_overdue(ticket: Ticket, config: Config) -> TimerRun | None:
    """Overdue timer that a reminder was sent for, the SLA's first. A function of the record: no clock is read."""
    nudges = ticket.times.nudges
    if not nudges:
        return None
    return _first(
        run
        for run in runs(ticket, config)
        if run.due and not run.end and run.timer in nudges and nudges[run.timer].at >= run.due
    )


def overdue(ticket: Ticket, config: Config, at: datetime) -> TimerRun | None:
    """The timer that is overdue at this moment, the SLA's first."""
    return _first(run for run in runs(ticket, config) if run.due and not run.end and run.due <= at)


def _first(late: Iterable[TimerRun]) -> TimerRun | None:
    return min(late, key=lambda run: (run.timer is not Timer.PLAN, run.due), default=None)


def order(ticket: Ticket, config: Config, at: datetime) -> Order:
    """Sort key of lists: a breached SLA first, then by priority, what is overdue, what is due soonest, and by age."""
    late = overdue(ticket, config, at)
    is_breached = late is not None and late.timer is Timer.PLAN
    due = ticket.due or ticket.raised_at.replace(year=9999)
    return not is_breached, rank(ticket, config), late is None, due, ticket.raised_at, ticket.number
