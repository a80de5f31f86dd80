"""Detects jumps of the wall clock: it was set, or the machine slept."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from bot.core.clock import Clock, now

_TOLERANCE = timedelta(seconds=2)
"""Smaller differences between two checks are ordinary adjustments of a clock."""


class ClockJumps:
    """Compares the wall clock with monotonic time, which is never set and stands still while the machine sleeps."""

    def __init__(self, wall: Clock = now, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._seen = (wall(), monotonic())

    def since_last_look(self) -> timedelta | None:
        """The jump of the wall clock, negative when it was set back; None when it has not jumped."""
        (wall, ticks), self._seen = self._seen, (self._wall(), self._monotonic())
        jump = self._seen[0] - wall - timedelta(seconds=self._seen[1] - ticks)
        return jump if abs(jump) > _TOLERANCE else None
