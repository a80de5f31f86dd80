"""The lifecycle of an incident in a real browser, as described in the README."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.core.i18n import t
from bot.outbox import Limits
from tests.browser.demo_session import (
    UserGetter,
    browser_users,
    demo_process,
    move_clock,
    printed_url,
    running_demo,
    save_screenshot,
)
from tests.browser.film import filming, frame

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]


async def test_an_incident_is_raised_handed_off_escalated_answered_and_closed(tmp_path: Path, browser: Browser) -> None:
    async with running_demo(tmp_path) as url, browser_users(browser, url) as user:
        with filming():
            await the_whole_job(user)


async def the_whole_job(user: UserGetter) -> None:
    await anna_raises_it(user, shown="raise")
    await anna_hands_it_off(user)
    await ben_accepts_and_completes_it(user)
    await ben_sends_it(user)
    await rita_and_the_mailbox_receive_it(user)
    await rita_answers_by_mail(user)
    await retarus_answers_and_anna_closes_it(user)


def closed() -> str:
    """Beginning of the second line of a closed card."""
    return t("Closed: {what}", what="")


async def anna_raises_it(user: UserGetter, shown: str = "", *, is_left: bool = False) -> None:
    anna = await user("anna")
    await anna.run_command("/retarus-incident")
    form = await anna.opened_modal(t("Raise an incident"))
    await anna.press(form, t("Raise"))
    await expect(form.get_by_text("Please complete this required field.")).to_have_count(4)
    await anna.fill(
        form,
        {
            t("End-customer"): "Müller GmbH",
            t("Which service is affected?"): "Email Security",
            t("Since when?"): t("30 minutes ago"),
            t("What happens?"): "Outbound mail is rejected with 550 since the connector update.",
            t("Impact"): "No outbound mail for three customers",
        },
    )
    if shown:
        await save_screenshot(anna, shown)
        await frame(anna)
    if is_left:
        await form.get_by_label(t("Somebody else takes it")).check()
    await anna.press(form, t("Raise"))
    await expect(form).to_be_hidden()
    await expect(anna.card("PD-1001")).to_contain_text(t("not taken yet") if is_left else f"{t('1st level')}: ")
    if shown:
        await frame(anna)


async def anna_hands_it_off(user: UserGetter) -> None:
    anna = await user("anna")
    form = await anna.press_for(anna.card("PD-1001"), t("Hand off to 2nd level"), t("Hand off to 2nd level"))
    await anna.fill(
        form,
        {
            t("Is what the customer told us correct and complete?"): t("Correct and complete"),
            t("Priority"): "P1",
            t("Why this priority?"): "No outbound mail for three customers",
            t("What was tried, and what came of it?"): "Restarted the connector: no change",
            t("Does the customer's remote connection work?"): t("Works"),
            t("Is it a known issue?"): t("No"),
            t("Where was it searched, and what came of it?"): "Technical notes for “connector”: nothing",
        },
    )
    await save_screenshot(anna, "handoff")
    await frame(anna)
    await anna.press(form, t("Hand off"))
    await expect(form).to_be_hidden()
    await expect(anna.card("PD-1001")).to_contain_text(t("offered to the 2nd level"))
    await frame(anna)


async def ben_accepts_and_completes_it(user: UserGetter) -> None:
    ben = await user("ben")
    await ben.go_to_channel("partner-desk")
    await ben.press(ben.card("PD-1001"), t("Accept"))
    await expect(ben.card("PD-1001")).to_contain_text(f"{t('2nd level')}: Ben Brandt")
    await ben.choose_from_menu(ben.card("PD-1001"), t("Fill in"))
    form = await ben.opened_modal(t("Fill in"))
    await ben.fill(
        form,
        {
            t("Affected tenants"): "12345RS, 23456RS",
            t("Used interface"): "smtp-de1.example.com, DE1",
            t("Error pattern(s) / message(s)"): "550 5.7.1 rejected by policy",
            t("Number of affected customers"): "3",
            t("Timestamp"): ben.local_time(timedelta(minutes=16)),
            t("Sender"): "a@mueller.example",
            t("Recipient"): "b@target.example",
            t("Status / error message"): "550 5.7.1 rejected",
            t("Related / associated tickets"): "none",
        },
    )
    await ben.press(form, t("Save"))
    await expect(form).to_be_hidden()


async def ben_sends_it(user: UserGetter) -> None:
    ben = await user("ben")
    form = await ben.press_for(ben.card("PD-1001"), t("Escalate to Retarus"), t("Escalate to Retarus"))
    await ben.fill(
        form,
        {
            t("Could it be reproduced?"): t("Yes"),
            t("Steps, or why not"): "Sent a mail through the connector: rejected each time",
            t("May Retarus send test transactions?"): t("Yes, permitted"),
            t("To whom and when"): "to test@mueller.example, weekdays 09–17",
            t("How is the customer's system set up?"): "Connector 4.2, no custom rules",
            t("What is asked of Retarus, and why is Retarus needed?"): "Only Retarus sees why DE1 rejects",
        },
    )
    await ben.press(form, t("Preview"))
    preview = await ben.opened_modal(t("Preview"))
    await expect(preview).to_contain_text("Ben Brandt")
    await save_screenshot(ben, "preview")
    await frame(ben)
    await ben.press(preview, t("Send to Retarus"))
    await expect(preview).to_be_hidden()
    await expect(ben.card("PD-1001")).to_contain_text(t("with Retarus"))
    await frame(ben)


async def rita_and_the_mailbox_receive_it(user: UserGetter) -> None:
    rita, ben = await user("rita"), await user("ben")
    await rita.go_to_channel("retarus-escalation")
    await expect(rita.card(t("our reference {reference}", reference="PD-1001"))).to_contain_text(
        "PARTNERS' MAIN CUSTOMER ID"
    )
    await frame(rita)
    await ben.page.get_by_role("link", name="Mail").click()
    await ben.page.get_by_text("[PD-1001] P1").first.click()
    await expect(ben.page.get_by_text("Is Retarus permitted to send test transactions?").first).to_be_visible()
    await frame(ben)
    await save_screenshot(ben, "mail")


async def rita_answers_by_mail(user: UserGetter, name: str = "PD-1001") -> None:
    """Her answer on the mail page arrives in the ticket's thread by the demo's mailbox, without the quotation."""
    rita, bea = await user("rita"), await user("bea")
    await rita.page.get_by_role("link", name="Mail").click()
    await rita.page.get_by_text(f"[{name}] P1").first.click()
    await rita.page.get_by_role("button", name="Reply", exact=True).click()
    await rita.page.get_by_label("Your answer").fill("We see the policy on DE1, ticket RCR-88123.")
    await rita.page.get_by_role("button", name="Reply", exact=True).click()
    await bea.go_to_channel("partner-desk")
    await bea.card(name).get_by_role("link", name="replies").click()
    answer = bea.thread.get_by_role("article").filter(has_text="We see the policy on DE1")
    await expect(answer).to_contain_text(t("{author} wrote by e-mail", author=""))
    await expect(answer).not_to_contain_text("PARTNERS' MAIN CUSTOMER ID")
    await frame(bea)


async def ben_records_their_number(user: UserGetter) -> None:
    ben = await user("ben")
    await ben.go_to_channel("partner-desk")
    form = await ben.press_for(ben.card("PD-1001"), t("RCR number"), t("RCR number"))
    await ben.fill(form, {t("RCR number"): "RCR-88123"})
    await ben.press(form, t("Record"))


async def retarus_answers_and_anna_closes_it(user: UserGetter) -> None:
    ben, anna = await user("ben"), await user("anna")
    await ben.go_to_channel("partner-desk")
    await expect(ben.card("PD-1001")).to_contain_text("RCR-88123")
    form = await ben.press_for(ben.card("PD-1001"), t("Retarus answered"), t("Answer of Retarus"))
    await ben.fill(form, {t("What did Retarus answer?"): "The policy on DE1 was corrected."})
    await ben.press(form, t("Record"))
    form = await ben.press_for(ben.card("PD-1001"), t("Resolve"), t("Resolve"))
    await ben.fill(form, {t("What is the remedy?"): "Policy corrected by Retarus; mail flows."})
    await ben.press(form, t("Resolve"))
    await anna.press(anna.card("PD-1001"), t("Confirm and close"))
    await expect(anna.card("PD-1001")).to_contain_text(closed())
    await anna.card("PD-1001").get_by_role("link", name="replies").click()
    await expect(anna.thread).to_contain_text(
        t("{name} confirmed it with the customer and closed it", name="Anna Arnold")
    )
    await save_screenshot(anna, "desk")


async def test_new_ticket_is_reminded_when_the_clock_moves(tmp_path: Path, browser: Browser) -> None:
    dark = {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"}
    async with running_demo(tmp_path) as url, browser_users(browser, url, **dark) as user:
        await anna_raises_it(user, is_left=True)
        anna = await user("anna")
        await anna.page.get_by_role("button", name=re.compile("clock", re.IGNORECASE)).first.click()
        await anna.page.get_by_role("dialog", name="Clock of this Slack").get_by_text("+1 h", exact=True).click()
        await anna.page.keyboard.press("Escape")
        await anna.card("PD-1001").get_by_role("link", name=re.compile("repl")).click()
        await expect(anna.thread).to_contain_text("new at the 1st level for 1 h")
        await save_screenshot(anna, "reminder")


async def test_tickets_survive_a_kill_and_a_restart(tmp_path: Path, browser: Browser) -> None:
    async with demo_process(tmp_path) as running:
        async with browser_users(browser, await printed_url(running)) as user:
            await anna_raises_it(user, is_left=True)
            await (await user("anna")).page.close()
        running.kill()
        await running.wait()
    async with running_demo(tmp_path) as url, browser_users(browser, url) as user:
        anna = await user("anna")
        await anna.go_to_channel("partner-desk")
        await anna.press(anna.card("PD-1001"), t("Take"))
        # after a kill during a delivery, the ticket's next message waits until the lease has ended
        await move_clock(url, Limits().lease)
        await expect(anna.card("PD-1001")).to_contain_text(f"{t('1st level')}: ")


async def test_ticket_is_raised_on_a_phone(tmp_path: Path, browser: Browser) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    async with running_demo(tmp_path) as url, browser_users(browser, url, **phone) as user:
        anna = await user("anna")
        await anna.page.get_by_role("link", name=re.compile("partner-desk")).first.click()
        await anna_raises_it(user)
        await save_screenshot(anna, "phone")
        wide = await anna.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide


async def test_messages_tab_of_the_app_is_read_only(tmp_path: Path, browser: Browser) -> None:
    async with running_demo(tmp_path) as url, browser_users(browser, url) as user:
        ben = await user("ben")
        await ben.page.get_by_role("link", name=re.compile("Partner Desk")).first.click()
        await ben.page.get_by_role("tab", name="Messages").click()
        await expect(ben.page.get_by_text("Sending messages to this app has been turned off.")).to_be_visible()
