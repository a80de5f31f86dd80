"""Supervised background tasks: none is lost to the garbage collector or to a shutdown.

Background work yields to acknowledgements: it pauses while a person waits for one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context

from bot.core.deadline import lift
from bot.core.errors import described, trouble_of

log = logging.getLogger(__name__)

_TIMEOUT = 0.1
"""Seconds a background task yields at most, so that a steady load cannot starve it."""


class BackgroundTasks:
    """Runs coroutines after an acknowledgement, and counts the acknowledgements people wait for."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """While inside, a person waits for an acknowledgement."""
        self._waiting += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._idle.set()

    async def calm(self) -> None:
        """Waits until no acknowledgement is pending; a tenth of a second at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_TIMEOUT):
                await self._idle.wait()

    def start(self, work: Coroutine[object, object, None], *, is_awaited: bool = False) -> None:
        """Runs it in the background. An error is logged; the caller tells people where they must know.

        `is_awaited`: a person waits for it, so that the deadline stays.
        """
        context = copy_context()
        if not is_awaited:
            context.run(lift)
        task = asyncio.get_running_loop().create_task(work, context=context)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if task.cancelled() or not (error := task.exception()):
            return
        level = logging.WARNING if trouble_of(error) else logging.ERROR
        log.log(level, "a task after an acknowledgement failed: %s", described(error))

    async def drain(self, seconds: float) -> None:
        """Waits until all tasks have ended; cancels those that are late."""
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=seconds)
        for task in late:
            task.cancel()
