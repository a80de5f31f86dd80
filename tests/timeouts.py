"""Waiting times of tests, long enough for a busy machine: only a failing test waits for as long as this.

A test of a waiting time itself sets that one, and only that one, to what it needs.
"""

from __future__ import annotations

from localslack import Switches

TIMEOUT = 100.0
"""Seconds."""


def long_timeouts() -> Switches:
    """A local Slack that waits for its apps as long as a busy machine needs."""
    return Switches(trigger_seconds=600, ack_seconds=TIMEOUT, redeliver_seconds=TIMEOUT)


def long_triggers() -> Switches:
    """Slack's own times, for apps that are killed and do not answer; but triggers live as long as the test needs."""
    return Switches(trigger_seconds=600)
