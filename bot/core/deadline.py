"""Deadline of what a person waits for: Slack forgets a trigger, and gives up on an acknowledgement, after 3 seconds.

It is part of the context, and of tasks that are started in it. Only cached look-ups keep to it: a look-up that is too
slow for this person goes on, and the next one finds its answer.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")

_until: ContextVar[float] = ContextVar("deadline", default=math.inf)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Sets the deadline of the context, unless it has an earlier one."""
    before = _until.set(min(_until.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _until.reset(before)


def lift() -> None:
    """Removes the deadline of the context, once no person waits any more."""
    _until.set(math.inf)


async def in_time(call: Awaitable[T]) -> T:
    """The result of a call. `TimeoutError` at the deadline."""
    until = _until.get()
    if until == math.inf:
        return await call
    async with asyncio.timeout(max(until - time.monotonic(), 0.0)):
        return await call
