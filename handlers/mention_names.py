"""The names of the people, channels and user groups a message mentions by their ids."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Iterable, Mapping
from contextlib import suppress

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.core.ttl_cache import TtlCache
from bot.desk import Desk
from handlers.dispatch import Dispatcher
from handlers.slack_text import Names, channels_in, groups_in, people_in

log = logging.getLogger(__name__)

_PART = 0.4
"""Part of the time for a person's look-ups: the form that shows the names has to be opened within three seconds."""
_TTL = 600.0
_LIMIT = 20
"""Channels that are looked up for one message."""


class MentionNames:
    """Looks up names for a form that is about to open. A name that does not arrive in time stays an id."""

    def __init__(self, desk: Desk, dispatcher: Dispatcher) -> None:
        self._client = dispatcher.client
        self._dispatcher = dispatcher
        self._desk = desk
        self._channels = TtlCache(self._ask_channel, _TTL)
        self._groups = TtlCache(self._ask_groups, _TTL)

    async def of(self, text: str) -> Names:
        """The names of everything the text mentions without a name."""
        people, channels, groups = await asyncio.gather(
            self._in_time(self._people(people_in(text))),
            self._in_time(self._channel_names(sorted(channels_in(text))[:_LIMIT])),
            self._in_time(self._group_names(groups_in(text))),
        )
        return Names(people, channels, groups)

    async def _in_time(self, work: Awaitable[Mapping[str, str]]) -> Mapping[str, str]:
        try:
            async with asyncio.timeout(self._dispatcher.in_time * _PART):
                return await work
        except (SlackApiError, ClientError, TimeoutError) as error:
            log.warning("names in a message could not be looked up: %s", type(error).__name__)
            return {}

    async def _people(self, ids: Iterable[str]) -> Mapping[str, str]:
        name = await self._desk.queries.names(ids)
        return {user: name(user) for user in ids}

    async def _channel_names(self, ids: Iterable[str]) -> Mapping[str, str]:
        async def one(channel: str) -> tuple[str, str]:
            with suppress(SlackApiError):  # the bot is no member of a private channel
                return channel, await self._channels.get(channel)
            return channel, ""

        return dict(await asyncio.gather(*map(one, ids)))

    async def _group_names(self, ids: Iterable[str]) -> Mapping[str, str]:
        return await self._groups.get("") if ids else {}

    async def _ask_channel(self, channel: str) -> str:
        found = (await self._client.conversations_info(channel=channel))["channel"]
        return str(found.get("name", ""))

    async def _ask_groups(self, _key: str) -> Mapping[str, str]:
        listed = (await self._client.usergroups_list(include_disabled=True))["usergroups"]
        return {str(each["id"]): str(each["handle"]) for each in listed}
