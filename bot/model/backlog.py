"""The backlog of the outbox, for monitoring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Backlog:
    """Number and age of due notifications that are not delivered."""

    waiting: int = 0
    """Notices that are due."""
    oldest: datetime | None = None
    """Due moment of the oldest of them."""
    dead: int = 0
    """Notices that were given up and wait for a person."""
