"""The whole job in a real browser, as the README tells it to a stranger."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.fields import INFO
from tests.browser.stranger import Sit, address, demo, picture, seats, start
from tests.chromium import chromium

pytestmark = pytest.mark.browser


async def test_an_incident_is_raised_handed_off_escalated_answered_and_closed(tmp_path: Path) -> None:
    async with demo(tmp_path) as url, chromium() as browser, seats(browser, url) as sit:
        await anna_raises_it(sit, shown="raise")
        await anna_hands_it_off(sit)
        await ben_accepts_and_completes_it(sit)
        await ben_sends_it(sit)
        await rita_and_the_mail_have_it(sit)
        await retarus_answers_and_anna_closes_it(sit)


async def anna_raises_it(sit: Sit, shown: str = "") -> None:
    anna = await sit("anna")
    await anna.command("/retarus-incident")
    form = await anna.opened("Raise an incident")
    await anna.press(form, "Raise")
    await expect(form.get_by_text("Please complete this required field.")).to_have_count(5)
    await anna.fill(
        form,
        {
            "End-customer": "Müller GmbH",
            "AFFECTED SERVICE": "Email Security",
            "START OF INCIDENT": anna.local(timedelta(minutes=20)),
            "What happens?": "Outbound mail is rejected with 550 since the connector update.",
            "Impact": "No outbound mail for three customers",
        },
    )
    if shown:
        await picture(anna, shown)
    await anna.press(form, "Raise")
    await expect(form).to_be_hidden()
    await expect(anna.card("PD-1001")).to_contain_text("New at the 1st level")


async def anna_hands_it_off(sit: Sit) -> None:
    anna = await sit("anna")
    await anna.press(anna.card("PD-1001"), "Take")
    await expect(anna.card("PD-1001")).to_contain_text("With the 1st level")
    await anna.press(anna.card("PD-1001"), "Hand off to 2nd level")
    form = await anna.opened("Hand off to 2nd level")
    await anna.fill(
        form,
        {
            INFO.text: "Correct and complete",
            "Priority": "P1",
            "Why this priority?": "No outbound mail for three customers",
            "Perform initial triage to solve issue": "Restarted the connector: no change",
            "Check functionality of end-customer's remote connection": "Works",
            "Is this issue is already known?": "No",
            "Where was it searched, and what came of it?": "Technical notes for “connector”: nothing",
        },
    )
    await picture(anna, "handoff")
    await anna.press(form, "Hand off")
    await expect(form).to_be_hidden()
    await expect(anna.card("PD-1001")).to_contain_text("Handed off to the 2nd level")


async def ben_accepts_and_completes_it(sit: Sit) -> None:
    ben = await sit("ben")
    await ben.go("partner-desk")
    await ben.press(ben.card("PD-1001"), "Accept")
    await expect(ben.card("PD-1001")).to_contain_text("owner Ben Brandt")
    await ben.press(ben.card("PD-1001"), "Fill in")
    form = await ben.opened("Fill in")
    await ben.fill(
        form,
        {
            "Tenant(s) or Dedicated Customer ID(s):": "12345RS, 23456RS",
            "Used interface": "smtp-de1.example.com, DE1",
            "Error pattern(s) / message(s)": "550 5.7.1 rejected by policy",
            "Number of affected customers": "3",
            "Timestamp": ben.local(timedelta(minutes=16)),
            "Sending account": "a@mueller.example",
            "Termination address (recipient)": "b@target.example",
            "Status / error message": "550 5.7.1 rejected",
            "Related / associated tickets": "none",
        },
    )
    await ben.press(form, "Save")
    await expect(form).to_be_hidden()


async def ben_sends_it(sit: Sit) -> None:
    ben = await sit("ben")
    await ben.press(ben.card("PD-1001"), "Escalate to Retarus")
    form = await ben.opened("Escalate to Retarus")
    await ben.fill(
        form,
        {
            "Was it possible to reproduce the error and what steps were taken to reproduce it?": "Yes",
            "Steps, or why not": "Sent a mail through the connector: rejected each time",
            "Is Retarus permitted to send test transactions?": "Yes, permitted",
            "To whom and when": "to test@mueller.example, weekdays 09–17",
            "Verify end-customer's system customization": "Connector 4.2, no custom rules",
            "Why is Retarus needed?": "Only Retarus sees why DE1 rejects",
        },
    )
    await ben.press(form, "Preview")
    preview = await ben.opened("Preview")
    await expect(preview).to_contain_text("Reported by Ben Brandt, authorised support contact")
    await picture(ben, "preview")
    await ben.press(preview, "Send to Retarus")
    await expect(preview).to_be_hidden()
    await expect(ben.card("PD-1001")).to_contain_text("With Retarus")


async def rita_and_the_mail_have_it(sit: Sit) -> None:
    rita, ben = await sit("rita"), await sit("ben")
    await rita.go("retarus-escalation")
    await expect(rita.card("our reference PD-1001")).to_contain_text("PARTNERS' MAIN CUSTOMER ID")
    await ben.page.get_by_role("link", name="Mail").click()
    await ben.page.get_by_text("[PD-1001] P1 incident: Email Security").first.click()
    await expect(ben.page.get_by_text("Is Retarus permitted to send test transactions?").first).to_be_visible()
    await picture(ben, "mail")


async def retarus_answers_and_anna_closes_it(sit: Sit) -> None:
    ben, anna = await sit("ben"), await sit("anna")
    await ben.go("partner-desk")
    await ben.press(ben.card("PD-1001"), "RCR number")
    form = await ben.opened("RCR number")
    await ben.fill(form, {"RCR number": "RCR-88123"})
    await ben.press(form, "Record")
    await expect(ben.card("PD-1001")).to_contain_text("RCR-88123 at Retarus")
    await ben.press(ben.card("PD-1001"), "Retarus answered")
    form = await ben.opened("Answer of Retarus")
    await ben.fill(form, {"What did Retarus answer?": "The policy on DE1 was corrected."})
    await ben.press(form, "Record")
    await ben.press(ben.card("PD-1001"), "Resolve")
    form = await ben.opened("Resolve")
    await ben.fill(form, {"What is the remedy?": "Policy corrected by Retarus; mail flows."})
    await ben.press(form, "Resolve")
    await anna.press(anna.card("PD-1001"), "Confirm and close")
    await expect(anna.card("PD-1001")).to_contain_text("Closed")
    await anna.card("PD-1001").get_by_role("link", name="replies").click()
    await expect(anna.thread).to_contain_text("confirmed it with the customer and closed it")
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
            await anna.press(anna.card("PD-1001"), "Take")
            await expect(anna.card("PD-1001")).to_contain_text("With the 1st level")


async def test_on_a_phone_a_ticket_is_raised_and_taken_with_a_thumb(tmp_path: Path) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    async with demo(tmp_path) as url, chromium() as browser, seats(browser, url, **phone) as sit:
        anna = await sit("anna")
        await anna.page.get_by_role("link", name=re.compile("partner-desk")).first.click()
        await anna_raises_it(sit)
        await picture(anna, "phone")
        await anna.press(anna.card("PD-1001"), "Take")
        await expect(anna.card("PD-1001")).to_contain_text("With the 1st level")
        wide = await anna.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide


async def test_a_direct_message_is_read_under_the_apps_messages(tmp_path: Path) -> None:
    async with demo(tmp_path) as url, chromium() as browser, seats(browser, url) as sit:
        ben = await sit("ben")
        await ben.page.get_by_role("link", name=re.compile("Partner Desk")).first.click()
        await ben.page.get_by_role("tab", name="Messages").click()
        await expect(ben.page.get_by_text("Sending messages to this app has been turned off.")).to_be_visible()
