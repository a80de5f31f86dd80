"""The audience of the desk channel. Tickets hold customers' data: a public channel, or a guest, is worth a warning."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.pages import next_cursor
from bot.tickets.ports import Directory

_LIMIT = 1000
"""Members that are examined: a desk channel has fewer."""
_PAGE = 200
_AT_ONCE, _PAUSE = 20, 3.0
"""Members that are looked up at once, and seconds before each further one: clicks have priority."""

Rest = Callable[[float], Awaitable[object]]


async def warnings(
    client: AsyncWebClient, directory: Directory, channel_id: str, rest: Rest = asyncio.sleep
) -> tuple[str, ...]:
    """One sentence for each reason why more people read in this channel than should."""
    channel = (await client.conversations_info(channel=channel_id))["channel"]
    strangers = await _strangers(client, directory, channel_id, rest)
    return tuple(filter(None, (_openness(channel), _guests(strangers))))


def _openness(channel: Mapping[str, Any]) -> str:
    if channel.get("is_ext_shared") or channel.get("is_shared"):
        return "The desk channel is shared with another organisation, which reads every ticket. Name another channel."
    if channel.get("is_private") or channel.get("is_group"):
        return ""
    return "The desk channel is public, so everybody in the workspace reads every ticket. Make it a private channel."


def _guests(count: int) -> str:
    if not count:
        return ""
    people = "1 guest or person of another organisation" if count == 1 else f"{count} guests or people of others"
    return f"In the desk channel {'is' if count == 1 else 'are'} {people}, who can read every ticket."


async def _strangers(client: AsyncWebClient, directory: Directory, channel_id: str, rest: Rest) -> int:
    strangers = number = 0
    async for user in _members(client, channel_id):
        number += 1
        if number > _LIMIT:
            break
        if number > _AT_ONCE:
            await rest(_PAUSE)
        person = await directory.person(user)
        strangers += person.is_guest or person.is_external
    return strangers


async def _members(client: AsyncWebClient, channel_id: str) -> AsyncIterator[str]:
    cursor: str | None = None
    while cursor != "":
        page = await client.conversations_members(channel=channel_id, limit=_PAGE, cursor=cursor)
        for user in page["members"]:
            yield str(user)
        cursor = next_cursor(page)
