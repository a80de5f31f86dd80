"""Drafts, run-time settings and preferences in sqlitedict, made durable.

sqlitedict by itself never waits for the disk, hands an error to whichever thread asks next, and waits for ever for a
worker that died. So: its connection is told to wait for the disk, one thread asks, and whoever waits looks whether
the worker still lives, and replaces it. For single values only; what is read, then written, goes through `replace`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import Any, TypeVar

from sqlitedict import SqliteDict, SqliteMultithread

from bot.adapters.store.sqlite_connection import down, is_busy, retry_while_busy
from bot.adapters.store.sqlite_files import FileInPlace, corrupt, is_corrupt, make_private, require_file
from bot.core.errors import Misconfigured, StoreDown

log = logging.getLogger(__name__)
for _name in ("sqlitedict", "sqlitedict.SqliteMultithread"):
    logging.getLogger(_name).disabled = True  # they log a stack for each error, which its caller gets, and logs

T = TypeVar("T")

_BUSY_MS = 700
_OPENING = 5.0  # seconds to wait for another process that opens the file
_INTERVAL = 0.5  # seconds between two looks whether the worker lives
_TTL = 60.0  # seconds what is known is not asked for again
_LIMIT = 5000  # keys of which something is known
_END = "--no more--"  # sqlitedict's own word
_NAME = "file of drafts"


class _DurableWorker(SqliteMultithread):  # type: ignore[misc]  # sqlitedict ships no types
    """sqlitedict's worker thread, whose every statement is on disk before it is answered."""

    def _connect(self) -> tuple[sqlite3.Connection, sqlite3.Cursor]:
        db, cursor = retry_while_busy(super()._connect, _OPENING)
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        cursor.execute("PRAGMA synchronous = FULL")
        return db, cursor

    def run(self) -> None:
        with suppress(sqlite3.Error):  # the caller gets the error: see `_next`
            super().run()

    def select(self, req: str, arg: Any = None) -> Iterator[Any]:
        answers: Queue[Any] = Queue()
        self.execute(req, arg, answers)
        while (record := self._next(answers)) != _END:
            self.check_raise_error()
            yield record
        self.check_raise_error()

    def _next(self, answers: Queue[Any]) -> Any:
        while True:
            try:
                return answers.get(timeout=_INTERVAL)
            except Empty:
                if not self.is_alive():
                    raise sqlite3.OperationalError("the thread that serves it has died") from None


def _decoded(stored: str | bytes) -> dict[str, str] | None:
    """The value of a row; None, as if there were none, for one that cannot be read."""
    try:
        value = json.loads(stored)
    except ValueError:
        value = None
    if isinstance(value, dict):
        return value
    log.warning("A row of the drafts cannot be read, and counts as missing.")
    return None


class DurableDict(SqliteDict):  # type: ignore[misc]  # sqlitedict ships no types
    """JSON, never pickle: a row that was tampered with must not run code."""

    conn: _DurableWorker

    def __init__(self, path: Path) -> None:
        super().__init__(
            str(path),
            tablename="drafts",
            autocommit=True,
            journal_mode="WAL",
            encode=json.dumps,
            decode=_decoded,
            outer_stack=False,
        )

    def _new_conn(self) -> _DurableWorker:
        return _DurableWorker(self.filename, self.autocommit, self.journal_mode, self._outer_stack)

    def ready(self) -> DurableDict:
        """The table, with a new worker if the old one has died."""
        if not self.conn.is_alive():
            self.conn = self._new_conn()
        return self


@dataclass(frozen=True)
class _Known:
    """The value, or its absence, as it was last read or written."""

    value: dict[str, str] | None
    at: float = field(default_factory=time.monotonic)


class DurableDrafts:
    """`bot.ports.Drafts` on a file of its own. Made by `DurableDrafts.open`.

    Every form that is opened asks for a draft, and mostly there is none: what is known is not asked of the file again
    for a minute. Only this desk writes there, and now and then `erase-person` beside it.
    """

    def __init__(self, items: DurableDict, thread: ThreadPoolExecutor, file: FileInPlace) -> None:
        self._items: DurableDict | None = items
        self._file = file
        self._thread = thread
        self._known: dict[str, _Known] = {}
        self._writes = 0

    @classmethod
    async def open(cls, path: Path) -> DurableDrafts:
        """Makes the file and its folder; `Misconfigured` when it cannot be used."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="desk-drafts")
        try:
            items = await asyncio.get_running_loop().run_in_executor(thread, _make, path)
        except (OSError, RuntimeError, sqlite3.Error) as error:
            thread.shutdown(wait=False)
            if is_busy(error):
                raise down(error, _NAME) from error
            if is_corrupt(error):
                raise corrupt(path, error) from error
            raise Misconfigured(
                f"The file {path} for drafts cannot be opened for writing ({error}). Give this user the right to "
                "write it and its folder, or set DATABASE_URL to a file elsewhere."
            ) from error
        return cls(items, thread, FileInPlace(path, _NAME))

    async def get(self, key: str) -> dict[str, str] | None:
        known = self._cached(key)
        if known is None:
            writes = self._writes
            value = await self._do(lambda items: items.get(key))
            known = _Known(value)
            if writes == self._writes:  # else it may be older than what was written meanwhile
                self._keep(key, known)
        return None if known.value is None else {**known.value}

    def seems_absent(self, key: str) -> bool:  # noqa: ARG002 (a port's)
        """False: `get` answers from memory too, and is always right."""
        return False

    async def put(self, key: str, value: dict[str, str]) -> None:
        await self._write(key, {**value}, lambda items: items.__setitem__(key, value))

    async def replace(self, key: str, old: dict[str, str] | None, new: dict[str, str]) -> bool:
        """Atomic among the tasks of this desk: its one thread does both."""

        def work(items: DurableDict) -> bool:
            replaced: bool = items.get(key) == old
            if replaced:
                items[key] = new
            return replaced

        self._forget(key)
        replaced = await self._do(work)
        self._forget(key)
        return replaced

    async def drop(self, key: str) -> None:
        known = self._cached(key)
        if known is None or known.value is not None:
            await self._write(key, None, lambda items: items.pop(key, None))

    def _forget(self, key: str) -> None:
        self._known.pop(key, None)
        self._writes += 1

    def _cached(self, key: str) -> _Known | None:
        known = self._known.get(key)
        return known if known and time.monotonic() - known.at < _TTL else None

    def _keep(self, key: str, known: _Known) -> None:
        if len(self._known) >= _LIMIT:
            self._known.clear()
        self._known[key] = known

    async def _write(self, key: str, value: dict[str, str] | None, work: Callable[[DurableDict], object]) -> None:
        self._forget(key)
        await self._do(work)
        self._writes += 1
        self._keep(key, _Known(value))

    async def keys(self) -> list[str]:
        return await self._do(lambda items: list(items.keys()))

    async def close(self) -> None:
        items, self._items = self._items, None
        if items is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, lambda: items.ready().close())
            self._thread.shutdown()

    async def _do(self, work: Callable[[DurableDict], T]) -> T:
        items = self._items
        if items is None:
            raise StoreDown("The desk's drafts are closed: the desk is shutting down. Nothing was changed.")
        self._file.require()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(items.ready()))
        except sqlite3.Error as error:
            raise down(error, _NAME) from error


def _make(path: Path) -> DurableDict:
    require_file(path)
    make_private(path)
    return DurableDict(path)
