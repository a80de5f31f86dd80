"""The panel of faults, in a real browser."""

import pytest
from playwright.async_api import expect

from tests.localslack.page_stage import BrowserStage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_fault_is_ordered_shown_and_taken_back(stage: BrowserStage) -> None:
    page = await stage.open("anna", "#/faults")
    await page.get_by_label("Method or payload").fill("chat.postMessage")
    await page.get_by_label("Fault", exact=True).select_option("reset")
    await page.get_by_label("When").select_option("after")
    await page.get_by_label("Percent").fill("25")
    await page.get_by_label("Times (0: until taken back)").fill("0")
    await page.get_by_role("button", name="Order").click()
    item = page.get_by_role("list", name="Faults under way").get_by_role("listitem")
    await expect(item).to_contain_text("after the effect · 25 % · 0 of ∞ times")
    [fault] = stage.slack.faults.listed()
    assert (fault.method, fault.fault, fault.when, fault.probability, fault.times) == (
        "chat.postMessage", "reset", "after", 0.25, None,
    )  # fmt: skip
    await page.get_by_role("button", name="Take back: reset of chat.postMessage").click()
    await expect(item).to_have_text("Nothing: everything works.")
    assert stage.slack.faults.listed() == []


async def test_tokens_switches_and_sockets_are_troubled_and_mended(stage: BrowserStage) -> None:
    page = await stage.open("anna", "#/faults")
    app = stage.slack.apps[0]
    await page.get_by_role("button", name="Tokens: token_revoked").click()
    under_way = page.get_by_role("list", name="Faults under way")
    await expect(under_way).to_contain_text("token_revoked")
    assert stage.slack.services.tokens.error(app, app.bot_token) == "token_revoked"
    await page.get_by_label("History at one call a minute").check()
    await page.get_by_role("button", name="Everything works again").click()
    await expect(under_way).to_have_text("Nothing: everything works.")
    assert stage.slack.switches.history_limited is True
    await expect(page.get_by_label("History at one call a minute")).to_be_checked()


async def test_order_that_is_refused_says_why(stage: BrowserStage) -> None:
    page = await stage.open("anna", "#/faults")
    await page.get_by_label("Percent").fill("0")
    await page.get_by_role("button", name="Order").click()
    await expect(page.get_by_text("A fault has no probability")).to_be_visible()


async def test_fault_of_mail_is_ordered_shown_and_taken_back(stage: BrowserStage) -> None:
    page = await stage.open("anna", "#/faults")
    await page.get_by_label("Fault of mail").select_option("greylisted")
    await page.get_by_label("Recipient (any)").fill("support@retarus.example")
    await page.get_by_label("Seconds of mail").fill("30")
    await page.get_by_role("button", name="Let mail fail").click()
    item = page.get_by_role("list", name="Faults under way").get_by_role("listitem")
    await expect(item).to_contain_text("support@retarus.example · 30 s · 0 of ∞ times")
    mailbox = stage.slack.mailbox
    assert mailbox is not None
    [fault] = mailbox.faults.listed()
    assert (fault.fault, fault.address, fault.seconds, fault.times) == (
        "greylisted", "support@retarus.example", 30, None,
    )  # fmt: skip
    await page.get_by_role("button", name="Take back: greylisted of mail").click()
    await expect(item).to_have_text("Nothing: everything works.")
    assert mailbox.faults.listed() == []
