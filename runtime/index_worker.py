"""When are new words taken into the full-text index? Soon after a change, while nobody waits for an acknowledgement."""

from __future__ import annotations

import asyncio
import logging

from bot.core.errors import StoreDown
from bot.ports import Store
from runtime.background_tasks import BackgroundTasks

log = logging.getLogger(__name__)

_SOON = 0.5
"""Seconds after a change: what happens until then is taken in together, which costs less. A search does not wait."""
_TOGETHER = 10
"""Tickets: whoever changes something meanwhile waits for so many at most."""
_PAUSE = 5.0
"""Seconds to wait when the store is down."""


class IndexWorker:
    """`run` it in one task; `wake` it after a change."""

    def __init__(self, store: Store, tasks: BackgroundTasks) -> None:
        self._store = store
        self._tasks = tasks
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There is something to do. Cheap."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled; begins with what was left when the program last ended."""
        while True:
            self._woken.clear()
            try:
                await self._take_in()
            except StoreDown:
                log.warning("the store is down; what is new is indexed later")
                await asyncio.sleep(_PAUSE)
                continue
            await self._woken.wait()
            await asyncio.sleep(_SOON)

    async def _take_in(self) -> None:
        await self._tasks.calm()
        while await self._store.index_new(_TOGETHER):
            await self._tasks.calm()
