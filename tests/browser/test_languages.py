"""All three kinds of ticket in both languages, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.core.i18n import Language, speaking, t
from tests.browser import test_home as admin
from tests.browser import test_story as story
from tests.browser.demo_session import UserGetter, browser_users, running_demo, save_screenshot

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture(params=list(Language), ids=lambda language: language.name.lower())
def language(request: pytest.FixtureRequest) -> Iterator[Language]:
    """Language of the people, the desk and this test, which finds labels by the texts of the catalogue."""
    return request.param  # type: ignore[no-any-return]


async def test_incident_lifecycle_in_german(tmp_path: Path, browser: Browser) -> None:
    async with (
        running_demo(tmp_path, language=Language.GERMAN) as url,
        browser_users(browser, url) as user,
    ):
        with speaking(Language.GERMAN):
            await story.anna_raises_it(user, shown="raise")
            await story.anna_hands_it_off(user)
            await story.ben_accepts_and_completes_it(user)
            await story.ben_sends_it(user)
            await story.rita_and_the_mailbox_receive_it(user)
            await story.ben_records_their_number(user)
            await story.retarus_answers_and_anna_closes_it(user)
        await save_screenshot(await user("anna"), "german")


async def test_contact_register_in_german(tmp_path: Path, browser: Browser) -> None:
    async with (
        running_demo(tmp_path, language=Language.GERMAN) as url,
        browser_users(browser, url) as user,
    ):
        with speaking(Language.GERMAN):
            await story.anna_raises_it(user)
            await admin.carla_adds_alex_and_completes_bea(user)


async def test_service_request_and_change_reach_retarus(tmp_path: Path, language: Language, browser: Browser) -> None:
    async with (
        running_demo(tmp_path, language=language) as url,
        browser_users(browser, url) as user,
    ):
        with speaking(language):
            await a_request_is_raised(user, "PD-1001", "/retarus-service-request", "Raise a service request", REQUESTED)
            await a_request_reaches_retarus(user, "PD-1001", SERVICE_REQUEST)
            await a_request_is_raised(user, "PD-1002", "/retarus-change", "Raise a change", CHANGED)
            await a_request_reaches_retarus(user, "PD-1002", CHANGE)


REQUESTED, CHANGED = "What is requested?", "What is to be changed?"
SERVICE_REQUEST, CHANGE = "Service request", "Change"


async def a_request_is_raised(user: UserGetter, name: str, command: str, title: str, question: str) -> None:
    anna = await user("anna")
    await anna.go_to_channel("partner-desk")
    await anna.run_command(command)
    form = await anna.opened_modal(t(title))
    await expect(form).not_to_contain_text(t("Start of the incident"))
    await anna.fill(
        form,
        {
            t("End-customer"): "Müller GmbH",
            t("Which service is affected?"): "Email Security",
            t(question): "A second domain, mueller.test",
            t("Impact"): "They cannot send from it yet",
        },
    )
    await anna.press(form, t("Raise"))
    await expect(form).to_be_hidden()
    form = await anna.press_for(anna.card(name), t("Hand off to 2nd level"), t("Hand off to 2nd level"))
    priority = {t("Priority"): "P3", t("Why this priority?"): "Nobody is held up by it"}
    await anna.fill(
        form, {t("Is what the customer told us correct and complete?"): t("Correct and complete"), **priority}
    )
    await anna.press(form, t("Hand off"))
    await expect(form).to_be_hidden()


async def a_request_reaches_retarus(user: UserGetter, name: str, kind: str) -> None:
    ben = await user("ben")
    await ben.go_to_channel("partner-desk")
    await ben.press(ben.card(name), t("Accept"))
    await expect(ben.card(name)).to_contain_text("Ben Brandt")
    await ben.choose_from_menu(ben.card(name), t("Fill in"))
    form = await ben.opened_modal(t("Fill in"))
    if kind == SERVICE_REQUEST:
        await ben.fill(
            form,
            {
                t("Affected tenants"): "12345RS",
                t("Timestamp"): ben.local_time(timedelta(minutes=16)),
                t("Sender"): "a@mueller.example",
                t("Status / error message"): "not possible yet",
            },
        )
    await ben.press(form, t("Save"))
    await expect(form).to_be_hidden()
    form = await ben.press_for(ben.card(name), t("Escalate to Retarus"), t("Escalate to Retarus"))
    if kind == CHANGE:
        await ben.fill(form, {t("May Retarus send test transactions?"): t("No, not permitted")})
    await ben.fill(
        form, {t("What is asked of Retarus, and why is Retarus needed?"): "Only Retarus can set up a domain"}
    )
    await ben.press(form, t("Preview"))
    preview = await ben.opened_modal(t("Preview"))
    await expect(preview).to_contain_text("PARTNERS' MAIN CUSTOMER ID")
    await expect(preview).not_to_contain_text("START OF INCIDENT")
    await ben.press(preview, t("Send to Retarus"))
    await expect(preview).to_be_hidden()
    await expect(ben.card(name)).to_contain_text(t("with Retarus"))
