"""Update of a posted message that may have been deleted meanwhile."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import name_of
from bot.adapters.slack.idempotent_posting import Written
from bot.model.notice import Place


async def updated(client: AsyncWebClient, place: Place, message: Written) -> bool:
    """False when the message was deleted, so that the caller can post it again."""
    try:
        await client.chat_update(channel=place.channel, ts=place.ts, text=message.text, blocks=list(message.blocks))
    except SlackApiError as error:
        if name_of(error) in {"message_not_found", "cant_update_message"}:
            return False
        raise
    return True
