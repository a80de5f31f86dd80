"""The engine on one SQLite file, which tasks and processes share."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from bot.adapters.store.group_commit import Writer
from bot.adapters.store.reader_threads import Readers
from bot.adapters.store.sqlite_connection import SqliteConnection, connect, prepare
from bot.core.errors import StoreDown

log = logging.getLogger(__name__)

T = TypeVar("T")

BUSY = 0.7
"""Seconds to wait for another process's lock. A change that waits behind another one is refused after twice as long."""


class SqliteEngine:
    """`bot.adapters.store.engine_protocol.Engine` on a file. Made by `SqliteEngine.open`."""

    def __init__(self, path: Path, busy: float) -> None:
        self._writer = Writer(connect(path, busy))
        self._readers = Readers(partial(connect, path, busy))
        self._alone: set[str] = set()
        self._path = path
        self._identity = _identity(path)
        self._is_missed = False

    @classmethod
    async def open(cls, path: Path, busy: float = BUSY) -> Self:
        """Makes or migrates the file; `Misconfigured` or `StoreDown` when it cannot be used."""
        await asyncio.to_thread(prepare, path, busy)
        return await asyncio.to_thread(cls, path, busy)

    async def change(self, work: Callable[[SqliteConnection], T], /) -> T:
        self._require_in_place()
        return await self._writer.do(work)

    async def read(self, work: Callable[[SqliteConnection], T], /) -> T:
        self._require_in_place()
        return await self._readers.do(work)

    def _require_in_place(self) -> None:
        """`StoreDown` where the open file is not at its path: what is written to it would be lost at the next start."""
        found = _identity(self._path)
        if found == self._identity:
            self._is_missed = False
            return
        if found is None:
            words = f"The database file {self._path} was moved away while the desk runs. Bring it back."
        else:
            words = f"The database file {self._path} was replaced by another while the desk runs. Restart the desk."
        if not self._is_missed:
            log.error(words)
        self._is_missed = True
        raise StoreDown(words)

    @asynccontextmanager
    async def alone(self, operation: str, /) -> AsyncIterator[bool]:
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


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and inode of the file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
