"""Promises of Retarus: kept, missed, moved, or not needed any more, each with the time by which it was missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from bot.model.ticket import Event
from bot.model.undoing import OF, UNDONE
from bot.reports.promises import announcements
from tests.factories import BEN, NOW

Steps = Sequence[tuple[float, str, Mapping[str, str]]]
WITH_THEM: Steps = ((0, "raise", {}), (0, "take", {}), (0, "hand_off", {}), (0, "accept", {}), (0, "escalate", {}))


def at(hour: float) -> datetime:
    return NOW + timedelta(hours=hour)


def until(hour: float, key: str = "update_due") -> dict[str, str]:
    return {key: str(int(at(hour).timestamp()))}


def events(steps: Steps) -> list[Event]:
    return [
        Event(ticket_id="T", version=version, at=at(hour), by=BEN, kind=kind, detail=dict(detail))
        for version, (hour, kind, detail) in enumerate((*WITH_THEM, *steps), start=1)
    ]


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([(1, "expect", until(2))], [("overdue", 8)]),
        ([(1, "expect", until(11))], [("open", 0)]),
        ([(1, "expect", until(2)), (2, "found", {})], [("kept", 0)]),
        ([(1, "expect", until(2)), (2, "heard", {})], [("kept", 0)]),
        ([(1, "expect", until(2)), (3.5, "heard", {})], [("missed", 1.5)]),
        ([(1, "retarus_update", until(2)), (3.5, "expect", until(7.5))], [("missed", 1.5), ("overdue", 2.5)]),
        ([(1, "expect", until(4, "eta")), (2, "expect", until(6, "eta"))], [("moved", 0), ("overdue", 4)]),
        (
            [(1, "expect", until(4, "eta")), (5, "expect", until(8, "eta")), (7, "retarus_answered", {})],
            [("missed", 3), ("kept", 0)],
        ),
        ([(1, "expect", until(4, "eta")), (2, "found", {}), (3, "retarus_answered", {})], [("kept", 0)]),
        ([(1, "expect", until(4, "eta")), (3, "resolve", {})], [("ended", 0)]),
        ([(1, "expect", until(4, "eta")), (6, "withdraw", {})], [("missed", 2)]),
        (
            [(1, "expect", until(2) | until(4, "eta")), (2, "expect", {"question": "Which?"})],
            [("kept", 0), ("overdue", 6)],
        ),
        ([(1, "expect", until(2)), (1.1, "undo", {OF: "6", UNDONE: "expect"})], []),
        ([(1, "expect", {"question": "Which?"})], []),
    ],
)
def test_promise_is_kept_missed_moved_or_ended(steps: Steps, found: list[tuple[str, float]]) -> None:
    promises = announcements(events(steps), lambda event: event.at)
    assert [(each.state(at(10)), each.late(at(10)) / timedelta(hours=1)) for each in promises] == found


def test_promise_is_kept_by_news_in_time_that_was_recorded_late() -> None:
    history = events([(1, "expect", until(2)), (3, "retarus_update", until(5))])
    [first, following] = announcements(history, lambda event: at(1.5) if event.version == 7 else event.at)
    assert (first.state(at(10)), first.fulfilled) == ("kept", at(1.5))
    assert (following.at, following.late(at(10))) == (at(1.5), timedelta(hours=5))


def test_promise_is_not_kept_by_news_from_before_it() -> None:
    history = events([(1, "expect", until(2)), (3, "found", {})])
    [promise] = announcements(history, lambda event: at(0.5) if event.version == 7 else event.at)
    assert promise.state(at(10)) == "overdue"
