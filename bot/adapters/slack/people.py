"""Slack's user objects as people: names, time zone, and whether they belong to the partner's organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.model.contact import Person


@dataclass(frozen=True)
class HomeWorkspace:
    """The partner's own workspace and, on Enterprise Grid, the organisation it belongs to."""

    team_id: str
    enterprise_id: str = ""
    """`E…`; empty for a workspace of its own."""


def person_of(user: Mapping[str, Any], home: HomeWorkspace, zone: str) -> Person:
    """A user object of `users.info` or of an event. `zone`: IANA time zone of people whose profile has none."""
    profile = user.get("profile") or {}
    return Person(
        id=str(user["id"]),
        name=profile.get("real_name") or user.get("real_name") or user.get("name") or str(user["id"]),
        email=profile.get("email") or "",
        zone=user.get("tz") or zone,
        locale=user.get("locale") or "",
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_external=is_external(user, home),
        is_active=not user.get("deleted", False),
        is_bot=bool(user.get("is_bot")),
    )


def is_external(user: Mapping[str, Any], home: HomeWorkspace) -> bool:
    """True if they belong to another organisation.

    On Enterprise Grid a colleague's `team_id` is another workspace of the organisation, or the organisation itself;
    `enterprise_user` names the organisation and their workspaces.
    """
    if user.get("is_stranger"):
        return True
    grid = user.get("enterprise_user") or {}
    theirs = {user.get("team_id"), user.get("enterprise_id"), grid.get("enterprise_id"), *(grid.get("teams") or ())}
    theirs -= {None, ""}
    ours = {home.team_id, home.enterprise_id} - {""}
    return bool(theirs) and not theirs & ours
