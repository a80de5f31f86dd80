"""Concurrent processes and tasks on each engine lose no change and apply none twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.adapters.store import open_store
from bot.core.errors import Conflict
from bot.ports import Store
from bot.tickets.ports import Batch, Query
from tests.contracts.processes import read_lines, start_together, worker_process
from tests.doubles.records import START, a_notice, a_ticket, next_version
from tests.timeouts import TIMEOUT


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Store]:
    store = await open_store(database_url, busy=TIMEOUT)
    yield store
    await store.close()


async def test_processes_raising_tickets_at_once_leave_no_gap(database_url: str, desk: Store) -> None:
    async with (
        worker_process("raise_tickets", database_url, "a", 60) as one,
        worker_process("raise_tickets", database_url, "b", 60) as two,
    ):
        lines = [line for each in await asyncio.gather(read_lines(one), read_lines(two)) for line in each]
    assert sorted(int(line.split()[1]) for line in lines) == list(range(1001, 1121))
    assert await desk.count(Query()) == 120


async def test_processes_changing_one_ticket_at_once_lose_no_change(database_url: str, desk: Store) -> None:
    await desk.apply(Batch(tickets=[a_ticket()]))
    async with (
        worker_process("change_tickets", database_url, 40) as one,
        worker_process("change_tickets", database_url, 40) as two,
    ):
        await asyncio.gather(one.wait(), two.wait())
    ticket = await desk.get("t1")
    assert ticket is not None
    assert (ticket.bounces, ticket.version) == (80, 81)


async def test_processes_claiming_at_once_get_nothing_twice(database_url: str, desk: Store) -> None:
    keys = [f"n{n}" for n in range(120)]
    await desk.apply(Batch(notices=[a_notice(key, lane=f"lane{n % 40}") for n, key in enumerate(keys)]))
    async with (
        worker_process("claim_notices", database_url) as one,
        worker_process("claim_notices", database_url) as two,
    ):
        lines = [line for each in await asyncio.gather(read_lines(one), read_lines(two)) for line in each]
    assert sorted(lines) == sorted(keys)


async def test_processes_that_settle_and_fill_the_same_lanes_lose_no_notice(database_url: str, desk: Store) -> None:
    await desk.apply(Batch(notices=[a_notice("m:1", lane="a"), a_notice("n:1", lane="b")]))
    async with (
        worker_process("deliver_and_follow_up", database_url, 150) as one,
        worker_process("deliver_and_follow_up", database_url, 150) as two,
    ):
        await start_together(one, two)
        await asyncio.gather(one.wait(), two.wait())
        assert (one.returncode, two.returncode) == (0, 0)
    assert await desk.letters(state="waiting") == []
    assert len(await desk.letters(state="sent", limit=500)) == 300


async def test_acknowledged_changes_survive_a_kill(database_url: str) -> None:
    acknowledged: list[str] = []
    for name in "abc":
        async with worker_process("raise_tickets", database_url, name, 100_000) as process:
            acknowledged += await read_lines(process, 40)
            process.kill()
            acknowledged += await read_lines(process)
    store = await open_store(database_url, busy=TIMEOUT)
    for line in acknowledged:
        ticket_id, number = line.split()
        ticket = await store.get(ticket_id)
        assert ticket is not None
        assert ticket.number == int(number)
        assert len(await store.history(ticket_id)) == len(await store.letters(ticket_id=ticket_id)) == 1
    total = await store.count(Query())
    assert (await store.numbered(1000 + total)) is not None
    await store.close()


async def test_new_database_can_be_opened_many_times_at_once(unopened_url: str) -> None:
    stores = await asyncio.gather(*(open_store(unopened_url, busy=TIMEOUT) for _ in range(8)))
    saved = await asyncio.gather(*(store.apply(Batch(tickets=[a_ticket(f"t{n}")])) for n, store in enumerate(stores)))
    assert sorted(ticket.number for (ticket,) in saved) == list(range(1001, 1009))
    await asyncio.gather(*(store.close() for store in stores))


async def test_data_survives_a_restart(database_url: str) -> None:
    store = await open_store(database_url, busy=TIMEOUT)
    (saved,) = await store.apply(Batch(tickets=[a_ticket()], once=["form"], notices=[a_notice()]))
    await store.close()
    again = await open_store(database_url, busy=TIMEOUT)
    assert await again.get("t1") == saved
    assert await again.used("form")
    assert len(await again.claim(START, timedelta(minutes=1), 9)) == 1
    await again.close()


async def test_failing_change_does_not_affect_others(desk: Store) -> None:
    await desk.apply(Batch(tickets=[a_ticket("there")]))
    batches = [Batch(tickets=[a_ticket(f"t{n}"), *([a_ticket("there")] if n % 2 else [])]) for n in range(20)]
    results = await asyncio.gather(*map(desk.apply, batches), return_exceptions=True)
    assert [isinstance(result, Conflict) for result in results] == [n % 2 == 1 for n in range(20)]
    assert await desk.count(Query()) == 11


async def test_cancelled_change_does_not_affect_others(desk: Store) -> None:
    tasks = [asyncio.create_task(desk.apply(Batch(tickets=[a_ticket(f"t{n}")]))) for n in range(50)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    total = await desk.count(Query())
    assert total >= 25
    assert (await desk.numbered(1000 + total)) is not None
    (ticket,) = await desk.apply(Batch(tickets=[a_ticket("last")]))
    assert ticket.number == 1001 + total


async def test_close_finishes_pending_changes(database_url: str) -> None:
    store = await open_store(database_url, busy=TIMEOUT)
    tasks = [asyncio.create_task(store.apply(Batch(tickets=[a_ticket(f"t{n}")]))) for n in range(30)]
    await asyncio.sleep(0)
    await store.close()
    assert len(await asyncio.gather(*tasks)) == 30
    again = await open_store(database_url, busy=TIMEOUT)
    assert await again.count(Query()) == 30
    await again.close()


async def test_change_to_an_outdated_version_is_a_conflict(desk: Store) -> None:
    (ticket,) = await desk.apply(Batch(tickets=[a_ticket()]))
    await desk.apply(Batch(tickets=[next_version(ticket)]))
    with pytest.raises(Conflict):
        await desk.apply(Batch(tickets=[next_version(ticket)]))
