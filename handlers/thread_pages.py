"""Pages of a thread, with patience where Slack limits how often and how much of it is read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import is_rate_limit, retry_after

_LONGEST_WAIT = 70.0
"""Seconds one rate limit may ask to wait."""

Page = Mapping[str, Any]


@dataclass
class ThreadPages:
    """Reads pages by conversations.replies; a page that was refused by a rate limit is asked for again."""

    client: AsyncWebClient
    channel: str
    root: str
    limit: int = 200
    waits: int = 3
    """Rate limits that are waited for; the next one is raised."""
    yielding: float = 1.0
    """Factor on the wait: above one, others have their turn before."""

    async def page(self, oldest: str = "", cursor: str = "", *, latest: str = "") -> Page:
        """One page of the messages after `oldest`; with `latest`, both are included. Raises what the Web API raises."""
        while True:
            try:
                page: Any = await self.client.conversations_replies(
                    channel=self.channel,
                    ts=self.root,
                    limit=self.limit,
                    oldest=oldest or None,
                    latest=latest or None,
                    inclusive=True if latest else None,
                    cursor=cursor or None,
                )
            except SlackApiError as error:
                self.waits -= 1
                if not is_rate_limit(error) or self.waits < 0 or retry_after(error) > _LONGEST_WAIT:
                    raise
                await asyncio.sleep(retry_after(error) * self.yielding)
            else:
                return page  # type: ignore[no-any-return]  # a response of the SDK is a mapping

    async def all(self) -> AsyncIterator[Page]:
        """Every page from the begin of the thread."""
        cursor = ""
        while True:
            page = await self.page(cursor=cursor)
            yield page
            cursor = cursor_of(page)
            if not cursor:
                return


def cursor_of(page: Page) -> str:
    """The cursor of the next page; empty on the last one."""
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")
