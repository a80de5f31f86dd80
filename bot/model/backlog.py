"""The backlog of the outbox, for those who watch the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Backlog:
    """Number and age of due notifications that are not delivered."""

    waiting: int = 0
    """Notices that are due."""
    oldest: datetime | None = None
    """When the oldest of them was to be delivered."""
    dead: int = 0
    """Notices that were given up and wait for a person."""
