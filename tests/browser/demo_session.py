"""Runs the demo as described in the README, with users in a real browser."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import ClientSession
from PIL import Image
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, expect

from bot.core.i18n import Language, spoken
from tests.doubles.forked_process import ForkedProcess, forked_program
from tests.timeouts import TIMEOUT, long_timeouts

TIMEOUT_MS = TIMEOUT * 1000
expect.set_options(timeout=TIMEOUT_MS)


@asynccontextmanager
async def running_demo(state: Path, port: int = 0, language: Language = Language.ENGLISH) -> AsyncIterator[str]:
    """Runs `python app.py demo` in a process until SIGTERM; gives the URL it prints."""
    async with demo_process(state, port, language) as process:
        yield await printed_url(process)
        process.terminate()
        await process.wait()


def demo_process(
    state: Path, port: int = 0, language: Language = Language.ENGLISH
) -> AbstractAsyncContextManager[ForkedProcess]:
    """Runs `python app.py demo` in a process, which is killed at the end if it still runs."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("SLACK_", "DESK_", "DATABASE_"))}
    arguments = ("demo", "--state", str(state), "--language", str(language))
    return forked_program(*arguments, environment={**clean, "PORT": str(port)})


async def printed_url(process: ForkedProcess) -> str:
    """URL printed by the demo, whose local Slack waits for its app as long as the tests do from then on."""
    output = ""
    async with asyncio.timeout(TIMEOUT):
        async for line in process.stdout:
            output += line.decode()
            found = re.search(r"ready:\s+(http://\S+)", output)
            if found:
                await _slow_down(found[1])
                return found[1]
    raise AssertionError(f"no address was printed, but:\n{output}")


async def _slow_down(url: str) -> None:
    await _control(url, "switches", asdict(long_timeouts()))


async def move_clock(url: str, time: timedelta) -> None:
    """Moves the demo's clock forwards."""
    await _control(url, "clock", {"advance": time.total_seconds()})


async def _control(url: str, path: str, body: dict[str, object]) -> None:
    async with ClientSession() as session, session.post(f"{url}_local/{path}", json=body) as answer:
        answer.raise_for_status()


@dataclass
class BrowserUser:
    """A person with their own browser context."""

    page: Page
    name: str
    console_errors: list[str] = field(default_factory=list)
    """Errors logged by the browser."""

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog").last

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("complementary")

    async def go_to_channel(self, channel: str) -> None:
        await self.page.get_by_role("link", name=re.compile(channel)).first.click()
        await expect(self.page.get_by_role("heading", name=channel, exact=False).first).to_be_visible()

    async def run_command(self, text: str) -> None:
        box = self.page.get_by_role("textbox", name="Message").first
        await box.click()
        await box.fill("")
        await self.page.keyboard.type(f"{text} ")
        await self.page.get_by_role("button", name="Send now").first.click()

    def card(self, text: str) -> Locator:
        """The message in the channel with this text, excluding the daily digest, which also names tickets."""
        messages = self.page.get_by_role("log").get_by_role("article").filter(has_text=text)
        return messages.filter(has_not_text="Overview of").last

    async def press(self, where: Locator, button: str) -> None:
        """Presses the button with this label; a screen reader hears more where several have the same."""
        await self._labelled(where, button).click()

    async def press_for(self, where: Locator, button: str, title: str) -> Locator:
        """Presses the button with this label, and returns the modal it opens."""
        await self._labelled(where, button).click()
        return await self.opened_modal(title)

    @staticmethod
    def _labelled(where: Locator, button: str) -> Locator:
        return where.get_by_role("button", name=re.compile(rf"^{re.escape(button)}(: .*)?$"))

    async def choose_from_menu(self, where: Locator, entry: str) -> None:
        await where.locator("button.overflow").click()
        await self.page.get_by_role("menuitem", name=entry).or_(self.page.get_by_role("option", name=entry)).click()

    async def opened_modal(self, title: str) -> Locator:
        dialog = self.page.get_by_role("dialog", name=title)
        await expect(dialog).to_be_visible()
        return dialog

    async def fill(self, dialog: Locator, answers: dict[str, str]) -> None:
        """Fills in answers by label: typed text, selected options or checked radio buttons."""
        for label, answer in answers.items():
            radio = dialog.get_by_role("group", name=label).or_(dialog.get_by_role("radiogroup", name=label))
            select = dialog.get_by_role("combobox", name=label)
            if await radio.count():
                await radio.get_by_label(answer, exact=True).check()
            elif await select.count():
                await select.click()
                await self.page.keyboard.type(answer)
                await self.page.get_by_role("option", name=answer).first.click()
                await self.page.keyboard.press("Tab")
            else:
                await dialog.get_by_label(label, exact=True).fill(answer)

    def add_console_error(self, message: ConsoleMessage) -> None:
        """Keeps an error of the browser's console, with the address it is about."""
        if message.type == "error":
            self.console_errors.append(f"{message.text} {message.location.get('url', '')}")

    def local_time(self, ago: timedelta) -> str:
        """Local time in the format of a date-time picker, in the person's time zone."""
        return (datetime.now(ZoneInfo("Europe/Berlin")) - ago).strftime("%Y-%m-%dT%H:%M")


UserGetter = Callable[[str], Awaitable[BrowserUser]]


@asynccontextmanager
async def browser_users(browser: Browser, url: str, **options: object) -> AsyncIterator[UserGetter]:
    """Gives a function that opens a browser for a person; fails at the end if a browser logged errors."""
    viewers: dict[str, BrowserUser] = {}

    async def user(name: str) -> BrowserUser:
        if name not in viewers:
            size = options or {"viewport": {"width": 1280, "height": 900}}
            context = await browser.new_context(reduced_motion="reduce", **size)  # type: ignore[arg-type]
            viewer = BrowserUser(await context.new_page(), name)
            viewer.page.set_default_timeout(TIMEOUT_MS)
            viewer.page.on("pageerror", lambda error: viewer.console_errors.append(str(error)))
            viewer.page.on("console", viewer.add_console_error)
            await viewer.page.goto(f"{url}?person={name}")
            viewers[name] = viewer
        return viewers[name]

    try:
        yield user
    finally:
        for viewer in viewers.values():
            await viewer.page.context.close()
    assert {name: viewer.console_errors for name, viewer in viewers.items() if viewer.console_errors} == {}, [
        viewer.console_errors for viewer in viewers.values()
    ]


async def save_screenshot(viewer: BrowserUser, name: str) -> None:
    """Saves a screenshot for the docs if the variable PICTURES names a folder: with 256 colours, a third as large.

    While German is spoken, its name ends with `_de`.
    """
    folder = os.environ.get("PICTURES")
    if folder:
        ending = "" if spoken() is Language.ENGLISH else f"_{spoken()}"
        path = Path(folder) / f"{name}{ending}.png"
        await viewer.page.mouse.move(0, 0)  # what it rests on has buttons of its own
        await viewer.page.wait_for_timeout(300)
        await viewer.page.screenshot(path=str(path))
        with Image.open(path) as shot:
            few = shot.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        few.save(path, optimize=True)


_COLOURS = 256
