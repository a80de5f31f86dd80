"""Look-ups by key in SQLite: at once, without waiting for a lock, and what is remembered of them."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot.adapters.store import open_store
from bot.adapters.store.reader_threads import Readers
from bot.adapters.store.sqlite_connection import SqliteConnection, connect, prepare
from bot.core.errors import StoreDown
from bot.model.access_log import Access
from bot.ports import Store
from bot.tickets.ports import Batch
from tests.doubles.records import START, a_ticket, next_version


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.sqlite3"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite:///{path}")
    yield store
    await store.close()


def _thread(_: SqliteConnection) -> str:
    return threading.current_thread().name


def _locked() -> SqliteConnection:
    raise sqlite3.OperationalError("database is locked")


async def test_look_up_runs_in_the_thread_of_its_caller(path: Path) -> None:
    prepare(path, 0.1)
    readers = Readers(partial(connect, path, 0.1), partial(connect, path, 0))

    assert await readers.look_up(_thread) == threading.current_thread().name
    readers.close()


async def test_look_up_that_meets_a_lock_is_left_to_a_reading_thread(path: Path) -> None:
    prepare(path, 0.1)
    readers = Readers(partial(connect, path, 0.1), _locked)

    assert (await readers.look_up(_thread)).startswith("desk-store-reader")
    readers.close()


async def test_look_up_after_the_end_is_refused(path: Path) -> None:
    prepare(path, 0.1)
    readers = Readers(partial(connect, path, 0.1), partial(connect, path, 0))
    readers.close()

    with pytest.raises(StoreDown):
        await readers.look_up(_thread)


async def test_look_ups_in_a_row_let_other_tasks_run(store: Store) -> None:
    has_run = asyncio.Event()
    asyncio.get_running_loop().call_soon(has_run.set)
    for _ in range(100):
        await store.used("form")
    assert has_run.is_set()


async def test_look_up_sees_each_change_at_once(store: Store) -> None:
    (first,) = await store.apply(Batch(tickets=[a_ticket()]))
    assert await store.get(first.id) == first

    (second,) = await store.apply(Batch(tickets=[next_version(first)]))
    assert await store.get(first.id) == second


async def test_look_up_of_an_unchanged_ticket_gives_the_remembered_record_until_an_erasure(store: Store) -> None:
    (ticket,) = await store.apply(Batch(tickets=[a_ticket()]))
    read = await store.get(ticket.id)
    assert await store.get(ticket.id) is read

    await store.apply(Batch(accesses=[Access(at=START, by="admin", action="erase")]))
    again = await store.get(ticket.id)
    assert again == read
    assert again is not read
