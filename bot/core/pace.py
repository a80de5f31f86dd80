"""Rate limiter: a sliding window per key, and keys that are held until a moment."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field


class TooSoon(Exception):
    """The turn of this key is too far away to wait for it. `seconds`: how far."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s")
        self.seconds = seconds


@dataclass
class Pace:
    """At most `most` turns of one key within any `window` seconds; in the order of the requests."""

    most: int
    window: float
    patience: float = 10.0
    """Seconds somebody waits for a turn; one that is farther away is `TooSoon`."""
    clock: Callable[[], float] = time.monotonic
    _turns: dict[Hashable, deque[float]] = field(default_factory=dict)
    """The latest turns of each key, also those that are still to come."""
    _held: dict[Hashable, float] = field(default_factory=dict)

    async def turn(self, key: Hashable) -> float:
        """Waits for the key's next turn and returns its time. `TooSoon` when it is too far away; none is taken then."""
        while True:
            seconds = self.seconds_until(key)
            if seconds > self.patience:
                raise TooSoon(seconds)
            at = self.clock() + seconds
            self._take(key, at)
            if seconds:
                await asyncio.sleep(seconds)
            if self._held.get(key, at) <= at:  # else it was held meanwhile
                return at

    def ended(self, key: Hashable, at: float) -> None:
        """Ends the turn taken at that time: the other side may have counted it as late as now."""
        turns = self._turns.get(key)
        if turns and at in turns:
            turns.remove(at)
            turns.append(self.clock())
            self._turns[key] = deque(sorted(turns), self.most)

    def hold(self, key: Hashable, seconds: float) -> None:
        """Holds this key for that many seconds: the other side asked for it."""
        self._held[key] = max(self._held.get(key, 0.0), self.clock() + seconds)

    def seconds_until(self, key: Hashable) -> float:
        """Waiting time in seconds for a turn requested now."""
        now = self.clock()
        turns = self._turns.get(key, deque[float]())
        earliest = turns[-self.most] + self.window if len(turns) >= self.most else now
        return max(earliest, self._held.get(key, now), now) - now

    def busy(self, seconds: float) -> Mapping[Hashable, float]:
        """Keys whose next turn is farther away than that many seconds, and how far."""
        waits = {key: self.seconds_until(key) for key in (*self._turns, *self._held)}
        return {key: wait for key, wait in waits.items() if wait > seconds}

    def _take(self, key: Hashable, at: float) -> None:
        self._forget_old()
        self._turns.setdefault(key, deque(maxlen=self.most)).append(at)

    def _forget_old(self) -> None:
        now = self.clock()
        for key in [key for key, turns in self._turns.items() if turns[-1] + self.window < now]:
            del self._turns[key]
        for key in [key for key, until in self._held.items() if until < now]:
            del self._held[key]
