"""Names of time zones in `desk.toml`."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from bot.config.time_policy import is_zone


def test_every_zone_of_the_database_is_a_zone() -> None:
    assert {name for name in available_timezones() if not is_zone(name)} == set()


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "Europe", "europe/berlin", "Europe/Berlin/", " Europe/Berlin", "Europe/Berlin\x00", "\ud800"),
        *("/etc/localtime", "../zoneinfo/UTC", "posix/Europe/Berlin", "right/Europe/Berlin", "posixrules"),
        *("zone.tab", "tzdata.zi", "leapseconds", "Mars/Olympus", "a" * 300),
    ],
)
def test_other_name_is_no_zone(name: str) -> None:
    assert name not in available_timezones()
    assert not is_zone(name)
