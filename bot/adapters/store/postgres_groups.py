"""Group commit on a server: the short changes that wait together are made in one transaction, with one fsync.

The next group begins its statements while the one before it is being committed. Two groups never run statements at the
same time, unless one waits for a lock of another replica: each would hold what the other needs next.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any, TypeVar

from psycopg.errors import LockNotAvailable

from bot.adapters.store.group_commit import HandOver, Job, answer
from bot.adapters.store.postgres_session import PostgresConnection
from bot.core.errors import SaveInDoubt, Unreachable

T = TypeVar("T")
Work = Callable[[PostgresConnection], T]
Stated = Callable[[], None]
"""Called when all statements of a transaction were executed, before its commit."""
Transact = Callable[[Work[Any], Stated], Any]
"""Runs a change in a transaction."""
Retry = Callable[[Work[Any], Stated, bool], Any]
"""Runs a change in a transaction, again where it failed for a reason that passes; the flag: a lock was met before."""

_LIMIT = 64  # changes in one transaction: bounds how long its locks are held
_TURN = 0.05
"""Seconds a group waits for the statements of the one before it, which may itself wait for a lock."""


class Groups:
    """Runs short changes in groups. One that fails is run again by itself, and so are the others of its group."""

    def __init__(self, threads: Executor, together: Transact, alone: Retry) -> None:
        """`together`: tries once."""
        self._threads = threads
        self._together = together
        self._alone = alone
        self._jobs: deque[Job] = deque()
        self._handing_over = HandOver(self.hand_over)
        self._turn = threading.Lock()

    async def do(self, work: Work[T]) -> T:
        """The result or exception of `work`, once its group is committed."""
        return await self._handing_over.run(work, self._jobs.append)

    def hand_over(self) -> bool:
        """Begins what waits; False when the threads have ended."""
        try:
            self._threads.submit(self._run)
        except RuntimeError:
            return False
        return True

    # --- in a thread

    def _run(self) -> None:
        while self._run_group():
            pass

    def _run_group(self) -> bool:
        """Runs the waiting work; True if more waits, and no other thread was woken."""
        has_turn = self._turn.acquire(timeout=_TURN)
        pending = [self._turn.release] if has_turn else []

        def stated() -> None:
            while pending:
                pending.pop()()

        try:
            group = self._taken()
            is_more = bool(self._jobs) and not self.hand_over()
            if group:
                self._commit(group, stated)
        finally:
            stated()
        return is_more

    def _taken(self) -> list[Job]:
        group: list[Job] = []
        with suppress(IndexError):
            while len(group) < _LIMIT:
                job = self._jobs.popleft()
                if not job.asked.cancelled():
                    group.append(job)
        return group

    def _commit(self, group: Sequence[Job], stated: Stated) -> None:
        if len(group) == 1:
            self._run_alone(group[0], stated)
            return
        try:
            results = self._together(lambda db: [job.work(db) for job in group], stated)
        except (Unreachable, SaveInDoubt) as error:
            for job in group:
                job.error = error
        except Exception as error:  # noqa: BLE001  whichever it was of: each by itself shows
            stated()
            for job in group:
                self._again(job, was_locked=isinstance(error.__cause__, LockNotAvailable))
            return
        else:
            for job, result in zip(group, results, strict=True):
                job.result = result
        answer(group)

    def _again(self, job: Job, *, was_locked: bool) -> None:
        try:
            self._threads.submit(self._run_alone, job, was_locked=was_locked)
        except RuntimeError:  # the store is being closed
            self._run_alone(job, was_locked=was_locked)

    def _run_alone(self, job: Job, stated: Stated = lambda: None, *, was_locked: bool = False) -> None:
        try:
            job.result = self._alone(job.work, stated, was_locked)
        except Exception as error:  # noqa: BLE001  whatever it is, whoever waits must be told
            job.error = error
        answer([job])
