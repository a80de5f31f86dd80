"""Time and reach of the reminders of a ticket. Pure functions of the ticket and the policy."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime, timedelta

from bot.clocks import timers
from bot.clocks.timers import Timer, TimerRun, TimerState
from bot.config.settings import Config
from bot.config.time_policy import awake
from bot.core.business_hours import ALWAYS, Calendar
from bot.model.ticket import Glossed, Nudge, Ticket

_GATHERED = timedelta(minutes=30)
"""Reminders of one ticket within this time are one message."""


class ReminderAudience(Glossed):
    """Reach of a reminder, as it stays unanswered. Each includes the one before."""

    OWNER = "owner", "the ticket's owner"
    SECOND = "second", "the level's second person too"
    LEADS = "leads", "the leads too"


def next_due(ticket: Ticket, config: Config) -> datetime | None:
    """Time of the next reminder if nothing happens before; None: never."""
    return min((at for _, at in _moments(ticket, config)), default=None)


def due_now(ticket: Ticket, config: Config, at: datetime) -> tuple[TimerRun, ...]:
    """The timers to remind of at this moment: one message for all that are overdue, or will be in this round."""
    found = _moments(ticket, config)
    if not any(moment <= at for _, moment in found):
        return ()
    ahead = at + _gathering(ticket, config)
    is_snoozed = ticket.times.snoozed_until is not None and ticket.times.snoozed_until > at
    return tuple(
        run
        for run, moment in found
        if moment <= at
        or (moment <= ahead and not _is_breach(run, moment))
        or (run.state(at) is TimerState.OVERDUE and not is_snoozed)
    )


def _moments(ticket: Ticket, config: Config) -> list[tuple[TimerRun, datetime]]:
    """Time of each timer's next reminder. One shortly before the SLA's is merged with it."""
    found = [(run, at) for run in timers.runs(ticket, config) if (at := next_of(run, ticket, config))]
    agreed = next((at for run, at in found if run.timer is Timer.PLAN), None)
    if agreed is None:
        return found
    early = agreed - _gathering(ticket, config)
    return [(run, agreed if early <= at < agreed else at) for run, at in found]


def _gathering(ticket: Ticket, config: Config) -> timedelta:
    """Maximum distance of reminders merged into one message; half a round at most."""
    return min(_GATHERED, timedelta(minutes=timers.minutes(ticket, config, "repeat")) / 2)


def _is_breach(run: TimerRun, moment: datetime) -> bool:
    """A breach is reported when it happens, not before."""
    return run.timer is Timer.PLAN and moment == run.due


def next_of(run: TimerRun, ticket: Ticket, config: Config) -> datetime | None:
    """Time of this timer's next reminder: when it is due, then repeatedly until it ends; while people are at work."""
    if run.end or run.due is None:
        return None
    hours = _reachable(ticket, config)
    moment = _agreed(run, ticket, config) if run.timer is Timer.PLAN else _usual(run, ticket, config)
    return _in_both(*hours, moment)


def _usual(run: TimerRun, ticket: Ticket, config: Config) -> datetime:
    """A person who acted, or was reminded, gets one interval of rest; a snooze has a time of its own."""
    due = run.due or run.start
    own = ticket.times.nudges.get(run.timer.value)
    if ticket.times.snoozed_until:
        due = max(due, ticket.times.snoozed_until)
        return _again(run, ticket, config, own.at) if own and _is_merged(own, due, ticket, config) else due
    early = due - _gathering(ticket, config)
    last = [own.at] if own and own.at >= early else []
    last += [at for at in (*_reminded(ticket), ticket.times.touched) if at and at >= due]
    return _again(run, ticket, config, max(last)) if last else due


def _is_merged(own: Nudge, due: datetime, ticket: Ticket, config: Config) -> bool:
    """True if an earlier message, such as the SLA's, told this since the snooze, shortly before the snooze ends."""
    snoozed_at = ticket.times.touched
    return own.at >= due - _gathering(ticket, config) and (snoozed_at is None or own.at > snoozed_at)


def _agreed(run: TimerRun, ticket: Ticket, config: Config) -> datetime:
    """The SLA warns and alerts whatever else was done meanwhile, and cannot be snoozed."""
    due = run.due or run.start
    nudge = ticket.times.nudges.get(run.timer.value)
    last = nudge.at if nudge and nudge.at >= run.start else None
    if run.warn and (last is None or last < run.warn - _gathering(ticket, config)):
        return run.warn
    if last is None or last < due:
        return due
    return _again(run, ticket, config, max(last, *_reminded(ticket)))


def _reminded(ticket: Ticket) -> list[datetime]:
    """Time of each timer's last reminder: the next interval of all of them begins with the latest."""
    return [nudge.at for nudge in ticket.times.nudges.values()]


def _again(run: TimerRun, ticket: Ticket, config: Config, last: datetime) -> datetime:
    return run.calendar.add(last, timedelta(minutes=timers.minutes(ticket, config, "repeat")))


def _reachable(ticket: Ticket, config: Config) -> tuple[Calendar, Calendar]:
    """The working hours of the level, and the hours outside the quiet hours."""
    chosen = timers.priority(ticket, config)
    if chosen and chosen.around_the_clock:
        return ALWAYS, ALWAYS
    name = config.team(ticket.level).calendar
    work = config.calendar(name)
    return work, awake(config.reminders.quiet, work.zone if name else config.desk.timezone)


def _in_both(work: Calendar, quiet: Calendar, at: datetime) -> datetime:
    """The first moment, at or after this one, that is in both calendars; without any, in the working hours."""
    for _ in range(400):
        opens = quiet.opens(work.opens(at))
        if opens == at:
            return at
        at = opens
    return work.opens(at)


def audience_of(ticket: Ticket, due: Iterable[TimerRun], config: Config, at: datetime) -> ReminderAudience:
    """Reach of this reminder: by the unanswered reminders before it; a breach of the SLA goes to the leads."""
    due = tuple(due)
    if any(_is_breached(run, at) for run in due):
        return ReminderAudience.LEADS
    before = unanswered(ticket, due)
    if 0 < config.reminders.leads_after <= before:
        return ReminderAudience.LEADS
    return ReminderAudience.SECOND if 0 < config.reminders.second_person_after <= before else ReminderAudience.OWNER


def unanswered(ticket: Ticket, due: Iterable[TimerRun]) -> int:
    """Number of unanswered reminders of these timers."""
    nudges = [ticket.times.nudges.get(run.timer.value) for run in due]
    return max((nudge.unanswered for nudge in nudges if nudge), default=0)


def _is_breached(run: TimerRun, at: datetime) -> bool:
    return run.timer is Timer.PLAN and run.is_late(at)


def people(
    ticket: Ticket, audience: ReminderAudience, config: Config, gone: Container[str] = frozenset()
) -> tuple[str, ...]:
    """People who are notified directly, the owner first. Missing people are skipped, as are those who left."""
    second, leads = config.team(ticket.level).second_person, config.leads(ticket.stage.worked_at)
    wants_second = audience is not ReminderAudience.OWNER or ticket.owner in gone
    is_second_there = second not in {"", ticket.owner} and second not in gone
    found = [ticket.owner, *([second] if wants_second and second else [])]
    if audience is ReminderAudience.LEADS or (wants_second and not is_second_there):
        found += leads
    here = [each for each in dict.fromkeys(found) if each not in gone]
    return tuple(here or [each for each in dict.fromkeys((*leads, *config.desk.admins)) if each not in gone])
