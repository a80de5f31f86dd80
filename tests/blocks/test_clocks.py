"""The modal with the timers shows remaining and overdue times, in the time each timer counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from blocks import clocks
from bot.clocks.timers import runs
from bot.model.ticket import Stage, Times
from tests.blocks.surfaces import parts
from tests.factories import a_config, an_incident

FRIDAY = datetime(2019, 8, 30, 13, 0, tzinfo=UTC)
"""15:00 in Berlin, two hours before the office closes for the weekend."""
OFFICE = {"office": {"timezone": "Europe/Berlin", "hours": ["mon-fri 09:00-17:00"]}}
WORKING = a_config(
    calendars=OFFICE,
    levels={"second": {"group": "S0SECOND", "calendar": "office"}},
    reminders={"second": 240},
    sla={"P1": {"action_plan": 600}},
)
ALWAYS = a_config(reminders={"second": 240}, sla={"P1": {"action_plan": 600}})


def shown_duration(hours: float, *, working: bool) -> str:
    config = WORKING if working else ALWAYS
    ticket = an_incident(Stage.SECOND, since=FRIDAY, times=Times(priorities={"P1": FRIDAY}))
    view = clocks.shown(ticket, "PD-1042", runs(ticket, config), FRIDAY + timedelta(hours=hours), config)
    return " ".join(str(part["text"]) for part in parts(view) if part.get("type") == "text")


@pytest.mark.parametrize(
    ("hours", "working", "lengths"),
    [
        (1, True, ["3 h of working time left", "9 h of working time left"]),
        (24, True, ["2 h of working time left", "8 h of working time left"]),  # on Saturday
        (69, True, ["overdue by 1 h of working time", "5 h of working time left"]),  # on Monday, 12:00
        (24, False, ["overdue by 20 h", "overdue by 14 h"]),
        (1, False, ["3 h left", "9 h left"]),
    ],
)
def test_lengths_are_in_working_time_where_the_timer_counts_it(hours: int, working: bool, lengths: list[str]) -> None:
    words = shown_duration(hours, working=working)
    assert [length for length in lengths if length not in words] == []
    assert ("working time" in words) is working
