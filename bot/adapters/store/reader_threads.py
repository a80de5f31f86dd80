"""Reader threads of SQLite, each with a connection of its own: reads do not wait for writes."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bot.adapters.store.sqlite_connection import Connect, SqliteConnection, down
from bot.core.errors import StoreDown

T = TypeVar("T")

_THREADS = 3


class Readers:
    """Reads see what was committed when they begin; they never wait for a writer."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._own = threading.local()
        self._all: list[SqliteConnection] = []
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="desk-store-reader")
        self._closed = False

    async def do(self, read: Callable[[SqliteConnection], T]) -> T:
        if self._closed:
            raise StoreDown("The desk's database is closed: the desk is shutting down.")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, read)

    def close(self) -> None:
        """Blocks until the reads under way have ended; may be called again."""
        self._closed = True
        self._threads.shutdown()
        while self._all:
            self._all.pop().close()

    def _read(self, read: Callable[[SqliteConnection], T]) -> T:
        try:
            return read(self._connection())
        except sqlite3.Error as error:
            raise down(error) from error

    def _connection(self) -> SqliteConnection:
        db: SqliteConnection | None = getattr(self._own, "db", None)
        if db is None:
            db = self._own.db = self._connect()
            db.execute("PRAGMA query_only = ON")
            self._all.append(db)
        return db
