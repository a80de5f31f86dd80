"""Undo of a recorded answer of Retarus in a real browser, at a desk that is killed between the record and the undo."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from bot.adapters.store import open_store
from bot.model.ticket import Stage
from localslack import LocalSlack, Mailbox
from localslack.mail import serve
from tests.browser.demo_session import BrowserUser, browser_users, save_screenshot
from tests.handlers.test_restart import LATE, late_process
from tests.handlers.world import RETARUS, _seed, desk_at, world_of
from tests.timeouts import long_timeouts

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]

WORDS = "The rule was removed."
TEN_MINUTES = 600


async def test_recorded_answer_is_undone_after_a_kill_and_no_more_after_ten_minutes(
    tmp_path: Path, browser: Browser
) -> None:
    mailbox, database = Mailbox(), f"sqlite:///{tmp_path / 'desk.sqlite3'}"
    async with LocalSlack(_seed(), mailbox=mailbox, switches=long_timeouts()) as slack:
        mail = await serve(mailbox)
        async with desk_at(slack, mail, tmp_path) as running:
            w = world_of(slack, mail, running)
            card = await w.escalated()
            await w.rita.post(RETARUS, WORDS, thread=await w.rita.message(RETARUS, "PD-1001"))
            await w.until_placed(await w.ben.reply(card, WORDS))
        async with browser_users(browser, slack.page_url) as user:
            ben = await user("ben")
            await ben.go_to_channel("partner-desk")
            await ben.card("PD-1001").get_by_role("link", name="replies").click()
            entry = ben.thread.get_by_role("article").filter(has_text="wrote in the Retarus channel")
            async with late_process(slack, mail, database, 0) as desk:
                await record(ben, entry)
                desk.kill()
            assert await stage_in(database) is Stage.SECOND
            async with late_process(slack, mail, database, LATE) as desk:
                await expect(entry).to_contain_text("Recorded as answer by")
                await save_screenshot(ben, "undo_answer")
                await ben.press(entry, "Undo")
                await expect(ben.thread).to_contain_text("Ben Brandt undid “Retarus answered”")
                desk.kill()
            assert await stage_in(database) is Stage.RETARUS
            async with late_process(slack, mail, database, 2 * LATE) as desk:
                await expect(entry).not_to_contain_text("Recorded as answer by")
                await record(ben, entry)
                desk.kill()
            async with late_process(slack, mail, database, 3 * LATE):
                await expect(entry.get_by_role("button", name="Undo")).to_be_visible()
            async with late_process(slack, mail, database, 2 * LATE + TEN_MINUTES):
                await expect(entry.get_by_role("button", name="Undo")).to_have_count(0)
                await expect(entry).to_contain_text("Recorded as answer by")
            assert await stage_in(database) is Stage.SECOND
        await mail.close()


async def record(ben: BrowserUser, entry: Locator) -> None:
    form = await ben.press_for(entry, "Record as answer", "Answer of Retarus")
    await ben.press(form, "Record")
    await expect(form).to_have_count(0)


async def stage_in(database: str) -> Stage:
    store = await open_store(database)
    ticket = await store.numbered(1001)
    await store.close()
    assert ticket
    return ticket.stage
