"""The engine on one SQLite file, which tasks and processes share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from bot.adapters.store.group_commit import Writer
from bot.adapters.store.reader_threads import Readers
from bot.adapters.store.sqlite_connection import SqliteConnection, connect, prepare
from bot.adapters.store.sqlite_files import FileInPlace

T = TypeVar("T")

BUSY = 0.7
"""Seconds to wait for another process's lock. A change that waits behind another one is refused after twice as long."""


class SqliteEngine:
    """`bot.adapters.store.engine_protocol.Engine` on a file. Made by `SqliteEngine.open`."""

    def __init__(self, path: Path, busy: float) -> None:
        self._writer = Writer(connect(path, busy))
        self._readers = Readers(partial(connect, path, busy), partial(connect, path, 0))
        self._alone: set[str] = set()
        self._file = FileInPlace(path, "database file")

    @classmethod
    async def open(cls, path: Path, busy: float = BUSY) -> Self:
        """Makes or migrates the file; `Misconfigured` or `StoreDown` when it cannot be used."""
        await asyncio.to_thread(prepare, path, busy)
        return await asyncio.to_thread(cls, path, busy)

    async def change(self, work: Callable[[SqliteConnection], T], /) -> T:
        self._file.require()
        return await self._writer.do(work)

    async def save(self, work: Callable[[SqliteConnection], T], /) -> T:
        return await self.change(work)  # all share commits

    async def read(self, work: Callable[[SqliteConnection], T], /) -> T:
        self._file.require()
        return await self._readers.do(work)

    async def look_up(self, work: Callable[[SqliteConnection], T], /) -> T:
        self._file.require()
        return await self._readers.look_up(work)

    @asynccontextmanager
    async def lease(self, operation: str, /) -> AsyncIterator[bool]:
        """Locks among the tasks of this process: an embedded desk is one."""
        if operation in self._alone:
            yield False
            return
        self._alone.add(operation)
        try:
            yield True
        finally:
            self._alone.discard(operation)

    async def close(self) -> None:
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._readers.close)
