"""Any answer of a status page is read, or reported as unreadable, in time."""

from __future__ import annotations

import asyncio
from time import process_time

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.status import feed_entries
from bot.adapters.status.feed_entries import FeedEntries
from bot.adapters.status.statuspage import Statuspage
from bot.escalation.status_page import StatusPageReading, UnreadablePage
from tests.fuzz.budget import SLOW, fuzzed, mutated, seeds


async def looked_at(body: bytes) -> None:
    """Serves this body on loopback, and reads it both as a feed and as a Statuspage."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/octet-stream")

    served = web.Application()
    served.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(served)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}/feed"
        async with aiohttp.ClientSession() as session:
            began = process_time()
            assert isinstance(await Statuspage(address, session).look(), StatusPageReading | UnreadablePage)
            assert isinstance(feed_entries.read(body), FeedEntries)
            assert process_time() - began < SLOW
    finally:
        await runner.cleanup()


@fuzzed(40)
@given(body=mutated("feeds") | st.binary(max_size=200))
def test_any_answer_of_a_status_page_is_read_or_unreadable(body: bytes) -> None:
    asyncio.run(looked_at(body))


@pytest.mark.parametrize("body", seeds("feeds"), ids=lambda body: body[:12].hex())
def test_known_answer_of_a_status_page_is_read_or_unreadable(body: bytes) -> None:
    asyncio.run(looked_at(body))
