"""How does a test look at the page: a local Slack with an app, and people with browser tabs?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, expect

from localslack import LocalSlack, Mailbox
from tests.localslack.page_app import Kiosk, cast

expect.set_options(timeout=10_000)


class Stage:
    """One local Slack, its app, and every tab that was opened in it."""

    def __init__(self, slack: LocalSlack, app: Kiosk, browser: Browser) -> None:
        self.slack = slack
        self.app = app
        self._browser = browser
        self.problems: list[str] = []

    async def open(self, person: str, place: str = "#quay", **context: Any) -> Page:
        """A tab of that person, at a channel or at any hash of the page."""
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "reduced_motion": "reduce", **context}
        page = await (await self._browser.new_context(**options)).new_page()
        page.on("pageerror", lambda error: self.problems.append(f"{person}: {error}"))
        page.on("console", lambda message: self._said(person, message))
        where = place if place.startswith("#/") or not place else f"#/channel/{self.channel(place)}"
        await page.goto(f"{self.slack.page_url}?person={person}{where}")
        await expect(page.get_by_role("button", name="Switch person")).to_be_visible()
        return page

    def _said(self, person: str, message: ConsoleMessage) -> None:
        # a refusal of the control interface is no fault of the page; the browser logs it all the same
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(f"{person}: {message.text}")

    def channel(self, name: str) -> str:
        """The id behind `#name`."""
        channels = self.slack.services.workspace.channels.values()
        return next(channel.id for channel in channels if channel.name == name.removeprefix("#"))

    async def close(self) -> None:
        for context in self._browser.contexts:
            await context.close()


@asynccontextmanager
async def staged(browser: Browser) -> AsyncIterator[Stage]:
    """A fresh stage; at the end no tab may have complained."""
    async with LocalSlack(cast(), mailbox=Mailbox(None)) as slack:
        app = Kiosk(slack)
        await app.connect()
        stage = Stage(slack, app, browser)
        yield stage
        await stage.close()
        await app.close()
    assert stage.problems == []


def message(page: Page, words: str) -> Locator:
    """The message with these words in it."""
    return page.get_by_role("article").filter(has_text=words)


async def write(page: Page, text: str, box: str = "Message #quay") -> None:
    """Types into a composer and sends."""
    composer = page.get_by_label(box)
    await composer.fill(text)
    await composer.press("Enter")


async def pick(page: Page, label: str, *choices: str, typed: str = "") -> None:
    """Chooses in a select menu, as one does with the mouse."""
    box = page.get_by_role("combobox", name=label, exact=True)
    await box.click()
    if typed:
        await box.press_sequentially(typed)
    for choice in choices:
        await page.get_by_role("option", name=choice).click()
    await box.press("Tab")
