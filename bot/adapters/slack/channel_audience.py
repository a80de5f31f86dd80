"""Who can read in the desk channel? Tickets hold customers' data: everybody, or a guest, is worth a warning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.tickets.ports import Directory

_MOST = 1000
"""Members that are looked at: a desk channel has fewer."""


async def warnings(client: AsyncWebClient, directory: Directory, channel_id: str) -> tuple[str, ...]:
    """One sentence for each reason why more people read in this channel than should."""
    channel = (await client.conversations_info(channel=channel_id))["channel"]
    strangers = await _strangers(client, directory, channel_id)
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


async def _strangers(client: AsyncWebClient, directory: Directory, channel_id: str) -> int:
    members = (await client.conversations_members(channel=channel_id, limit=_MOST))["members"]
    people = [await directory.person(user) for user in members]
    return sum(each.is_guest or each.is_external for each in people)
