"""The order of the tests on several workers: long ones begin, no test is lost, and a wrong mark is named."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.work_order import long_first, wrong_marks


def test_each_share_begins_with_its_part_of_the_long_tests() -> None:
    others = [f"short {number}" for number in range(7)]
    order = long_first([["bench a", "bench b"], ["soak a"], ["soak b"], ["pictures"]], others, 3)
    assert order == [
        "bench a", "bench b", "pictures", "short 0",
        "soak a", "short 1", "short 2", "short 3",
        "soak b", "short 4", "short 5", "short 6",
    ]  # fmt: skip


@given(some.lists(some.integers(1, 9), max_size=9), some.integers(0, 40), some.integers(1, 5))
def test_every_test_is_in_the_order_once(groups: list[int], others: int, workers: int) -> None:
    long = [[f"long {group}.{number}" for number in range(size)] for group, size in enumerate(groups)]
    short = [f"short {number}" for number in range(others)]
    order = long_first(long, short, workers)
    assert sorted(order) == sorted([*chain(*long), *short])


@pytest.mark.parametrize(
    ("took", "marked", "expected"), [(9.0, False, 1), (9.0, True, 0), (4.0, False, 0), (4.0, True, 0)]
)
def test_long_test_without_a_mark_is_named(took: float, marked: bool, expected: int) -> None:
    seconds = {"test_soak": took} | {f"test_{number}": 1.0 for number in range(2000)}
    lines = wrong_marks(seconds, {"test_soak": False} if marked else {})
    assert len(lines) == expected
    assert all("test_soak took 9 s" in line for line in lines)


def test_needless_mark_is_named() -> None:
    seconds = {f"test_{number}": 1.0 for number in range(2000)}
    assert wrong_marks(seconds, {"test_7": False, "test_6": True}) == [
        "test_7 took 1.0 s: it no longer needs @pytest.mark.long"
    ]
