"""The figures of a month, computed a second way: minute by minute from the events of each ticket."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, zip_longest
from zoneinfo import ZoneInfo

from bot.model.ticket import Event, Level, Party, Ticket

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
