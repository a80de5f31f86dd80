"""The PostgreSQL store, beyond the common contract: lost connections, restarts, set-up and query plans."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from statistics import median

import psycopg
import pytest

from bot.adapters.store import apply_batch, open_drafts, open_store, postgres_session, sql
from bot.adapters.store.connection_protocol import Connection
from bot.adapters.store.database import DatabaseStore
from bot.adapters.store.postgres import PostgresEngine
from bot.core.clock import now
from bot.core.errors import Conflict, Duplicate, SaveInDoubt, StoreDown
from bot.model.notice import Claim, Sent
from bot.ports import Store
from bot.tickets.ports import Batch, Query
from tests.contracts.processes import read_lines, worker_process
from tests.doubles.postgres_proxy import PostgresProxy, postgres_proxy
from tests.doubles.postgres_server import PostgresServer
from tests.doubles.records import START, a_notice, a_ticket, an_event, minutes, next_version
from tests.timeouts import TIMEOUT


@pytest.fixture
async def desk(postgres_url: str) -> AsyncIterator[Store]:
    store = await open_store(postgres_url, busy=TIMEOUT)
    yield store
    await store.close()


@pytest.fixture
async def proxied(postgres_url: str, request: pytest.FixtureRequest) -> AsyncIterator[tuple[PostgresProxy, Store]]:
    """A proxy whose connections can be broken, and a store behind it, which waits as long as a parameter says."""
    async with postgres_proxy(postgres_url) as (proxy, url):
        store = await open_store(url, busy=getattr(request, "param", TIMEOUT))
        yield proxy, store
        await store.close()


# --- round trips


async def test_change_that_reads_nothing_takes_two_round_trips(proxied: tuple[PostgresProxy, Store]) -> None:
    proxy, store = proxied
    (ticket,) = await store.apply(Batch(tickets=[a_ticket()]))
    turns = []
    for number in range(21):  # the usual number: the pool may open a connection meanwhile, and the proxy may count late
        before, ticket = proxy.turns, next_version(ticket, bounces=number)
        batch = Batch(
            tickets=[ticket], events=[an_event(ticket)], once=[f"form{number}"], notices=[a_notice(str(number))]
        )
        await store.apply(batch)
        turns.append(proxy.turns - before)
    assert median(turns) == 2


async def test_repeated_change_is_a_duplicate_though_its_ticket_has_changed_since(desk: Store) -> None:
    (ticket,) = await desk.apply(Batch(tickets=[a_ticket()]))
    taken = next_version(ticket, owner="UBEN")
    repeated = Batch(tickets=[taken], events=[an_event(taken)], once=["click"], notices=[a_notice()])
    await desk.apply(repeated)
    with pytest.raises(Duplicate):
        await desk.apply(repeated)
    with pytest.raises(Conflict):
        await desk.apply(Batch(tickets=[taken], events=[an_event(taken)], once=["another click"]))
    assert not await desk.used("another click")


# --- lost connections


@pytest.mark.parametrize("outcome", ["is lost", "is not answered"])
async def test_change_is_applied_once_when_its_commit_loses_the_connection(
    proxied: tuple[PostgresProxy, Store], outcome: str
) -> None:
    proxy, store = proxied
    (ticket,) = await store.apply(Batch(tickets=[a_ticket()]))
    proxy.commit = outcome  # type: ignore[assignment]
    (saved,) = await store.apply(Batch(tickets=[next_version(ticket, bounces=1)], once=["form"], notices=[a_notice()]))
    assert proxy.commit == "arrives"
    assert await store.get("t1") == saved
    assert (saved.version, saved.bounces) == (2, 1)
    assert len(await store.letters()) == 1


@pytest.mark.parametrize("proxied", [2.0], indirect=True)
async def test_commit_in_doubt_is_reported_and_safe_to_repeat(
    proxied: tuple[PostgresProxy, Store], desk: Store
) -> None:
    proxy, store = proxied
    await store.used("form")
    proxy.commit, proxy.is_down = "is not answered", True
    batch = Batch(tickets=[a_ticket()], once=["form"])
    with pytest.raises(SaveInDoubt, match="may be saved or not"):
        await store.apply(batch)
    with pytest.raises(Duplicate):
        await desk.apply(batch)
    assert await desk.get("t1")


@pytest.mark.parametrize("proxied", [0.4], indirect=True)
async def test_store_closes_in_time_while_the_server_does_not_answer(proxied: tuple[PostgresProxy, Store]) -> None:
    """A stop must not wait for a frozen server, nor for a network that swallows everything."""
    proxy, store = proxied
    await asyncio.gather(*(store.used("form") for _ in range(2)))
    proxy.is_silent = True
    asked = [asyncio.create_task(store.apply(Batch(tickets=[a_ticket()]))), asyncio.create_task(store.count(Query()))]
    await asyncio.sleep(0)
    async with asyncio.timeout(TIMEOUT):
        await store.close()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(each, StoreDown) for each in answers), answers


async def test_broken_connections_are_replaced_silently(proxied: tuple[PostgresProxy, Store]) -> None:
    proxy, store = proxied
    for number in range(3):
        await asyncio.gather(*(store.apply(Batch(tickets=[a_ticket(f"t{number}-{n}")])) for n in range(4)))
        proxy.cut_connections()
        assert await store.count(Query()) == 4 * (number + 1)
        proxy.cut_connections()


async def test_change_is_rolled_back_and_retried_when_its_connection_ends(
    desk: DatabaseStore, postgres_url: str
) -> None:
    sessions: list[int] = []

    def work(db: Connection) -> int:
        db.execute(sql.USE_ONCE, {"key": f"try {len(sessions)}", "at": 0})
        sessions.append(db.execute("SELECT pg_backend_pid()").fetchone()[0])
        if len(sessions) == 1:
            _terminate_session(postgres_url, sessions[0])
        return int(db.execute("SELECT 7").fetchone()[0])

    assert await desk._engine.change(work) == 7
    assert len(set(sessions)) == 2
    assert (await desk.used("try 0"), await desk.used("try 1")) == (False, True)


def _terminate_session(url: str, session: int) -> None:
    with psycopg.connect(url) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 1000)", (session,))


# --- server restarts


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.remove()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restarted", "crashed"])
async def test_acknowledged_changes_survive_a_stop_of_the_server(own_server: PostgresServer, how: int) -> None:
    url = own_server.url("postgres")
    store = await open_store(url)
    drafts = await open_drafts(url)
    acknowledged = await asyncio.gather(*(store.apply(Batch(tickets=[a_ticket(f"t{n}")])) for n in range(20)))
    await drafts.put("form", {"a": "1"})
    own_server.stop(how)
    work = (store.apply(Batch(tickets=[a_ticket("later")])), store.get("t1"), store.claim(START, minutes(1), 1))
    for refusal in await asyncio.gather(*work, return_exceptions=True):
        assert isinstance(refusal, StoreDown)
        assert "Nothing was changed" in str(refusal)
    with pytest.raises(StoreDown):
        async with store.lease("sweep"):
            raise AssertionError
    own_server.start()
    (ticket,) = await store.apply(Batch(tickets=[a_ticket("later")]))
    assert ticket.number == 1021
    assert [await store.get(saved.id) for (saved,) in acknowledged] == [saved for (saved,) in acknowledged]
    assert await drafts.get("form") == {"a": "1"}
    await store.close()
    await drafts.close()


# --- concurrent changes


async def test_row_locked_too_long_raises_store_down(postgres_url: str) -> None:
    store = DatabaseStore(await PostgresEngine.open(postgres_url), now)
    (ticket,) = await store.apply(Batch(tickets=[a_ticket()]))
    with psycopg.connect(postgres_url) as holder:
        holder.execute("SELECT * FROM tickets FOR UPDATE")
        with pytest.raises(StoreDown, match="locked"):
            await store.apply(Batch(tickets=[next_version(ticket)]))
        assert await store.get("t1") == ticket
    await store.apply(Batch(tickets=[next_version(ticket)]))
    await store.close()


@pytest.mark.parametrize("mode", ["ROW EXCLUSIVE", "ACCESS EXCLUSIVE"])
async def test_change_behind_a_lasting_lock_is_refused_within_a_second_and_a_half(postgres_url: str, mode: str) -> None:
    assert postgres_session.LONGEST_LOCK <= 1.5
    store = DatabaseStore(await PostgresEngine.open(postgres_url), now)
    (ticket,) = await store.apply(Batch(tickets=[a_ticket()]))
    with psycopg.connect(postgres_url) as holder:
        holder.execute(f"LOCK TABLE tickets IN {mode} MODE".encode())
        holder.execute(b"SELECT * FROM tickets FOR UPDATE")
        begun = time.monotonic()
        with pytest.raises(StoreDown, match="locked"):
            await store.apply(Batch(tickets=[next_version(ticket)]))
        assert time.monotonic() - begun < TIMEOUT / 4  # below the 30 s of such a lock, on a busy machine too
    await store.close()


async def test_deadlocked_changes_are_both_applied(desk: DatabaseStore, postgres_url: str) -> None:
    await desk.apply(Batch(tickets=[a_ticket("t1"), a_ticket("t2")]))
    both = threading.Barrier(2, timeout=TIMEOUT)

    def change(first: str, second: str) -> None:
        met: list[bool] = []

        def work(db: Connection) -> None:
            for ticket_id in (first, second):
                db.execute("UPDATE tickets SET due = COALESCE(due, 0) + 1 WHERE id = :id", {"id": ticket_id})
                if not met:
                    met.append(True)
                    both.wait()

        asyncio.run(_changed(postgres_url, work))

    await asyncio.gather(asyncio.to_thread(change, "t1", "t2"), asyncio.to_thread(change, "t2", "t1"))
    due = await desk._engine.read(lambda db: db.execute("SELECT due FROM tickets ORDER BY id").fetchall())
    assert due == [(2,), (2,)]


async def _changed(url: str, work: Callable[[Connection], None]) -> None:
    engine = await PostgresEngine.open(url, busy=TIMEOUT)
    await engine.change(work)
    await engine.close()


async def test_changes_that_settle_and_fill_each_others_lanes_are_serialised(
    desk: DatabaseStore, postgres_url: str
) -> None:
    await desk.apply(Batch(notices=[a_notice("a1", lane="a"), a_notice("b1", lane="b")]))
    first, second = await desk.claim(START, minutes(1), 9)
    settled, go_on = threading.Event(), threading.Event()

    def slowly(db: Connection) -> None:
        apply_batch.settle(db, first, Sent(), START, [a_notice("b2", lane="b")])
        db.complete()
        settled.set()
        assert go_on.wait(TIMEOUT)

    slow = asyncio.create_task(desk._engine.change(slowly))
    assert await asyncio.to_thread(settled.wait, TIMEOUT)
    quick = asyncio.create_task(desk.settle(second, Sent(), START, [a_notice("a2", lane="a")]))
    await asyncio.to_thread(_wait_until_blocked_or_done, quick, postgres_url)
    go_on.set()
    await asyncio.gather(slow, quick)
    assert {claim.notice.key for claim in await desk.claim(START, minutes(1), 9)} == {"a2", "b2"}


def _wait_until_blocked_or_done(other: asyncio.Task[bool], url: str) -> None:
    with psycopg.connect(url, autocommit=True) as looking:
        while not other.done():
            if looking.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                return


async def test_claim_skips_notices_that_are_being_claimed(desk: DatabaseStore) -> None:
    await desk.apply(Batch(notices=[a_notice(f"n{n}") for n in range(4)]))
    claimed, go_on = threading.Event(), threading.Event()
    mine: list[Claim] = []

    def slowly(db: Connection) -> None:
        mine.extend(apply_batch.claim(db, START, START + minutes(1), 2))
        claimed.set()
        assert go_on.wait(TIMEOUT)

    slow = asyncio.create_task(desk._engine.change(slowly))
    assert await asyncio.to_thread(claimed.wait, TIMEOUT)
    theirs = await desk.claim(START, minutes(1), 9)
    go_on.set()
    await slow
    assert sorted(claim.notice.key for claim in (*mine, *theirs)) == ["n0", "n1", "n2", "n3"]


async def test_lock_of_a_killed_process_is_released(desk: Store, postgres_url: str) -> None:
    async with worker_process("hold_lock", postgres_url) as process:
        assert await read_lines(process, 1) == ["True"]
        async with desk.lease("sweep") as alone:
            assert not alone
        process.kill()
        await process.wait()
    async with asyncio.timeout(TIMEOUT):
        while not await _can_lock(desk):
            pass


async def _can_lock(desk: Store) -> bool:
    async with desk.lease("sweep") as alone:
        return alone
