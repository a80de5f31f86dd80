"""Wrong templates, canned answers and lists of desk.toml are refused with their place, in words without Python."""

from __future__ import annotations

from typing import Any

import pytest

from bot.config.settings_file import parse
from bot.core.errors import Misconfigured


def refusal(**raw: Any) -> str:
    with pytest.raises(Misconfigured) as refused:
        parse(raw, "desk.toml")
    return str(refused.value)


@pytest.mark.parametrize(
    ("raw", "place", "reason"),
    [
        ({"templates": {"name": "DE1"}}, "`templates`", "each one begins with `[[templates]]`"),
        ({"templates": [{"name": "   "}]}, "[[templates]] no. 1: `name`", "must not be empty"),
        ({"templates": [{"name": "DE1"}] * 51}, "`templates`", "must have at most 50 entries; these are 51"),
        (
            {"templates": [{"name": "A", "services": ["SMS", " SMS"]}]},
            "[[templates]] no. 1: `services`",
            "“SMS” is giv",
        ),
        ({"templates": [{"name": "A", "services": [""]}]}, "[[templates]] no. 1: `services` no. 1", "not be empty"),
        ({"templates": [{"name": "DE1"}, {"name": "DE1 "}]}, "[[templates]] no. 2: `name` “DE1”", "used by no. 1"),
        ({"templates": [{"name": "DE1", "happens": "x" * 3001}]}, "[[templates]] no. 1: `happens`", "3000 characters"),
        ({"services": {"names": ["SMS", "SMS"]}}, "[services] `names`", "“SMS” is given twice"),
        ({"services": {"names": ["SMS", " "]}}, "[services] `names` no. 2", "must not be empty"),
        ({"priorities": [{"name": "P1"}, {"name": "P1"}]}, "[[priorities]] no. 2: `name` “P1”", "used by no. 1"),
        ({"priorities": []}, "`priorities`", "must not be empty"),
        ({"matrix": {"impacts": ["One", "One"]}}, "[matrix] `impacts`", "“One” is given twice"),
        (
            {"answers": [{"name": "A", "texts": {"fr": "x"}}]},
            "[[answers]] no. 1: `texts`: “fr”",
            "must be 'en' or 'de'",
        ),
        ({"answers": [{"name": "A", "texts": {"en": 1}}]}, "[[answers]] no. 1: `texts.en`", "must be text in quot"),
        (
            {"priorities": [{"name": "P1", "reminders": {"new": "1 h"}}]},
            "[[priorities]] no. 1: `reminders.new`",
            "whole",
        ),
        (
            {"templates": [{"name": "A", "happens": "password: hunter22x"}]},
            "[[templates]] no. 1: `happens`",
            "a password",
        ),
        ({"templates": [{"name": "A", "impact": "n/a"}]}, "[[templates]] no. 1: `impact`", "“n/a” leaves the question"),
        (
            {"answers": [{"name": "A", "texts": {"en": "password: hunter22x"}}]},
            "[[answers]] no. 1: `texts.en`",
            "a passw",
        ),
        ({"desk": {"emoji": "ja"}}, "[desk] `emoji`", "must be true or false"),
    ],
)
def test_wrong_table_is_refused_with_its_place(raw: dict[str, Any], place: str, reason: str) -> None:
    words = refusal(**raw)
    assert words.startswith(f"desk.toml: {place}")
    assert reason in words
    assert not any(each in words for each in ("Value error", "Input should", "Tuple", "String should"))


def test_blanks_around_a_text_are_no_part_of_it() -> None:
    template = {
        "name": " DE1 ",
        "happens": "Rejected\n",
        "impact": "No mail\n",
        "services": [" SMS"],
        "priority": "P1 ",
    }
    (read,) = parse({"templates": [template]}).templates
    assert (read.name, read.answers) == (
        "DE1",
        {"services": "SMS", "priority": "P1", "happens": "Rejected", "impact": "No mail"},
    )


def test_wrong_entry_of_a_list_is_not_called_missing_too() -> None:
    refusal_text = refusal(answers=[{"name": "A", "texts": {"en": "x"}, "where": ["kunde"]}])
    assert refusal_text == "desk.toml: [[answers]] no. 1: `where` no. 1: must be 'customer', 'retarus' or 'note'"
