"""The members of the desk channel, who may read tickets."""

from __future__ import annotations

import asyncio
import logging
import time

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.pages import next_cursor

log = logging.getLogger(__name__)

TTL = 600.0
"""Seconds the list is used without asking again; events keep it up to date meanwhile."""
_PAGE = 1000
_PAGES = 20


class SlackChannelMembers:
    """`bot.tickets.ports.ChannelMembers` by conversations.members. While Slack fails, the last good list is used."""

    def __init__(self, client: AsyncWebClient, channel: str) -> None:
        self._client = client
        self._channel = channel
        self._members: set[str] | None = None
        self._asked_at = 0.0
        self._asking = asyncio.Lock()

    async def includes(self, user: str) -> bool:
        """True if this person is a member. Raises Slack's error only if no list was ever read."""
        async with self._asking:
            if self._members is None or time.monotonic() - self._asked_at > TTL:
                await self._ask()
        return user in (self._members or ())

    def changed(self, user: str, *, is_member: bool) -> None:
        """Updates the list after somebody joined or left the channel."""
        if self._members is not None:
            (self._members.add if is_member else self._members.discard)(user)

    async def _ask(self) -> None:
        try:
            self._members = await self._listed()
        except (SlackApiError, ClientError, TimeoutError) as error:
            if self._members is None:
                raise
            log.warning("the members of the desk channel could not be asked for: %s", type(error).__name__)
        self._asked_at = time.monotonic()

    async def _listed(self) -> set[str]:
        found: set[str] = set()
        cursor = ""
        for _ in range(_PAGES):
            page = await self._client.conversations_members(channel=self._channel, limit=_PAGE, cursor=cursor or None)
            found |= set(page["members"])
            cursor = next_cursor(page)
            if not cursor:
                break
        return found
