"""A full channel with many open pages stays fast; the generous bounds catch growth, not noise."""

import asyncio
import time
from contextlib import AsyncExitStack

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from localslack import LocalSlack, SeedChannel, SeedPerson
from tests.localslack.embedded import plain, seed

MESSAGES, PAGES, POSTS = 1000, 100, 10
BLOCKS = [{"type": "section", "text": plain("some words")}] * 5


async def next_message_texts(page: aiohttp.ClientWebSocketResponse, count: int) -> list[str]:
    """Texts of the next new messages."""
    texts: list[str] = []
    while len(texts) < count:
        frame = await page.receive_json()
        texts += [frame["message"]["text"]] if frame["type"] == "message" else []
    return texts


async def test_full_channel_stays_fast_for_a_hundred_pages() -> None:
    handles = [f"p{number}" for number in range(PAGES)]
    people = [SeedPerson(handle=handle) for handle in handles]
    channels = [SeedChannel(name="desk", members=[*handles, "Bot"])]
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(LocalSlack(seed(people=people, channels=channels)))
        connector = aiohttp.TCPConnector(limit=0)
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        client = AsyncWebClient(slack.apps[0].bot_token, base_url=slack.api_url, session=session)
        for number in range(MESSAGES):
            await client.chat_postMessage(channel="desk", text=str(number), blocks=BLOCKS)

        pages = [await session.ws_connect(f"{slack.control_url}live?person={handle}") for handle in handles]
        began = time.process_time()
        for number in range(POSTS):
            await client.chat_postMessage(channel="desk", text=f"now {number}", blocks=BLOCKS)
        texts = await asyncio.gather(*(next_message_texts(page, POSTS) for page in pages))
        assert texts == [[f"now {number}" for number in range(POSTS)]] * PAGES
        assert (time.process_time() - began) / POSTS < 0.5

        began = time.process_time()
        reader = slack.person("p0")
        assert len(await reader.messages("#desk", limit=50)) == 50
        assert (await reader.state())["channels"][0]["unread"] == MESSAGES + POSTS
        assert time.process_time() - began < 2
        for page in pages:
            await page.close()
