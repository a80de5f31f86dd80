"""A month's figures are what its tickets' histories tell, counted here a second time in another way: minute by minute.

The second way knows no calendar, no fold and no line: it asks of each minute of the month who had to act, and whether
their office was open. It is slow, and has nothing in common with the first but the history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median
from typing import TypeVar

import pytest

from bot.model.ticket import Event, Ticket
from bot.reports import ticket_month
from bot.reports.figures import Count, DurationSpread, Figures
from bot.tickets.ports import Batch
from tests import months
from tests.bot.reports.counted_by_minutes import (
    MINUTE,
    NOVEMBER,
    OCTOBER,
    TABLES,
    CountedTicket,
    Second,
    Whole,
    minutes,
)
from tests.bot.reports.worked_out import figures_of
from tests.doubles.memory_store import MemoryStore
from tests.factories import a_world

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
    figures = await figures_of(reporting, reporting.period(OCTOBER))
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
