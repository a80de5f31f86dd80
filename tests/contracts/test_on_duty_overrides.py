"""Calendars with several events of one UID, and with lines folded inside a character."""

from __future__ import annotations

import pytest

from bot.adapters.on_duty.shifts import read
from tests.contracts.test_on_duty_calendar import NIGHT, a_calendar


def test_two_people_of_one_shift_are_both_read_where_their_events_have_one_uid() -> None:
    shift = "UID:same\nDTSTART:20261026T080000Z\nDURATION:PT1H\nSUMMARY:"
    found = read(a_calendar(f"{shift}Bea", f"{shift}Ben", f"{shift}Bea"), "Europe/Berlin", NIGHT)
    assert sorted(each.summary for each in found.shifts) == ["Bea", "Ben"]


def test_line_folded_inside_a_character_is_joined_before_it_is_decoded() -> None:
    whole = a_calendar("UID:1\nDTSTART:20261026T080000Z\nDURATION:PT1H\nSUMMARY:Jörg Müller")
    middle = whole.index("ü".encode()) + 1
    (shift,) = read(whole[:middle] + b"\r\n " + whole[middle:], "Europe/Berlin", NIGHT).shifts
    assert shift.summary == "Jörg Müller"


@pytest.mark.parametrize(
    "override",
    [
        "RECURRENCE-ID;TZID=Europe/Berlin:20261026T080000\nDTSTART;TZID=Europe/Berlin:20261026T120000",
        "SEQUENCE:3\nRECURRENCE-ID:20261026T070000Z\nDTSTART;TZID=W. Europe Standard Time:20261026T120000",
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_override_of_one_occurrence_replaces_it_alone(override: str, *, is_first: bool) -> None:
    series = (
        "UID:same\nDTSTART;TZID=Europe/Berlin:20261025T080000\nDURATION:PT4H\nRRULE:FREQ=DAILY;COUNT=3\nSUMMARY:Bea"
    )
    events = [series, f"UID:same\n{override}\nDURATION:PT2H\nSUMMARY:Ben"]
    found = read(a_calendar(*(reversed(events) if is_first else events)), "Europe/Berlin", NIGHT).shifts
    assert [(f"{each.begin:%d %H:%M}", each.summary) for each in found] == [
        ("25 07:00", "Bea"), ("26 11:00", "Ben"), ("27 07:00", "Bea"),
    ]  # fmt: skip
