"""The engine on PostgreSQL, which many replicas of a desk share.

Each call is done by a thread with a connection from a pool. What SQLite's one writer gives for free is asked for here:
rows others claim are passed over, who decides on a lane locks it, and a commit whose answer got lost is looked up.

Whether a connection still works is seen when it is used: one that does not is thrown away, and the work begun again
with the next. The pool's own `check` would cost a message each time, and a second for each broken connection it meets.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Self, TypeVar
from weakref import WeakSet

import psycopg
from psycopg import errors
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from bot.adapters.store.postgres_groups import Groups, Stated
from bot.adapters.store.postgres_look_ups import LookUps
from bot.adapters.store.postgres_session import (
    BUSY,
    PostgresConnection,
    Session,
    begin_session,
    cut,
    down,
    in_doubt,
    is_passing,
    parameters,
    prepare,
    sync,
    translated,
)
from bot.core.errors import StoreDown

T = TypeVar("T")
Work = Callable[[PostgresConnection], T]

_CHANGING, _READING, _ALONE = 4, 4, 6
"""Connections for changes, for reads, and for jobs that hold a lock while they work."""
_POOL = _CHANGING + _READING + _ALONE
CONNECTIONS = _POOL + 1
"""The most one process uses: the pool, and the one that listens to other replicas."""
_TRIES = 5
"""Attempts of changes that deadlock. Broken connections are replaced as long as a caller waits."""
_APART = 0.05
"""Maximum seconds between the retries of two changes that timed out together."""
_INTERVAL = 0.02  # seconds between two looks what became of a commit

_BEGIN, _COMMIT, _ROLLBACK = b"BEGIN", b"COMMIT", b"ROLLBACK"
_NAME = b"SELECT pg_current_xact_id()::text"
_OUTCOME = b"SELECT pg_xact_status(%s::text::xid8)"
_TRY = b"SELECT pg_try_advisory_lock(hashtextextended(current_schema() || ':alone:' || %s, 0))"
_LEAVE = b"SELECT pg_advisory_unlock(hashtextextended(current_schema() || ':alone:' || %s, 0))"


def _no_callback() -> None: ...


class _Blocked(Exception):
    """Two changes deadlocked, and this one was rolled back. A retry works."""


class _CommitInDoubt(Exception):
    """The connection broke while COMMIT was under way."""

    def __init__(self, transaction: str, result: Any) -> None:
        super().__init__()
        self.transaction = transaction
        self.result = result


class PostgresEngine:
    """`bot.adapters.store.engine_protocol.Engine` on a server. Made by `PostgresEngine.open`."""

    def __init__(self, url: str, busy: float) -> None:
        self._busy = busy
        self._closing = busy / 2
        """Seconds a close waits for a server that does not answer; then its connections are cut."""
        self._sessions: WeakSet[Session] = WeakSet()
        self._pool: ConnectionPool[Session] = ConnectionPool(
            parameters(url),
            kwargs={"autocommit": True},
            min_size=2,
            max_size=_POOL,
            configure=self._begin,
            timeout=busy,
            reconnect_timeout=busy,  # then it is tried again when somebody asks
            open=True,
        )
        self._changing = ThreadPoolExecutor(_CHANGING, thread_name_prefix="desk-store-writer")
        self._reading = ThreadPoolExecutor(_READING, thread_name_prefix="desk-store-reader")
        self._look_ups = LookUps(self._reading, _READING, self._with_session, self._read)
        self._groups = Groups(self._changing, self._tried, self._change)
        self._closed = False

    @classmethod
    async def open(cls, url: str, busy: float = BUSY) -> Self:
        """Makes or migrates the tables; `Misconfigured` or `StoreDown` when the database cannot be used."""
        await asyncio.to_thread(prepare, url)
        return await asyncio.to_thread(cls, url, busy)

    async def close(self) -> None:
        """Finishes what was asked for, unless the server does not answer; may be called again."""
        self._closed = True
        self._groups.hand_over()
        self._look_ups.hand_over()
        cutting = asyncio.get_running_loop().call_later(self._closing, self._cut)
        await asyncio.to_thread(self._close)
        cutting.cancel()

    def _close(self) -> None:
        self._changing.shutdown()
        self._reading.shutdown()
        self._pool.close(timeout=self._closing)

    def _begin(self, session: Session) -> None:
        self._sessions.add(session)
        begin_session(session, self._busy)

    def _cut(self) -> None:
        """Ends all connections, so that no thread waits for an answer any more."""
        self._pool.close(timeout=0)
        for session in list(self._sessions):
            cut(session)

    async def change(self, work: Work[T], /) -> T:
        """Runs a change. Cancelled while it waits, it is made completely or not at all; which of the two is unknown."""
        return await self._in(self._changing, lambda: self._change(work))

    async def save(self, work: Work[T], /) -> T:
        self._require_open()
        return await self._groups.do(work)

    async def read(self, work: Work[T], /) -> T:
        return await self._in(self._reading, lambda: self._read(work))

    async def look_up(self, work: Work[T], /) -> T:
        self._require_open()
        return await self._look_ups.do(work)

    @asynccontextmanager
    async def lease(self, operation: str, /) -> AsyncIterator[bool]:
        """Takes a lock that ends with its connection: a killed process holds nothing up."""
        session, free = await self._in(self._reading, lambda: self._locked(operation))
        try:
            yield free
        finally:
            await asyncio.to_thread(self._unlock, session, operation if free else "")

    async def _in(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        self._require_open()
        return await asyncio.get_running_loop().run_in_executor(threads, work)

    def _require_open(self) -> None:
        if self._closed:
            raise StoreDown("The desk's database is closed: the desk is shutting down. Nothing was changed.")

    # --- in a thread

    def _session(self, until: float) -> Session:
        """One connection from the pool; `StoreDown` when there is none in time."""
        try:
            return self._pool.getconn(max(until - time.monotonic(), 0))
        except (psycopg.Error, PoolTimeout, PoolClosed) as error:
            raise down(error) from error

    def _with_session(self, work: Callable[[Session], T]) -> T:
        """Runs the work again where the connection turns out to be broken."""
        until = time.monotonic() + self._busy
        while True:
            session = self._session(until)
            try:
                return work(session)
            except psycopg.Error as error:
                if not session.closed:
                    raise translated(error) from error
            finally:
                self._pool.putconn(session)

    def _read(self, work: Work[T]) -> T:
        return self._with_session(lambda session: work(PostgresConnection(session)))

    def _tried(self, work: Work[T], stated: Stated) -> T:
        """One attempt, which lasts until the connection works."""
        try:
            return self._with_session(lambda session: _transacted(session, work, stated))
        except _CommitInDoubt as doubt:
            if self._was_committed(doubt.transaction):
                result: T = doubt.result
                return result
            raise

    def _change(self, work: Work[T], stated: Stated = _no_callback, was_locked: bool = False) -> T:
        """Retries until it is committed: after a broken connection, after a deadlock, and once after a lock that is
        held too long, as the lock's time-out comes before the server notices a deadlock."""
        for _ in range(_TRIES):
            try:
                return self._tried(work, stated)
            except _Blocked as met:
                cause = met.__cause__
                if isinstance(cause, errors.LockNotAvailable) and was_locked:
                    raise down(cause) from cause
                was_locked |= isinstance(cause, errors.LockNotAvailable)
                stated()
                time.sleep(random.uniform(0, _APART))  # noqa: S311 - no secret
            except _CommitInDoubt:
                continue  # it was not committed
        raise down(psycopg.OperationalError())

    def _was_committed(self, transaction: str) -> bool:
        """Asks the server until the caller's time is over; `StoreDown` when it does not come back."""
        until = time.monotonic() + self._busy
        while time.monotonic() < until:
            try:
                outcome = self._with_session(lambda session: _asked(session, _OUTCOME, transaction))
            except (StoreDown, psycopg.DataError):  # the latter from a server that stepped in and never knew it
                break
            if outcome != "in progress":
                return bool(outcome == "committed")
            time.sleep(_INTERVAL)
        raise in_doubt()

    def _locked(self, operation: str) -> tuple[Session, bool]:
        """A connection, taken out of the pool, and whether it has the lock."""
        until = time.monotonic() + self._busy
        while True:
            session = self._session(until)
            try:
                return session, bool(_asked(session, _TRY, operation))
            except psycopg.Error as error:
                self._pool.putconn(session)
                if not session.broken:
                    raise translated(error) from error

    def _unlock(self, session: Session, operation: str) -> None:
        """Gives the connection back. A broken one has lost its lock by itself."""
        try:
            if operation:
                _asked(session, _LEAVE, operation)
        except psycopg.Error:
            session.close()
        self._pool.putconn(session)


def _transacted(session: Session, work: Work[T], stated: Stated) -> T:
    """Runs a change in a transaction: in two round trips, if it reads nothing in between."""
    committing: _CommitInDoubt | None = None
    try:
        with _pipeline(session) as pipeline:
            session.execute(_BEGIN)
            name = session.execute(_NAME)
            connection = PostgresConnection(session, pipeline)
            result = _worked(connection, work)
            row = name.fetchone()
            assert row
            committing = _CommitInDoubt(str(row[0]), result)
            stated()
            session.execute(_COMMIT)
    except BaseException as error:
        if committing and (session.broken or session.closed):
            raise committing from error
        with suppress(psycopg.Error):
            session.execute(_ROLLBACK)
        if is_passing(error) or isinstance(error, errors.LockNotAvailable):
            raise _Blocked from error
        raise
    return result


@contextmanager
def _pipeline(session: Session) -> Iterator[psycopg.Pipeline]:
    """Pipeline mode; its end sends what is left, and waits for the results."""
    with session.pipeline() as pipeline:
        try:
            yield pipeline
        except BaseException:
            with suppress(psycopg.Error):  # those of the statements after the one that failed
                sync(session, pipeline)
            raise


def _worked(connection: PostgresConnection, work: Work[T]) -> T:
    """Runs the work, and completes what its commit depends on."""
    try:
        result = work(connection)
        connection.before_commit()
    except psycopg.Error as error:
        if unmet := connection.unmet():
            raise unmet from error
        raise
    return result


def _asked(session: Session, question: bytes, about: str) -> Any:
    row = session.execute(question, (about,)).fetchone()
    return row[0] if row else None
