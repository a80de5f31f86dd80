"""Exponential backoff with jitter: the wait before a failed delivery is retried."""

from __future__ import annotations

from datetime import timedelta
from zlib import crc32

STEPS = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900, 1800))

AMBIGUOUS = timedelta(seconds=60)
"""Wait after an unknown outcome: the other side may still be working on the first attempt."""

LONGEST = timedelta(hours=1)
"""Longest wait before a retry, and longest lease. A later moment was written by a clock that was set back since."""

AHEAD = timedelta(seconds=30)
"""Difference between clocks of replicas that is no sign of a clock that was set back."""

_JITTER = 0.2


def backoff(attempt: int, salt: str) -> timedelta:
    """The wait after that attempt (1 is the first): 5 s, 15 s, 1 min, 5 min, 15 min, then always 30 min.

    Up to a fifth more or less: the spread depends on `salt` (a notice's key), so that what failed together does not
    come back together.
    """
    step = STEPS[min(max(attempt, 1), len(STEPS)) - 1]
    spread = crc32(f"{salt}#{attempt}".encode(errors="replace")) / 2**32  # 0 to 1, the same every time
    return step * (1 - _JITTER + 2 * _JITTER * spread)


def unknown(attempt: int, salt: str) -> timedelta:
    """The wait after an attempt with an unknown outcome."""
    return max(backoff(attempt, salt), AMBIGUOUS)
