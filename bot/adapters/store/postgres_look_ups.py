"""Look-ups on a server: those that wait at the same time share the threads' connections and answers."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any, TypeVar

import psycopg

from bot.adapters.store.group_commit import HandOver, Job, answer
from bot.adapters.store.postgres_session import PostgresConnection, Session
from bot.core.errors import StoreDown

T = TypeVar("T")
Work = Callable[[PostgresConnection], T]

_SHARE = 4
"""Look-ups for which one thread is woken."""
_LONGEST = 0.001
"""Seconds an answer waits for those of the next look-ups."""


class LookUps:
    """Each thread takes the next look-up that waits, until none is left, on one connection."""

    def __init__(
        self,
        threads: Executor,
        count: int,
        with_session: Callable[[Callable[[Session], None]], None],
        alone: Callable[[Work[Any]], Any],
    ) -> None:
        """`count`: of the threads. `alone`: reads on a connection of its own."""
        self._threads = threads
        self._count = count
        self._with_session = with_session
        self._alone = alone
        self._jobs: deque[Job] = deque()
        self._handing_over = HandOver(self.hand_over)

    async def do(self, work: Work[T]) -> T:
        return await self._handing_over.run(work, self._jobs.append)

    def hand_over(self) -> None:
        """Wakes threads for what waits."""
        with suppress(RuntimeError):  # closed, after all that waited had begun
            for _ in range(min(self._count, -(-len(self._jobs) // _SHARE))):
                self._threads.submit(self._run)

    # --- in a thread

    def _run(self) -> None:
        try:
            self._with_session(self._serve)
        except StoreDown as error:
            while (job := self._next()) is not None:
                job.error = error
                answer([job])

    def _serve(self, session: Session) -> None:
        """Raises an error of the driver when the connection is broken: the rest is for the next one."""
        connection, done, since = PostgresConnection(session), list[Job](), time.monotonic()
        try:
            while (job := self._next()) is not None:
                if self._looked_up(job, connection):
                    done.append(job)
                if session.broken:
                    raise psycopg.OperationalError
                if time.monotonic() - since > _LONGEST:
                    answer(done)
                    done, since = [], time.monotonic()
        finally:
            answer(done)

    def _looked_up(self, job: Job, connection: PostgresConnection) -> bool:
        """False where the driver reports an error: it is read again, on a connection of its own."""
        try:
            job.result = job.work(connection)
        except psycopg.Error:
            self._again(job)
            return False
        except Exception as error:  # noqa: BLE001  whatever it is, whoever waits must be told
            job.error = error
        return True

    def _again(self, job: Job) -> None:
        try:
            self._threads.submit(self._run_alone, job)
        except RuntimeError:  # the store is being closed
            self._run_alone(job)

    def _run_alone(self, job: Job) -> None:
        try:
            job.result = self._alone(job.work)
        except Exception as error:  # noqa: BLE001  the same
            job.error = error
        answer([job])

    def _next(self) -> Job | None:
        with suppress(IndexError):
            return self._jobs.popleft()
        return None
