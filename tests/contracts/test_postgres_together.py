"""Simultaneous changes of two replicas lose nothing and restore nothing that was erased."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable

import psycopg
import pytest

from bot.adapters.store import apply_batch, full_text_index, open_store
from bot.adapters.store.connection_protocol import Connection
from bot.adapters.store.database import DatabaseStore
from bot.core.errors import Duplicate, StoreDown
from bot.model.notice import direct_lane
from bot.search import ranking
from bot.search.documents import DocumentKind
from bot.search.ranking import SearchFilter
from bot.tickets.ports import Batch
from tests.doubles.records import START, a_notice, a_ticket, an_event, next_version
from tests.timeouts import TIMEOUT


@pytest.fixture
async def desk(postgres_url: str) -> AsyncIterator[DatabaseStore]:
    store = await open_store(postgres_url, busy=TIMEOUT)
    assert isinstance(store, DatabaseStore)
    yield store
    await store.close()


async def run_concurrently(
    desk: DatabaseStore, url: str, slowly: Callable[[Connection], object], other: Callable[[], Awaitable[object]]
) -> None:
    """Runs a change and starts another one before the first is committed, which may have to wait for it."""
    done, go_on = threading.Event(), threading.Event()

    def work(db: Connection) -> None:
        slowly(db)
        db.complete()
        done.set()
        assert go_on.wait(TIMEOUT)

    slow = asyncio.create_task(desk._engine.change(work))
    assert await asyncio.to_thread(done.wait, TIMEOUT)
    quick = asyncio.ensure_future(other())
    await asyncio.to_thread(_wait_until_blocked_or_done, quick, url)
    go_on.set()
    await asyncio.gather(slow, quick)


def _wait_until_blocked_or_done(other: asyncio.Future[object], url: str) -> None:
    with psycopg.connect(url, autocommit=True) as looking:
        while not other.done():
            if looking.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                return


async def found(desk: DatabaseStore, query: str) -> list[int]:
    asked = ranking.clauses(ranking.terms_of(query), {})
    return [each.number for each in (await desk.candidates(DocumentKind.TICKETS, asked, SearchFilter())).found]


async def test_change_saved_during_indexing_is_found(desk: DatabaseStore, postgres_url: str) -> None:
    (saved,) = await desk.apply(Batch(tickets=[a_ticket(answers={"happens": "Timeout"})]))
    later = next_version(saved, answers={"happens": "Timeout, Zertifikat"})
    change = Batch(tickets=[later], events=[an_event(later)])
    await run_concurrently(
        desk, postgres_url, lambda db: apply_batch.apply(db, change, START), lambda: desk.index_new(9)
    )
    assert await found(desk, "zertifikat") == [saved.number]


async def test_text_erased_during_indexing_is_not_found(desk: DatabaseStore, postgres_url: str) -> None:
    (saved,) = await desk.apply(Batch(tickets=[a_ticket(answers={"happens": "Frau Mustermann"})]))
    later = next_version(saved)
    moved_event = an_event(later, note="Mustermann again")
    await desk.apply(Batch(tickets=[later], events=[moved_event]))
    gone = next_version(later, answers={"happens": "[erased]"})
    clean = moved_event.model_copy(update={"detail": {"note": "[erased] again"}})
    erasing = Batch(tickets=[gone], events=[an_event(gone, "erase")], rewritten=[clean])
    await run_concurrently(
        desk, postgres_url, lambda db: full_text_index.index_marked(db, 9), lambda: desk.apply(erasing)
    )
    assert await found(desk, "mustermann") == []
    assert await desk.alike(["mustermann"]) == {"mustermann": []}


async def test_notice_for_a_person_being_erased_is_erased_too(desk: DatabaseStore, postgres_url: str) -> None:
    lane = direct_lane("U1")
    await desk.apply(Batch(notices=[a_notice("d1", lane=lane)]))
    more = Batch(notices=[a_notice("d2", lane=lane)])
    forgetting = Batch(forget_people=["U1"])
    await run_concurrently(
        desk, postgres_url, lambda db: apply_batch.apply(db, more, START), lambda: desk.apply(forgetting)
    )
    assert await desk.letters() == []


def _transaction(db: Connection) -> str:
    return str(db.execute("SELECT pg_current_xact_id()").fetchone()[0])


async def test_changes_that_wait_together_share_a_transaction(desk: DatabaseStore) -> None:
    numbers = await asyncio.gather(*(desk._engine.save(_transaction) for _ in range(50)))
    assert len(set(numbers)) == 1


async def test_change_that_fails_fails_alone_in_its_group(desk: DatabaseStore) -> None:
    tickets = [a_ticket(f"t{number}") for number in range(10)]
    await desk.apply(Batch(tickets=[tickets[3]], once=["used"]))

    results = await asyncio.gather(
        *(desk.apply(Batch(tickets=[each], once=["used" if each.id == "t3" else each.id])) for each in tickets),
        return_exceptions=True,
    )
    assert [type(each) for each in results] == [Duplicate if each.id == "t3" else tuple for each in tickets]
    saved = [await desk.get(each.id) for each in tickets]
    assert sorted(each.number for each in saved if each) == list(range(1001, 1011))


async def test_lock_of_another_session_delays_only_the_change_that_needs_it(
    desk: DatabaseStore, postgres_url: str
) -> None:
    impatient = await open_store(postgres_url)
    (held,) = await desk.apply(Batch(tickets=[a_ticket("held")]))
    with psycopg.connect(postgres_url) as other:
        other.execute("SELECT 1 FROM tickets WHERE id = 'held' FOR UPDATE")
        later = next_version(held)
        results = await asyncio.gather(
            impatient.apply(Batch(tickets=[later], events=[an_event(later)])),
            *(impatient.apply(Batch(tickets=[a_ticket(f"t{number}")])) for number in range(5)),
            return_exceptions=True,
        )
    await impatient.close()
    assert [type(each) for each in results] == [StoreDown, *[tuple] * 5]


async def test_changes_that_wait_when_the_store_closes_are_made(desk: DatabaseStore) -> None:
    waiting = [asyncio.create_task(desk._engine.save(_transaction)) for _ in range(150)]
    await asyncio.sleep(0)
    await desk.close()
    assert all(await asyncio.gather(*waiting))


def _backend(db: Connection) -> int:
    return int(db.execute("SELECT pg_backend_pid()").fetchone()[0])


async def test_look_ups_that_wait_together_share_connections(desk: DatabaseStore) -> None:
    found = await asyncio.gather(*(desk._engine.look_up(_backend) for _ in range(40)))
    assert len(set(found)) <= 4


async def test_look_ups_go_on_when_their_connection_breaks(desk: DatabaseStore, postgres_url: str) -> None:
    def broken(db: Connection) -> int:
        me = _backend(db)
        with psycopg.connect(postgres_url, autocommit=True) as other:
            if not is_broken.is_set():
                is_broken.set()
                other.execute("SELECT pg_terminate_backend(%s)", (me,))
        return _backend(db)

    is_broken = threading.Event()
    assert all(await asyncio.gather(*(desk._engine.look_up(broken) for _ in range(9))))


async def test_look_up_that_fails_fails_alone(desk: DatabaseStore) -> None:
    def failing(db: Connection) -> int:
        db.execute("SELECT 1 / 0")
        return 0

    found = await asyncio.gather(
        desk._engine.look_up(_backend),
        desk._engine.look_up(failing),
        desk._engine.look_up(_backend),
        return_exceptions=True,
    )
    assert [type(each) for each in found] == [int, psycopg.errors.DivisionByZero, int]


async def test_look_ups_that_wait_when_the_store_closes_are_answered(desk: DatabaseStore) -> None:
    waiting = [asyncio.create_task(desk._engine.look_up(_backend)) for _ in range(50)]
    await asyncio.sleep(0)
    await desk.close()
    assert all(await asyncio.gather(*waiting))
