"""New words are indexed automatically, after the acknowledgements, and after unfinished work."""

from __future__ import annotations

import asyncio

from bot.core.errors import StoreDown
from runtime.background_tasks import BackgroundTasks
from runtime.index_worker import IndexWorker
from tests.doubles.memory_store import MemoryStore
from tests.timeouts import TIMEOUT


class Marked(MemoryStore):
    """Waits until that many tickets are in the queue of the index."""

    def __init__(self, waiting: int) -> None:
        self.waiting = waiting
        self.done = asyncio.Event()

    async def index_new(self, limit: int) -> int:
        taken = min(limit, self.waiting)
        self.waiting -= taken
        if not self.waiting:
            self.done.set()
        return taken


async def running(store: Marked, tasks: BackgroundTasks, seconds: float = TIMEOUT) -> None:
    """Waits until all of it is done."""
    going = asyncio.create_task(IndexWorker(store, tasks).run())
    try:
        await asyncio.wait_for(store.done.wait(), seconds)
    finally:
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)


async def test_index_worker_takes_in_what_was_left_at_the_start() -> None:
    store = Marked(25)
    await running(store, BackgroundTasks())
    assert store.waiting == 0


async def test_index_worker_waits_for_acknowledgements() -> None:
    store, tasks = Marked(5), BackgroundTasks()
    with tasks.answering():
        going = asyncio.create_task(IndexWorker(store, tasks).run())
        for _ in range(5):
            await asyncio.sleep(0)
        assert store.waiting == 5
    await asyncio.wait_for(store.done.wait(), TIMEOUT)
    going.cancel()


async def test_store_that_is_down_ends_nothing() -> None:
    class Down(Marked):
        async def index_new(self, limit: int) -> int:
            self.done.set()
            raise StoreDown("down")

    store = Down(1)
    going = asyncio.create_task(IndexWorker(store, BackgroundTasks()).run())
    await asyncio.wait_for(store.done.wait(), TIMEOUT)
    await asyncio.sleep(0)
    assert not going.done()
    going.cancel()
