"""The card on a real page: how much of a screen it takes, on a desktop and on a phone, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, expect

from blocks import card
from blocks.kit import Message
from bot.core.i18n import Language, speaking
from bot.model.ticket import Stage, Ticket, Times
from tests.browser.card_page import DESKTOP, PHONE, Posted, height, posted
from tests.factories import HANDED_OFF, NOW, PEOPLE, RAISED, a_config, an_incident

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]

_BEFORE = {
    (Language.ENGLISH, "desktop"): (278, 271, 224, 182),
    (Language.ENGLISH, "phone"): (485, 482, 431, 300),
    (Language.GERMAN, "desktop"): (322, 271, 268, 182),
    (Language.GERMAN, "phone"): (555, 578, 479, 300),
}
"""Heights of the same four cards in pixels while their number stood first: the last release with a header block."""


def typical(now: datetime) -> list[Ticket]:
    """With the 2nd level and an SLA, with Retarus, at the 1st level, and closed; begun twenty minutes ago."""
    begun = {"start": str(int((now - timedelta(minutes=20)).timestamp()))}
    clock = Times(priorities={"P1": now - timedelta(minutes=5)})
    return [
        an_incident(Stage.SECOND, answers=RAISED | HANDED_OFF | begun, times=clock),
        an_incident(Stage.RETARUS, rcr=("RCR-88123",), sent_at=NOW, also=begun),
        an_incident(Stage.FIRST, answers=RAISED | begun),
        an_incident(Stage.CLOSED, also=begun),
    ]


def drawn(language: Language) -> list[Message]:
    config = a_config(sla={"P1": {"action_plan": 120}})
    with speaking(language):
        return [card.card(each, config, lambda user: PEOPLE[user].name) for each in typical(datetime.now(UTC))]


async def heights(there: Posted, browser: Browser, viewport: dict[str, int]) -> list[float]:
    messages = await there.seen(browser, viewport)
    await expect(messages).to_have_count(4)
    return [await height(messages.nth(number)) for number in range(4)]


async def test_cards_are_a_third_shorter_on_desktop_and_phone_in_both_languages(browser: Browser) -> None:
    for language in Language:
        async with posted(drawn(language)) as there:
            for name, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
                now, before = await heights(there, browser, viewport), _BEFORE[language, name]
                assert sum(now) <= sum(before) * 2 / 3, (language, name, now)
                assert all(one <= other * 0.8 for one, other in zip(now, before, strict=True)), (name, now)
