"""How is a slash command, or a click on its answer, replied to? By its response URL: seen by that person only."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from blocks.kit import Message


async def reply(client: AsyncWebClient, response_url: str, message: Message, *, replace: bool = False) -> None:
    """Posts, or puts in place of what was there, on the client's own connections."""
    webhook = AsyncWebhookClient(response_url, session=client.session)
    await webhook.send(
        text=message.text, blocks=list(message.blocks), response_type="ephemeral", replace_original=replace
    )
