"""Waiting times of tests, long enough for a busy machine: only a failing test waits for as long as this.

A test of a waiting time itself sets that one, and only that one, to what it needs.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from localslack import Switches

TIMEOUT = 100.0
"""Seconds."""


@dataclass
class Pace:
    """Measure of how slow the machine is now: the time that a process takes to start. Made before the start."""

    _began: float = field(default_factory=time.monotonic)
    _start: float = 0.0
    _stopping: float = 0.0

    def stop(self) -> None:
        """The process has started and is told to end now."""
        self._stopping = time.monotonic()
        self._start = self._stopping - self._began

    def is_within(self, seconds: float) -> bool:
        """True if no more than these seconds, and what the machine took for the start, have passed since `stop`."""
        return time.monotonic() - self._stopping < seconds + self._start


def long_timeouts() -> Switches:
    """A local Slack that waits for its apps as long as a busy machine needs."""
    return Switches(trigger_seconds=600, ack_seconds=TIMEOUT, redeliver_seconds=TIMEOUT)


def long_triggers() -> Switches:
    """Slack's own times, for apps that are killed and do not answer; but triggers live as long as the test needs."""
    return Switches(trigger_seconds=600)
