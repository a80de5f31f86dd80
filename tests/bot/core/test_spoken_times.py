"""Times of day that people say in words are read, German and English."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.core.moments import stamps
from bot.core.spoken_times import spoken_times
from bot.intake.model import IntakeContext, IntakeDocument
from bot.intake.reader import read

TODAY = date(2019, 8, 27)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "clock", "day"),
    [
        ("seit halb neun", time(8, 30), None),
        ("seit halb 9 Uhr", time(8, 30), None),
        ("gestern um viertel nach acht", time(8, 15), date(2019, 8, 26)),
        ("heute früh dreiviertel sieben", time(6, 45), TODAY),
        ("since half past ten", time(10, 30), None),
        ("at a quarter to 5 pm", time(16, 45), None),
        ("yesterday at noon", time(12), date(2019, 8, 26)),
        ("seit Mitternacht", time(0), None),
        ("halb eins", time(0, 30), None),
    ],
)
def test_spoken_time_is_read_with_its_day(text: str, clock: time, day: date | None) -> None:
    assert [(each.clock, each.day) for each in spoken_times(text, TODAY)] == [(clock, day)]


@pytest.mark.parametrize("text", ["halb so viele Kunden", "a quarter of them", "Mittagspause", "half past", "halb-9"])
def test_words_that_are_no_time_are_left(text: str) -> None:
    assert list(spoken_times(text, TODAY)) == []


def test_day_before_a_spoken_time_is_no_moment_of_its_own() -> None:
    found = list(stamps("von 07:10 Uhr, heute um halb neun, 10:15 Uhr", TODAY))
    assert [(each.clock, each.day) for each in found] == [
        (time(7, 10), None),
        (time(8, 30), TODAY),
        (time(10, 15), None),
    ]


@pytest.mark.parametrize(("hour", "start"), [(12, 8), (21, 20), (7, 20)])
def test_spoken_start_is_the_latest_that_is_past(hour: int, start: int) -> None:
    now = datetime(2019, 8, 27, hour, 45, tzinfo=BERLIN)
    found = read([IntakeDocument("Keine Faxe seit halb neun")], IntakeContext(now, BERLIN, "DE"))
    at = datetime.fromtimestamp(int(found.answers()["start"]), BERLIN)
    assert (at.hour, at.minute) == (start, 30)
