"""Where do many replicas of a desk keep their data? In one PostgreSQL database.

Each call is done by a thread with a connection from a pool. What SQLite's one writer gives for free is asked for here:
rows others claim are passed over, who decides on a lane locks it, and a commit whose answer got lost is looked up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Self, TypeVar

import psycopg
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from bot.errors import StoreDown
from bot.store.session import (
    BUSY,
    Connection,
    Session,
    begin_session,
    down,
    in_doubt,
    is_passing,
    parameters,
    prepare,
    translated,
)

T = TypeVar("T")
Work = Callable[[Connection], T]

_CHANGING, _READING, _ALONE = 4, 3, 3
CONNECTIONS = _CHANGING + _READING + _ALONE
"""The most one process uses."""
_TRIES = 5
_LOOK = 0.02  # seconds between two looks what became of a commit

_BEGIN = b"BEGIN; SELECT pg_current_xact_id()::text"
_FATE = b"SELECT pg_xact_status(%s::text::xid8)"
_TRY = b"SELECT pg_try_advisory_lock(hashtextextended(current_schema() || ':alone:' || %s, 0))"
_LEAVE = b"SELECT pg_advisory_unlock(hashtextextended(current_schema() || ':alone:' || %s, 0))"


class _Doubt(Exception):
    """The connection broke while COMMIT was under way."""

    def __init__(self, transaction: str, result: Any) -> None:
        super().__init__()
        self.transaction = transaction
        self.result = result


class PostgresEngine:
    """`bot.store.database.Engine` on a server. Made by `PostgresEngine.open`."""

    def __init__(self, url: str, busy: float) -> None:
        self._busy = busy
        self._pool: ConnectionPool[Session] = ConnectionPool(
            parameters(url),
            kwargs={"autocommit": True},
            min_size=2,
            max_size=CONNECTIONS,
            configure=begin_session,
            check=ConnectionPool.check_connection,
            timeout=busy,
            reconnect_timeout=busy,  # then it is tried anew when somebody asks
            open=True,
        )
        self._changing = ThreadPoolExecutor(_CHANGING, thread_name_prefix="desk-store-writer")
        self._reading = ThreadPoolExecutor(_READING, thread_name_prefix="desk-store-reader")
        self._closed = False

    @classmethod
    async def open(cls, url: str, busy: float = BUSY) -> Self:
        """Makes or migrates the tables; `Misconfigured` or `StoreDown` when the database cannot be used."""
        await asyncio.to_thread(prepare, url)
        return await asyncio.to_thread(cls, url, busy)

    async def close(self) -> None:
        """Finishes what was asked for; may be called again."""
        self._closed = True
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._changing.shutdown()
        self._reading.shutdown()
        self._pool.close()

    async def change(self, work: Work[T], /) -> T:
        """Cancelled while it waits, a change is made wholly or not at all; nobody can tell which."""
        return await self._in(self._changing, lambda: self._change(work))

    async def read(self, work: Work[T], /) -> T:
        return await self._in(self._reading, lambda: self._read(work))

    @asynccontextmanager
    async def alone(self, what: str, /) -> AsyncIterator[bool]:
        """By a lock that ends with its connection: who is killed holds nothing up."""
        session = await self._in(self._reading, self._pool_session)
        try:
            free = await self._in(self._reading, lambda: _asked(session, _TRY, what))
            try:
                yield bool(free)
            finally:
                if free:
                    await self._leave(session, what)
        finally:
            await asyncio.to_thread(self._pool.putconn, session)

    async def _leave(self, session: Session, what: str) -> None:
        try:
            await self._in(self._reading, lambda: _asked(session, _LEAVE, what))
        except StoreDown:
            session.close()  # whatever it still held

    async def _in(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        if self._closed:
            raise StoreDown("The desk's database is closed: the desk is shutting down. Nothing was changed.")
        return await asyncio.get_running_loop().run_in_executor(threads, work)

    # --- in a thread

    def _pool_session(self) -> Session:
        try:
            return self._pool.getconn()
        except (psycopg.Error, PoolTimeout, PoolClosed) as error:
            raise down(error) from error

    @contextmanager
    def _session(self, until: float) -> Iterator[Session]:
        with self._pool.connection(max(until - time.monotonic(), 0.05)) as session:
            yield session

    def _read(self, work: Work[T]) -> T:
        """Once more where the connection turns out to be broken."""
        until = time.monotonic() + self._busy
        for attempt in range(_TRIES):
            session = None
            try:
                with self._session(until) as session:
                    return work(Connection(session))
            except psycopg.Error as error:
                if session is None or not session.broken or attempt == _TRIES - 1:
                    raise translated(error) from error
        raise AssertionError("unreachable")

    def _change(self, work: Work[T]) -> T:
        """Once more where the connection broke before the commit, or somebody else was in the way."""
        until = time.monotonic() + self._busy
        for attempt in range(_TRIES):
            session = None
            try:
                with self._session(until) as session:
                    return _transacted(session, work)
            except _Doubt as doubt:
                if self._was_committed(doubt.transaction):
                    result: T = doubt.result
                    return result
            except psycopg.Error as error:
                again = is_passing(error) or (session is not None and session.broken)
                if not again or attempt == _TRIES - 1:
                    raise translated(error) from error
        raise down(psycopg.OperationalError())

    def _was_committed(self, transaction: str) -> bool:
        """Asks the server, as long as somebody may be waiting; `StoreDown` when it does not come back."""
        until = time.monotonic() + self._busy
        while time.monotonic() < until:
            with suppress(psycopg.Error), self._session(until) as session:
                fate = _asked(session, _FATE, transaction)
                if fate != "in progress":
                    return bool(fate == "committed")
            time.sleep(_LOOK)
        raise in_doubt()


def _transacted(session: Session, work: Work[T]) -> T:
    transaction = _begun(session)
    try:
        result = work(Connection(session))
    except BaseException:
        with suppress(psycopg.Error):
            session.execute(b"ROLLBACK")
        raise
    try:
        session.execute(b"COMMIT")
    except psycopg.Error as error:
        if session.broken or session.closed:
            raise _Doubt(transaction, result) from error
        raise
    return result


def _begun(session: Session) -> str:
    """Begins a transaction and gives its name, in one message."""
    cursor = session.execute(_BEGIN)
    cursor.nextset()
    row = cursor.fetchone()
    assert row
    return str(row[0])


def _asked(session: Session, question: bytes, about: str) -> Any:
    try:
        row = session.execute(question, (about,)).fetchone()
    except psycopg.Error as error:
        raise down(error) from error
    return row[0] if row else None
