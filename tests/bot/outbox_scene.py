"""An outbox on an in-memory store, with scripted outcomes of its deliveries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.model.notice import Claim, Notice, NoticeKind, Outcome, Sent
from bot.outbox import Limits, Outbox
from bot.tickets.ports import Batch
from tests.doubles.manual_clock import ManualClock
from tests.doubles.memory_store import MemoryStore
from tests.timeouts import TIMEOUT

PERSONAL = "anna@example.com"
QUICK = Limits(pause=0.01, sweep=0.5, delivery=5)


class Courier:
    """A carrier with scripted outcomes that records its deliveries."""

    def __init__(self, does: Callable[[Claim], Awaitable[Outcome]] | None = None) -> None:
        self._does = does
        self.got: list[tuple[str, int]] = []
        self.under_way = 0
        self.maximum = 0
        self._arrived = asyncio.Condition()

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        self.under_way += 1
        self.maximum = max(self.maximum, self.under_way)
        try:
            async with self._arrived:
                self.got.append((claim.notice.key, claim.attempt))
                self._arrived.notify_all()
            await asyncio.sleep(0)
            return await self._does(claim) if self._does else Sent()
        finally:
            self.under_way -= 1

    async def has(self, count: int) -> None:
        async with asyncio.timeout(TIMEOUT), self._arrived:
            await self._arrived.wait_for(lambda: len(self.got) >= count)

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.got]


async def nothing_follows(claim: Claim, outcome: Outcome) -> Sequence[Notice]:
    return ()


class Scene:
    """A store, a clock set by hand, a courier for everything, and the outbox between them."""

    def __init__(
        self,
        does: Callable[[Claim], Awaitable[Outcome]] | None = None,
        follow_up: Callable[[Claim, Outcome], Awaitable[Sequence[Notice]]] = nothing_follows,
        limits: Limits = QUICK,
        store: MemoryStore | None = None,
    ) -> None:
        self.clock = ManualClock()
        self.store = store or MemoryStore(self.clock)
        self.courier = Courier(does)
        self.jumps: list[timedelta] = []
        """Jumps of the machine's clock that the outbox has not noticed yet."""
        carriers, jump = dict.fromkeys(NoticeKind, self.courier), lambda: self.jumps and self.jumps.pop()
        self.outbox = Outbox(self.store, carriers, self.clock, follow_up, limits, has_jumped=jump)

    def set_clock(self, jump: timedelta) -> None:
        self.clock.at += jump
        self.jumps.append(jump)

    async def save(self, *notices: Notice) -> None:
        await self.store.apply(Batch(notices=notices))
        self.outbox.wake()

    async def drained(self) -> None:
        assert await self.outbox.drain(TIMEOUT)

    async def states(self) -> dict[str, str]:
        return {letter.notice.key: letter.state for letter in await self.store.letters()}

    async def reason(self, key: str) -> str:
        return next(letter.reason for letter in await self.store.letters() if letter.notice.key == key)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.outbox.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
