"""Reads from SQLite, each thread with a connection of its own: reads do not wait for writes."""

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
_IN_TURN = 20  # look-ups in one turn of the event loop


class Readers:
    """Reads see what was committed when they begin; they never wait for a writer."""

    def __init__(self, connect: Connect, connect_at_once: Connect) -> None:
        """`connect_at_once`: opens a connection that does not wait for what another process has locked."""
        self._connect = connect
        self._connect_at_once = connect_at_once
        self._at_once: SqliteConnection | None = None
        self._looking_up = threading.Lock()
        self._in_turn = 0
        self._own = threading.local()
        self._all: list[SqliteConnection] = []
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="desk-store-reader")
        self._closed = False

    async def do(self, read: Callable[[SqliteConnection], T]) -> T:
        self._require_open()
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, read)

    async def look_up(self, read: Callable[[SqliteConnection], T]) -> T:
        """Looks up a few rows in the thread of the caller: handing them over would take longer than reading them.

        Where that fails, as the file is locked or damaged, a thread of the readers does it, and waits. Other tasks run
        between many in a row.
        """
        await self._take_turn()
        try:
            with self._looking_up:
                self._require_open()
                self._at_once = self._at_once or self._opened(self._connect_at_once)
                return read(self._at_once)
        except sqlite3.Error:
            return await self.do(read)

    async def _take_turn(self) -> None:
        if self._in_turn >= _IN_TURN:
            await asyncio.sleep(0)
            self._in_turn = 0
        if not self._in_turn:
            asyncio.get_running_loop().call_soon(self._end_turn)
        self._in_turn += 1

    def _end_turn(self) -> None:
        self._in_turn = 0

    def close(self) -> None:
        """Blocks until the reads under way have ended; may be called again."""
        self._closed = True
        self._threads.shutdown()
        with self._looking_up:
            while self._all:
                self._all.pop().close()

    def _require_open(self) -> None:
        if self._closed:
            raise StoreDown("The desk's database is closed: the desk is shutting down.")

    def _read(self, read: Callable[[SqliteConnection], T]) -> T:
        try:
            db: SqliteConnection | None = getattr(self._own, "db", None)
            if db is None:
                db = self._own.db = self._opened(self._connect)
            return read(db)
        except sqlite3.Error as error:
            raise down(error) from error

    def _opened(self, connect: Connect) -> SqliteConnection:
        db = connect()
        db.execute("PRAGMA query_only = ON")
        self._all.append(db)
        return db
