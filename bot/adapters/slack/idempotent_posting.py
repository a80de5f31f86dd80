"""How is a message posted once and only once, although nobody can tell whether a call that failed arrived?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.model.notice import Claim

EVENT_TYPE = "desk_notice"
"""Names our own messages' metadata; its payload's `key` says which notice a message is."""

_CLOCKS_APART = 900
"""Seconds by which this machine's clock may be ahead of Slack's, and our own message is found all the same."""

_LOOK_BACK = 15
"""Pages of a channel or thread that are searched for our own message."""


class Written(Protocol):
    """What is posted."""

    @property
    def text(self) -> str: ...

    @property
    def blocks(self) -> Sequence[dict[str, object]]: ...


class Posting:
    """Posts with a mark by which a later try recognises what an earlier one did."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def posted(self, claim: Claim, channel: str, message: Written, *, thread: str = "", part: str = "") -> str:
        """Posts, unless an earlier attempt did already; gives the message's ts."""
        key = claim.notice.key + part
        known = await self.found(channel, thread, key, claim) if claim.attempt > 1 else ""
        if known:
            return known
        answer = await self._client.chat_postMessage(
            channel=channel,
            thread_ts=thread or None,
            text=message.text,
            blocks=list(message.blocks),
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(answer["ts"])

    async def found(self, channel: str, thread: str, key: str, claim: Claim) -> str:
        """The ts of our own message with this key; empty when it is not there."""
        since = f"{claim.notice.due.timestamp() - _CLOCKS_APART:.6f}"
        cursor = ""
        for _ in range(_LOOK_BACK):
            page = await self._page(channel, thread, since, cursor)
            for each in page["messages"]:
                if each.get("metadata", {}).get("event_payload", {}).get("key") == key:
                    return str(each["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                break
        return ""

    async def _page(self, channel: str, thread: str, oldest: str, cursor: str) -> AsyncSlackResponse:
        """Up to 200 messages with their metadata, of a thread or of a channel."""
        at = cursor or None
        if thread:
            return await self._client.conversations_replies(
                channel=channel, ts=thread, oldest=oldest, limit=200, include_all_metadata=True, cursor=at
            )
        return await self._client.conversations_history(
            channel=channel, oldest=oldest, limit=200, include_all_metadata=True, cursor=at
        )
