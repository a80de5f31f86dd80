"""A lead in the App Home in a real browser: colleagues become support contacts, and can send from then on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from bot.core.i18n import t
from tests.browser.stranger import Sit, Viewer, demo, picture, seats
from tests.browser.test_story import anna_hands_it_off, anna_raises_it, begins, ben_accepts_and_completes_it
from tests.chromium import chromium

pytestmark = pytest.mark.browser


def days() -> dict[str, str]:
    """What an entry lacks to be active, in the words of the reader."""
    return {
        t("Authorised since"): "2024-01-08",
        t("Attested to know the Retarus support processes on"): "2024-01-08",
    }


async def test_contacts_an_admin_adds_or_completes_can_send(tmp_path: Path) -> None:
    async with demo(tmp_path) as url, chromium() as browser, seats(browser, url) as sit:
        await anna_raises_it(sit)
        await anna_hands_it_off(sit)
        await ben_accepts_and_completes_it(sit)
        await bea_cannot_send_it(sit)
        await carla_adds_alex_and_completes_bea(sit)
        await bea_sends_it(sit)


async def at_home(viewer: Viewer) -> Locator:
    await viewer.page.get_by_role("link", name=re.compile("Partner Desk")).first.click()
    return viewer.page.get_by_role("tabpanel")


async def escalated_by_bea(sit: Sit) -> Locator:
    bea = await sit("bea")
    await bea.press(bea.card("PD-1001"), t("Escalate to Retarus"))
    form = await bea.opened(t("Escalate to Retarus"))
    await bea.fill(
        form,
        {
            t("Was it possible to reproduce the error and what steps were taken to reproduce it?"): t("Yes"),
            t("Steps, or why not"): "Sent a mail through the connector: rejected each time",
            t("Is Retarus permitted to send test transactions?"): t("No, not permitted"),
            t("Verify end-customer's system customization"): "Connector 4.2, no custom rules",
            t("Why is Retarus needed?"): "Only Retarus sees why DE1 rejects",
        },
    )
    await bea.press(form, t("Preview"))
    return await bea.opened(t("Preview"))


async def bea_cannot_send_it(sit: Sit) -> None:
    bea = await sit("bea")
    await bea.go("partner-desk")
    await bea.menu(bea.card("PD-1001"), t("Take over"))
    await expect(bea.card("PD-1001")).to_contain_text("Bea Bauer")
    preview = await escalated_by_bea(sit)
    await expect(preview).to_contain_text(t("Your authorisation has not begun yet, so you cannot send to Retarus."))
    await expect(preview.get_by_role("button", name=t("Send to Retarus"))).to_have_count(0)
    await bea.press(preview, t("Close"))
    await expect(preview).to_be_hidden()


async def carla_adds_alex_and_completes_bea(sit: Sit) -> None:
    carla = await sit("carla")
    home = await at_home(carla)
    await expect(home).to_contain_text(t("Open tickets: {count}", count=1))
    await picture(carla, "home")
    await carla.press(home, t("Contacts"))
    await carla.press(home, t("Add a contact"))
    form = await carla.opened(t("Add a contact"))
    await carla.fill(form, {t("Colleague"): "Alex", t("Name, as Retarus knows it"): "Alex Adler"})
    await carla.fill(form, {t("E-mail"): "alex@nordlicht.example", t("Telephone"): "089 1234 5672"})
    await form.get_by_label(t("2nd level")).check()
    await carla.fill(form, days())
    await picture(carla, "contact")
    await carla.press(form, t("Save"))
    await expect(form).to_be_hidden()
    await expect(home).to_contain_text("Alex Adler, Ben Brandt, Carla Conrad")
    await home.get_by_role("button", name=t("Edit"), exact=True).nth(2).click()
    form = await carla.opened(t("Change a contact"))
    await expect(form.get_by_label(t("Name, as Retarus knows it"))).to_have_value("Bea Bauer")
    await carla.fill(form, days())
    await carla.press(form, t("Save"))
    await expect(home).to_contain_text("Alex Adler, Bea Bauer")
    await picture(carla, "register")


async def bea_sends_it(sit: Sit) -> None:
    bea = await sit("bea")
    preview = await escalated_by_bea(sit)
    await expect(preview).to_contain_text("Bea Bauer")
    await bea.press(preview, t("Send to Retarus"))
    await expect(preview).to_be_hidden()
    await expect(bea.card("PD-1001")).to_contain_text(begins("with Retarus"))
