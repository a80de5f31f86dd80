"""Worker that updates the full-text index soon after a change, while no acknowledgement is pending."""

from __future__ import annotations

import asyncio
import logging

from bot.core.errors import StoreDown
from bot.ports import Store
from runtime.background_tasks import BackgroundTasks

log = logging.getLogger(__name__)

_DEBOUNCE = 0.5
"""Seconds of debounce after a change: a batch costs less. A search does not wait for it."""
_BATCH = 10
"""Tickets per batch: a change in the meantime waits for one batch at most."""
_PAUSE = 5.0
"""Seconds to wait when the store is down."""


class IndexWorker:
    """Updates the index: `run` in one task, `wake` after a change."""

    def __init__(self, store: Store, tasks: BackgroundTasks) -> None:
        self._store = store
        self._tasks = tasks
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Wakes the worker after a change. Cheap."""
        self._woken.set()

    async def run(self) -> None:
        """Indexes until cancelled, beginning with what was left when the program last ended."""
        while True:
            self._woken.clear()
            try:
                await self._index_batch()
            except StoreDown:
                log.warning("the store is down; what is new is indexed later")
                await asyncio.sleep(_PAUSE)
                continue
            await self._woken.wait()
            await asyncio.sleep(_DEBOUNCE)

    async def _index_batch(self) -> None:
        await self._tasks.calm()
        while await self._store.index_new(_BATCH):
            await self._tasks.calm()
