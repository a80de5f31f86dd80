"""Warnings of a mailbox that cannot be reached, on a wall clock that may be set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.inbound_mail.receiver import SILENT, OutageWarnings

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Watch:
    """The receiver's look at the mailbox, by hand."""

    def __init__(self) -> None:
        self.outages = OutageWarnings()
        self.down: datetime | None = None

    def look(self, now: datetime) -> bool:
        """True when a warning is sent."""
        self.down = self.outages.started(self.down, now)
        due = self.outages.due(self.down, now)
        self.outages.warned_for = due or self.outages.warned_for
        return due is not None


def test_outage_is_warned_of_once_and_the_next_one_again() -> None:
    watch = Watch()
    assert not watch.look(START)
    watch.down = START
    assert [watch.look(START + minute * MINUTE) for minute in (1, 14, 15, 16, 200)] == [
        False,
        False,
        True,
        False,
        False,
    ]
    watch.down = None
    assert not watch.look(START + 201 * MINUTE)
    watch.down = START + 202 * MINUTE
    assert watch.look(START + 202 * MINUTE + SILENT)


@pytest.mark.parametrize("back", [MINUTE, timedelta(hours=2), timedelta(days=400)])
def test_clock_that_is_set_back_delays_the_warning_by_one_interval_at_most(back: timedelta) -> None:
    watch = Watch()
    watch.down = START
    assert not watch.look(START + 10 * MINUTE)
    reset = START - back
    assert not watch.look(reset)
    assert watch.look(reset + SILENT)


def test_clock_that_is_set_back_after_the_warning_warns_of_no_second_outage() -> None:
    watch = Watch()
    watch.down = START
    assert watch.look(START + SILENT)
    reset = START - timedelta(hours=2)
    assert [watch.look(reset + minute * MINUTE) for minute in (0, 15, 500)] == [False, False, False]
