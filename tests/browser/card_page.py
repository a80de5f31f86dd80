"""A card on the page of the local Slack, as a person reads it on a desktop or a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, Locator, expect
from slack_sdk.web.async_client import AsyncWebClient

from blocks.kit import Message
from localslack import LocalSlack, Seed
from tests.handlers.world import DEMO, DESK
from tests.timeouts import TIMEOUT, long_timeouts

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@dataclass
class Posted:
    """Messages of the bot in the desk channel of a local Slack."""

    slack: LocalSlack
    client: AsyncWebClient

    @property
    def channel(self) -> str:
        channels = self.slack.services.workspace.channels.values()
        return next(channel.id for channel in channels if channel.name == DESK.removeprefix("#"))

    async def message(self, message: Message) -> None:
        await self.client.chat_postMessage(channel=DESK, text=message.text, blocks=list(message.blocks))

    async def seen(self, browser: Browser, viewport: dict[str, int], scheme: str = "light") -> Locator:
        """The messages of the channel, once the last one is there."""
        context = await browser.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]  # a plain dict
        page = await context.new_page()
        page.set_default_timeout(TIMEOUT * 1000)
        await page.goto(f"{self.slack.page_url}?person=anna#/channel/{self.channel}")
        messages = page.get_by_role("log").get_by_role("article")
        await expect(messages.last).to_be_visible()
        return messages


@asynccontextmanager
async def posted(messages: Sequence[Message]) -> AsyncIterator[Posted]:
    """A local Slack in which the bot has posted these messages."""
    async with LocalSlack(Seed.from_file(DEMO / "cast.toml"), switches=long_timeouts()) as slack:
        client = AsyncWebClient(slack.app("Partner Desk").bot_token, base_url=slack.api_url)
        there = Posted(slack, client)
        for message in messages:
            await there.message(message)
        yield there


async def height(message: Locator) -> float:
    box = await message.bounding_box()
    assert box
    return box["height"]
