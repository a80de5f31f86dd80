"""The journal: each record is one row of JSON in SQLite, written by a thread of its own.

Changed records are collected and written in one transaction per `flush`; whoever answers a
caller waits for it first, so what was answered `ok` is with the operating system and outlives the process.
"""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from localslack.records import Json, Record

_SCHEMA = "CREATE TABLE IF NOT EXISTS records (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID"


class StateError(Exception):
    """A kept state that cannot be used; the text says where and why."""


class Journal:
    """A null object: the journal of a local Slack without saved state."""

    def mark(self, kind: str, key: str, record: Record | None) -> None:
        """Record a change; None means that the record was deleted."""

    def clear(self) -> None:
        """Delete all records marked so far."""

    async def flush(self) -> None:
        """Return once everything marked so far is written."""

    def load(self) -> Iterator[tuple[str, Json]]:
        """All records as (kind, JSON)."""
        yield from ()

    async def close(self) -> None:
        """Write pending records and close."""


class SqliteJournal(Journal):
    """Keeps the records in one SQLite file, which belongs to one process at a time."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # tokens are derived from what is in it
            self._db = _opened(path)
        except (OSError, sqlite3.Error) as error:
            raise StateError(f"the state in {path.parent} cannot be used: {error}") from error
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="localslack-journal")
        self._dirty: dict[tuple[str, str], Record | None] = {}
        self._cleared = False
        self._lock = asyncio.Lock()
        self._soon: asyncio.Task[None] | None = None

    def mark(self, kind: str, key: str, record: Record | None) -> None:
        self._dirty[kind, key] = record
        self._flush_soon()

    def clear(self) -> None:
        self._dirty.clear()
        self._cleared = True

    def _flush_soon(self) -> None:
        """Flush soon, so that changes without a waiting caller are written, too."""
        if self._soon is None or self._soon.done():
            with contextlib.suppress(RuntimeError):  # without a running loop (start-up) the first flush writes it
                self._soon = asyncio.get_running_loop().create_task(self.flush())

    async def flush(self) -> None:
        async with self._lock:
            if not self._dirty and not self._cleared:
                return
            dirty, cleared = self._dirty, self._cleared
            self._dirty, self._cleared = {}, False
            rows = [(kind, key, _body(record)) for (kind, key), record in dirty.items()]
            try:
                await asyncio.get_running_loop().run_in_executor(self._pool, self._write, rows, cleared)
            except sqlite3.Error:
                self._dirty, self._cleared = {**dirty, **self._dirty}, cleared or self._cleared
                raise

    def _write(self, rows: list[tuple[str, str, str | None]], cleared: bool) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            if cleared:
                self._db.execute("DELETE FROM records")
            gone = [(kind, key) for kind, key, body in rows if body is None]
            self._db.executemany("DELETE FROM records WHERE kind = ? AND key = ?", gone)
            remaining = [row for row in rows if row[2] is not None]
            self._db.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", remaining)
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def load(self) -> Iterator[tuple[str, Json]]:
        for kind, body in self._db.execute("SELECT kind, body FROM records ORDER BY kind, key"):
            yield kind, json.loads(body)

    async def close(self) -> None:
        try:
            await self.flush()
        finally:
            self._pool.shutdown()
            self._db.close()


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=1, check_same_thread=False, isolation_level=None)
    try:
        for statement in ("PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL"):
            db.execute(statement)
        db.execute(_SCHEMA)
    except sqlite3.Error:
        db.close()
        raise
    return db


def _body(record: Record | None) -> str | None:
    return json.dumps(record.to_json()) if record else None
