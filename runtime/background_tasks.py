"""What goes on after an acknowledgement? Supervised tasks: none is lost to the garbage collector or to a shutdown.

And what must not go on before one: while somebody waits for an acknowledgement, work nobody waits for stands back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress

from bot.core.errors import place_of

log = logging.getLogger(__name__)

_PATIENCE = 0.1
"""Seconds after which work that stood back goes on all the same: it is never kept waiting by people without end."""


class BackgroundTasks:
    """Runs what follows an acknowledgement."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._nobody_waits = asyncio.Event()
        self._nobody_waits.set()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """While inside, somebody waits for an acknowledgement."""
        self._waiting += 1
        self._nobody_waits.clear()
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._nobody_waits.set()

    async def calm(self) -> None:
        """Waits until nobody waits for an acknowledgement any more; a tenth of a second at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._nobody_waits.wait()

    def start(self, work: Coroutine[object, object, None], *, later: bool = False) -> None:
        """Runs it in the background. What it raises is logged: whoever starts it handles what people must hear.

        `later`: when nobody waits for an acknowledgement.
        """
        task = asyncio.get_running_loop().create_task(self._when_calm(work) if later else work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    async def _when_calm(self, work: Coroutine[object, object, None]) -> None:
        try:
            await self.calm()
        except asyncio.CancelledError:
            work.close()
            raise
        await work

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a task after an acknowledgement failed: %s", place_of(error))

    async def drain(self, seconds: float) -> None:
        """Waits until all have ended; cancels what has not by then."""
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=seconds)
        for task in late:
            task.cancel()
