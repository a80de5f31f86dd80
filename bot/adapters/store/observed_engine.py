"""An engine whose operations are measured."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from bot.adapters.store.connection_protocol import Connection
from bot.adapters.store.engine_protocol import Engine
from bot.core.errors import StoreDown

T = TypeVar("T")

Observe = Callable[[str, str, float], None]
"""Called with the kind of operation (`read`, `change`), its outcome (`done`, `down`, `refused`), and its seconds."""


class ObservedEngine:
    """`bot.adapters.store.database.Engine`: forwards every call, and reports its duration."""

    def __init__(self, engine: Engine, observe: Observe) -> None:
        self._engine = engine
        self._observe = observe

    async def change(self, work: Callable[[Connection], T], /) -> T:
        return await self._measured("change", self._engine.change, work)

    async def save(self, work: Callable[[Connection], T], /) -> T:
        return await self._measured("change", self._engine.save, work)

    async def read(self, work: Callable[[Connection], T], /) -> T:
        return await self._measured("read", self._engine.read, work)

    async def look_up(self, work: Callable[[Connection], T], /) -> T:
        return await self._measured("read", self._engine.look_up, work)

    async def _measured(
        self, kind: str, do: Callable[[Callable[[Connection], T]], Awaitable[T]], work: Callable[[Connection], T]
    ) -> T:
        began, outcome = time.perf_counter(), "refused"
        try:
            result = await do(work)
            outcome = "done"
        except StoreDown:
            outcome = "down"
            raise
        finally:
            self._observe(kind, outcome, time.perf_counter() - began)
        return result

    def lease(self, operation: str, /) -> AbstractAsyncContextManager[bool]:
        return self._engine.lease(operation)

    async def close(self) -> None:
        await self._engine.close()
