"""All three kinds of ticket in both languages, walked by an agent, an engineer and an admin, each in their words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.core.i18n import Language, speaking, t
from bot.forms.guide_tasks import INFO
from tests.browser import test_home as admin
from tests.browser import test_story as story
from tests.browser.stranger import Sit, demo, picture, seats
from tests.browser.test_story import begins
from tests.chromium import chromium

pytestmark = pytest.mark.browser


@pytest.fixture(params=list(Language), ids=lambda language: language.name.lower())
def language(request: pytest.FixtureRequest) -> Iterator[Language]:
    """Spoken by the cast, by the desk, and here: labels are found by the words of the catalogue."""
    return request.param  # type: ignore[no-any-return]


async def test_an_incident_goes_its_whole_way_in_german(tmp_path: Path) -> None:
    async with demo(tmp_path, language=Language.GERMAN) as url, chromium() as browser, seats(browser, url) as sit:
        with speaking(Language.GERMAN):
            await story.anna_raises_it(sit, shown="raise_de")
            await story.anna_hands_it_off(sit)
            await story.ben_accepts_and_completes_it(sit)
            await story.ben_sends_it(sit)
            await story.rita_and_the_mail_have_it(sit)
            await story.retarus_answers_and_anna_closes_it(sit)
            await picture(await sit("anna"), "german")


async def test_an_admin_keeps_the_register_in_german(tmp_path: Path) -> None:
    async with demo(tmp_path, language=Language.GERMAN) as url, chromium() as browser, seats(browser, url) as sit:
        with speaking(Language.GERMAN):
            await story.anna_raises_it(sit)
            await admin.carla_adds_alex_and_completes_bea(sit)
            await picture(await sit("carla"), "home_de")


async def test_a_service_request_and_a_change_go_their_way(tmp_path: Path, language: Language) -> None:
    async with demo(tmp_path, language=language) as url, chromium() as browser, seats(browser, url) as sit:
        with speaking(language):
            await a_request_is_raised(sit, "PD-1001", "/retarus-service-request", "Raise a service request", REQUESTED)
            await a_request_reaches_retarus(sit, "PD-1001", SERVICE_REQUEST)
            await a_request_is_raised(sit, "PD-1002", "/retarus-change", "Raise a change", CHANGED)
            await a_request_reaches_retarus(sit, "PD-1002", CHANGE)


REQUESTED, CHANGED = "What is requested?", "What is to be changed?"
SERVICE_REQUEST, CHANGE = "Service request", "Change"


async def a_request_is_raised(sit: Sit, name: str, command: str, title: str, question: str) -> None:
    anna = await sit("anna")
    await anna.go("partner-desk")
    await anna.command(command)
    form = await anna.opened(t(title))
    await expect(form).not_to_contain_text(t("START OF INCIDENT"))
    await anna.fill(
        form,
        {
            t("End-customer"): "Müller GmbH",
            t("AFFECTED SERVICE"): "Email Security",
            t(question): "A second domain, mueller.test",
            t("Impact"): "They cannot send from it yet",
        },
    )
    await anna.press(form, t("Raise"))
    await expect(form).to_be_hidden()
    await anna.press(anna.card(name), t("Hand off to 2nd level"))
    form = await anna.opened(t("Hand off to 2nd level"))
    judged = {t("Priority"): "P3", t("Why this priority?"): "Nobody is held up by it"}
    await anna.fill(form, {INFO.said: t("Correct and complete"), **judged})
    await anna.press(form, t("Hand off"))
    await expect(form).to_be_hidden()


async def a_request_reaches_retarus(sit: Sit, name: str, kind: str) -> None:
    ben = await sit("ben")
    await ben.go("partner-desk")
    await ben.press(ben.card(name), t("Accept"))
    await expect(ben.card(name)).to_contain_text("Ben Brandt")
    await ben.press(ben.card(name), t("Fill in"))
    form = await ben.opened(t("Fill in"))
    await ben.fill(form, {t("Tenant(s) or Dedicated Customer ID(s):"): "12345RS"})
    if kind == SERVICE_REQUEST:
        await ben.fill(
            form,
            {
                t("Timestamp"): ben.local(timedelta(minutes=16)),
                t("Sender"): "a@mueller.example",
                t("Status / error message"): "not possible yet",
            },
        )
    await ben.press(form, t("Save"))
    await expect(form).to_be_hidden()
    await ben.press(ben.card(name), t("Escalate to Retarus"))
    form = await ben.opened(t("Escalate to Retarus"))
    if kind == CHANGE:
        await ben.fill(form, {t("Is Retarus permitted to send test transactions?"): t("No, not permitted")})
    await ben.fill(form, {t("Why is Retarus needed?"): "Only Retarus can set up a domain"})
    await ben.press(form, t("Preview"))
    preview = await ben.opened(t("Preview"))
    await expect(preview).to_contain_text("PARTNERS' MAIN CUSTOMER ID")
    await expect(preview).not_to_contain_text("START OF INCIDENT")
    await ben.press(preview, t("Send to Retarus"))
    await expect(preview).to_be_hidden()
    await expect(ben.card(name)).to_contain_text(begins("with Retarus"))
