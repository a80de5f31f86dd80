"""Moments are read with their zones; what could be two moments is not read."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as anything

from bot.core.characters import plain
from bot.core.moments import read_moment, stamps
from tests.bot.core.test_cleaning import ODD
from tests.linear import growth

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2019, 8, 27, 10, tzinfo=UTC)
AT = datetime(2019, 8, 27, 9, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "27.08.2019 - 11:04 UTC+2", "27.08.2019, 11:04 Uhr", "27.8.2019 um 11:04", "27.08.19 11:04",
        "27. August 2019 um 11:04 Uhr (MESZ)", "Dienstag, 27. August 2019 11:04", "27.08.2019 - 14:34 UTC+5:30",
        "27.08.2019 - 04:04 UTC-5", "27.08.2019 - 09:04 UTC+0", "Tue, 27 Aug 2019 11:04:00 +0200 (CEST)",
        "Tue, 27 Aug 2019 02:04:00 -0700 (PDT)", "27 Aug 2019 09:04:00 GMT", "2019-08-27T09:04:00Z",
        "2019-08-27T11:04:00+02:00", "2019-08-27T09:04:00.0000000Z", "2019-08-27 11:04",
        "Aug 27, 2019, 11:04 AM CEST", "August 27th, 2019 at 11:04 am", "8/27/2019 11:04 AM", "27/08/2019 11:04",
        "08-27-2019 11:04", "Aug 27 11:04:00", "27.08. 11:04", "heute 11:04 Uhr", "today at 11:04",
        "27.08.2019 9:04 UTC", "２７.０８.２０１９ １１:０４",
    ],
)  # fmt: skip
def test_moment_is_read_as_people_and_machines_write_it(text: str) -> None:
    assert read_moment(text, BERLIN, NOW) == AT


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("gestern 14:30", datetime(2019, 8, 26, 12, 30, tzinfo=UTC)),
        ("yesterday 4:30 pm", datetime(2019, 8, 26, 14, 30, tzinfo=UTC)),
        ("Dec 27 11:04:00", datetime(2018, 12, 27, 10, 4, tzinfo=UTC)),
        ("31.03.2019 01:30", datetime(2019, 3, 31, 0, 30, tzinfo=UTC)),
        ("31.03.2019 03:30", datetime(2019, 3, 31, 1, 30, tzinfo=UTC)),
        ("27.08.2019 12:00 am", datetime(2019, 8, 26, 22, 0, tzinfo=UTC)),
        ("27.08.2019 12:00 pm", datetime(2019, 8, 27, 10, 0, tzinfo=UTC)),
    ],
)
def test_moment_of_another_day_or_season_is_read(text: str, at: datetime) -> None:
    assert read_moment(text, BERLIN, NOW) == at


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "27.08.2019", "11:04", "03/04/2019 10:00", "27.08.2019 11:04 IST", "27.08.2019 11:04 CST",
        "31.02.2019 10:00", "27.08.2019 25:00", "2019-13-01 10:00", "192.0.2.1", "4.7.1", "1908270930",
        "27.08.2019 11:04 and 27.08.2019 11:05", "27.08.2019 13:00 pm", "9999-12-31 23:59 UTC-12",
    ],
)  # fmt: skip
def test_text_without_exactly_one_moment_is_not_read(text: str) -> None:
    assert read_moment(text, BERLIN, NOW) is None


def test_zone_of_a_column_stands_in_for_the_readers_own() -> None:
    assert read_moment("27.08.2019 09:04", BERLIN, NOW, in_utc=True) == AT
    assert read_moment("27.08.2019 11:04 UTC+2", BERLIN, NOW, in_utc=True) == AT


@pytest.mark.parametrize(
    "text", ["delay 2 h 30 min", "Version 4.2.1", "IP 192.0.2.55", "10 of 20", "1:5", "550 5.7.1", "2019-08-27-11"]
)
def test_numbers_that_are_no_times_are_no_stamps(text: str) -> None:
    assert [each for each in stamps(text, NOW.date()) if each.clock] == []


def test_uhr_ist_is_no_zone() -> None:
    assert read_moment("27.08.2019 um 11:04 Uhr ist nie", BERLIN, NOW) == AT


@anything(ODD)
def test_any_text_is_searched(text: str) -> None:
    assert all(each.start < each.end for each in stamps(plain(text), NOW.date()))


@pytest.mark.parametrize(
    "unit", ["1", "27.08.2019 ", "11:00 ", "1:", "Mon, ", "- ", "27.8.", "jan ", "2019-", "heute ", " ", "27. August "]
)
def test_finding_moments_is_linear(unit: str) -> None:
    assert growth(lambda text: list(stamps(text, NOW.date())), unit) < 3
