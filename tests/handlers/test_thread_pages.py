"""Pages of a thread are read to the end, whatever Slack's rate limits are."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError

from handlers.thread_pages import ThreadPages
from localslack import LocalSlack
from tests.handlers.test_thread_reading import posted
from tests.localslack.embedded import seed, web_client


async def test_each_page_is_read_once_although_rate_limits_come_between() -> None:
    async with LocalSlack(seed()) as slack:
        place = posted(slack, 7)
        for skip in (1, 3):
            slack.faults.order("conversations.replies", "ratelimited", skip=skip, times=2)
        pages = ThreadPages(web_client(slack), *place, limit=3, waits=4, yielding=0.01)
        texts = [each["text"] async for page in pages.all() for each in page["messages"]]
        assert texts == ["card", *(f"reply {number}" for number in range(7))]


async def test_rate_limit_is_raised_after_so_many() -> None:
    async with LocalSlack(seed()) as slack:
        place = posted(slack, 1)
        slack.faults.order("conversations.replies", "ratelimited", times=None)
        with pytest.raises(SlackApiError, match="ratelimited"):
            await ThreadPages(web_client(slack), *place, waits=2, yielding=0.01).page()
        assert len([row for row in slack.services.traffic.rows() if row.kind == "conversations.replies"]) == 3
