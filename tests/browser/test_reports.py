"""A lead reads last month's report in a real browser: its charts in the message, and its files below."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Locator, Page, expect

from bot.periods import previous
from bot.ports import Batch
from bot.store import open_store
from tests import months
from tests.browser.stranger import Viewer, demo, picture, seats
from tests.chromium import chromium

pytestmark = pytest.mark.browser


async def filled(state: Path) -> str:
    """The demo's database with last month's tickets in it; gives the month."""
    here = ZoneInfo("Europe/Berlin")
    month = previous(datetime.now(here).date())
    begins = datetime(month.year, month.month, 1, tzinfo=here)
    store = await open_store(f"sqlite:///{state / 'desk.sqlite3'}")
    for ticket, history in months.believable(Random(7), 48, begins):
        await store.apply(Batch(tickets=[ticket.model_copy(update={"version": 1})], events=history))
    await store.close()
    return f"{month:%Y-%m}"


async def messages_of_the_app(viewer: Viewer) -> Locator:
    await viewer.page.get_by_role("link", name=re.compile("Partner Desk")).first.click()
    await viewer.page.get_by_role("tab", name="Messages").click()
    return viewer.page.get_by_role("log").get_by_role("article").filter(has_text="Support report").last


async def are_shown(page: Page, message: Locator, count: int) -> None:
    """Every picture in it has been loaded."""
    await expect(message.locator("figure img")).to_have_count(count)
    loaded = "all => all.every(each => each.complete && each.naturalWidth > 900)"
    for _ in range(100):
        if await message.locator("figure img").evaluate_all(loaded):
            return
        await page.wait_for_timeout(100)
    raise AssertionError("a chart was not shown")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_report_is_asked_for_and_read(tmp_path: Path, scheme: str) -> None:
    month = await filled(tmp_path)
    tall = {"viewport": {"width": 1280, "height": 1500}, "color_scheme": scheme}
    async with demo(tmp_path) as url, chromium() as browser, seats(browser, url, **tall) as sit:
        carla = await sit("carla")
        await carla.command(f"/retarus-report {month}")
        message = await messages_of_the_app(carla)
        await expect(message).to_be_visible()
        await are_shown(carla.page, message, 5)
        await message.get_by_text("Support report").first.scroll_into_view_if_needed()
        await picture(carla, "report" if scheme == "light" else "report-dark")
        await message.get_by_role("link", name=re.compile("repl")).click()
        for kind in ("pdf", "html", "csv"):
            await expect(
                carla.thread.get_by_text(re.compile(rf"report-{month}\.{kind}|Support report.*\.{kind}")).first
            ).to_be_visible()


async def test_a_form_asks_for_one_end_customer_and_retarus_is_asked_for_their_view(tmp_path: Path) -> None:
    await filled(tmp_path)
    async with demo(tmp_path) as url, chromium() as browser, seats(browser, url) as sit:
        carla = await sit("carla")
        await carla.command("/retarus-report")
        form = await carla.opened("Report")
        await carla.press(form, "Request Retarus's view")
        letter = await carla.opened("Monthly view")
        await expect(letter.get_by_label("What Retarus reads")).to_have_value(re.compile("traffic volumes"))
        await picture(carla, "monthly-view")
        await carla.press(letter, "Send to Retarus")
        await expect(letter).to_be_hidden()
        rita = await sit("rita")
        await rita.go("retarus-escalation")
        await expect(rita.page.get_by_role("heading", name="Monthly view")).to_be_visible()
