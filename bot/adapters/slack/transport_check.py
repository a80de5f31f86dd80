"""Checks whether Slack, or one of its channels, accepts messages again."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import SLACK_ERRORS
from bot.transports import Check, Closure


def slack_check(client: AsyncWebClient) -> Check:
    """Uses auth.test and the permissions it names; for a channel also that the bot is in it and it is not archived."""

    async def is_open(closure: Closure) -> bool:
        try:
            if closure.channel:
                return await _is_channel_open(client, closure.channel)
            answer = await client.auth_test()
        except SLACK_ERRORS:
            return False
        granted = {scope.strip() for scope in str(answer.headers.get("x-oauth-scopes", "")).split(",")}
        needed = {scope.strip() for scope in closure.needed.split(",") if scope.strip()}
        return not needed or bool(needed & granted)

    return is_open


async def _is_channel_open(client: AsyncWebClient, channel: str) -> bool:
    found = (await client.conversations_info(channel=channel))["channel"]
    return bool(found.get("is_member")) and not found.get("is_archived")
