"""Answers to slash commands, and to clicks on those answers, by their response URL: seen by one person only."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import ClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from blocks.kit import Message


async def reply(client: AsyncWebClient, response_url: str, message: Message, *, replace: bool = False) -> None:
    """Posts an ephemeral message, or replaces the one that was clicked. `ClientError` when Slack does not take it."""
    webhook = AsyncWebhookClient(response_url, session=client.session)
    answer = await webhook.send(
        text=message.text, blocks=list(message.blocks), response_type="ephemeral", replace_original=replace
    )
    if answer.status_code != HTTPStatus.OK:
        raise ClientError(f"the response URL answered {answer.status_code}")
