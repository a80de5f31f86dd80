"""TTL cache; concurrent misses share one call."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.core.deadline import in_time

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

_AGAIN = 10
"""Divides the time for a call that was waited for in vain before."""


@dataclass
class TtlCache(Generic[K, T]):
    """Answers by key, least recently used out first. A failed call is not cached.

    Where `stale` is set, an expired answer is used for so long while a new one is slow to come or fails.
    """

    ask: Callable[[K], Awaitable[T]]
    ttl: float
    """Seconds an answer is used without asking again."""
    max_size: int = 5000
    """Maximum number of entries."""
    stale_ttl: float = 0.0
    """Seconds after that in which an expired answer still beats none."""
    timeout: float = 1.0
    """Seconds a new answer may take where there is an expired one, from when it is asked for."""
    answers: OrderedDict[K, tuple[float, T]] = field(default_factory=OrderedDict)
    """Time and value of each answer."""
    _calls: dict[K, asyncio.Future[T]] = field(default_factory=dict)
    _begun: dict[K, float] = field(default_factory=dict)
    """When each call under way was begun."""

    async def get(self, key: K) -> T:
        """The cached answer, or a new one. Raises what `ask` raises where there is no answer to fall back on.

        `TimeoutError` where a new one does not come before the deadline of the context.
        """
        at, age = self.answers.get(key), 0.0
        if at is not None:
            self.answers.move_to_end(key)
            age = time.monotonic() - at[0]
            if age <= self.ttl:
                return at[1]
        call = self._call(key)
        if at is None or age > self.ttl + self.stale_ttl:
            return await in_time(asyncio.shield(call))
        left = self._begun.get(key, 0.0) + self.timeout - time.monotonic()
        with suppress(Exception):
            async with asyncio.timeout(max(left, self.timeout / _AGAIN)):
                return await asyncio.shield(call)
        return at[1]

    def known(self, key: K) -> T | None:
        """The last answer, however old."""
        found = self.answers.get(key)
        return found[1] if found else None

    def put(self, key: K, answer: T, age: float = 0.0) -> None:
        """Caches an answer from elsewhere, which is that many seconds old."""
        self.answers[key] = (time.monotonic() - age, answer)
        self.answers.move_to_end(key)
        while len(self.answers) > self.max_size:
            self.answers.popitem(last=False)

    def forget(self, key: K) -> None:
        """Drops the answer; a call under way is not used."""
        self.answers.pop(key, None)
        self._calls.pop(key, None)
        self._begun.pop(key, None)

    def _call(self, key: K) -> asyncio.Future[T]:
        call = self._calls.get(key)
        if call is None:
            call = self._calls[key] = asyncio.ensure_future(self.ask(key))
            self._begun[key] = time.monotonic()
            call.add_done_callback(lambda done: self._answered(key, done))
        return call

    def _answered(self, key: K, call: asyncio.Future[T]) -> None:
        failed = call.cancelled() or call.exception() is not None
        if self._calls.get(key) is not call:
            return  # dropped meanwhile
        del self._calls[key], self._begun[key]
        if not failed:
            self.put(key, call.result())
