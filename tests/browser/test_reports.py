"""A lead requests last month's report in a real browser, with charts in the message and files in its thread."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.adapters.store import open_store
from bot.core.month import previous
from bot.tickets.ports import Batch
from tests import months
from tests.browser.demo_session import BrowserUser, browser_users, running_demo, save_screenshot
from tests.timeouts import TIMEOUT

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]


async def fill_last_month(state: Path) -> str:
    """Fills the demo's database with tickets of last month; gives the month."""
    here = ZoneInfo("Europe/Berlin")
    month = previous(datetime.now(here).date())
    month_start = datetime(month.year, month.month, 1, tzinfo=here)
    store = await open_store(f"sqlite:///{state / 'desk.sqlite3'}")
    for ticket, history in months.believable(Random(7), 48, month_start):
        await store.apply(Batch(tickets=[ticket.model_copy(update={"version": 1})], events=history))
    await store.close()
    return f"{month:%Y-%m}"


async def open_app_messages(viewer: BrowserUser) -> Locator:
    await viewer.page.get_by_role("link", name=re.compile("Partner Desk")).first.click()
    await viewer.page.get_by_role("tab", name="Messages").click()
    return viewer.page.get_by_role("log").get_by_role("article").filter(has_text="Support report").last


async def expect_pictures_loaded(page: Page, message: Locator, count: int) -> None:
    """Waits until all pictures of the message are loaded."""
    # the report is printed by a process of low priority
    await expect(message.locator("figure img")).to_have_count(count, timeout=2.5 * TIMEOUT * 1000)
    loaded = "all => all.every(each => each.complete && each.naturalWidth > 900)"
    async with asyncio.timeout(TIMEOUT):
        while not await message.locator("figure img").evaluate_all(loaded):
            await page.wait_for_timeout(100)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_report_is_requested_and_read(tmp_path: Path, scheme: str, browser: Browser) -> None:
    month = await fill_last_month(tmp_path)
    looks = {"viewport": {"width": 1280, "height": 900}, "color_scheme": scheme}
    async with running_demo(tmp_path) as url, browser_users(browser, url, **looks) as user:
        carla = await user("carla")
        await carla.run_command(f"/retarus-report {month}")
        message = await open_app_messages(carla)
        await expect_pictures_loaded(carla.page, message, 5)
        await message.get_by_role("heading", name="Support report").evaluate("it => it.scrollIntoView()")
        if scheme == "light":
            await save_screenshot(carla, "report")
        await message.get_by_role("link", name=re.compile("repl")).click()
        for kind in ("pdf", "html", "csv"):
            await expect(
                carla.thread.get_by_role("link", name=re.compile(rf"Support report.*\.{kind}"))
            ).to_be_visible()
        await expect_page_is_self_contained(carla, scheme)


async def expect_page_is_self_contained(carla: BrowserUser, scheme: str) -> None:
    """Checks that the HTML page loads no external resources, shows all pictures and fits into the window."""
    link = carla.thread.get_by_role("link", name=re.compile(r"Support report.*\.html"))
    url = await link.evaluate("link => link.href")
    html = await (await carla.page.request.get(url)).text()
    page = await carla.page.context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.set_content(html)
    await expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Support report"))
    loaded = await page.locator("img").evaluate_all("all => all.map(each => each.naturalWidth)")
    assert len(loaded) == 5
    assert min(loaded) > 900
    assert [each for each in asked if not each.startswith("data:")] == []
    for width in (1280, 390):
        await page.set_viewport_size({"width": width, "height": 900})
        assert not await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    # on a phone, words and durations are not broken across lines; wide tables scroll
    broken = """all => all.filter(each => each.className === 'whole' && each.getClientRects().length &&
        getComputedStyle(each).whiteSpace !== 'nowrap').length"""
    assert await page.locator("td").evaluate_all(broken) == 0
    assert await page.locator("td").evaluate_all(
        "all => all.every(each => each.scrollWidth <= each.clientWidth + 1 && each.clientWidth > 40)"
    )
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(26, 29, 33)"}[scheme]


async def test_monthly_view_is_requested_from_retarus(tmp_path: Path, browser: Browser) -> None:
    await fill_last_month(tmp_path)
    async with running_demo(tmp_path) as url, browser_users(browser, url) as user:
        carla = await user("carla")
        await carla.run_command("/retarus-report")
        form = await carla.opened_modal("Report")
        await carla.press(form, "Request Retarus's view")
        letter = await carla.opened_modal("Monthly view")
        await expect(letter.get_by_label("What Retarus reads")).to_have_value(re.compile("traffic volumes"))
        await save_screenshot(carla, "monthly-view")
        await carla.press(letter, "Send to Retarus")
        await expect(letter).to_be_hidden()
        rita = await user("rita")
        await rita.go_to_channel("retarus-escalation")
        await expect(rita.page.get_by_role("heading", name="Monthly view")).to_be_visible()
