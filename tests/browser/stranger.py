"""A stranger's machine: the program started as the README says, and people looking at it in a real browser."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, Locator, Page, expect

from bot.core.i18n import Language

ROOT = Path(__file__).parents[2]
PATIENCE = 30_000
"""Milliseconds. Long, for a machine that is busy: only a test that fails waits for them."""
expect.set_options(timeout=PATIENCE)


@asynccontextmanager
async def demo(state: Path, port: int = 0, language: Language = Language.ENGLISH) -> AsyncIterator[str]:
    """`python app.py demo` in a process of its own; gives the address it prints. Ended by SIGTERM."""
    process = await start(state, port, language)
    try:
        yield await address(process)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def start(state: Path, port: int = 0, language: Language = Language.ENGLISH) -> asyncio.subprocess.Process:
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("SLACK_", "DESK_", "DATABASE_"))}
    return await asyncio.create_subprocess_exec(
        sys.executable, "app.py", "demo", "--state", str(state), "--language", language,
        cwd=ROOT, env={**clean, "PORT": str(port)}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip


async def address(process: asyncio.subprocess.Process) -> str:
    """What it prints as its address."""
    assert process.stdout
    said = ""
    async with asyncio.timeout(30):
        async for line in process.stdout:
            said += line.decode()
            found = re.search(r"ready:\s+(http://\S+)", said)
            if found:
                return found[1]
    raise AssertionError(f"no address was printed, but:\n{said}")


@dataclass
class Viewer:
    """One person at a browser of their own."""

    page: Page
    name: str
    faults: list[str] = field(default_factory=list)
    """What the browser complained about."""

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog").last

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("complementary")

    async def go(self, channel: str) -> None:
        await self.page.get_by_role("link", name=re.compile(channel)).first.click()
        await expect(self.page.get_by_role("heading", name=channel, exact=False).first).to_be_visible()

    async def command(self, text: str) -> None:
        box = self.page.get_by_role("textbox", name="Message").first
        await box.click()
        await box.fill("")
        await self.page.keyboard.type(f"{text} ")
        await self.page.get_by_role("button", name="Send now").first.click()

    def card(self, words: str) -> Locator:
        """The message in the channel that shows these words; the morning's digest names tickets too, and is none."""
        said = self.page.get_by_role("log").get_by_role("article").filter(has_text=words)
        return said.filter(has_not_text="This morning").last

    async def press(self, where: Locator, button: str) -> None:
        await where.get_by_role("button", name=button, exact=True).click()

    async def menu(self, where: Locator, entry: str) -> None:
        await where.get_by_role("button", name="More actions").last.click()
        await self.page.get_by_role("menuitem", name=entry).or_(self.page.get_by_role("option", name=entry)).click()

    async def opened(self, title: str) -> Locator:
        dialog = self.page.get_by_role("dialog", name=title)
        await expect(dialog).to_be_visible()
        return dialog

    async def fill(self, dialog: Locator, answers: dict[str, str]) -> None:
        """Label → what is typed, picked or chosen."""
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

    def local(self, ago: timedelta) -> str:
        """A moment as a date-time picker takes it, in the person's own zone."""
        return (datetime.now(ZoneInfo("Europe/Berlin")) - ago).strftime("%Y-%m-%dT%H:%M")


Sit = Callable[[str], Awaitable[Viewer]]


@asynccontextmanager
async def seats(browser: Browser, url: str, **options: object) -> AsyncIterator[Sit]:
    """Gives a function that seats a person at a browser; afterwards nothing may have gone wrong in any of them."""
    viewers: dict[str, Viewer] = {}

    async def sit(name: str) -> Viewer:
        if name not in viewers:
            size = options or {"viewport": {"width": 1280, "height": 900}}
            context = await browser.new_context(**size)  # type: ignore[arg-type]
            viewer = Viewer(await context.new_page(), name)
            viewer.page.set_default_timeout(PATIENCE)
            viewer.page.on("pageerror", lambda error: viewer.faults.append(str(error)))
            viewer.page.on("console", lambda said: viewer.faults.append(said.text) if said.type == "error" else None)
            await viewer.page.goto(f"{url}?person={name}")
            viewers[name] = viewer
        return viewers[name]

    yield sit
    assert {name: viewer.faults for name, viewer in viewers.items() if viewer.faults} == {}, [
        viewer.faults for viewer in viewers.values()
    ]


async def picture(viewer: Viewer, name: str) -> None:
    """Keeps what the person sees, when PICTURES names a folder: the README's pictures are made by the tests."""
    folder = os.environ.get("PICTURES")
    if folder:
        await viewer.page.wait_for_timeout(300)
        await viewer.page.screenshot(path=str(Path(folder) / f"{name}.png"))
