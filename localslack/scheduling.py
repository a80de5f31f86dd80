"""Scheduled messages, posted when the workspace's clock reaches their time."""

import asyncio
from collections.abc import Awaitable, Callable

from localslack.records import Scheduled
from localslack.workspace import Workspace

Post = Callable[[Scheduled], Awaitable[None]]


class Scheduling:
    """Waits for the next scheduled message; one task, woken by new ones and by moves of the clock."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._wake = asyncio.Event()

    def add(self, scheduled: Scheduled) -> None:
        """Post it when its time comes."""
        self._workspace.add(scheduled)
        self._wake.set()

    async def run(self, post: Post) -> None:
        """Post what is due, until cancelled."""
        while True:
            self._wake.clear()
            for scheduled in self._due():
                self._workspace.drop(scheduled)
                await post(scheduled)
            await self._until_next()

    def _due(self) -> list[Scheduled]:
        waiting = sorted(self._workspace.scheduled.values(), key=lambda entry: entry.post_at)
        return [entry for entry in waiting if entry.post_at <= self._workspace.clock.now()]

    async def _until_next(self) -> None:
        waits = [asyncio.create_task(self._wake.wait())]
        times = [entry.post_at for entry in self._workspace.scheduled.values()]
        if times:
            sleep = self._workspace.clock.sleep_until(min(times))
            waits.append(asyncio.create_task(sleep))  # type: ignore[arg-type]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
