"""Group commit: many small changes share one fsync.

One thread owns the one writing connection. It takes all changes that are queued and commits them together: one fsync
for all. While it waits for the disk, the next changes queue up, so groups grow with the load, and a single change on an
idle loop is never held back to wait for company.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from bot.adapters.store.sqlite_connection import SqliteConnection, down, transaction
from bot.core.errors import StoreDown

T = TypeVar("T")
Work = Callable[[SqliteConnection], T]

_LIMIT = 256  # changes in one commit: bounds how long the write lock is held
_SHORT = 0.0001  # seconds of a turn in which the loop had nothing to do
_GATHER = 0.02  # seconds after which changes are handed over, however busy the loop is


@dataclass
class Job:
    """A change that waits for its group."""

    work: Callable[[Any], Any]
    asked: asyncio.Future[Any]
    """The future of the caller; belongs to the caller's loop."""
    result: Any = None
    error: BaseException | None = None


class _Failed(Exception):
    """One change of a group failed, so the group is undone."""


class HandOver:
    """Has waiting changes handed over in the loop's first short turn, when it has nothing else to do.

    If a thread was woken for each change at once, it would start while the loop still works on the others of a burst,
    and the two would take the interpreter from each other at every statement: that takes longer than all the changes
    together.
    """

    def __init__(self, go: Callable[[], object]) -> None:
        """`go`: hands them over."""
        self._go = go
        self._gathering = False

    async def run(self, work: Callable[[Any], T], put: Callable[[Job], object]) -> T:
        """Queues work by `put`, has it handed over, and returns its result or raises its exception."""
        loop = asyncio.get_running_loop()
        asked: asyncio.Future[T] = loop.create_future()
        put(Job(work, asked))
        self._soon(loop)
        return await asked

    def _soon(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._gathering:
            self._gathering = True
            now = loop.time()
            loop.call_soon(self._turn, loop, now, now + _GATHER)

    def _turn(self, loop: asyncio.AbstractEventLoop, since: float, latest: float) -> None:
        now = loop.time()
        if now - since > _SHORT and now < latest:
            loop.call_soon(self._turn, loop, now, latest)
        else:
            self._gathering = False
            self._go()


class Writer:
    """Runs changes one after the other, each completely or not at all. What `do` returned is on disk.

    A change may be done twice, the first time without success, so it must have no effect but on the database.
    """

    def __init__(self, db: SqliteConnection) -> None:
        self._db = db
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        """The queue of jobs; None ends the thread."""
        self._go: SimpleQueue[None] = SimpleQueue()
        """A word for the thread to look at the jobs."""
        self._closed = False
        self._handing_over = HandOver(lambda: self._go.put(None))
        # A daemon: a program that ends without closing its store must end. The file takes no harm from it.
        self._thread = threading.Thread(target=self._run, name="desk-store-writer", daemon=True)
        self._thread.start()

    async def do(self, work: Work[T]) -> T:
        """The result or exception of `work`, once its group is committed; `StoreDown` when it could not be.

        Cancelled while it waits, a change is made wholly or not at all; nobody can tell which.
        """
        if self._closed:
            raise StoreDown("The desk's database is closed: the desk is shutting down. Nothing was changed.")
        return await self._handing_over.run(work, self._jobs.put)

    def close(self) -> None:
        """Finishes what is queued, then stops. Blocks; may be called again."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
            self._go.put(None)
        self._thread.join()
        self._db.close()

    def _run(self) -> None:
        going = True
        while going:
            group, going = self._group()
            wanted = [job for job in group if not job.asked.cancelled()]
            if wanted:
                self._commit(wanted)
                answer(wanted)

    def _group(self) -> tuple[list[Job], bool]:
        """All queued jobs, and whether there may be more to come."""
        self._go.get()
        group: list[Job] = []
        with suppress(Empty):
            while (job := self._jobs.get_nowait()) is not None:
                group.append(job)
                if len(group) == _LIMIT:
                    self._go.put(None)
                    return group, True
            return group, False
        return group, True

    def _commit(self, group: Sequence[Job]) -> None:
        """Runs the jobs together; if one fails, all again, each within a savepoint, so that it alone is undone."""
        try:
            try:
                self._together(group)
            except _Failed:
                with transaction(self._db):
                    for job in group:
                        self._attempt(job)
        except Exception as error:  # noqa: BLE001  whatever it is, whoever waits must be told
            for job in group:  # also those that failed by themselves: they may have met a change that is undone now
                job.error = down(error)

    def _together(self, group: Sequence[Job]) -> None:
        with transaction(self._db):
            for job in group:
                try:
                    job.result = job.work(self._db)
                except Exception as error:
                    raise _Failed from error

    def _attempt(self, job: Job) -> None:
        """Runs one change; if it fails, it alone is undone."""
        self._db.execute("SAVEPOINT change")
        try:
            job.result = job.work(self._db)
        except Exception as error:
            if not self._db.in_transaction:
                # A full disk and the like: SQLite has undone the whole group.
                raise sqlite3.OperationalError(str(error)) from error
            self._db.execute("ROLLBACK TO change")
            job.error = down(error) if isinstance(error, sqlite3.Error) else error
        self._db.execute("RELEASE change")


def answer(group: Sequence[Job]) -> None:
    """Tells those who wait: one wake-up per loop, however large the group."""
    for loop in {job.asked.get_loop() for job in group}:
        mine = [job for job in group if job.asked.get_loop() is loop]
        with suppress(RuntimeError):  # the loop is closed: no task waits any more
            loop.call_soon_threadsafe(_resolve, mine)


def _resolve(jobs: Sequence[Job]) -> None:
    for job in jobs:
        if job.asked.done():
            continue
        if job.error is None:
            job.asked.set_result(job.result)
        else:
            job.asked.set_exception(job.error)
