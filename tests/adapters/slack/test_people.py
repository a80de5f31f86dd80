"""Slack's user objects, of a workspace of its own and of an Enterprise Grid."""

from __future__ import annotations

from typing import Any

import pytest

from bot.adapters.slack.people import HomeWorkspace, is_external, person_of

GRID = HomeWorkspace("T1", "E1")
ALONE = HomeWorkspace("T1")


@pytest.mark.parametrize(
    ("user", "home", "external"),
    [
        ({"team_id": "T1"}, ALONE, False),
        ({"team_id": "T2"}, ALONE, True),
        ({"team_id": "T1", "is_stranger": True}, ALONE, True),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1", "teams": ["T2"]}}, GRID, False),
        ({"team_id": "E1", "enterprise_user": {"enterprise_id": "E1", "teams": ["T2", "T1"]}}, GRID, False),
        ({"team_id": "E1"}, GRID, False),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E9", "teams": ["T2"]}}, GRID, True),
        ({"team_id": "T9", "enterprise_id": "E9"}, GRID, True),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1", "teams": ["T2"]}}, ALONE, True),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1", "teams": ["T1"]}}, ALONE, False),
        ({}, ALONE, False),
    ],
)
def test_colleague_is_known_by_workspace_or_organisation(
    user: dict[str, Any], home: HomeWorkspace, external: bool
) -> None:
    assert is_external({"id": "U1", **user}, home) is external


def test_person_without_profile_is_called_by_their_id() -> None:
    person = person_of({"id": "U1"}, ALONE, "Europe/Berlin")
    assert (person.name, person.zone, person.is_staff) == ("U1", "Europe/Berlin", True)
