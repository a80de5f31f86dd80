"""One ticket in one month: a line of a report from its history, as of the end of the month.

Every moment counts in the month it lies in; every length of time in the month it ended. Working time is counted by
the calendar of whoever had to act; what waits for the end-customer is counted by the clock on the wall.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clocks import timers
from bot.clocks.timers import calendar_of
from bot.config.settings import Config
from bot.core.business_hours import ALWAYS, Calendar
from bot.core.clock import as_moment
from bot.core.month import Period
from bot.model import affected_customers
from bot.model import timestamps as times
from bot.model.ticket import Event, Kind, Level, Party, Stage, Ticket, Times, ball
from bot.model.transitions import Move, Step
from bot.model.undoing import counted

REACTIONS = ("rcr", "word", "answer")
"""Reactions of Retarus that are measured from when a ticket was sent to them."""
NOTHING = timedelta()
_ALL_LEVELS = tuple(Level)
_LEVELS = {Party.FIRST: Level.FIRST, Party.SECOND: Level.SECOND, Party.RETARUS: Level.THIRD}
_FROM_RETARUS = {Move.RETARUS_UPDATE.value, Move.RETARUS_ANSWERED.value, Step.EXPECT.value, Step.FOUND.value}


@dataclass(frozen=True, slots=True)
class Interval:
    """A period in which the party that had to act did not change."""

    start: datetime
    end: datetime
    stage: Stage
    ball: Party | None

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def within(self, start: datetime, end: datetime) -> Interval:
        """The part of it from `start` to `end`; of no length where there is none."""
        begins = min(max(self.start, start), end)
        return Interval(begins, max(min(self.end, end), begins), self.stage, self.ball)


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time, by the wall clock and in working time."""

    elapsed: timedelta = NOTHING
    worked: timedelta = NOTHING

    def __add__(self, other: Duration) -> Duration:
        return Duration(self.elapsed + other.elapsed, self.worked + other.worked)


NO_TIME = Duration()


@dataclass(slots=True)
class Sending:
    """One sending to Retarus, and their reactions; evidence for them and for us."""

    at: datetime
    rcr_wanted: bool
    """True if it had no number of theirs yet."""
    rcr: datetime | None = None
    """Time when their number was recorded, like the moments below."""
    word: datetime | None = None
    """Time of their first reaction: an update, an announcement, a question, an answer."""
    answer: datetime | None = None
    spent: dict[str, Duration] = field(default_factory=dict)
    """Duration of each reaction, by `REACTIONS`; without those that did not come."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of Retarus with its time."""

    kind: str
    """`update` or `eta`."""
    due: datetime
    fulfilled_at: datetime | None = None
    """Time when they kept it, in time or late; None: not, or not yet."""

    def decided(self, until: datetime) -> datetime | None:
        """Time when the outcome was known; None: not yet."""
        moment = self.fulfilled_at if self.fulfilled_at and self.fulfilled_at <= self.due else self.due
        return moment if moment < until else None

    @property
    def is_fulfilled(self) -> bool:
        return self.fulfilled_at is not None and self.fulfilled_at <= self.due


@dataclass(frozen=True, slots=True)
class TicketMonth:
    """One ticket in one month. What is None did not happen in it."""

    number: int
    kind: Kind
    services: tuple[str, ...]
    priority: str
    customer: str
    joined: tuple[tuple[str, datetime], ...]
    """Other end-customers who were on it by then, and since when."""
    raised_at: datetime
    """Time when it was raised; for an end-customer who joined it, time of joining."""
    stage: Stage
    """The stage at the end, and the party that had to act."""
    ball: Party | None
    is_new: bool
    """True if it was raised in the month."""
    closed_at: datetime | None
    """The last time it was closed in the month, even if it was opened again."""
    reopened: int
    parties: Mapping[Party, Duration]
    levels: Mapping[Level, Duration]
    response: Duration | None
    """Duration from when it was raised until somebody took it."""
    remedy_at: datetime | None
    remedy: Duration | None
    """Duration from when it was raised until the remedy, without what waited for the end-customer."""
    handoffs: int
    bounces: int
    questions: int
    """Number of questions from Retarus."""
    with_retarus: bool
    """True if it was with Retarus in the month."""
    caused_by: str
    """Cause found by Retarus so far (guide L3.1), as the value of that question; empty: none yet."""
    sendings: tuple[Sending, ...]
    """Sendings of the month, and earlier ones Retarus reacted to in it or still owes something for."""
    promises: tuple[Promise, ...]
    """Promises that were decided in the month."""
    plan: str
    """The clock of the SLA: `met`, `missed` in the month, `running` at its end, or empty."""
    plan_due: datetime | None

    @property
    def is_open(self) -> bool:
        return self.stage.is_open

    @property
    def customers(self) -> tuple[str, ...]:
        """All affected end-customers, the one it was raised for first."""
        return tuple(each for each in (self.customer, *(name for name, _ in self.joined)) if each)


@dataclass
class _Walk:
    """A walk along the history."""

    stage: Stage = Stage.NEW
    times: Times = field(default_factory=Times)
    answers: dict[str, str] = field(default_factory=dict)
    stretches: list[Interval] = field(default_factory=list)
    customer: str = ""
    """Only this customer's time counts; empty: everybody's."""
    since: datetime | None = None
    """Start of the counted time: they were not on it earlier."""
    interval_start: datetime | None = None
    taken: datetime | None = None
    remedy: datetime | None = None
    sendings: list[Sending] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    numbered: bool = False
    closings: list[datetime] = field(default_factory=list)
    moments: dict[str, list[datetime]] = field(default_factory=dict)


def line(
    ticket: Ticket, history: Iterable[Event], period: Period, config: Config, customer: str = ""
) -> TicketMonth | None:
    """None: it was not open in this month at all. `customer`: as it was for them, from when they were on it on.

    A step that was undone does not count, also where it was undone after the end of the month.
    """
    begins = affected_customers.since(ticket, customer)
    if begins is None:
        return None
    walk = _Walk(customer=customer, since=begins)
    for event in counted(history):
        if event.at >= period.until:
            break
        _step(walk, event)
    if walk.interval_start is None:
        return None
    _pass(walk, period.until)
    interval_start = max(period.start, min(begins, period.until))
    shown = [each.within(interval_start, period.until) for each in walk.stretches if each.stage.is_open]
    lived = [each for each in shown if each.length]
    if begins >= period.until or (not lived and begins not in period):
        return None
    then = ticket.model_copy(update={"stage": walk.stage, "times": walk.times, "answers": walk.answers})
    return _line(ticket, then, walk, lived, period, config)


def _line(
    about: Ticket, then: Ticket, walk: _Walk, lived: list[Interval], period: Period, config: Config
) -> TicketMonth:
    """`about`: as it is now, with what was corrected since; `then`: as it stood."""
    begins = walk.since or then.raised_at
    plan, plan_due = _plan(then, walk, period, config)
    closed = [at for at in walk.closings if at in period and at >= begins]
    is_remedied = walk.remedy in period and walk.remedy is not None and walk.remedy >= begins
    is_taken = walk.taken in period and walk.taken is not None and walk.taken >= begins
    calendars = {level: calendar_of(then, level, config) for level in _ALL_LEVELS}
    return TicketMonth(
        number=then.number,
        kind=then.kind,
        services=tuple(each for each in about.answer("services").split("\n") if each),
        priority=then.answer("priority"),
        customer=affected_customers.customer_name(about, walk.customer),
        joined=() if walk.customer else affected_customers.joined(about, period.until),
        raised_at=begins,
        stage=walk.stage,
        ball=then.ball,
        is_new=begins in period,
        closed_at=closed[-1] if closed else None,
        reopened=_count(walk, Move.REOPEN, period),
        parties=_by_party(lived, calendars),
        levels=_by_level(lived, calendars),
        response=_spent(begins, walk.taken, calendars[Level.FIRST]) if is_taken else None,
        remedy_at=walk.remedy if is_remedied else None,
        remedy=_remedy(begins, walk, calendars[Level.SECOND]) if is_remedied else None,
        handoffs=_count(walk, Move.HAND_OFF, period),
        bounces=_count(walk, Move.SEND_BACK, period),
        questions=_count(walk, Step.EXPECT, period),
        caused_by=then.answer("caused_by"),
        with_retarus=any(each.stage is Stage.RETARUS for each in lived),
        sendings=tuple(_timed(each, calendars[Level.THIRD]) for each in walk.sendings if _concerns(each, walk, period)),
        promises=tuple(each for each in walk.promises if each.decided(period.until) in period),
        plan=plan,
        plan_due=plan_due,
    )


# --- the walk


def _step(walk: _Walk, event: Event) -> None:
    _pass(walk, event.at)
    stage = times.stage_after(walk.stage, event.kind)
    walk.times = times.after_event(walk.times, event, walk.stage, stage)
    walk.answers |= {
        key.removeprefix("answer."): text for key, text in event.detail.items() if key.startswith("answer.")
    }
    if walk.stage is Stage.NEW and stage is not Stage.NEW and walk.taken is None:
        walk.taken = event.at
    if stage is Stage.CLOSED and walk.stage is not Stage.CLOSED:
        walk.closings.append(event.at)
    _note(walk, event)
    _retarus_event(walk, event)
    walk.stage = stage


def _note(walk: _Walk, event: Event) -> None:
    """Counts events, and keeps the remedy until a reopening."""
    if event.kind == Move.RESOLVE:
        walk.remedy = event.at
    if event.kind == Move.REOPEN:
        walk.remedy = None
    if event.kind != Step.EXPECT or event.detail.get("question"):
        walk.moments.setdefault(event.kind, []).append(event.at)


def _pass(walk: _Walk, at: datetime) -> None:
    """Ends the period without a change at this moment."""
    if walk.interval_start is None:
        walk.interval_start = at
    elif at > walk.interval_start:
        walk.stretches.append(Interval(walk.interval_start, at, walk.stage, ball(walk.stage, walk.times)))
        walk.interval_start = at


def _retarus_event(walk: _Walk, event: Event) -> None:
    """Records sendings to Retarus and their reactions."""
    if event.kind == Move.ESCALATE:
        opened = as_moment(event.detail.get("opened", ""))
        walk.sendings.append(Sending(opened or event.at, rcr_wanted=not walk.numbered))
    if event.detail.get("rcr"):
        _numbered(walk, event)
    if event.kind in _FROM_RETARUS:
        _retarus_reply(walk, event)


def _numbered(walk: _Walk, event: Event) -> None:
    last = walk.sendings[-1] if walk.sendings else None
    if last and last.rcr is None and not walk.numbered:
        last.rcr = last.at if event.kind == Move.ESCALATE else event.at  # the portal gives it at once
    walk.numbered = True


def _retarus_reply(walk: _Walk, event: Event) -> None:
    is_answer = event.kind == Move.RETARUS_ANSWERED
    if walk.sendings:
        last = walk.sendings[-1]
        last.word = last.word or event.at
        last.answer = event.at if is_answer else last.answer
    walk.promises = [_settled(each, event, is_answer=is_answer) for each in walk.promises]
    for kind, key in (("update", "update_due"), ("eta", "eta")) if not is_answer else ():
        due = as_moment(event.detail.get(key, ""))
        if due:
            walk.promises = [each for each in walk.promises if not _replaced(each, kind, event.at)]
            walk.promises.append(Promise(kind, due))


def _settled(promise: Promise, event: Event, *, is_answer: bool) -> Promise:
    """Any word keeps the promise of one; only an answer keeps the promise of a solution."""
    if promise.fulfilled_at is None and (is_answer or promise.kind == "update"):
        return Promise(promise.kind, promise.due, event.at)
    return promise


def _replaced(promise: Promise, kind: str, at: datetime) -> bool:
    """A time they moved before it came was neither kept nor broken."""
    return promise.kind == kind and promise.fulfilled_at is None and promise.due > at


# --- results


def _count(walk: _Walk, kind: Move | Step, period: Period) -> int:
    return sum(at in period and (walk.since is None or at >= walk.since) for at in walk.moments.get(kind.value, ()))


def _by_party(lived: Iterable[Interval], calendars: Mapping[Level, Calendar]) -> dict[Party, Duration]:
    found: dict[Party, Duration] = {}
    for each in lived:
        if each.ball:
            calendar = calendars[_LEVELS[each.ball]] if each.ball in _LEVELS else ALWAYS
            worked = calendar.between(each.start, each.end)
            found[each.ball] = found.get(each.ball, NO_TIME) + Duration(each.length, worked)
    return found


def _by_level(lived: Iterable[Interval], calendars: Mapping[Level, Calendar]) -> dict[Level, Duration]:
    found: dict[Level, Duration] = {}
    for each in lived:
        level = each.stage.level
        worked = calendars[level].between(each.start, each.end)
        found[level] = found.get(level, NO_TIME) + Duration(each.length, worked)
    return found


def _spent(begins: datetime, at: datetime | None, calendar: Calendar) -> Duration | None:
    return None if at is None else Duration(at - begins, calendar.between(begins, at))


def _remedy(begins: datetime, walk: _Walk, calendar: Calendar) -> Duration:
    total = NO_TIME
    for each in walk.stretches:
        part = each.within(begins, walk.remedy or begins)
        if part.ball is not Party.CUSTOMER and part.stage.is_open and part.length:
            total += Duration(part.length, calendar.between(part.start, part.end))
    return total


def _concerns(sending: Sending, walk: _Walk, period: Period) -> bool:
    moments = (sending.at, sending.rcr, sending.word, sending.answer)
    is_owed = sending.answer is None and sending is walk.sendings[-1]
    return is_owed or any(at in period for at in moments)


def _timed(sending: Sending, calendar: Calendar) -> Sending:
    for reaction in REACTIONS:
        at: datetime | None = getattr(sending, reaction)
        if at is not None and (reaction != "rcr" or sending.rcr_wanted):
            sending.spent[reaction] = Duration(at - sending.at, calendar.between(sending.at, at))
    return sending


def _plan(then: Ticket, walk: _Walk, period: Period, config: Config) -> tuple[str, datetime | None]:
    """Met or missed in the month it was decided. What was closed without a remedy before it was due is neither.

    The clock is the ticket's; for whoever joined after it was decided there is none.
    """
    run = timers.plan(then, config)
    decided = min((at for at in (run.end, run.due) if at), default=None) if run else None
    if run is None or (walk.since and decided and decided < walk.since):
        return "", None
    if run.end is not None and (run.due is None or run.end < run.due):
        return ("met" if run.end in period else ""), run.due
    if run.due is not None and run.due < period.until:
        is_over = walk.stage is Stage.CLOSED and run.end is None and walk.closings[-1] <= run.due
        return ("missed" if run.due in period and not is_over else ""), run.due
    return ("running" if walk.stage.is_open else ""), run.due
