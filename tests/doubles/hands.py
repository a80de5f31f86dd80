"""A clock that is set by hand."""

from __future__ import annotations

from datetime import datetime

from tests.doubles.records import START


class Hands:
    """`bot.core.clock.Clock`; begins at START."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at
