"""Figures of a month's report, computed from its tickets. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.config.settings import Config
from bot.core.clock import zone
from bot.core.company_names import spelling_key
from bot.core.month import Period
from bot.forms.template_fields import OTHER
from bot.model.ticket import Level, Party
from bot.reports.ticket_month import NO_TIME, REACTIONS, Duration, Promise, Sending, TicketMonth

AGES = tuple(timedelta(days=days) for days in (1, 3, 7, 14, 30))
"""Age groups of open tickets; the last group is older than all of them."""
OLDEST = 10


@dataclass(frozen=True)
class Count:
    """Number of tickets raised, closed and open."""

    raised: int = 0
    closed: int = 0
    open: int = 0
    """At the end."""

    def __add__(self, other: Count) -> Count:
        return Count(self.raised + other.raised, self.closed + other.closed, self.open + other.open)


@dataclass(frozen=True)
class DurationSpread:
    """Durations: their number, median and longest."""

    count: int = 0
    median: Duration = NO_TIME
    longest: Duration = NO_TIME


@dataclass(frozen=True)
class DeadlineCount:
    """Clocks, or promises."""

    met: int = 0
    missed: int = 0
    running: int = 0

    @property
    def total(self) -> int:
        return self.met + self.missed + self.running


@dataclass(frozen=True)
class Figures:
    """A month in numbers."""

    period: Period
    customer: str
    """The end-customer it is for; empty: all of them."""
    total: Count
    days: Mapping[date, Count]
    """Every day of the month so far, without what was open."""
    kinds: Mapping[str, Count]
    services: Mapping[str, Count]
    """A ticket of two services is in both."""
    priorities: Mapping[str, Count]
    customers: Mapping[str, Count]
    """The busiest first. A ticket others joined is counted for each of them, from when they were on it."""
    parties: Mapping[Party, Duration]
    levels: Mapping[Level, Duration]
    response: DurationSpread
    remedy: DurationSpread
    plans: Mapping[str, DeadlineCount]
    """SLA figures by priority, of those for which an SLA is set."""
    handoffs: int
    bounces: int
    bounced: Sequence[int]
    """Numbers of the tickets the 2nd level sent back."""
    with_retarus: int
    causes: Mapping[str, int]
    """Causes of those tickets, as far as Retarus named them."""
    questions: int
    asked: Sequence[int]
    """Numbers of the tickets in which Retarus had to ask back."""
    reopened: int
    reactions: Mapping[str, DurationSpread]
    updates: DeadlineCount
    etas: DeadlineCount
    ages: Sequence[int]
    """Open tickets at the end, by `AGES`, the youngest first."""
    oldest: Sequence[TicketMonth]
    lines: Sequence[TicketMonth] = field(default=(), repr=False)

    @property
    def is_shared(self) -> bool:
        """True if some ticket is of several end-customers."""
        return any(each.joined for each in self.lines)

    @property
    def is_empty(self) -> bool:
        return not self.lines


def figures(lines: Iterable[TicketMonth], period: Period, config: Config, customer: str = "") -> Figures:
    """`customer`: the one they all belong to."""
    lines = sorted(lines, key=lambda each: each.number)
    return Figures(
        period=period,
        customer=customer,
        total=sum(map(_count, lines), Count()),
        days=_days(lines, period),
        kinds=_by(lines, lambda each: [each.kind.value]),
        services=_by(lines, lambda each: each.services or [OTHER]),
        priorities=_by(lines, lambda each: [each.priority], [each.name for each in config.priorities]),
        customers=_busiest(_by_customer(lines, period)),
        parties={party: sum((each.parties.get(party, NO_TIME) for each in lines), NO_TIME) for party in Party},
        levels={level: sum((each.levels.get(level, NO_TIME) for each in lines), NO_TIME) for level in Level},
        response=spread(each.response for each in lines),
        remedy=spread(each.remedy for each in lines),
        plans={name: _deadline_count(each.plan for each in lines if each.priority == name) for name in config.sla},
        handoffs=sum(each.handoffs for each in lines),
        bounces=sum(each.bounces for each in lines),
        bounced=[each.number for each in lines if each.bounces],
        with_retarus=sum(each.with_retarus for each in lines),
        causes=Counter(each.caused_by for each in lines if each.with_retarus),
        questions=sum(each.questions for each in lines),
        asked=[each.number for each in lines if each.questions],
        reopened=sum(each.reopened for each in lines),
        reactions={reaction: spread(_reactions(lines, reaction, period)) for reaction in REACTIONS},
        updates=_promised(lines, "update"),
        etas=_promised(lines, "eta"),
        ages=_ages(lines, period.until),
        oldest=sorted((each for each in lines if each.is_open), key=lambda each: each.raised_at)[:OLDEST],
        lines=lines,
    )


def _reactions(lines: Iterable[TicketMonth], reaction: str, period: Period) -> Iterator[Duration]:
    """Reactions that came in the month, whenever the ticket was sent."""
    for each in lines:
        for sending in each.sendings:
            if reaction in sending.spent and getattr(sending, reaction) in period:
                yield sending.spent[reaction]


def sent(lines: Iterable[TicketMonth]) -> Iterator[tuple[TicketMonth, Sending]]:
    """All sendings to Retarus, in order: the evidence."""
    found = [(each, sending) for each in lines for sending in each.sendings]
    return iter(sorted(found, key=lambda pair: (pair[1].at, pair[0].number)))


def promised(lines: Iterable[TicketMonth]) -> Iterator[tuple[TicketMonth, Promise]]:
    """All promises of Retarus, in order."""
    found = [(each, promise) for each in lines for promise in each.promises]
    return iter(sorted(found, key=lambda pair: (pair[1].due, pair[0].number)))


def spread(lengths: Iterable[Duration | None]) -> DurationSpread:
    """The median; of an even number it is the mean of the two in the middle."""
    found = [each for each in lengths if each is not None]
    if not found:
        return DurationSpread()
    elapsed, worked = [each.elapsed for each in found], [each.worked for each in found]
    return DurationSpread(len(found), Duration(_middle(elapsed), _middle(worked)), Duration(max(elapsed), max(worked)))


def _middle(lengths: Iterable[timedelta]) -> timedelta:
    found = sorted(lengths)
    return (found[(len(found) - 1) // 2] + found[len(found) // 2]) / 2


def _count(line: TicketMonth) -> Count:
    return Count(int(line.is_new), int(line.closed_at is not None), int(line.is_open))


def _by(
    lines: Iterable[TicketMonth], names: Callable[[TicketMonth], Iterable[str]], order: Sequence[str] = ()
) -> dict[str, Count]:
    """Services in this order first, then the busiest."""
    found: dict[str, Count] = {}
    for each in lines:
        for name in names(each):
            found[name] = found.get(name, Count()) + _count(each)
    known = {name: found[name] for name in order if name in found}
    return known | {name: count for name, count in _busiest(found).items() if name not in known}


def _by_customer(lines: Iterable[TicketMonth], period: Period) -> dict[str, Count]:
    """Customers by the newest spelling of their name."""
    spelling: dict[str, str] = {}
    found: dict[str, Count] = {}
    for each in lines:
        for name, since in ((each.customer, each.raised_at), *each.joined):
            spelling[spelling_key(name)] = name
            is_closed = each.closed_at is not None and each.closed_at >= since
            count = Count(int(since in period), int(is_closed), int(each.is_open))
            found[spelling_key(name)] = found.get(spelling_key(name), Count()) + count
    return {spelling[name]: count for name, count in found.items()}


def _busiest(found: Mapping[str, Count]) -> dict[str, Count]:
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].raised, -pair[1].open, -pair[1].closed, pair[0])))


def _days(lines: Iterable[TicketMonth], period: Period) -> dict[date, Count]:
    here = zone(period.zone)
    raised = Counter(each.raised_at.astimezone(here).date() for each in lines if each.is_new)
    closed = Counter(each.closed_at.astimezone(here).date() for each in lines if each.closed_at)
    last = (period.until - timedelta(milliseconds=1)).astimezone(here).date()
    days = [period.month + timedelta(days=number) for number in range((last - period.month).days + 1)]
    return {day: Count(raised[day], closed[day]) for day in days}


def _deadline_count(states: Iterable[str]) -> DeadlineCount:
    found = Counter(states)
    return DeadlineCount(found["met"], found["missed"], found["running"])


def _promised(lines: Iterable[TicketMonth], kind: str) -> DeadlineCount:
    return _deadline_count(
        "met" if promise.is_fulfilled else "missed"
        for each in lines
        for promise in each.promises
        if promise.kind == kind
    )


def _ages(lines: Iterable[TicketMonth], until: datetime) -> list[int]:
    groups = Counter(sum(until - each.raised_at >= age for age in AGES) for each in lines if each.is_open)
    return [groups[number] for number in range(len(AGES) + 1)]
