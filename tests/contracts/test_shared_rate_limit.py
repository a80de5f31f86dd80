"""Replicas on one PostgreSQL database keep to one rate limit together."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from bot.adapters.store import open_store
from bot.core.errors import StoreDown
from bot.core.rate_limiter import RateLimiter, SharedTurn, SharedTurns, TooSoon
from bot.ports import Store
from bot.tickets.ports import Batch
from tests.timeouts import TIMEOUT


@pytest.fixture
async def stores(postgres_url: str) -> AsyncIterator[tuple[Store, Store]]:
    one, two = await asyncio.gather(*(open_store(postgres_url, busy=TIMEOUT) for _ in range(2)))
    yield one, two
    await asyncio.gather(one.close(), two.close())


def turns_of(stores: tuple[Store, Store]) -> tuple[SharedTurns, SharedTurns]:
    one, two = (store.shared_turns for store in stores)
    assert one
    assert two
    return one, two


def limiters(
    stores: tuple[Store, Store], limit: int, window: float, longest_wait: float = 10
) -> tuple[RateLimiter, RateLimiter]:
    one, two = (RateLimiter(limit, window, longest_wait, shared=store.shared_turns) for store in stores)
    return one, two


async def test_two_replicas_together_take_no_more_turns_than_one_may(stores: tuple[Store, Store]) -> None:
    one, two = limiters(stores, 2, 0.05)
    turns = await asyncio.gather(*(limiter.turn("C1") for limiter in (one, two) * 6))
    moments = sorted(turn.shared for turn in turns)
    assert len(moments) == 12
    assert all(later - earlier >= 50 for earlier, later in zip(moments, moments[2:], strict=False)), moments


async def test_turns_of_two_channels_do_not_wait_for_each_other(stores: tuple[Store, Store]) -> None:
    one, two = limiters(stores, 1, 60)
    await asyncio.gather(one.turn("C1"), two.turn("C2"))
    assert [*one.busy(1), *two.busy(1)] == ["C1", "C2"]


async def test_replica_learns_of_the_turns_of_another_when_it_is_refused(stores: tuple[Store, Store]) -> None:
    one, two = limiters(stores, 2, 60)
    for limiter in (one, two):
        await limiter.turn("C1")
    with pytest.raises(TooSoon):
        await one.turn("C1")
    assert 50 < one.busy(1)["C1"] <= 60


async def test_channel_held_after_a_429_is_held_for_every_replica(stores: tuple[Store, Store]) -> None:
    one, two = limiters(stores, 5, 5)
    await one.turn("C1")
    await one.refused("C1", 30)
    with pytest.raises(TooSoon):
        await two.turn("C1")
    assert 25 < two.busy(1)["C1"] <= 30


async def test_call_that_took_long_counts_from_its_end_for_every_replica(stores: tuple[Store, Store]) -> None:
    one, two = limiters(stores, 1, 0.3)
    turn = await one.turn("C1")
    await asyncio.sleep(0.15)  # the call
    await one.ended("C1", turn)
    later = await two.turn("C1")
    assert later.shared - turn.shared >= 450


def time_passes(url: str, seconds: int) -> None:
    """Moves all turns into the past by that time; booked ones, which bear a minus sign, too."""
    with psycopg.connect(url) as server:
        [(text,)] = server.execute("SELECT turns FROM turns").fetchall()
        moved = [turn - seconds * 1000 if turn > 0 else turn + seconds * 1000 for turn in json.loads(text)]
        server.execute("UPDATE turns SET turns = %s", (json.dumps(moved),))


async def test_turn_that_was_waited_for_follows_calls_that_took_long_in_another_replica(
    stores: tuple[Store, Store], postgres_url: str
) -> None:
    one, two = turns_of(stores)
    turn = await one.take("C1", 1, 50, 600)
    booked = await two.take("C1", 1, 50, 600)
    time_passes(postgres_url, 30)
    await one.end("C1", turn.taken - 30_000)
    time_passes(postgres_url, 20)
    assert 20 < (await two.confirm("C1", booked.taken - 50_000, 1, 50))[0] <= 30


@pytest.mark.parametrize("restarts", [1, 9])
async def test_turns_that_killed_processes_had_booked_are_given_back(
    stores: tuple[Store, Store], postgres_url: str, restarts: int
) -> None:
    turns, _ = turns_of(stores)
    await turns.take("C1", 1, 5, 60)
    for _ in range(restarts):
        await turns.take("C1", 1, 5, 60)  # each process is killed before the moment of its turn
    time_passes(postgres_url, 5 * restarts + 3)
    assert (await turns.take("C1", 1, 5, 60)).seconds == 0


async def test_turn_whose_process_waits_for_it_is_not_given_to_another(
    stores: tuple[Store, Store], postgres_url: str
) -> None:
    one, two = turns_of(stores)
    await one.take("C1", 1, 5, 60)
    booked = await one.take("C1", 1, 5, 60)
    time_passes(postgres_url, 5)
    assert 4 < (await two.take("C1", 1, 5, 60)).seconds <= 5
    assert (await one.confirm("C1", booked.taken - 5000, 1, 5))[0] == 0


async def test_process_that_was_late_for_its_turn_lines_up_again(
    stores: tuple[Store, Store], postgres_url: str
) -> None:
    one, two = turns_of(stores)
    await one.take("C1", 1, 5, 60)
    booked = await one.take("C1", 1, 5, 60)
    time_passes(postgres_url, 9)
    assert (await two.take("C1", 1, 5, 60)).seconds == 0
    seconds, taken = await one.confirm("C1", booked.taken - 9000, 1, 5)
    assert 4 < seconds <= 5
    time_passes(postgres_url, 5)
    assert (await one.confirm("C1", taken - 5000, 1, 5))[0] == 0


async def test_turns_written_before_the_clock_of_the_server_was_set_back_are_ignored(
    stores: tuple[Store, Store], postgres_url: str
) -> None:
    one, two = limiters(stores, 1, 60)
    await one.turn("C1")
    with psycopg.connect(postgres_url) as server:
        server.execute("UPDATE turns SET turns = '[99999999999999]'")
    await two.turn("C1")


async def test_channel_is_held_no_longer_after_the_clock_of_the_server_was_set_back(
    stores: tuple[Store, Store], postgres_url: str
) -> None:
    one, two = limiters(stores, 5, 5)
    await one.refused("C1", 30)
    with psycopg.connect(postgres_url) as server:
        server.execute("UPDATE turns SET held_until = held_until + 7200000, changed_at = changed_at + 7200000")
    with pytest.raises(TooSoon):
        await two.turn("C1")
    assert 25 < two.busy(1)["C1"] <= 30


async def test_idle_channels_are_pruned(stores: tuple[Store, Store], postgres_url: str) -> None:
    one, _ = limiters(stores, 1, 1)
    await one.turn("C1")
    await stores[0].prune(datetime.now(UTC) + timedelta(hours=1))
    with psycopg.connect(postgres_url) as server:
        assert server.execute("SELECT COUNT(*) FROM turns").fetchone() == (0,)


async def test_erased_person_is_forgotten(stores: tuple[Store, Store], postgres_url: str) -> None:
    one, _ = limiters(stores, 1, 1)
    for key in ("U1", "U12"):
        await one.turn(key)
    await stores[0].apply(Batch(forget_people=["U1"]))
    with psycopg.connect(postgres_url) as server:
        assert server.execute("SELECT key FROM turns").fetchall() == [("U12",)]


class _DownTurns:
    """Shared turns of a database that is down."""

    async def take(self, key: str, limit: int, window: float, longest_wait: float) -> SharedTurn:
        raise StoreDown("down")

    async def confirm(self, key: str, taken: int, limit: int, window: float) -> tuple[float, int]:
        raise StoreDown("down")

    async def end(self, key: str, taken: int) -> None:
        raise StoreDown("down")

    async def hold(self, key: str, seconds: float) -> None:
        raise StoreDown("down")


async def test_replica_paces_for_itself_while_the_database_is_down() -> None:
    limiter = RateLimiter(1, 60, shared=_DownTurns())
    turn = await limiter.turn("C1")
    await limiter.ended("C1", turn)
    await limiter.refused("C1", 1)
    assert turn.shared == 0
    with pytest.raises(TooSoon):
        await limiter.turn("C1")


async def test_embedded_desk_does_not_share_its_pace(tmp_path: object) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/desk.sqlite3")
    assert store.shared_turns is None
    await store.close()
