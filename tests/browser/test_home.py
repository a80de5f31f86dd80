"""A lead in the App Home in a real browser: colleagues become support contacts, and can send from then on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from tests.browser.stranger import Sit, Viewer, demo, picture, seats
from tests.browser.test_story import anna_hands_it_off, anna_raises_it, ben_accepts_and_completes_it
from tests.chromium import chromium

pytestmark = pytest.mark.browser

DAYS = {
    "Authorised since": "2024-01-08",
    "Attested to know the Retarus support processes on": "2024-01-08",
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
    await bea.press(bea.card("PD-1001"), "Escalate to Retarus")
    form = await bea.opened("Escalate to Retarus")
    await bea.fill(
        form,
        {
            "Was it possible to reproduce the error and what steps were taken to reproduce it?": "Yes",
            "Steps, or why not": "Sent a mail through the connector: rejected each time",
            "Is Retarus permitted to send test transactions?": "No, not permitted",
            "Verify end-customer's system customization": "Connector 4.2, no custom rules",
            "Why is Retarus needed?": "Only Retarus sees why DE1 rejects",
        },
    )
    await bea.press(form, "Preview")
    return await bea.opened("Preview")


async def bea_cannot_send_it(sit: Sit) -> None:
    bea = await sit("bea")
    await bea.go("partner-desk")
    await bea.menu(bea.card("PD-1001"), "Take over")
    await expect(bea.card("PD-1001")).to_contain_text("owner Bea Bauer")
    preview = await escalated_by_bea(sit)
    await expect(preview).to_contain_text("so you cannot send to Retarus")
    await expect(preview.get_by_role("button", name="Send to Retarus")).to_have_count(0)
    await bea.press(preview, "Close")
    await expect(preview).to_be_hidden()


async def carla_adds_alex_and_completes_bea(sit: Sit) -> None:
    carla = await sit("carla")
    home = await at_home(carla)
    await expect(home).to_contain_text("Open tickets: 1")
    await picture(carla, "home")
    await carla.press(home, "Contacts")
    await carla.press(home, "Add a contact")
    form = await carla.opened("Add a contact")
    await carla.fill(form, {"Colleague": "Alex", "Name, as Retarus knows it": "Alex Adler"})
    await carla.fill(form, {"E-mail": "alex@nordlicht.example", "Telephone": "089 1234 5672"})
    await form.get_by_label("2nd level").check()
    await carla.fill(form, DAYS)
    await picture(carla, "contact")
    await carla.press(form, "Save")
    await expect(form).to_be_hidden()
    await expect(home).to_contain_text("Can send to Retarus: Alex Adler, Ben Brandt, Carla Conrad")
    await home.get_by_role("button", name="Change", exact=True).nth(2).click()
    form = await carla.opened("Change a contact")
    await expect(form.get_by_label("Name, as Retarus knows it")).to_have_value("Bea Bauer")
    await carla.fill(form, DAYS)
    await carla.press(form, "Save")
    await expect(home).to_contain_text("Can send to Retarus: Alex Adler, Bea Bauer")
    await picture(carla, "register")


async def bea_sends_it(sit: Sit) -> None:
    bea = await sit("bea")
    preview = await escalated_by_bea(sit)
    await expect(preview).to_contain_text("Reported by Bea Bauer, authorised support contact")
    await bea.press(preview, "Send to Retarus")
    await expect(preview).to_be_hidden()
    await expect(bea.card("PD-1001")).to_contain_text("With Retarus")
