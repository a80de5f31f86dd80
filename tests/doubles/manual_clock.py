"""A clock for tests that only moves when it is set."""

from __future__ import annotations

from datetime import datetime

from tests.doubles.records import START


class ManualClock:
    """Implements `bot.core.clock.Clock`; starts at START."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at
