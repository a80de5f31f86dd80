"""The timers that run on a ticket: pure functions of the ticket, its past and the policy.

Without a configured SLA there is no timer that claims one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import ref

from bot.config.settings import Config, Priority
from bot.config.time_policy import Agreement
from bot.core.business_hours import ALWAYS, Calendar
from bot.core.i18n import mark
from bot.model.ticket import Glossed, Level, Stage, Ticket


class Timer(Glossed):
    """Timer type; its gloss is the text of a reminder."""

    UNCLAIMED = "unclaimed", mark("nobody has taken it")
    PROGRESS = "progress", mark("no progress")
    CUSTOMER = "customer", mark("the end-customer has not answered")
    RCR = "rcr", mark("sent to Retarus, and no RCR number yet")
    UPDATE = "update", mark("an update from Retarus is due")
    ETA = "eta", mark("Retarus's own expected time has passed")
    QUESTION = "question", mark("Retarus asked something, and nobody has answered")
    PLAN = "plan", mark("a remedy or an action plan is due within the SLA")
    CONFIRM = "confirm", mark("the remedy is not confirmed with the end-customer")


class TimerState(Glossed):
    """The state of a timer at a moment."""

    RUNNING = "running", "there is time"
    PAUSED = "paused", "waiting for the end-customer"
    SOON = "soon", "within the warning time"
    OVERDUE = "overdue", "past its due time"
    ENDED = "ended", "what was due has been done"


Pause = tuple[datetime, datetime | None]
"""Start and end of a pause; None: it lasts."""


@dataclass(frozen=True)
class TimerRun:
    """One timer on one ticket."""

    timer: Timer
    start: datetime
    due: datetime | None
    """None while it is paused: the end of the pause is not known."""
    calendar: Calendar
    warn: datetime | None = None
    """Time of the warning, before it is due."""
    pauses: tuple[Pause, ...] = ()
    end: datetime | None = None

    def state(self, at: datetime) -> TimerState:
        if self.end is not None:
            return TimerState.ENDED
        if self.due is None:
            return TimerState.PAUSED
        if self.due <= at:
            return TimerState.OVERDUE
        return TimerState.SOON if self.warn and self.warn <= at else TimerState.RUNNING

    def is_late(self, at: datetime) -> bool:
        """Overdue now, or ended after it was due."""
        return self.due is not None and self.due <= (self.end or at)


_known: dict[int, tuple[ref[Ticket], Config, tuple[TimerRun, ...]]] = {}
"""The timers of records in memory, by their identity: a list is sorted by them, and a record never changes."""


def runs(ticket: Ticket, config: Config) -> tuple[TimerRun, ...]:
    """Every timer of the ticket's stage, and the SLA's while the ticket is open."""
    if not ticket.stage.is_open:
        return ()
    key = id(ticket)
    known = _known.get(key)
    if known and known[0]() is ticket and known[1] is config:
        return known[2]
    found = tuple(run for run in (*_follow_ups(ticket, config), plan(ticket, config)) if run)
    _known[key] = ref(ticket, lambda _: _known.pop(key, None)), config, found
    return found


def plan(ticket: Ticket, config: Config) -> TimerRun | None:
    """The SLA for a remedy or action plan (guide, section 3, 2nd level); None: no SLA is set for this priority.

    It starts at the first moment the ticket had the priority, pauses while waiting for the end-customer, runs on at the
    3rd level, and again when the ticket is reopened.
    """
    agreed, times = agreement(ticket, config), ticket.times
    start = times.priorities.get(ticket.answer("priority"), times.priority_at)
    if agreed is None or start is None:
        return None
    calendar = calendar_of(ticket, Level.SECOND, config)
    pauses = tuple(each for each in _merged((*times.waits, *times.rests)) if each[1] is None or each[1] > start)
    due = _due(calendar, start, timedelta(minutes=agreed.action_plan), pauses)
    early = timedelta(minutes=agreed.action_plan - min(agreed.warn_before, agreed.action_plan))
    warn = _due(calendar, start, early, pauses) if agreed.warn_before else None
    return TimerRun(Timer.PLAN, start, due, calendar, warn, pauses, times.planned)


def _merged(pauses: Iterable[Pause]) -> Iterator[Pause]:
    """Pauses in order; those that overlap are one."""
    last: Pause | None = None
    for pause_start, ended in sorted(pauses, key=lambda pause: pause[0]):
        if last is None:
            last = pause_start, ended
        elif last[1] is None or pause_start <= last[1]:
            last = last[0], None if None in {last[1], ended} else max(filter(None, (last[1], ended)))
        else:
            yield last
            last = pause_start, ended
    if last:
        yield last


def agreement(ticket: Ticket, config: Config) -> Agreement | None:
    return config.sla.get(ticket.answer("priority"))


def priority(ticket: Ticket, config: Config) -> Priority | None:
    name = ticket.answer("priority")
    for each in config.priorities:
        if each.name == name:
            return each
    return None


def minutes(ticket: Ticket, config: Config, name: str) -> int:
    """The ticket's own cadence, or the one of this name for its priority, or that of [reminders]."""
    if ticket.times.pace and name != "eta":
        return ticket.times.pace
    chosen = priority(ticket, config)
    own = getattr(chosen.reminders, name) if chosen else None
    return int(getattr(config.reminders, name) if own is None else own)


def calendar_of(ticket: Ticket, level: Level, config: Config) -> Calendar:
    """The calendar of a level; around the clock for a priority that is."""
    chosen = priority(ticket, config)
    if chosen and chosen.around_the_clock:
        return ALWAYS
    return config.calendar(config.retarus.calendar if level is Level.THIRD else config.team(level).calendar)


def _due(calendar: Calendar, start: datetime, length: timedelta, pauses: tuple[Pause, ...]) -> datetime | None:
    """The moment when that much working time outside the pauses has passed; None while a pause lasts."""
    for pause_start, ended in pauses:
        passed = calendar.between(start, pause_start)
        if passed >= length:
            break
        if ended is None:
            return None
        length -= passed
        start = max(start, ended)
    return calendar.add(start, length)


# --- the timers of each stage; these never pause


def _follow_ups(ticket: Ticket, config: Config) -> Iterator[TimerRun | None]:
    times = ticket.times
    for timer, name, level, start in _TIMERS[ticket.stage](ticket):
        yield _run(ticket, config, timer, name, level, start)
    if ticket.stage is Stage.RETARUS and not times.asked:
        yield _update(ticket, config)


def _run(ticket: Ticket, config: Config, timer: Timer, name: str, level: Level, start: datetime) -> TimerRun | None:
    allowed = minutes(ticket, config, name)
    if not allowed:
        return None
    calendar = calendar_of(ticket, level, config)
    return TimerRun(timer, start, calendar.add(start, timedelta(minutes=allowed)), calendar)


def _update(ticket: Ticket, config: Config) -> TimerRun | None:
    """The next update from Retarus: a promised moment takes precedence over the cadence."""
    start = ticket.times.word or ticket.sent_at or ticket.since
    usual = _run(ticket, config, Timer.UPDATE, "retarus", Level.THIRD, start)
    if ticket.times.update_due is None:
        return usual
    return TimerRun(Timer.UPDATE, start, ticket.times.update_due, calendar_of(ticket, Level.THIRD, config))


Started = Iterator[tuple[Timer, str, Level, datetime]]
"""Timers of a stage, each with its cadence, its level's working time, and its start."""


def _unclaimed(name: str) -> Callable[[Ticket], Started]:
    return lambda ticket: iter([(Timer.UNCLAIMED, name, ticket.level, ticket.since)])


def _progress(name: str) -> Callable[[Ticket], Started]:
    return lambda ticket: iter([(Timer.PROGRESS, name, ticket.level, ticket.times.touched or ticket.since)])


def _customer(ticket: Ticket) -> Started:
    yield Timer.CUSTOMER, "waiting_for_customer", ticket.level, ticket.since


def _retarus(ticket: Ticket) -> Started:
    times = ticket.times
    if not ticket.rcr:
        yield Timer.RCR, "rcr", Level.THIRD, ticket.sent_at or ticket.since
    if times.eta:
        yield Timer.ETA, "eta", Level.THIRD, times.eta
    if times.customer_asked:
        yield Timer.CUSTOMER, "waiting_for_customer", Level.SECOND, times.customer_asked
    elif times.asked:
        yield Timer.QUESTION, "question", Level.SECOND, times.asked


def _confirm(ticket: Ticket) -> Started:
    yield Timer.CONFIRM, "resolved", ticket.level, ticket.since


_TIMERS: dict[Stage, Callable[[Ticket], Started]] = {
    Stage.NEW: _unclaimed("new"),
    Stage.FIRST: _progress("first"),
    Stage.FIRST_ASKED: _customer,
    Stage.HANDED_OFF: _unclaimed("handed_off"),
    Stage.SECOND: _progress("second"),
    Stage.SECOND_ASKED: _customer,
    Stage.RETARUS: _retarus,
    Stage.RESOLVED: _confirm,
}
