"""What each engine promises about many processes and many tasks: nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.adapters.store import open_store
from bot.core.errors import Conflict
from bot.ports import Store
from bot.tickets.ports import Batch, Query
from tests.contracts.processes import another, begin, said
from tests.doubles.records import START, a_later, a_notice, a_ticket


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Store]:
    store = await open_store(database_url)
    yield store
    await store.close()


async def test_processes_raising_tickets_at_once_leave_no_gap(database_url: str, desk: Store) -> None:
    async with (
        another("raise_tickets", database_url, "a", 60) as one,
        another("raise_tickets", database_url, "b", 60) as two,
    ):
        lines = [line for each in await asyncio.gather(said(one), said(two)) for line in each]
    assert sorted(int(line.split()[1]) for line in lines) == list(range(1001, 1121))
    assert await desk.count(Query()) == 120


async def test_processes_changing_one_ticket_at_once_lose_no_change(database_url: str, desk: Store) -> None:
    await desk.apply(Batch(tickets=[a_ticket()]))
    async with another("change_tickets", database_url, 40) as one, another("change_tickets", database_url, 40) as two:
        await asyncio.gather(one.wait(), two.wait())
    ticket = await desk.get("t1")
    assert ticket is not None
    assert (ticket.bounces, ticket.version) == (80, 81)


async def test_processes_claiming_at_once_get_nothing_twice(database_url: str, desk: Store) -> None:
    keys = [f"n{n}" for n in range(120)]
    await desk.apply(Batch(notices=[a_notice(key, lane=f"lane{n % 40}") for n, key in enumerate(keys)]))
    async with another("claim_notices", database_url) as one, another("claim_notices", database_url) as two:
        lines = [line for each in await asyncio.gather(said(one), said(two)) for line in each]
    assert sorted(lines) == sorted(keys)


async def test_processes_that_end_and_fill_the_same_lanes_strand_nothing(database_url: str, desk: Store) -> None:
    await desk.apply(Batch(notices=[a_notice("m:1", lane="a"), a_notice("n:1", lane="b")]))
    async with another("pass_on", database_url, 150) as one, another("pass_on", database_url, 150) as two:
        await begin(one, two)
        await asyncio.gather(one.wait(), two.wait())
        assert (one.returncode, two.returncode) == (0, 0)
    assert await desk.letters(state="waiting") == []
    assert len(await desk.letters(state="sent", limit=500)) == 300


async def test_what_was_acknowledged_outlives_a_kill(database_url: str) -> None:
    acknowledged: list[str] = []
    for name in "abc":
        async with another("raise_tickets", database_url, name, 100_000) as process:
            acknowledged += await said(process, 40)
            process.kill()
            acknowledged += await said(process)
    store = await open_store(database_url)
    for line in acknowledged:
        ticket_id, number = line.split()
        ticket = await store.get(ticket_id)
        assert ticket is not None
        assert ticket.number == int(number)
        assert len(await store.history(ticket_id)) == len(await store.letters(ticket_id=ticket_id)) == 1
    total = await store.count(Query())
    assert (await store.numbered(1000 + total)) is not None
    await store.close()


async def test_many_open_a_new_desk_at_once(unopened_url: str) -> None:
    stores = await asyncio.gather(*(open_store(unopened_url) for _ in range(8)))
    saved = await asyncio.gather(*(store.apply(Batch(tickets=[a_ticket(f"t{n}")])) for n, store in enumerate(stores)))
    assert sorted(ticket.number for (ticket,) in saved) == list(range(1001, 1009))
    await asyncio.gather(*(store.close() for store in stores))


async def test_data_survives_a_restart(database_url: str) -> None:
    store = await open_store(database_url)
    (saved,) = await store.apply(Batch(tickets=[a_ticket()], once=["form"], notices=[a_notice()]))
    await store.close()
    again = await open_store(database_url)
    assert await again.get("t1") == saved
    assert await again.used("form")
    assert len(await again.claim(START, timedelta(minutes=1), 9)) == 1
    await again.close()


async def test_a_change_that_fails_fails_alone(desk: Store) -> None:
    await desk.apply(Batch(tickets=[a_ticket("there")]))
    batches = [Batch(tickets=[a_ticket(f"t{n}"), *([a_ticket("there")] if n % 2 else [])]) for n in range(20)]
    results = await asyncio.gather(*map(desk.apply, batches), return_exceptions=True)
    assert [isinstance(result, Conflict) for result in results] == [n % 2 == 1 for n in range(20)]
    assert await desk.count(Query()) == 11


async def test_whoever_is_cancelled_harms_nobody(desk: Store) -> None:
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


async def test_closing_finishes_what_was_asked_for(database_url: str) -> None:
    store = await open_store(database_url)
    tasks = [asyncio.create_task(store.apply(Batch(tickets=[a_ticket(f"t{n}")]))) for n in range(30)]
    await asyncio.sleep(0)
    await store.close()
    assert len(await asyncio.gather(*tasks)) == 30
    again = await open_store(database_url)
    assert await again.count(Query()) == 30
    await again.close()


async def test_a_late_change_meets_the_newest_version(desk: Store) -> None:
    (ticket,) = await desk.apply(Batch(tickets=[a_ticket()]))
    await desk.apply(Batch(tickets=[a_later(ticket)]))
    with pytest.raises(Conflict):
        await desk.apply(Batch(tickets=[a_later(ticket)]))
