"""A lead adds support contacts in the App Home, in a real browser, who can then send to Retarus."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from bot.core.i18n import t
from tests.browser.demo_session import BrowserUser, UserGetter, browser_users, running_demo, save_screenshot
from tests.browser.test_story import anna_hands_it_off, anna_raises_it, ben_accepts_and_completes_it

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]


def activating_dates() -> dict[str, str]:
    """The dates that an entry needs to be active, by label in the reader's language."""
    return {
        t("Authorised since"): "2024-01-08",
        t("Knowledge of the Retarus support processes attested on"): "2024-01-08",
    }


async def test_contacts_added_or_completed_by_an_admin_can_send(tmp_path: Path, browser: Browser) -> None:
    async with running_demo(tmp_path) as url, browser_users(browser, url) as user:
        await anna_raises_it(user)
        await anna_hands_it_off(user)
        await ben_accepts_and_completes_it(user)
        await bea_cannot_send_it(user)
        await carla_adds_alex_and_completes_bea(user)
        await bea_sends_it(user)


async def open_app_home(viewer: BrowserUser) -> Locator:
    await viewer.page.get_by_role("link", name=re.compile("Partner Desk")).first.click()
    return viewer.page.get_by_role("tabpanel")


async def bea_previews_the_escalation(user: UserGetter, *, is_answered: bool = False) -> Locator:
    bea = await user("bea")
    form = await bea.press_for(bea.card("PD-1001"), t("Escalate to Retarus"), t("Escalate to Retarus"))
    if is_answered:
        await expect(form).to_contain_text("Connector 4.2, no custom rules")
        await bea.press(form, t("Preview"))
        return await bea.opened_modal(t("Preview"))
    await bea.fill(
        form,
        {
            t("Could it be reproduced?"): t("Yes"),
            t("Steps, or why not"): "Sent a mail through the connector: rejected each time",
            t("May Retarus send test transactions?"): t("No, not permitted"),
            t("How is the customer's system set up?"): "Connector 4.2, no custom rules",
            t("What is asked of Retarus, and why is Retarus needed?"): "Only Retarus sees why DE1 rejects",
        },
    )
    await bea.press(form, t("Preview"))
    return await bea.opened_modal(t("Preview"))


async def bea_cannot_send_it(user: UserGetter) -> None:
    bea = await user("bea")
    await bea.go_to_channel("partner-desk")
    await bea.choose_from_menu(bea.card("PD-1001"), t("Take over"))
    await expect(bea.card("PD-1001")).to_contain_text("Bea Bauer")
    preview = await bea_previews_the_escalation(user)
    await expect(preview).to_contain_text(t("Your authorisation has not begun yet, so you cannot send to Retarus."))
    await expect(preview.get_by_role("button", name=t("Send to Retarus"))).to_have_count(0)
    await bea.press(preview, t("Close"))
    await expect(preview).to_be_hidden()


async def carla_adds_alex_and_completes_bea(user: UserGetter) -> None:
    carla = await user("carla")
    home = await open_app_home(carla)
    await expect(home).to_contain_text(t("Per person"))
    await save_screenshot(carla, "team")
    await carla.press(home, t("Tickets"))
    await expect(home).to_contain_text(t("Open tickets: {count}", count=1))
    await save_screenshot(carla, "home")
    await carla.press(home, t("Contacts"))
    await carla.press(home, t("Add a contact"))
    form = await carla.opened_modal(t("Add a contact"))
    await carla.fill(form, {t("Colleague"): "Alex", t("Name, as Retarus knows it"): "Alex Adler"})
    await carla.fill(form, {t("E-mail"): "alex@nordlicht.example", t("Telephone"): "089 1234 5672"})
    await form.get_by_label(t("2nd level")).check()
    await carla.fill(form, activating_dates())
    await save_screenshot(carla, "contact")
    await carla.press(form, t("Save"))
    await expect(form).to_be_hidden()
    await expect(home).to_contain_text("Alex Adler, Ben Brandt, Carla Conrad")
    edit_bea = home.get_by_role("button", name=re.compile(f"^{re.escape(t('Edit'))}: Bea Bauer"))
    await edit_bea.click()
    form = await carla.opened_modal(t("Change a contact"))
    await expect(form.get_by_label(t("Name, as Retarus knows it"))).to_have_value("Bea Bauer")
    await carla.fill(form, activating_dates())
    await carla.press(form, t("Save"))
    await expect(home).to_contain_text("Alex Adler, Bea Bauer")
    await save_screenshot(carla, "register")


async def bea_sends_it(user: UserGetter) -> None:
    bea = await user("bea")
    preview = await bea_previews_the_escalation(user, is_answered=True)
    await expect(preview).to_contain_text("Bea Bauer")
    await bea.press(preview, t("Send to Retarus"))
    await expect(preview).to_be_hidden()
    await expect(bea.card("PD-1001")).to_contain_text(t("with Retarus"))
