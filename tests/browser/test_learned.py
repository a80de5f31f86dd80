"""What the desk has learned, in a real browser: kept from a ticket, found again, and not raised twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.core.i18n import t
from tests.browser.stranger import Sit, demo, picture, seats
from tests.browser.test_home import at_home
from tests.browser.test_story import anna_hands_it_off, anna_raises_it
from tests.chromium import chromium

pytestmark = pytest.mark.browser


async def test_a_problem_is_learned_from_and_not_raised_twice(tmp_path: Path) -> None:
    async with demo(tmp_path) as url, chromium() as browser, seats(browser, url) as sit:
        await anna_raises_it(sit)
        await anna_hands_it_off(sit)
        await alex_tells_of_the_same_and_joins(sit)
        await ben_resolves_it_and_keeps_what_was_learned(sit)
        await alex_finds_it_with_a_slip_of_the_pen(sit)
        await carla_reads_it_in_her_home(sit)
        await alex_raises_it_again_and_the_desk_has_searched(sit)


async def alex_tells_of_the_same_and_joins(sit: Sit) -> None:
    alex = await sit("alex")
    await alex.go("partner-desk")
    await alex.command("/retarus-incident")
    form = await alex.opened(t("Raise an incident"))
    await alex.fill(
        form,
        {
            t("End-customer"): "Adler AG",
            t("AFFECTED SERVICE"): "Email Security",
            t("START OF INCIDENT"): alex.local(timedelta(minutes=15)),
        },
    )
    told = form.get_by_label(t("What happens?"), exact=True)
    await told.click()
    await alex.page.keyboard.type("Since the connector update our outgoing mails are rejected", delay=15)
    await expect(form).to_contain_text(t("The same problem?"))
    await expect(told).to_have_value("Since the connector update our outgoing mails are rejected")
    await form.get_by_role("button", name=t("Join {name} instead", name="PD-1001")).scroll_into_view_if_needed()
    await picture(alex, "same")
    await alex.press(form, t("Join {name} instead", name="PD-1001"))
    await alex.page.get_by_role("button", name=t("Join"), exact=True).click()
    joined = await alex.opened(t("Joined {name}", name="PD-1001"))
    await alex.press(joined, "Close")
    await expect(alex.card("PD-1001")).to_contain_text("Adler AG")


async def ben_resolves_it_and_keeps_what_was_learned(sit: Sit) -> None:
    ben = await sit("ben")
    await ben.go("partner-desk")
    await ben.press(ben.card("PD-1001"), t("Accept"))
    await ben.press(ben.card("PD-1001"), t("Resolve"))
    form = await ben.opened(t("Resolve"))
    await ben.fill(form, {t("What is the remedy?"): "Rolled connector 4.2 back to 4.1"})
    await ben.press(form, t("Resolve"))
    await ben.press(ben.card("PD-1001"), t("Keep as a technical note"))
    form = await ben.opened(t("Technical note"))
    await ben.fill(form, {t("Cause"): "Connector 4.2 sends no HELO name"})
    await picture(ben, "note-new")
    await ben.press(form, t("Save"))
    note = await ben.opened("TN-1")
    await expect(note).to_contain_text("Rolled connector 4.2 back to 4.1")
    await picture(ben, "note")
    await ben.press(note, "Close")


async def alex_finds_it_with_a_slip_of_the_pen(sit: Sit) -> None:
    alex = await sit("alex")
    await alex.command("/retarus-find abgelehnt conector 550")
    found = await alex.opened(t("Search"))
    await expect(found).to_contain_text("TN-1")
    await expect(found).to_contain_text("PD-1001")
    await picture(alex, "find")
    await alex.press(found, t("Show {name}", name="TN-1"))
    await alex.press(await alex.opened("TN-1"), "Close")
    found = await alex.opened(t("Search"))
    await found.get_by_label(t("What for?")).fill("fax quarantine")
    await alex.page.keyboard.press("Enter")
    await expect(found).to_contain_text(t("Nothing was found."))
    await alex.press(found, "Cancel")


async def carla_reads_it_in_her_home(sit: Sit) -> None:
    carla = await sit("carla")
    home = await at_home(carla)
    await carla.press(home, t("Technical notes"))
    await expect(home).to_contain_text("TN-1")
    await picture(carla, "notes")


async def alex_raises_it_again_and_the_desk_has_searched(sit: Sit) -> None:
    alex = await sit("alex")
    await alex.command("/retarus-incident")
    form = await alex.opened(t("Raise an incident"))
    await alex.fill(
        form,
        {
            t("End-customer"): "Müller GmbH",
            t("AFFECTED SERVICE"): "Email Security",
            t("START OF INCIDENT"): alex.local(timedelta(minutes=5)),
            t("What happens?"): "Mail is rejected again after the connector was updated",
            t("Impact"): "No outbound mail",
            t("Contact person(s) including telephone number"): "Alex Adler, +49 89 1234 5672",
        },
    )
    await alex.press(form, t("Raise"))
    await alex.press(alex.card("PD-1002"), t("Take"))
    await alex.press(alex.card("PD-1002"), t("Hand off to 2nd level"))
    form = await alex.opened(t("Hand off to 2nd level"))
    await expect(form).to_contain_text("TN-1")
    searched = form.get_by_label(t("Where was it searched, and what came of it?"))
    assert "TN-1" in await searched.input_value()
    assert "PD-1001" in await searched.input_value()
    await picture(alex, "searched")
