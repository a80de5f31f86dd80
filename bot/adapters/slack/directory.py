"""Who is who in the workspace? Slack's answers, kept for a few minutes."""

from __future__ import annotations

import logging

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import name_of
from bot.adapters.slack.people import Home, person_of
from bot.config.settings import Levels, Team
from bot.core.ttl_cache import Kept
from bot.model.contact import Person
from bot.model.ticket import Level

log = logging.getLogger(__name__)

FRESH = 300.0
"""Seconds an answer is used without asking again. Somebody who loses a right loses it here this much later at most."""
_UNKNOWN = "user_not_found"


class SlackDirectory:
    """`bot.ports.Directory` by users.info and usergroups.users.list."""

    def __init__(self, client: AsyncWebClient, levels: Levels, home: Home, zone: str) -> None:
        """`home`: the partner's workspace; people of other organisations are external. `zone`: for who has none."""
        self._client = client
        self._teams = {Level.FIRST: levels.first, Level.SECOND: levels.second}
        self._home = home
        self._zone = zone
        self._people = Kept(self._ask_person, FRESH)
        self._groups = Kept(self._ask_group, FRESH)

    async def person(self, user_id: str) -> Person:
        return await self._people.get(user_id)

    async def levels(self, person: Person) -> frozenset[Level]:
        return frozenset([level for level, team in self._teams.items() if await self._is_in(person, team, level)])

    def forget(self, user_id: str) -> None:
        self._people.forget(user_id)

    async def _is_in(self, person: Person, team: Team, level: Level) -> bool:
        if team.group:
            return person.id in await self._groups.get(team.group)
        if team.members:
            return person.id in team.members
        return level is Level.FIRST and person.is_staff

    async def warm(self) -> None:
        """Asks for the groups now, so that the first click need not wait for it."""
        for team in self._teams.values():
            if team.group:
                await self._groups.get(team.group)

    async def _ask_person(self, user_id: str) -> Person:
        try:
            answer = await self._client.users_info(user=user_id, include_locale=True)
        except SlackApiError as error:
            if name_of(error) == _UNKNOWN:
                return Person(id=user_id, name=user_id, is_active=False)
            raise
        return person_of({"id": user_id, **answer["user"]}, self._home, self._zone)

    async def _ask_group(self, group: str) -> frozenset[str]:
        answer = await self._client.usergroups_users_list(usergroup=group)
        return frozenset(answer["users"])
