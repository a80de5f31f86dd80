"""The order of the tests on several workers, so that all workers end at about the same time.

pytest-xdist gives each worker an equal share of the list; a worker that is done takes half of what another has left.
Tests that take long must therefore begin: each share begins with its part of them. They are marked `long`, and after
a run of all tests `wrong_marks` says whose mark is missing or no longer needed. Long tests that use the same costly
fixture stay on one worker: they have the same `xdist_group`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, islice
from typing import TypeVar

T = TypeVar("T")

LONG_PART = 1 / 400
"""The part of the time of all tests that makes a test a long one: about five seconds on two quiet cores."""


def long_first(long: Sequence[Sequence[T]], others: Sequence[T], workers: int) -> list[T]:
    """All tests, in an order in which each worker's share begins with its part of the groups of long ones."""
    rest = iter(others)
    order: list[T] = []
    for worker, size in enumerate(_shares(sum(map(len, long)) + len(others), workers)):
        begun = list(chain(*long[worker::workers]))
        order += [*begun, *islice(rest, max(0, size - len(begun)))]
    return [*order, *rest]


def _shares(count: int, workers: int) -> list[int]:
    """The number of tests that pytest-xdist gives to each worker first."""
    sizes: list[int] = []
    for left in range(workers, 0, -1):
        sizes.append((count - sum(sizes)) // left)
    return sizes


def wrong_marks(seconds: Mapping[str, float], marked: Mapping[str, bool]) -> list[str]:
    """A line for each test that took long without a mark, or has the mark and took less than a quarter of that.

    `marked`: the tests with the mark, and whether they share a fixture with others: one of those took its time.
    """
    limit = LONG_PART * sum(seconds.values())
    missing = [name for name, took in seconds.items() if took > limit and name not in marked]
    needless = [name for name, took in seconds.items() if took < limit / 4 and marked.get(name) is False]
    return [
        *(
            f"{name} took {seconds[name]:.0f} s: mark it with @pytest.mark.long, so that it begins early"
            for name in missing
        ),
        *(f"{name} took {seconds[name]:.1f} s: it no longer needs @pytest.mark.long" for name in needless),
    ]
