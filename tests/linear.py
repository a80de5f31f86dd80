"""Measures whether a function takes time linear in the length of its argument."""

from __future__ import annotations

import time
from collections.abc import Callable

GRANTED = 0.2
"""Seconds of processor time that every function may take."""


def growth(function: Callable[[str], object], unit: str, length: int = 15_000, times: int = 8) -> float:
    """Time for `times` the text, as a multiple of linear time.

    About 1 for linear, about `times` for quadratic functions. Processor time, so that a busy machine changes little;
    the best of three, and a fifth of a second is granted to each, so that what is fast is never called slow. What takes
    no longer than what is granted is measured once.
    """
    short = unit * (length // len(unit))
    long = _seconds(function, short * times, GRANTED)
    return long / (times * _seconds(function, short) + GRANTED) if long > GRANTED else long / GRANTED


def _seconds(function: Callable[[str], object], text: str, enough: float = 0.0) -> float:
    best = _once(function, text)
    for _ in range(2):
        if best > enough:
            best = min(best, _once(function, text))
    return best


def _once(function: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    function(text)
    return time.process_time() - start
