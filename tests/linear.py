"""Measures whether a function takes time linear in the length of its argument."""

from __future__ import annotations

import time
from collections.abc import Callable


def growth(function: Callable[[str], object], unit: str, length: int = 15_000, times: int = 8) -> float:
    """Time for `times` the text, as a multiple of linear time.

    About 1 for linear, about `times` for quadratic functions. Processor time, so that a busy machine changes little;
    the best of three, and a fifth of a second is granted to each, so that what is fast is never called slow.
    """
    short = unit * (length // len(unit))
    return _seconds(function, short * times) / (times * (_seconds(function, short) + 0.2 / times))


def _seconds(function: Callable[[str], object], text: str) -> float:
    return min(_once(function, text) for _ in range(3))


def _once(function: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    function(text)
    return time.process_time() - start
