"""Proof that delivery without duplicates works here: a message is posted with metadata, read back, and deleted."""

from __future__ import annotations

from secrets import token_hex

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import name_of

_EVENT = "partner_desk_check"


async def post_fault(client: AsyncWebClient, user: str) -> str:
    """A sentence on what went wrong; empty when the message was found again by its metadata and deleted.

    `user`: Slack user id of the admin who gets the message.
    """
    key = token_hex(8)
    try:
        channel = (await client.conversations_open(users=user))["channel"]["id"]
        metadata = {"event_type": _EVENT, "event_payload": {"key": key}}
        text = "Partner Desk checks its installation. This message is deleted at once."
        posted = await client.chat_postMessage(channel=channel, text=text, metadata=metadata)
        try:
            return await _not_found_again(client, channel, posted["ts"], key)
        finally:
            await client.chat_delete(channel=channel, ts=posted["ts"])
    except SlackApiError as error:
        return f"Slack says {name_of(error)}"
    except (aiohttp.ClientError, OSError, TimeoutError):
        return "Slack cannot be reached"


async def _not_found_again(client: AsyncWebClient, channel: str, ts: str, key: str) -> str:
    found = await client.conversations_history(
        channel=channel, latest=ts, inclusive=True, limit=1, include_all_metadata=True
    )
    payloads = [(each.get("metadata") or {}).get("event_payload", {}) for each in found["messages"]]
    if any(each.get("key") == key for each in payloads):
        return ""
    return (
        "the message came back without its metadata, so a repeated delivery cannot be recognised. Paste manifest.yml "
        "into App Manifest, save, and install the app again"
    )
