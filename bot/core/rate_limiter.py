"""Rate limiter: a sliding window per key, and keys that are held until a moment."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from bot.core.errors import StoreDown

_PRECISE = 0.1
"""Seconds by which a turn may be wrong without being corrected for other processes."""


class TooSoon(Exception):
    """The turn of this key is too far away to wait for it. `seconds`: how far."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s")
        self.seconds = seconds


@dataclass(eq=False)
class Turn:
    """A turn that was taken."""

    at: float
    """When it may be used; once it was used, when the other side counted it at the latest."""
    shared: int = 0
    """Name of this turn for other processes."""


@dataclass(frozen=True)
class SharedTurn:
    """Answer to a request for a turn. All times are seconds from now."""

    seconds: float
    """Seconds until the turn."""
    taken: int
    """Names the turn; 0 when it is too far away, and was not taken."""
    turns: Sequence[float]
    """The latest turns of all processes, in order."""
    held: float
    """Seconds until the key is no longer held; negative when it is not."""


class SharedTurns(Protocol):
    """Turns that several processes take of the same keys. Every method may raise `StoreDown`."""

    async def take(self, key: str, limit: int, window: float, longest_wait: float) -> SharedTurn:
        """Takes the next turn, unless it is farther away than `longest_wait`."""

    async def confirm(self, key: str, taken: int, limit: int, window: float) -> tuple[float, int]:
        """Uses a turn that was waited for, or postpones it as turns before it lasted; gives the seconds, and its name.

        A turn that is not confirmed soon after its moment is given up.
        """

    async def end(self, key: str, taken: int) -> None:
        """Counts this turn from now on."""

    async def hold(self, key: str, seconds: float) -> None:
        """Holds this key for that many seconds."""


@dataclass
class RateLimiter:
    """At most `limit` turns of one key within any `window` seconds; in the order of the requests.

    With `shared`, of all processes together; while that is down, each counts for itself.
    """

    limit: int
    window: float
    longest_wait: float = 10.0
    """Seconds somebody waits for a turn; one that is farther away is `TooSoon`."""
    clock: Callable[[], float] = time.monotonic
    shared: SharedTurns | None = None
    _turns: dict[Hashable, list[Turn]] = field(default_factory=dict)
    """The latest turns of each key, also those that are still to come, in the order they were taken."""
    _held: dict[Hashable, float] = field(default_factory=dict)

    async def turn(self, key: Hashable) -> Turn:
        """Waits for the key's next turn and returns it. `TooSoon` when it is too far away; none is taken then."""
        while True:
            turn = await self._next(key)
            while (seconds := turn.at - self.clock()) > 0:
                await asyncio.sleep(seconds)
                await self._postpone(key, turn)
            if self._held.get(key, turn.at) <= turn.at:  # else it was held meanwhile
                return turn

    async def _postpone(self, key: Hashable, turn: Turn) -> None:
        """Calls before this one may have ended, and so have been counted, later than this turn was reckoned from."""
        if self.shared and turn.shared:
            with suppress(StoreDown):
                more, turn.shared = await self.shared.confirm(str(key), turn.shared, self.limit, self.window)
                turn.at = max(turn.at, self.clock() + more) if more > 0 else turn.at
            return
        turns = self._turns.get(key, [])
        before = turns[: turns.index(turn)] if turn in turns else []
        turn.at = max(turn.at, self._earliest(before))

    async def ended(self, key: Hashable, turn: Turn) -> None:
        """Ends a turn: the other side may have counted it as late as now."""
        is_late = self.clock() - turn.at > _PRECISE
        turn.at = self.clock()
        if self.shared and turn.shared and is_late:
            with suppress(StoreDown):
                await self.shared.end(str(key), turn.shared)

    async def refused(self, key: Hashable, seconds: float) -> None:
        """Holds the key, in all processes."""
        self.hold(key, seconds)
        if self.shared:
            with suppress(StoreDown):
                await self.shared.hold(str(key), seconds)

    def hold(self, key: Hashable, seconds: float) -> None:
        """Holds this key for that many seconds: the other side asked for it."""
        self._held[key] = max(self._held.get(key, 0.0), self.clock() + seconds)

    def seconds_until(self, key: Hashable) -> float:
        """Waiting time in seconds for a turn requested now."""
        now = self.clock()
        return max(self._earliest(self._turns.get(key, [])), self._held.get(key, now), now) - now

    def _earliest(self, turns: Sequence[Turn]) -> float:
        """When the next turn after these may come."""
        times = sorted(turn.at for turn in turns)
        return times[-self.limit] + self.window if len(times) >= self.limit else -math.inf

    def busy(self, seconds: float) -> Mapping[Hashable, float]:
        """Keys whose next turn is farther away than that many seconds, and how far."""
        waits = {key: self.seconds_until(key) for key in (*self._turns, *self._held)}
        return {key: wait for key, wait in waits.items() if wait > seconds}

    async def _next(self, key: Hashable) -> Turn:
        if self.shared and self.window:
            with suppress(StoreDown):
                return self._adopt(key, await self.shared.take(str(key), self.limit, self.window, self.longest_wait))
        seconds = self.seconds_until(key)
        if seconds > self.longest_wait:
            raise TooSoon(seconds)
        self._forget_old()
        turn = Turn(self.clock() + seconds)
        self._turns.setdefault(key, []).append(turn)
        return turn

    def _adopt(self, key: Hashable, found: SharedTurn) -> Turn:
        """From now on this process knows the turns of the others, and holds what is far away."""
        now = self.clock()
        self._forget_old()
        self._turns[key] = [Turn(now + seconds) for seconds in found.turns]
        if found.held > 0:
            self.hold(key, found.held)
        if not found.taken:
            raise TooSoon(found.seconds)
        return Turn(now + found.seconds, found.taken)

    def _forget_old(self) -> None:
        since = self.clock() - self.window
        for key, turns in list(self._turns.items()):
            turns[:] = [turn for turn in turns if turn.at >= since]
            if not turns:
                del self._turns[key]
        for key in [key for key, until in self._held.items() if until < self.clock()]:
            del self._held[key]
