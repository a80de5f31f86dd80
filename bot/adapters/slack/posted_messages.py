"""Reads the messages of bots in the desk channel, for `check --repair`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import is_rate_limit, retry_after
from bot.adapters.slack.idempotent_posting import EVENT_TYPE, keys_in_metadata
from bot.adapters.slack.pages import next_cursor
from bot.desk import Desk
from bot.ports import Store
from bot.repair import PostedMessage, Repair, RepairLine

Json = dict[str, Any]

_TICKET_ID = re.compile(r"[0-9a-f]{20}")
_PAGE = 200


def repair(store: Store, client: AsyncWebClient, desk: Desk, wake: Callable[[], None]) -> AsyncIterator[RepairLine]:
    """Reconciles the store with the desk channel. `wake` tells the outbox that there is something to deliver."""
    channel = desk.routes.desk
    return Repair(store, SlackPostedMessages(client, channel), channel, desk.config, desk.clock, wake).lines()


class SlackPostedMessages:
    """`bot.repair.PostedMessages`."""

    def __init__(self, client: AsyncWebClient, channel: str) -> None:
        self._client = client
        self._channel = channel

    async def all(self) -> Sequence[PostedMessage]:
        found: list[PostedMessage] = []
        cursor = ""
        while True:
            page = await self._page(cursor)
            found += [_message(each) for each in page["messages"] if each.get("bot_id")]
            cursor = next_cursor(page)
            if not cursor:
                return found

    def keys(self, key: str) -> Sequence[str]:
        return keys_in_metadata(key)

    async def _page(self, cursor: str) -> Any:
        """One page of the channel; waits as long as Slack asks to."""
        while True:
            try:
                return await self._client.conversations_history(
                    channel=self._channel, limit=_PAGE, include_all_metadata=True, cursor=cursor or None
                )
            except SlackApiError as error:
                if not is_rate_limit(error):
                    raise
                await asyncio.sleep(retry_after(error))


def _message(message: Json) -> PostedMessage:
    metadata = message.get("metadata") or {}
    is_ours = metadata.get("event_type") == EVENT_TYPE
    key = str(metadata.get("event_payload", {}).get("key", "")) if is_ours else ""
    title = str(message.get("text", "")).partition("\n")[0][:80]
    return PostedMessage(str(message["ts"]), key, title, frozenset(_ticket_ids(message.get("blocks") or [])))


def _ticket_ids(blocks: Sequence[Json]) -> Iterator[str]:
    """Ids in the values of buttons and menu entries, some of which carry `<action id>|<id>`."""
    for block in blocks:
        for element in (*block.get("elements", ()), block.get("accessory") or {}):
            for option in (element, *element.get("options", ())):
                for part in str(option.get("value", "")).split("|"):
                    if _TICKET_ID.fullmatch(part):
                        yield part
