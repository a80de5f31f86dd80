"""Real stores behave like the memory store, their model, in any sequence of operations."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.adapters.store import open_store
from bot.adapters.store.connection_protocol import Connection
from bot.adapters.store.database import DatabaseStore
from bot.core.errors import DeskError
from bot.model.notice import Claim, Dead, Notice, Outcome, Place, Retry, Sent
from bot.model.ticket import Level, Stage, Ticket
from bot.ports import Store
from bot.tickets.ports import Batch, Query
from tests.doubles.manual_clock import ManualClock
from tests.doubles.memory_store import MemoryStore
from tests.doubles.postgres_server import restore_snapshot
from tests.doubles.records import START, a_notice, a_ticket, an_event, minutes
from tests.timeouts import TIMEOUT

T = TypeVar("T")

KEY = st.sampled_from([f"n{n}" for n in range(8)])
KEYS = st.lists(KEY, max_size=3)
LANES = st.sampled_from("abc")
SHORT_TIMES = st.integers(0, 5).map(minutes)
RAISED = {"t1": START, "t2": START + minutes(2), "t3": START + minutes(2)}
"""Fixed time at which each ticket was raised."""
TICKETS = st.builds(
    lambda ticket_id, **values: a_ticket(ticket_id, raised_at=RAISED[ticket_id], **values),
    st.sampled_from(sorted(RAISED)),
    version=st.integers(1, 3),
    stage=st.sampled_from(Stage),
    owner=st.sampled_from(["UANNA", "UBEN"]),
    since=SHORT_TIMES.map(lambda wait: START + wait),
    due=st.none() | SHORT_TIMES.map(lambda wait: START + wait),
)
QUERIES = st.builds(
    Query,
    open=st.none() | st.booleans(),
    stages=st.lists(st.sampled_from(Stage), max_size=3),
    level=st.none() | st.sampled_from(Level),
    owner=st.sampled_from(["", "UANNA"]),
    due_before=st.none() | SHORT_TIMES.map(lambda wait: START + wait),
    before=st.none() | st.tuples(SHORT_TIMES.map(lambda wait: START + wait), st.sampled_from(["t1", "t2"])),
    limit=st.integers(1, 4),
)
NOT_ONE_HEAD_PER_WAITING_LANE = """
    SELECT lane FROM notices GROUP BY lane
    HAVING SUM(head) <> MAX(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END)
        OR SUM(CASE WHEN head = 1 AND state <> 'waiting' THEN 1 ELSE 0 END) > 0"""


class StoreComparison(RuleBasedStateMachine):
    """Applies the same operations to a real store and to the model, and compares the results."""

    def __init__(self, empty_desk: Callable[[], str]) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.empty_desk = empty_desk
        self.clock = ManualClock()
        self.claims: list[Claim] = []

    @initialize()
    def open(self) -> None:
        self.real = self.loop.run(open_store(self.empty_desk(), self.clock, TIMEOUT))
        self.stores: list[Store] = [MemoryStore(self.clock), self.real]

    def both(self, work: Callable[[Store], Awaitable[T]]) -> T | str:
        first, second = (self.loop.run(_result_or_error(work(store))) for store in self.stores)
        assert first == second
        return first

    @rule(wait=SHORT_TIMES)
    def time_passes(self, wait: timedelta) -> None:
        self.clock.at += wait

    @rule(
        tickets=st.lists(TICKETS, max_size=2), once=st.lists(st.sampled_from("xyz"), max_size=1), keys=KEYS, lane=LANES
    )
    def change(self, tickets: list[Ticket], once: list[str], keys: list[str], lane: str) -> None:
        events = [an_event(ticket) for ticket in tickets]
        batch = Batch(tickets, events, self.notices(keys, lane, timedelta()), once)
        self.both(lambda store: store.apply(batch))

    @rule(since=SHORT_TIMES, wait=SHORT_TIMES)
    def look_who_was_open(self, since: timedelta, wait: timedelta) -> None:
        self.both(lambda store: store.open_between(START + since, START + since + wait))

    @rule(keys=KEYS, lane=LANES, wait=SHORT_TIMES)
    def send(self, keys: list[str], lane: str, wait: timedelta) -> None:
        self.both(lambda store: store.apply(Batch(notices=self.notices(keys, lane, wait))))

    @rule(keys=KEYS)
    def drop(self, keys: list[str]) -> None:
        self.both(lambda store: store.apply(Batch(drop=keys)))

    def notices(self, keys: list[str], lane: str, wait: timedelta) -> list[Notice]:
        return [a_notice(key, lane=lane, due=self.clock.at + wait) for key in keys]

    @rule(limit=st.integers(1, 4), lease=SHORT_TIMES)
    def claim(self, limit: int, lease: timedelta) -> None:
        claims = self.both(lambda store: store.claim(self.clock.at, lease, limit))
        assert isinstance(claims, list)
        self.claims += claims

    @rule(back=st.integers(1, 4), outcome=st.sampled_from(["sent", "placed", "retry", "dead"]), then=KEYS, lane=LANES)
    def settle(self, back: int, outcome: str, then: list[str], lane: str) -> None:
        if self.claims:
            claim = self.claims[-min(back, len(self.claims))]
            follow = self.notices(then, lane, timedelta())
            self.both(lambda store: store.settle(claim, self.outcome(outcome), self.clock.at, follow))

    def outcome(self, name: str) -> Outcome:
        outcomes: dict[str, Outcome] = {
            "sent": Sent(),
            "placed": Sent(Place(ticket_id="t1", role="card", channel="C1", ts=f"{self.clock.at}")),
            "retry": Retry(self.clock.at + minutes(2), "busy"),
            "dead": Dead("no"),
        }
        return outcomes[name]

    @rule(key=KEY)
    def revive(self, key: str) -> None:
        self.both(lambda store: store.revive(key, self.clock.at))

    @rule(age=SHORT_TIMES)
    def prune(self, age: timedelta) -> None:
        self.both(lambda store: store.prune(self.clock.at - age))

    @rule(query=QUERIES)
    def look(self, query: Query) -> None:
        self.both(lambda store: store.find(query))
        self.both(lambda store: store.count(query))
        self.both(lambda store: store.place("t1", "card"))

    @invariant()
    def all_is_the_same(self) -> None:
        self.both(lambda store: store.letters())
        self.both(lambda store: store.next_due(self.clock.at))
        assert isinstance(self.real, DatabaseStore)
        assert self.loop.run(self.real._engine.read(_lanes_without_one_head)) == []

    def teardown(self) -> None:
        for store in self.stores:
            self.loop.run(store.close())
        self.loop.close()


async def _result_or_error(work: Awaitable[T]) -> T | str:
    """The result, or the class name of the error."""
    try:
        return await work
    except DeskError as error:
        return type(error).__name__


def _lanes_without_one_head(db: Connection) -> list[str]:
    return [str(row[0]) for row in db.execute(NOT_ONE_HEAD_PER_WAITING_LANE).fetchall()]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def empty_desk(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """A function that gives the URL of an empty desk at each call."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path / uuid4().hex}"
    url: str = request.getfixturevalue("postgres_url")

    def emptied() -> str:
        restore_snapshot(url)
        return url

    return emptied


def test_stores_agree_after_any_sequence_of_changes(empty_desk: Callable[[], str]) -> None:
    run_state_machine_as_test(
        lambda: StoreComparison(empty_desk),  # type: ignore[arg-type]  # any callable that returns a machine is accepted
        settings=settings(
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
            phases=[
                phase for phase in Phase if phase is not Phase.shrink or "CI" not in os.environ
            ],  # shrinking takes minutes
        ),
    )
