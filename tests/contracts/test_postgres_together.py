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
from bot.model.notice import direct_lane
from bot.search import ranking
from bot.search.documents import DocumentKind
from bot.search.ranking import SearchFilter
from bot.tickets.ports import Batch
from tests.doubles.records import START, a_notice, a_ticket, an_event, next_version


@pytest.fixture
async def desk(postgres_url: str) -> AsyncIterator[DatabaseStore]:
    store = await open_store(postgres_url)
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
        done.set()
        assert go_on.wait(5)

    slow = asyncio.create_task(desk._engine.change(work))
    assert await asyncio.to_thread(done.wait, 5)
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
