"""The whole job in a real browser, as the README tells it to a stranger."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.core.i18n import t
from bot.forms.guide_tasks import INFO
from tests.browser.film import filming, frame
from tests.browser.stranger import Sit, address, demo, picture, seats, start
from tests.chromium import chromium

pytestmark = pytest.mark.browser


async def test_an_incident_is_raised_handed_off_escalated_answered_and_closed(tmp_path: Path) -> None:
    async with demo(tmp_path) as url, chromium() as browser, seats(browser, url) as sit:
        with filming():
            await the_whole_job(sit)


async def the_whole_job(sit: Sit) -> None:
    await anna_raises_it(sit, shown="raise")
    await anna_hands_it_off(sit)
    await ben_accepts_and_completes_it(sit)
    await ben_sends_it(sit)
    await rita_and_the_mail_have_it(sit)
    await retarus_answers_and_anna_closes_it(sit)


def begins(words: str) -> str:
    """As a sentence begins."""
    said = t(words)
    return f"{said[0].upper()}{said[1:]}"


async def anna_raises_it(sit: Sit, shown: str = "") -> None:
    anna = await sit("anna")
    await anna.command("/retarus-incident")
    form = await anna.opened(t("Raise an incident"))
    await anna.press(form, t("Raise"))
    await expect(form.get_by_text("Please complete this required field.")).to_have_count(5)
    await anna.fill(
        form,
        {
            t("End-customer"): "Müller GmbH",
            t("AFFECTED SERVICE"): "Email Security",
            t("START OF INCIDENT"): anna.local(timedelta(minutes=20)),
            t("What happens?"): "Outbound mail is rejected with 550 since the connector update.",
            t("Impact"): "No outbound mail for three customers",
        },
    )
    if shown:
        await picture(anna, shown)
        await frame(anna)
    await anna.press(form, t("Raise"))
    await expect(form).to_be_hidden()
    await expect(anna.card("PD-1001")).to_contain_text(begins("new at the 1st level"))
    if shown:
        await frame(anna)


async def anna_hands_it_off(sit: Sit) -> None:
    anna = await sit("anna")
    await anna.press(anna.card("PD-1001"), t("Take"))
    await expect(anna.card("PD-1001")).to_contain_text(begins("with the 1st level"))
    await anna.press(anna.card("PD-1001"), t("Hand off to 2nd level"))
    form = await anna.opened(t("Hand off to 2nd level"))
    await anna.fill(
        form,
        {
            INFO.said: t("Correct and complete"),
            t("Priority"): "P1",
            t("Why this priority?"): "No outbound mail for three customers",
            t("Perform initial triage to solve issue"): "Restarted the connector: no change",
            t("Check functionality of end-customer's remote connection"): t("Works"),
            t("Is this issue is already known?"): t("No"),
            t("Where was it searched, and what came of it?"): "Technical notes for “connector”: nothing",
        },
    )
    await picture(anna, "handoff")
    await frame(anna)
    await anna.press(form, t("Hand off"))
    await expect(form).to_be_hidden()
    await expect(anna.card("PD-1001")).to_contain_text(begins("handed off to the 2nd level"))
    await frame(anna)


async def ben_accepts_and_completes_it(sit: Sit) -> None:
    ben = await sit("ben")
    await ben.go("partner-desk")
    await ben.press(ben.card("PD-1001"), t("Accept"))
    await expect(ben.card("PD-1001")).to_contain_text("Ben Brandt")
    await ben.press(ben.card("PD-1001"), t("Fill in"))
    form = await ben.opened(t("Fill in"))
    await ben.fill(
        form,
        {
            t("Tenant(s) or Dedicated Customer ID(s):"): "12345RS, 23456RS",
            t("Used interface"): "smtp-de1.example.com, DE1",
            t("Error pattern(s) / message(s)"): "550 5.7.1 rejected by policy",
            t("Number of affected customers"): "3",
            t("Timestamp"): ben.local(timedelta(minutes=16)),
            t("Sender"): "a@mueller.example",
            t("Recipient"): "b@target.example",
            t("Status / error message"): "550 5.7.1 rejected",
            t("Related / associated tickets"): "none",
        },
    )
    await ben.press(form, t("Save"))
    await expect(form).to_be_hidden()


async def ben_sends_it(sit: Sit) -> None:
    ben = await sit("ben")
    await ben.press(ben.card("PD-1001"), t("Escalate to Retarus"))
    form = await ben.opened(t("Escalate to Retarus"))
    await ben.fill(
        form,
        {
            t("Was it possible to reproduce the error and what steps were taken to reproduce it?"): t("Yes"),
            t("Steps, or why not"): "Sent a mail through the connector: rejected each time",
            t("Is Retarus permitted to send test transactions?"): t("Yes, permitted"),
            t("To whom and when"): "to test@mueller.example, weekdays 09–17",
            t("Verify end-customer's system customization"): "Connector 4.2, no custom rules",
            t("Why is Retarus needed?"): "Only Retarus sees why DE1 rejects",
        },
    )
    await ben.press(form, t("Preview"))
    preview = await ben.opened(t("Preview"))
    await expect(preview).to_contain_text("Ben Brandt")
    await picture(ben, "preview")
    await frame(ben)
    await ben.press(preview, t("Send to Retarus"))
    await expect(preview).to_be_hidden()
    await expect(ben.card("PD-1001")).to_contain_text(begins("with Retarus"))
    await frame(ben)


async def rita_and_the_mail_have_it(sit: Sit) -> None:
    rita, ben = await sit("rita"), await sit("ben")
    await rita.go("retarus-escalation")
    await expect(rita.card(t("our reference {reference}", reference="PD-1001"))).to_contain_text(
        "PARTNERS' MAIN CUSTOMER ID"
    )
    await frame(rita)
    await ben.page.get_by_role("link", name="Mail").click()
    await ben.page.get_by_text("[PD-1001] P1").first.click()
    await expect(ben.page.get_by_text("Is Retarus permitted to send test transactions?").first).to_be_visible()
    await frame(ben)
    await picture(ben, "mail")


async def retarus_answers_and_anna_closes_it(sit: Sit) -> None:
    ben, anna = await sit("ben"), await sit("anna")
    await ben.go("partner-desk")
    await ben.press(ben.card("PD-1001"), t("RCR number"))
    form = await ben.opened(t("RCR number"))
    await ben.fill(form, {t("RCR number"): "RCR-88123"})
    await ben.press(form, t("Record"))
    await expect(ben.card("PD-1001")).to_contain_text("RCR-88123")
    await ben.press(ben.card("PD-1001"), t("Retarus answered"))
    form = await ben.opened(t("Answer of Retarus"))
    await ben.fill(form, {t("What did Retarus answer?"): "The policy on DE1 was corrected."})
    await ben.press(form, t("Record"))
    await ben.press(ben.card("PD-1001"), t("Resolve"))
    form = await ben.opened(t("Resolve"))
    await ben.fill(form, {t("What is the remedy?"): "Policy corrected by Retarus; mail flows."})
    await ben.press(form, t("Resolve"))
    await anna.press(anna.card("PD-1001"), t("Confirm and close"))
    await expect(anna.card("PD-1001")).to_contain_text(begins("closed"))
    await anna.card("PD-1001").get_by_role("link", name="replies").click()
    await expect(anna.thread).to_contain_text(
        t("{name} confirmed it with the customer and closed it", name="Anna Arnold")
    )
    await picture(anna, "desk")


async def test_a_handoff_nobody_accepts_is_seen_to_be_reminded_when_the_clock_moves(tmp_path: Path) -> None:
    dark = {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"}
    async with demo(tmp_path) as url, chromium() as browser, seats(browser, url, **dark) as sit:
        await anna_raises_it(sit)
        anna = await sit("anna")
        await anna.page.get_by_role("button", name=re.compile("clock", re.IGNORECASE)).first.click()
        await anna.page.get_by_role("dialog", name="Clock of this Slack").get_by_text("+1 h", exact=True).click()
        await anna.page.keyboard.press("Escape")
        await anna.card("PD-1001").get_by_role("link", name=re.compile("repl")).click()
        await expect(anna.thread).to_contain_text("new at the 1st level for 1 h")
        await picture(anna, "reminder")


@pytest.mark.timeout(240)
async def test_everything_is_there_after_a_kill_and_a_restart(tmp_path: Path) -> None:
    running = await start(tmp_path)
    async with chromium() as browser:
        async with seats(browser, await address(running)) as sit:
            await anna_raises_it(sit)
            await (await sit("anna")).page.close()
        running.kill()
        await running.wait()
        async with demo(tmp_path) as url, seats(browser, url) as sit:
            anna = await sit("anna")
            await anna.go("partner-desk")
            await anna.press(anna.card("PD-1001"), t("Take"))
            # killed between a message and its receipt, a ticket's next message waits until that lease has ended
            taken = begins("with the 1st level")
            await expect(anna.card("PD-1001")).to_contain_text(taken, timeout=100_000)


async def test_on_a_phone_a_ticket_is_raised_and_taken_with_a_thumb(tmp_path: Path) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    async with demo(tmp_path) as url, chromium() as browser, seats(browser, url, **phone) as sit:
        anna = await sit("anna")
        await anna.page.get_by_role("link", name=re.compile("partner-desk")).first.click()
        await anna_raises_it(sit)
        await picture(anna, "phone")
        await anna.press(anna.card("PD-1001"), t("Take"))
        await expect(anna.card("PD-1001")).to_contain_text(begins("with the 1st level"))
        wide = await anna.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide


async def test_a_direct_message_is_read_under_the_apps_messages(tmp_path: Path) -> None:
    async with demo(tmp_path) as url, chromium() as browser, seats(browser, url) as sit:
        ben = await sit("ben")
        await ben.page.get_by_role("link", name=re.compile("Partner Desk")).first.click()
        await ben.page.get_by_role("tab", name="Messages").click()
        await expect(ben.page.get_by_text("Sending messages to this app has been turned off.")).to_be_visible()
