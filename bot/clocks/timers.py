"""Which clocks run on a ticket? Each is a pure function of the ticket, what it remembers of its past, and the policy.

What is not configured is not claimed: without an agreement there is no clock that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config.settings import Config, Priority
from bot.config.time_policy import Agreement
from bot.core.business_hours import ALWAYS, Calendar
from bot.core.i18n import mark
from bot.model.ticket import Glossed, Level, Stage, Ticket


class Watch(Glossed):
    """What a clock watches."""

    UNCLAIMED = "unclaimed", mark("nobody has taken it")
    PROGRESS = "progress", mark("no progress")
    CUSTOMER = "customer", mark("the end-customer has not answered")
    RCR = "rcr", mark("sent to Retarus, and no RCR number yet")
    UPDATE = "update", mark("an update from Retarus is due")
    ETA = "eta", mark("Retarus's own expected time has passed")
    QUESTION = "question", mark("Retarus asked something, and nobody has answered")
    PLAN = "plan", mark("a remedy or an action plan is due within the SLA")
    CONFIRM = "confirm", mark("the remedy is not confirmed with the end-customer")


class State(Glossed):
    """How a clock stands at a moment."""

    RUNNING = "running", "there is time"
    PAUSED = "paused", "it stands still"
    SOON = "soon", "it is warned of"
    OVERDUE = "overdue", "the time is up"
    ENDED = "ended", "what it watched for has come"


Pause = tuple[datetime, datetime | None]
"""From when until when a clock stands still; None: it still does."""


@dataclass(frozen=True)
class Run:
    """One clock on one ticket."""

    watch: Watch
    start: datetime
    due: datetime | None
    """None: it stands still, and nobody knows yet."""
    calendar: Calendar
    warn: datetime | None = None
    """A first warning, before it is due."""
    pauses: tuple[Pause, ...] = ()
    end: datetime | None = None

    def state(self, at: datetime) -> State:
        if self.end is not None:
            return State.ENDED
        if self.due is None:
            return State.PAUSED
        if self.due <= at:
            return State.OVERDUE
        return State.SOON if self.warn and self.warn <= at else State.RUNNING

    def is_late(self, at: datetime) -> bool:
        """Overdue now, or ended after it was due."""
        return self.due is not None and self.due <= (self.end or at)


def runs(ticket: Ticket, config: Config) -> tuple[Run, ...]:
    """Every clock that counts at the ticket's stage, and the SLA's as long as the ticket is open."""
    if not ticket.stage.is_open:
        return ()
    return tuple(run for run in (*_follow_ups(ticket, config), plan(ticket, config)) if run)


def plan(ticket: Ticket, config: Config) -> Run | None:
    """Remedy or action plan within the SLA (guide 2.7): begins with the priority, stands still while the end-customer
    is waited for, runs on through the 3rd level. None: no SLA is set for this priority."""
    agreed, times = agreement(ticket, config), ticket.times
    start = times.priorities.get(ticket.answer("priority"), times.priority_at)
    if agreed is None or start is None:
        return None
    calendar = calendar_of(ticket, Level.SECOND, config)
    pauses = tuple(each for each in _merged((*times.waits, *times.rests)) if each[1] is None or each[1] > start)
    due = _due(calendar, start, timedelta(minutes=agreed.action_plan), pauses)
    early = timedelta(minutes=agreed.action_plan - min(agreed.warn_before, agreed.action_plan))
    warn = _due(calendar, start, early, pauses) if agreed.warn_before else None
    return Run(Watch.PLAN, start, due, calendar, warn, pauses, times.planned)


def _merged(pauses: Iterable[Pause]) -> Iterator[Pause]:
    """Pauses in order; those that overlap are one."""
    last: Pause | None = None
    for begun, ended in sorted(pauses, key=lambda pause: pause[0]):
        if last is None:
            last = begun, ended
        elif last[1] is None or begun <= last[1]:
            last = last[0], None if None in {last[1], ended} else max(filter(None, (last[1], ended)))
        else:
            yield last
            last = begun, ended
    if last:
        yield last


def agreement(ticket: Ticket, config: Config) -> Agreement | None:
    return config.sla.get(ticket.answer("priority"))


def priority(ticket: Ticket, config: Config) -> Priority | None:
    return next((each for each in config.priorities if each.name == ticket.answer("priority")), None)


def minutes(ticket: Ticket, config: Config, name: str) -> int:
    """The ticket's own cadence; else that of this name under [reminders], for the ticket's priority."""
    if ticket.times.pace and name != "eta":
        return ticket.times.pace
    chosen = priority(ticket, config)
    own = getattr(chosen.reminders, name) if chosen else None
    return int(getattr(config.reminders, name) if own is None else own)


def calendar_of(ticket: Ticket, level: Level, config: Config) -> Calendar:
    """Whose working time counts for what waits at this level."""
    chosen = priority(ticket, config)
    if chosen and chosen.around_the_clock:
        return ALWAYS
    return config.calendar(config.retarus.calendar if level is Level.THIRD else config.team(level).calendar)


def _due(calendar: Calendar, start: datetime, length: timedelta, pauses: tuple[Pause, ...]) -> datetime | None:
    """When so much working time has passed outside the pauses; None while one of them lasts."""
    for begun, ended in pauses:
        passed = calendar.between(start, begun)
        if passed >= length:
            break
        if ended is None:
            return None
        length -= passed
        start = max(start, ended)
    return calendar.add(start, length)


# --- the clocks of each stage; none of them ever stands still


def _follow_ups(ticket: Ticket, config: Config) -> Iterator[Run | None]:
    times = ticket.times
    for watch, name, level, start in _WATCHED[ticket.stage](ticket):
        yield _run(ticket, config, watch, name, level, start)
    if ticket.stage is Stage.RETARUS and not times.asked:
        yield _update(ticket, config)


def _run(ticket: Ticket, config: Config, watch: Watch, name: str, level: Level, start: datetime) -> Run | None:
    patience = minutes(ticket, config, name)
    if not patience:
        return None
    calendar = calendar_of(ticket, level, config)
    return Run(watch, start, calendar.add(start, timedelta(minutes=patience)), calendar)


def _update(ticket: Ticket, config: Config) -> Run | None:
    """A promised moment goes before the usual cadence."""
    start = ticket.times.word or ticket.sent_at or ticket.since
    usual = _run(ticket, config, Watch.UPDATE, "retarus", Level.THIRD, start)
    if ticket.times.update_due is None:
        return usual
    return Run(Watch.UPDATE, start, ticket.times.update_due, calendar_of(ticket, Level.THIRD, config))


Watched = Iterator[tuple[Watch, str, Level, datetime]]
"""What is watched, by which cadence, in whose working time, since when."""


def _unclaimed(name: str) -> Callable[[Ticket], Watched]:
    return lambda ticket: iter([(Watch.UNCLAIMED, name, ticket.level, ticket.since)])


def _progress(name: str) -> Callable[[Ticket], Watched]:
    return lambda ticket: iter([(Watch.PROGRESS, name, ticket.level, ticket.times.touched or ticket.since)])


def _customer(ticket: Ticket) -> Watched:
    yield Watch.CUSTOMER, "waiting_for_customer", ticket.level, ticket.since


def _retarus(ticket: Ticket) -> Watched:
    times = ticket.times
    if not ticket.rcr:
        yield Watch.RCR, "rcr", Level.THIRD, ticket.sent_at or ticket.since
    if times.eta:
        yield Watch.ETA, "eta", Level.THIRD, times.eta
    if times.customer_asked:
        yield Watch.CUSTOMER, "waiting_for_customer", Level.SECOND, times.customer_asked
    elif times.asked:
        yield Watch.QUESTION, "question", Level.SECOND, times.asked


def _confirm(ticket: Ticket) -> Watched:
    yield Watch.CONFIRM, "resolved", ticket.level, ticket.since


_WATCHED: dict[Stage, Callable[[Ticket], Watched]] = {
    Stage.NEW: _unclaimed("new"),
    Stage.FIRST: _progress("first"),
    Stage.FIRST_ASKED: _customer,
    Stage.HANDED_OFF: _unclaimed("handed_off"),
    Stage.SECOND: _progress("second"),
    Stage.SECOND_ASKED: _customer,
    Stage.RETARUS: _retarus,
    Stage.RESOLVED: _confirm,
}
