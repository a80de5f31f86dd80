"""Channels given by name: looked up among the bot's own, and remembered by id."""

from __future__ import annotations

import re

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import SLACK_ERRORS
from bot.adapters.slack.pages import next_cursor
from bot.adapters.slack.user_groups import Memory
from bot.core.errors import Misconfigured

_ID = re.compile(r"[CG][A-Z0-9]{6,}")


async def channel_id(client: AsyncWebClient, wanted: str, setting: str, memory: Memory | None = None) -> str:
    """The id of a channel given by id or name. `Misconfigured` when the bot is in none; `setting` is where it stands.

    `memory`: keeps the id, so that a renamed channel is found, and a start asks for one channel instead of all.
    """
    if _ID.fullmatch(wanted):
        return wanted
    name = wanted.removeprefix("#").lower()
    stored = await memory.get(_key(name)) if memory else None
    if stored and await _still_there(client, stored["id"]):
        return stored["id"]
    found = await _found(client, name)
    if not found:
        raise Misconfigured(
            f"{setting} names “{wanted}”, and the bot is in no such channel. Invite it there (/invite @Partner Desk), "
            "or write the channel's id (channel details, at the very bottom)."
        )
    if memory:
        await memory.put(_key(name), {"id": found})
    return found


async def _found(client: AsyncWebClient, name: str) -> str:
    """Searches the channels the bot is in: a workspace may have tens of thousands."""
    cursor: str | None = None
    while cursor != "":
        page = await client.users_conversations(
            types="public_channel,private_channel", exclude_archived=True, limit=200, cursor=cursor
        )
        for channel in page["channels"]:
            if channel["name"] == name:
                return str(channel["id"])
        cursor = next_cursor(page)
    return ""


async def channel_name(client: AsyncWebClient, channel: str) -> str:
    """The channel's present name with its `#`; empty where Slack does not give it."""
    try:
        found = (await client.conversations_info(channel=channel))["channel"]
    except SLACK_ERRORS:
        return ""
    name = str(found.get("name") or "")
    return f"#{name}" if name else ""


async def _still_there(client: AsyncWebClient, channel: str) -> bool:
    """True also while Slack does not answer: a missing channel is noticed when something is posted there."""
    try:
        found = (await client.conversations_info(channel=channel))["channel"]
    except SLACK_ERRORS as error:
        return not _is_gone(error)
    return not found.get("is_archived")


def _is_gone(error: BaseException) -> bool:
    return "channel_not_found" in str(error)


def _key(name: str) -> str:
    return f"channel:{name}"
