"""Directory of the workspace: people and the partner's levels, from Slack's answers and events, cached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import name_of
from bot.adapters.slack.people import HomeWorkspace, person_of
from bot.adapters.slack.user_groups import Memory, UserGroups
from bot.config.settings import Levels, Team
from bot.core.ttl_cache import TtlCache
from bot.model.contact import Person
from bot.model.ticket import Level

TTL = 300.0
"""Seconds an answer is used without asking again. A revoked right takes effect after that time at the latest."""
_STALE_TTL = 24 * 3600.0
"""Seconds an expired profile is used while Slack does not give a new one."""
_PEOPLE = 10_000
_UNKNOWN = "user_not_found"


class SlackDirectory:
    """`bot.ports.Directory` by users.info, usergroups.users.list, and the events that tell of changes."""

    def __init__(
        self, client: AsyncWebClient, levels: Levels, home: HomeWorkspace, zone: str, memory: Memory | None = None
    ) -> None:
        """`home`: the partner's workspace; people of other organisations are external.

        `zone`: of people whose profile has none. `memory`: keeps the members of user groups over a restart.
        """
        self._client = client
        self._teams = {Level.FIRST: levels.first, Level.SECOND: levels.second}
        self._home = home
        self._zone = zone
        self._people = TtlCache(self._ask_person, TTL, _PEOPLE, _STALE_TTL)
        self.groups = UserGroups(client, memory)

    async def person(self, user_id: str) -> Person:
        return await self._people.get(user_id)

    async def levels(self, person: Person) -> frozenset[Level]:
        return frozenset([level for level, team in self._teams.items() if await self._is_in(person, team, level)])

    async def team(self, level: Level) -> tuple[str, ...]:
        team = self._teams[level]
        return tuple(sorted(await self.groups.members(team.group, level))) if team.group else team.members

    def is_current(self, level: Level) -> bool:
        return not self.groups.is_in_trouble(self._teams[level].group)

    def forget(self, user_id: str) -> None:
        self._people.forget(user_id)

    def learn(self, user: Mapping[str, Any]) -> Person:
        """Updates a cached profile from an event; does not ask Slack."""
        person = person_of(user, self._home, self._zone)
        known = self._people.known(person.id)
        if known:
            complete = person if "locale" in user else person.model_copy(update={"locale": known.locale})
            self._people.put(person.id, complete)
        return person

    async def _is_in(self, person: Person, team: Team, level: Level) -> bool:
        if team.group:
            return person.id in await self.groups.members(team.group, level)
        if team.members:
            return person.id in team.members
        return level is Level.FIRST and person.is_staff

    async def warm(self) -> None:
        """Reads the user groups now, so that the first click need not wait for it."""
        for level, team in self._teams.items():
            if team.group:
                await self.groups.warm(team.group, level)

    async def _ask_person(self, user_id: str) -> Person:
        try:
            answer = await self._client.users_info(user=user_id, include_locale=True)
        except SlackApiError as error:
            if name_of(error) == _UNKNOWN:
                return Person(id=user_id, name=user_id, is_active=False)
            raise
        return person_of({"id": user_id, **answer["user"]}, self._home, self._zone)
