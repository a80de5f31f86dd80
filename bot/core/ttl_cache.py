"""For how long is an answer used again?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


@dataclass
class Kept(Generic[K, T]):
    """Answers by key. Several who ask for the same at once wait for one look-up; a failed one is not kept."""

    ask: Callable[[K], Awaitable[T]]
    fresh: float
    """Seconds an answer is used without asking again."""
    most: int = 5000
    """How many are kept at a time."""
    answers: dict[K, tuple[float, asyncio.Future[T]]] = field(default_factory=dict)

    async def get(self, key: K) -> T:
        at, known = self.answers.get(key, (0.0, None))
        if known is None or time.monotonic() - at > self.fresh or (known.done() and known.exception()):
            if len(self.answers) >= self.most:
                self.answers.clear()
            known = asyncio.ensure_future(self.ask(key))
            self.answers[key] = (time.monotonic(), known)
        return await asyncio.shield(known)

    def forget(self, key: K) -> None:
        """Asks anew the next time."""
        self.answers.pop(key, None)
