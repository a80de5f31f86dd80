"""A month's figures are what its tickets' histories tell, counted here a second time in another way: minute by minute.

The second way knows no calendar, no fold and no line: it asks of each minute of the month who had to act, and whether
their office was open. It is slow, and has nothing in common with the first but the history.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, zip_longest
from random import Random
from statistics import median
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest

from bot.core import month as periods
from bot.model.ticket import Event, Level, Party, Ticket
from bot.reports import ticket_month
from bot.reports.figures import Count, DurationSpread, Figures
from bot.tickets.ports import Batch
from tests import months
from tests.doubles.memory_store import MemoryStore
from tests.factories import a_config, a_world

MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")
OCTOBER = date(2026, 10, 1)
"""Winter time begins on the 25th."""
NOVEMBER = datetime(2026, 11, 20, tzinfo=UTC)
TABLES = {
    "calendars": {
        "office": {"timezone": "Europe/Berlin", "hours": ["mon-fri 09:00-17:00"], "closed": ["2026-10-30"]},
        "theirs": {"timezone": "UTC", "hours": ["mon-sat 06:00-22:00"]},
    },
    "levels": {"first": {"calendar": "office"}, "second": {"group": "S0SECOND", "calendar": "office"}},
    "retarus": {"calendar": "theirs"},
    "priorities": [{"name": "P1", "around_the_clock": True}, {"name": "P2"}],
    "sla": {"P1": {"action_plan": 240}, "P2": {"action_plan": 600}},
}

# --- the second way

_NEXT = {
    "take": "first", "hand_off": "handed_off", "compress": "second", "ask_customer": "asked", "resolve": "resolved",
    "withdraw": "closed", "accept": "second", "send_back": "first", "escalate": "retarus", "confirm": "closed",
    "retarus_answered": "second", "reopen": "first", "raise": "new",
}  # fmt: skip
_LEVEL = {"new": 1, "first": 1, "resolved": 1, "handed_off": 2, "second": 2, "retarus": 3}
_SIDE = {1: Party.FIRST, 2: Party.SECOND, 3: Party.RETARUS}


def office(at: datetime) -> bool:
    here = at.astimezone(BERLIN)
    return here.weekday() < 5 and 9 <= here.hour < 17 and here.date() != date(2026, 10, 30)


def theirs(at: datetime) -> bool:
    return at.weekday() < 6 and 6 <= at.hour < 22


def always(_: datetime) -> bool:
    return True


OPEN: dict[int, Callable[[datetime], bool]] = {1: office, 2: office, 3: theirs}


Whole = tuple[int, int, int]
AGREED = {"P1": 240, "P2": 600}
"""Minutes until a plan."""
REACTION_STEPS = {"retarus_answered", "retarus_update", "expect", "found"}
FULFILS = {"update_due": REACTION_STEPS, "eta": {"retarus_answered"}}


def _falls(at: datetime, day: date) -> bool:
    return at.astimezone(BERLIN).date() == day


def _moment(text: str | None) -> datetime | None:
    return datetime.fromtimestamp(int(text), UTC) if text else None


def _plans(each: Event) -> bool:
    return each.kind in {"plan", "resolve"} or any(each.detail.get(f"answer.{key}") for key in ("remedy", "plan"))


@dataclass
class CountedTicket:
    """One ticket as its history tells it, up to a moment."""

    events: list[Event]
    marks: list[datetime] = field(default_factory=list)
    """Changes with the state from then on: (where, level, asked)."""
    states: list[tuple[str, int, bool]] = field(default_factory=list)
    priority: str = ""

    @classmethod
    def of(cls, history: list[Event], until: datetime) -> CountedTicket:
        item = cls([each for each in history if each.at < until])
        where, level, asked = "", 1, False
        for each in item.events:
            item.priority = each.detail.get("answer.priority", item.priority)
            if each.kind in {"customer_answered", "go_on"}:
                where = {1: "first", 2: "second", 3: "retarus"}[level]
            where = _NEXT.get(each.kind, where)
            if each.kind == "hand_on":
                where = {"new": "first", "handed_off": "second"}.get(where, where)
            level = level if where == "asked" else _LEVEL.get(where, level)
            if each.kind in {"escalate", "chase", "retarus_update", "retarus_answered"}:
                asked = False
            if each.kind == "expect" and each.detail.get("question"):
                asked = True
            item.marks.append(each.at)
            item.states.append((where, level, asked))
        return item

    def at(self, moment: datetime) -> tuple[str, int, bool]:
        number = bisect_right(self.marks, moment)
        return self.states[number - 1] if number else ("", 0, False)

    def times(self, kind: str) -> list[datetime]:
        return [each.at for each in self.events if each.kind == kind]

    def side(self, moment: datetime) -> Party | None:
        where, level, asked = self.at(moment)
        if where in {"", "closed"}:
            return None
        if where == "asked":
            return Party.CUSTOMER
        return Party.SECOND if where == "retarus" and asked else _SIDE[level]

    def planned(self) -> datetime | None:
        """The first remedy or plan since it was last reopened."""
        since = max((each.version for each in self.events if each.kind == "reopen"), default=0)
        return next((each.at for each in self.events if each.version > since and _plans(each)), None)

    def is_owed(self, moment: datetime) -> bool:
        """True if a remedy or plan was owed then, judged by later events: one that held until a reopening was none."""
        back = next((each for each in self.events if each.kind == "reopen" and each.at > moment), None)
        before = [each for each in self.events if each.at <= moment]
        last = max((each.version for each in before if each.kind == "reopen"), default=0)
        rested = any(each.version > last and (_plans(each) or _NEXT.get(each.kind) == "closed") for each in before)
        return not (back and rested)

    def is_open_for(self, level: int) -> Callable[[datetime], bool]:
        return always if self.priority == "P1" else OPEN[level]


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += MINUTE


def worked(start: datetime, end: datetime, is_open: Callable[[datetime], bool]) -> timedelta:
    return MINUTE * sum(map(is_open, minutes(start, end)))


@dataclass
class Second:
    """The month, counted the second way."""

    lives: list[tuple[Ticket, CountedTicket]]
    start: datetime
    until: datetime

    def inside(self, at: datetime | None) -> bool:
        return at is not None and self.start <= at < self.until

    def alive(self) -> list[tuple[Ticket, CountedTicket]]:
        return [
            (ticket, item)
            for ticket, item in self.lives
            if item.events
            and (
                self.inside(item.events[0].at)
                or item.side(self.start)
                or any(self.inside(at) for at in item.times("reopen"))
            )
        ]

    def counts(self) -> tuple[int, int, int]:
        return (
            sum(self.inside(item.events[0].at) for _, item in self.alive()),
            sum(any(self.inside(at) for at in self.closings(item)) for _, item in self.alive()),
            sum(item.side(self.until - MINUTE / 60) is not None for _, item in self.alive()),
        )

    def is_open(self, item: CountedTicket) -> bool:
        return item.side(self.until - MINUTE / 60) is not None

    def count(self, named: Callable[[Ticket, CountedTicket], Iterable[str]]) -> dict[str, Whole]:
        """Customers by name: raised, closed and still open."""
        found: dict[str, list[int]] = {}
        for ticket, item in self.alive():
            for name in named(ticket, item):
                one = found.setdefault(name, [0, 0, 0])
                one[0] += self.inside(item.events[0].at)
                one[1] += any(map(self.inside, self.closings(item)))
                one[2] += self.is_open(item)
        return {name: (one[0], one[1], one[2]) for name, one in found.items()}

    def days(self) -> dict[date, Whole]:
        days, at = dict[date, Whole](), self.start
        while at < self.until:
            day = at.astimezone(BERLIN).date()
            raised = sum(_falls(item.events[0].at, day) for _, item in self.alive())
            last = [max(filter(self.inside, self.closings(item)), default=None) for _, item in self.alive()]
            days[day] = (raised, sum(_falls(each, day) for each in last if each), 0)
            at += timedelta(hours=1)
        return days

    def ages(self) -> list[int]:
        hours = [
            (self.until - item.events[0].at) / timedelta(hours=1) for _, item in self.alive() if self.is_open(item)
        ]
        edges = [-1, 24, 72, 168, 336, 720, 10**9]
        return [sum(youngest <= each < oldest for each in hours) for youngest, oldest in pairwise(edges)]

    def plans(self) -> dict[str, Whole]:
        """SLAs by priority: met, missed and running."""
        states = {name: Counter[str]() for name in AGREED}
        for _, item in self.alive():
            if item.priority in AGREED:
                states[item.priority][self.plan(item)] += 1
        return {name: (each["met"], each["missed"], each["running"]) for name, each in states.items()}

    def plan(self, item: CountedTicket) -> str:
        due = self.plan_due(item)
        planned = item.planned()
        if planned and (due is None or planned < due):
            return "met" if self.inside(planned) else ""
        if due is None:
            return "running" if self.is_open(item) else ""
        was_closed = not planned and not self.is_open(item) and max(self.closings(item)) <= due
        return "missed" if self.inside(due) and not was_closed else ""

    def plan_due(self, item: CountedTicket) -> datetime | None:
        """The moment when it is used up, minute by minute; None: not yet."""
        left = AGREED[item.priority]
        begins = next(each.at for each in item.events if each.detail.get("answer.priority") == item.priority)
        for at in minutes(begins, self.until - MINUTE):
            left -= item.is_open_for(2)(at) and item.side(at) is not Party.CUSTOMER and item.is_owed(at)
            if not left:
                return at + MINUTE
        return None

    def promises(self, kind: str) -> Whole:
        stored = missed = 0
        for _, item in self.alive():
            for number, each in enumerate(item.events):
                due = _moment(each.detail.get(kind)) if each.kind in REACTION_STEPS - {"retarus_answered"} else None
                if due is None:
                    continue
                later = item.events[number + 1 :]
                done = next((one.at for one in later if one.kind in FULFILS[kind]), None)
                moved = [one.at for one in later if kind in one.detail and one.kind in REACTION_STEPS - FULFILS[kind]]
                if moved and moved[0] < due and not (done and done <= moved[0]):
                    continue
                in_time = done is not None and done <= due
                if self.inside(done if in_time else due):
                    stored, missed = stored + in_time, missed + (not in_time)
        return stored, missed, 0

    @staticmethod
    def closings(item: CountedTicket) -> list[datetime]:
        return item.times("confirm") + item.times("withdraw")

    def spent(self) -> tuple[Counter[Party], Counter[Party], Counter[Level], Counter[Level]]:
        """Time by party and by level: working minutes, and minutes by the clock."""
        worked, passed = Counter[Party](), Counter[Party]()
        worked_at, passed_at = Counter[Level](), Counter[Level]()
        for _, item in self.alive():
            for at in minutes(self.start, self.until):
                side = item.side(at)
                if side is None:
                    continue
                _, level, _ = item.at(at)
                of_side = {Party.FIRST: 1, Party.SECOND: 2, Party.RETARUS: 3}.get(side, 0)
                passed[side] += 1
                worked[side] += item.is_open_for(of_side)(at) if of_side else True
                passed_at[list(Level)[level - 1]] += 1
                worked_at[list(Level)[level - 1]] += item.is_open_for(level)(at)
        return worked, passed, worked_at, passed_at

    def responses(self) -> list[timedelta]:
        found = []
        for ticket, item in self.alive():
            left = next(
                (at for at, (where, *_) in zip(item.marks, item.states, strict=True) if where != "new"),
                None,
            )
            if left and self.inside(left):
                found.append(worked(ticket.raised_at, left, item.is_open_for(1)))
        return found

    def remedies(self) -> list[timedelta]:
        found = []
        for ticket, item in self.alive():
            remedied = max(item.times("resolve"), default=None)
            if remedied is None or not self.inside(remedied) or any(at > remedied for at in item.times("reopen")):
                continue
            counted = (at for at in minutes(ticket.raised_at, remedied) if item.side(at) not in {None, Party.CUSTOMER})
            found.append(MINUTE * sum(map(item.is_open_for(2), counted)))
        return found

    def reactions(self, reaction: str) -> list[timedelta]:
        found = []
        for _, item in self.alive():
            sent = [each for each in item.events if each.kind == "escalate"]
            for each, following in zip_longest(sent, sent[1:]):
                begun = self.sent_at(each)
                came = self.reacted(item, each, following, reaction)
                if came is not None and self.inside(came):
                    found.append(worked(begun, came, item.is_open_for(3)))
        return found

    @staticmethod
    def sent_at(each: Event) -> datetime:
        opened = each.detail.get("opened")
        return datetime.fromtimestamp(int(opened), UTC) if opened else each.at

    def reacted(self, item: CountedTicket, sent: Event, following: Event | None, reaction: str) -> datetime | None:
        until = following.version if following else 10**9
        after = [each for each in item.events if sent.version < each.version < until]
        if reaction == "rcr":
            if any(each.detail.get("rcr") for each in item.events if each.version < sent.version):
                return None
            if sent.detail.get("rcr"):
                return self.sent_at(sent)
            return next((each.at for each in after if each.detail.get("rcr")), None)
        words = {"answer": {"retarus_answered"}, "word": {"retarus_answered", "retarus_update", "expect", "found"}}[
            reaction
        ]
        return next((each.at for each in after if each.kind in words), None)


# --- both ways agree


@pytest.fixture(scope="module", params=range(3))
def month(request: pytest.FixtureRequest) -> list[tuple[Ticket, list[Event]]]:
    return list(months.lives(Random(request.param), 14, datetime(2026, 9, 10, tzinfo=UTC), 55))


async def counted(lives: list[tuple[Ticket, list[Event]]], now: datetime) -> tuple[Figures, Second]:
    """Figures of the desk from its store, and of the second way."""
    world = await a_world(**TABLES)
    world.clock.at = now
    await fill(world.store, lives)
    reporting = world.desk.reports
    figures = await reporting.figures(reporting.period(OCTOBER))
    period = figures.period
    second = [(ticket, CountedTicket.of(await world.store.history(ticket.id), period.until)) for ticket, _ in lives]
    return figures, Second(second, period.start, period.until)


async def fill(store: MemoryStore, lives: list[tuple[Ticket, list[Event]]]) -> None:
    """Saves the tickets as they would be; the store gives the numbers."""
    for ticket, history in lives:
        await store.apply(Batch(tickets=[ticket.model_copy(update={"version": 1})], events=history))


NOWS = {"it is over": NOVEMBER, "it lasts": datetime(2026, 10, 14, 11, 37, tzinfo=UTC)}
whenever = pytest.mark.parametrize("now", NOWS.values(), ids=NOWS)


def same(spread: DurationSpread, lengths: list[timedelta]) -> bool:
    if not lengths:
        return spread.count == 0
    return (spread.count, spread.median.worked, spread.longest.worked) == (len(lengths), median(lengths), max(lengths))  # type: ignore[type-var]


@whenever
async def test_counts_of_raised_closed_and_open_tickets(month: list[tuple[Ticket, list[Event]]], now: datetime) -> None:
    figures, second = await counted(month, now)
    total = figures.total
    assert (total.raised, total.closed, total.open) == second.counts()
    assert len(figures.lines) == len(second.alive()) > 5
    assert whole(figures.kinds) == second.count(lambda ticket, _: [ticket.kind.value])
    assert whole(figures.priorities) == second.count(lambda _, item: [item.priority])
    assert whole(figures.customers) == second.count(lambda _, item: [item.events[0].detail["answer.customer"]])
    assert whole(figures.services) == second.count(lambda _, item: item.events[0].detail["answer.services"].split("\n"))
    assert whole(figures.days) == second.days()
    assert list(figures.ages) == second.ages()


Name = TypeVar("Name", str, date)


def whole(counts: Mapping[Name, Count]) -> dict[Name, Whole]:
    return {name: (each.raised, each.closed, each.open) for name, each in counts.items()}


@whenever
async def test_which_clocks_and_promises_were_kept(month: list[tuple[Ticket, list[Event]]], now: datetime) -> None:
    figures, second = await counted(month, now)
    plans = {name: (each.met, each.missed, each.running) for name, each in figures.plans.items()}
    assert plans == second.plans()
    for stored, kind in ((figures.updates, "update_due"), (figures.etas, "eta")):
        assert (stored.met, stored.missed, stored.running) == second.promises(kind), kind


@whenever
async def test_time_of_each_party_that_had_to_act(month: list[tuple[Ticket, list[Event]]], now: datetime) -> None:
    figures, second = await counted(month, now)
    worked, passed, worked_at, passed_at = second.spent()
    for party, spent in figures.parties.items():
        assert (spent.worked, spent.elapsed) == (worked[party] * MINUTE, passed[party] * MINUTE), party
    for level, spent in figures.levels.items():
        assert (spent.worked, spent.elapsed) == (worked_at[level] * MINUTE, passed_at[level] * MINUTE), level
    assert min(passed.values()) > 0


@whenever
async def test_durations_of_response_and_remedy(month: list[tuple[Ticket, list[Event]]], now: datetime) -> None:
    figures, second = await counted(month, now)
    assert same(figures.response, second.responses())
    assert same(figures.remedy, second.remedies())


@whenever
async def test_reaction_times_of_retarus(month: list[tuple[Ticket, list[Event]]], now: datetime) -> None:
    figures, second = await counted(month, now)
    for reaction in ticket_month.REACTIONS:
        assert same(figures.reactions[reaction], second.reactions(reaction)), reaction


@whenever
async def test_counts_of_returned_and_reopened_tickets(month: list[tuple[Ticket, list[Event]]], now: datetime) -> None:
    figures, second = await counted(month, now)
    events = [each for _, item in second.alive() for each in item.events if second.inside(each.at)]
    assert figures.bounces == sum(each.kind == "send_back" for each in events)
    assert figures.handoffs == sum(each.kind == "hand_off" for each in events)
    asked = [each for each in events if each.kind == "expect" and each.detail.get("question")]
    assert figures.questions == len(asked)
    assert len(figures.asked) == len({each.ticket_id for each in asked})


async def test_causes_found_by_retarus(month: list[tuple[Ticket, list[Event]]]) -> None:
    figures, second = await counted(month, NOVEMBER)
    causes = Counter[str]()
    for _, item in second.alive():
        days = minutes(second.start, second.until)
        if any(item.at(at)[0] == "retarus" for at in days):
            details = [each.detail["answer.caused_by"] for each in item.events if "answer.caused_by" in each.detail]
            causes[details[-1] if details else ""] += 1
    assert figures.causes == causes
    assert figures.with_retarus == causes.total() > 0


async def test_generated_months_have_everything_in_them() -> None:
    """Otherwise the tests above would prove nothing."""
    lives = [
        each for seed in range(4) for each in months.lives(Random(seed), 14, datetime(2026, 9, 10, tzinfo=UTC), 55)
    ]
    figures, _ = await counted(lives[:14], NOVEMBER)
    seen = Counter(each.kind for _, history in lives for each in history)
    needed = "send_back escalate rcr expect retarus_answered resolve confirm reopen".split()
    assert min(seen[reaction] for reaction in needed) > 5, seen
    assert figures.updates.total + figures.etas.total > 0


# --- the clock of the SLA, and what was promised


def a_life(*steps: Step) -> list[Event]:
    """Hours after nine on Thursday, the 1st of October, and the event at that time."""
    begins = datetime(2026, 10, 1, 7, tzinfo=UTC)
    return [
        Event(ticket_id="t1", version=number, at=begins + timedelta(hours=hours), by="U0BEN", kind=kind, detail=detail)
        for number, (hours, kind, detail) in enumerate(steps, 1)
    ]


Step = tuple[float, str, dict[str, str]]
RAISED: Step = (0, "raise", {"answer.priority": "P2", "answer.customer": "Müller GmbH"})
SENT: tuple[Step, ...] = (RAISED, (1, "take", {}), (2, "hand_off", {}), (3, "accept", {}), (4, "escalate", {}))


def a_line(*steps: Step, month: date = OCTOBER) -> ticket_month.TicketMonth:
    ticket = next(months.lives(Random(1), 1, datetime(2026, 10, 1, 7, tzinfo=UTC), 1))[0]
    history = a_life(*steps)
    ticket = ticket.model_copy(update={"raised_at": history[0].at})
    found = ticket_month.line(ticket, history, periods.period(month, "Europe/Berlin", NOVEMBER), a_config(**TABLES))
    assert found
    return found


@pytest.mark.parametrize(
    ("steps", "plan"),
    [
        ([RAISED, (1, "plan", {})], "met"),
        ([RAISED, (24, "plan", {})], "met"),  # eight hours on Thursday, and until nine on Friday: not ten yet
        ([RAISED, (26, "plan", {})], "missed"),
        ([RAISED], "missed"),
        ([RAISED, (1, "take", {}), (2, "ask_customer", {}), (300, "customer_answered", {}), (302, "plan", {})], "met"),
        ([RAISED, (1, "withdraw", {})], ""),
        ([RAISED, (30, "withdraw", {})], "missed"),
        ([(0, "raise", {})], ""),  # no priority, no clock
    ],
)
def test_clock_of_the_sla_is_met_or_missed_in_the_month_it_is_decided(steps: list[Step], plan: str) -> None:
    assert a_line(*steps).plan == plan


def test_clock_that_was_missed_in_october_is_not_missed_again_in_november() -> None:
    assert a_line(RAISED, month=date(2026, 11, 1)).plan == ""


def at(hours: float) -> str:
    return f"{int((datetime(2026, 10, 1, 7, tzinfo=UTC) + timedelta(hours=hours)).timestamp())}"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([(5, "expect", {"update_due": at(8)}), (7, "retarus_update", {})], [True]),
        ([(5, "expect", {"update_due": at(8)}), (9, "retarus_update", {})], [False]),
        ([(5, "expect", {"update_due": at(8)})], [False]),
        ([(5, "expect", {"eta": at(8)}), (7, "retarus_update", {}), (9, "retarus_answered", {})], [False]),
        ([(5, "expect", {"eta": at(8)}), (6, "expect", {"eta": at(20)}), (9, "retarus_answered", {})], [True]),
        ([(5, "expect", {"eta": at(8)}), (9, "expect", {"eta": at(20)}), (19, "retarus_answered", {})], [False, True]),
        ([(5, "expect", {"eta": at(9999)})], []),  # not decided yet
    ],
)
def test_promise_of_retarus_is_kept_broken_or_moved(steps: list[Step], expected: list[bool]) -> None:
    assert [each.is_fulfilled for each in a_line(*SENT, *steps).promises] == expected


def test_ticket_that_was_closed_all_month_is_not_in_its_report() -> None:
    history = a_life(RAISED, (1, "withdraw", {}), (60 * 24, "reopen", {}))
    ticket = next(months.lives(Random(1), 1, history[0].at, 1))[0].model_copy(update={"raised_at": history[0].at})
    november = periods.period(date(2026, 11, 1), "Europe/Berlin", NOVEMBER)
    assert ticket_month.line(ticket, history, november, a_config()) is None


def test_portal_ticket_counts_from_its_opening_with_its_number() -> None:
    (sending,) = a_line(*SENT[:4], (4, "escalate", {"way": "eas", "opened": at(3.5), "rcr": "RCR-1"})).sendings
    assert sending.at == datetime(2026, 10, 1, 10, 30, tzinfo=UTC)
    assert sending.spent["rcr"].elapsed == timedelta()
