"""Opening hours are understood as people write them; a day that cannot be read is refused by its name."""

from __future__ import annotations

import pytest

from bot.config.settings_file import parse
from bot.config.time_policy import DAYS, calendar
from bot.core.errors import Misconfigured

OFFICE = (9 * 60, 17 * 60)


def open_days(*lines: str) -> list[str]:
    """The days with office hours."""
    entry = parse({"calendars": {"office": {"hours": lines}}}).calendars["office"]
    return [day[:3] for day, hours in zip(DAYS, calendar(entry).week, strict=True) if hours == (OFFICE,)]


def fault(*lines: str) -> str:
    with pytest.raises(Misconfigured) as error:
        parse({"calendars": {"office": {"hours": lines}}})
    return str(error.value)


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ("mon-fri", "mon tue wed thu fri"),
        ("sun-thu", "mon tue wed thu sun"),
        ("sat-mon", "mon sat sun"),
        ("fri-thu", "mon tue wed thu fri sat sun"),
        ("sun-sun", "sun"),
        ("wed", "wed"),
        ("mon, wed, sat-sun", "mon wed sat sun"),
        ("Monday - Friday", "mon tue wed thu fri"),
        ("Tues–Thurs", "tue wed thu"),
        ("mon-wed,tue-thu", "mon tue wed thu"),
        ("fri-tue, thu", "mon tue thu fri sat sun"),
        ("Mo–Fr", "mon tue wed thu fri"),
        ("Sa–Mo", "mon sat sun"),
        ("So-Do", "mon tue wed thu sun"),
        ("mo. - fr.", "mon tue wed thu fri"),
        ("Di, Mi und Do", "tue wed thu"),
        ("Montag bis Freitag", "mon tue wed thu fri"),
        ("sonntag-donnerstag", "mon tue wed thu sun"),
        ("mon to fri:", "mon tue wed thu fri"),
        ("mon; wed and sat/sun", "mon wed sat sun"),
        ("ｍｏｎ－ｆｒｉ", "mon tue wed thu fri"),
    ],
)
def test_hours_name_days_as_people_write_them(days: str, found: str) -> None:
    assert open_days(f"{days} 09:00-17:00") == found.split()


@pytest.mark.parametrize("line", ["sun-thu 9:00-17:00", "sun-thu  09:00 – 17:00", "SUN-THU 09:00-17:00"])
def test_hours_of_a_week_that_wraps_are_read_however_the_times_are_written(line: str) -> None:
    assert open_days(line) == ["mon", "tue", "wed", "thu", "sun"]


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("m-f 09:00-17:00", "m"),
        ("mon-fry 09:00-17:00", "fry"),
        ("lundi 09:00-17:00", "lundi"),
        ("werktags 09:00-17:00", "werktags"),
        ("mon-tue-wed 09:00-17:00", "tue-wed"),
        ("mon, , wed 09:00-17:00", ""),
        ("daily 09:00-17:00", "daily"),
    ],
)
def test_a_day_that_cannot_be_read_is_refused_by_name(line: str, day: str) -> None:
    assert fault(line) == (
        f"desk.toml: [calendars.office] `hours`: “{day}” in “{line}” is not a day; "
        "days are mon, tue, wed, thu, fri, sat, sun"
    )


@pytest.mark.parametrize("line", ["mon-fri", "09:00-17:00", "mon 9-17", "mon 09:75-17:00", "mon-fri 09:00"])
def test_hours_that_cannot_be_read_are_refused_with_an_example(line: str) -> None:
    assert f"“{line}” cannot be read; write “mon-fri 09:00-17:00”" in fault(line)


@pytest.mark.parametrize("line", ["mon 22:00-06:00", "mon 09:00-25:00", "mon 09:00-09:00"])
def test_hours_over_midnight_are_refused_with_the_way_to_write_them(line: str) -> None:
    assert "write hours over midnight as two lines, “mon 22:00-24:00” and “tue 00:00-06:00”" in fault(line)


@pytest.mark.parametrize("lines", [("mon 09:00-12:00", "mon 11:00-17:00"), ("sat-mon 08:00-10:00", "sun 09:00-11:00")])
def test_hours_that_overlap_are_refused(lines: tuple[str, ...]) -> None:
    assert "the hours of one day overlap" in fault(*lines)


def test_a_calendar_without_hours_is_refused() -> None:
    assert "no hours are given" in fault()
