"""A local Slack with an app, and browser tabs of several people that show its page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, expect

from localslack import LocalSlack, Mailbox
from tests.localslack.page_app import Kiosk, kiosk_seed
from tests.timeouts import TIMEOUT, long_timeouts

expect.set_options(timeout=TIMEOUT * 1000)


class BrowserStage:
    """A local Slack, its app, and the tabs opened in it."""

    def __init__(self, slack: LocalSlack, app: Kiosk, browser: Browser) -> None:
        self.slack = slack
        self.app = app
        self._browser = browser
        self.problems: list[str] = []

    async def open(self, person: str, place: str = "#quay", **context: Any) -> Page:
        """Opens a tab as this person, at a channel or at any URL fragment of the page."""
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "reduced_motion": "reduce", **context}
        page = await (await self._browser.new_context(**options)).new_page()
        page.on("pageerror", lambda error: self.problems.append(f"{person}: {error}"))
        page.on("console", lambda message: self._record_console_error(person, message))
        where = place if place.startswith("#/") or not place else f"#/channel/{self.channel(place)}"
        await page.goto(f"{self.slack.page_url}?person={person}{where}")
        await expect(page.get_by_role("button", name="Switch person")).to_be_visible()
        return page

    def _record_console_error(self, person: str, message: ConsoleMessage) -> None:
        # the browser also logs refusals of the control interface, which are no errors of the page
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(f"{person}: {message.text}")

    def channel(self, name: str) -> str:
        """The id of the channel `#name`."""
        channels = self.slack.services.workspace.channels.values()
        return next(channel.id for channel in channels if channel.name == name.removeprefix("#"))

    async def close(self) -> None:
        for context in self._browser.contexts:
            await context.close()


@asynccontextmanager
async def open_stage(browser: Browser) -> AsyncIterator[BrowserStage]:
    """Opens a new stage; fails at the end if a tab logged an error."""
    async with LocalSlack(kiosk_seed(), mailbox=Mailbox(None), switches=long_timeouts()) as slack:
        app = Kiosk(slack)
        await app.connect()
        stage = BrowserStage(slack, app, browser)
        yield stage
        await stage.close()
        await app.close()
    assert stage.problems == []


def message(page: Page, text: str) -> Locator:
    """The message that contains this text."""
    return page.get_by_role("article").filter(has_text=text)


async def send_message(page: Page, text: str, box: str = "Message #quay") -> None:
    """Types text into a composer and sends it."""
    composer = page.get_by_label(box)
    await composer.fill(text)
    await composer.press("Enter")


async def select_options(page: Page, label: str, *choices: str, typed: str = "") -> None:
    """Selects options in a select menu with the mouse."""
    box = page.get_by_role("combobox", name=label, exact=True)
    await box.click()
    if typed:
        await box.press_sequentially(typed)
    for choice in choices:
        await page.get_by_role("option", name=choice).click()
    await box.press("Tab")
