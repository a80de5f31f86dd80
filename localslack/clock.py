"""The clock of the local Slack: the wall clock plus an offset that can be moved."""

import asyncio
import time
from collections.abc import Callable


class Clock:
    """The wall clock plus an offset in seconds. Programs that share the object share the time."""

    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset
        self._subscribers: list[Callable[[], None]] = []
        self._sleepers: set[asyncio.Future[None]] = set()

    def now(self) -> float:
        """The time in Unix seconds."""
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        """Move the time on (or back, with a negative number); sleepers whose time has come are woken."""
        self.set_offset(self.offset + seconds)

    def set_offset(self, offset: float) -> None:
        """Set the distance to the wall clock, in seconds."""
        self.offset = offset
        for sleeper in list(self._sleepers):
            if not sleeper.done():
                sleeper.set_result(None)
        for callback in list(self._subscribers):
            callback()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after every move; returns a function that unsubscribes it."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    async def sleep(self, seconds: float) -> None:
        """Sleep for `seconds` of this clock, not of the wall clock."""
        await self.sleep_until(self.now() + seconds)

    async def sleep_until(self, when: float) -> None:
        """Sleep until this clock shows `when` (Unix seconds)."""
        while (left := when - self.now()) > 0:
            moved = asyncio.get_running_loop().create_future()
            self._sleepers.add(moved)
            try:
                await asyncio.wait([moved], timeout=left)
            finally:
                self._sleepers.discard(moved)
