"""Technical notes and suggestions in a real browser: saved from a ticket, found again, offered for the same problem."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.core.i18n import t
from tests.browser.demo_session import UserGetter, browser_users, running_demo, save_screenshot
from tests.browser.test_home import open_app_home
from tests.browser.test_story import anna_hands_it_off, anna_raises_it

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]


async def test_resolved_problem_is_suggested_and_found_again(tmp_path: Path, browser: Browser) -> None:
    async with running_demo(tmp_path) as url, browser_users(browser, url) as user:
        await anna_raises_it(user)
        await anna_hands_it_off(user)
        await alex_describes_the_same_problem_and_joins(user)
        await ben_resolves_it_and_saves_a_technical_note(user)
        await alex_finds_it_despite_a_misspelling(user)
        await carla_sees_the_note_in_her_app_home(user)
        await alex_raises_it_again_with_prefilled_search_results(user)


async def alex_describes_the_same_problem_and_joins(user: UserGetter) -> None:
    alex = await user("alex")
    await alex.go_to_channel("partner-desk")
    await alex.run_command("/retarus-incident")
    form = await alex.opened_modal(t("Raise an incident"))
    await alex.fill(
        form,
        {
            t("End-customer"): "Adler AG",
            t("Which service is affected?"): "Email Security",
            t("Start of the incident"): alex.local_time(timedelta(minutes=15)),
        },
    )
    description = form.get_by_label(t("What happens?"), exact=True)
    await description.click()
    await alex.page.keyboard.type("Since the connector update our outgoing mails are rejected", delay=15)
    await expect(form).to_contain_text(t("The same problem?"))
    await expect(description).to_have_value("Since the connector update our outgoing mails are rejected")
    joins = form.get_by_role("button", name=t("Join {name} instead", name="PD-1001"))
    await joins.evaluate("button => button.scrollIntoView({block: 'nearest'})")  # at once: the form may be redrawn
    await save_screenshot(alex, "same")
    await alex.press(form, t("Join {name} instead", name="PD-1001"))
    await alex.page.get_by_role("button", name=t("Join"), exact=True).click()
    joined = await alex.opened_modal(t("Joined {name}", name="PD-1001"))
    await alex.press(joined, "Close")
    await expect(alex.card("PD-1001")).to_contain_text("Adler AG")


async def ben_resolves_it_and_saves_a_technical_note(user: UserGetter) -> None:
    ben = await user("ben")
    await ben.go_to_channel("partner-desk")
    await ben.press(ben.card("PD-1001"), t("Accept"))
    form = await ben.press_for(ben.card("PD-1001"), t("Resolve"), t("Resolve"))
    await ben.fill(form, {t("What is the remedy?"): "Rolled connector 4.2 back to 4.1"})
    await ben.press(form, t("Resolve"))
    form = await ben.press_for(ben.card("PD-1001"), t("Keep as a technical note"), t("Technical note"))
    await ben.fill(form, {t("Cause"): "Connector 4.2 sends no HELO name"})
    await save_screenshot(ben, "note-new")
    await ben.press(form, t("Save"))
    note = await ben.opened_modal("TN-1")
    await expect(note).to_contain_text("Rolled connector 4.2 back to 4.1")
    await save_screenshot(ben, "note")
    await ben.press(note, "Close")


async def alex_finds_it_despite_a_misspelling(user: UserGetter) -> None:
    alex = await user("alex")
    await alex.run_command("/retarus-find abgelehnt conector 550")
    found = await alex.opened_modal(t("Search"))
    await expect(found).to_contain_text("TN-1")
    await expect(found).to_contain_text("PD-1001")
    await save_screenshot(alex, "find")
    await alex.press(found, t("Show {name}", name="TN-1"))
    await alex.press(await alex.opened_modal("TN-1"), "Close")
    found = await alex.opened_modal(t("Search"))
    await found.get_by_label(t("Search for")).fill("fax quarantine")
    await alex.page.keyboard.press("Enter")
    await expect(found).to_contain_text(t("Nothing was found."))
    await alex.press(found, "Cancel")


async def carla_sees_the_note_in_her_app_home(user: UserGetter) -> None:
    carla = await user("carla")
    home = await open_app_home(carla)
    await carla.press(home, t("Technical notes"))
    await expect(home).to_contain_text("TN-1")
    await save_screenshot(carla, "notes")


async def alex_raises_it_again_with_prefilled_search_results(user: UserGetter) -> None:
    alex = await user("alex")
    await alex.run_command("/retarus-incident")
    form = await alex.opened_modal(t("Raise an incident"))
    await alex.fill(
        form,
        {
            t("End-customer"): "Müller GmbH",
            t("Which service is affected?"): "Email Security",
            t("Start of the incident"): alex.local_time(timedelta(minutes=5)),
            t("What happens?"): "Mail is rejected again after the connector was updated",
            t("Impact"): "No outbound mail",
            t("Contact persons for Retarus"): "Alex Adler, +49 89 1234 5672",
        },
    )
    await alex.press(form, t("Raise"))
    form = await alex.press_for(alex.card("PD-1002"), t("Hand off to 2nd level"), t("Hand off to 2nd level"))
    await expect(form).to_contain_text("TN-1")
    searched = form.get_by_label(t("Where was it searched, and what came of it?"))
    assert "TN-1" in await searched.input_value()
    assert "PD-1001" in await searched.input_value()
    await save_screenshot(alex, "searched")
