"""Each kind of ticket on the screen from raising to closing, with two letters to Retarus, in each language."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.i18n import Language, speaking, t
from bot.model.ticket import Kind, Stage
from localslack import Modal, PersonDriver
from localslack.listening import Refusal
from localslack.visible import labels, text_of
from tests.handlers.test_languages import speaks
from tests.handlers.world import DESK, FIRST_TASKS, RETARUS, Json, World, world

INCIDENT = (
    "PARTNERS' MAIN CUSTOMER ID",
    "Tenant(s) or Dedicated Customer ID(s): 12345RS, 23456RS",
    "AFFECTED SERVICE",
    "START OF INCIDENT",
    "END OF INCIDENT (OPTIONAL)",
    "DESCRIPTION",
    "EXAMPLE",
    "ADDITIONAL INFORMATION",
    "PRE-QUALIFICATION",
    "Contact person(s) including telephone number",
    "Was it possible to reproduce the error and what steps were taken to reproduce it?",
    "What has already been done by the customer support to identify and/or fix the problem?",
    "Is Retarus permitted to send test transactions?",
    "Is this issue is already known?",
)
"""The guide's own words, in its order (sections 4 and 5)."""
ONLY_INCIDENTS = (*INCIDENT[3:5], *INCIDENT[10:12], INCIDENT[13])
HEADINGS = {
    Kind.INCIDENT: INCIDENT,
    Kind.SERVICE_REQUEST: tuple(each for each in INCIDENT if each not in {*ONLY_INCIDENTS, INCIDENT[12]}),
    Kind.CHANGE: tuple(each for each in INCIDENT if each not in ONLY_INCIDENTS),
}
COMMANDS = {
    Kind.INCIDENT: "/retarus-incident",
    Kind.SERVICE_REQUEST: "/retarus-service-request",
    Kind.CHANGE: "/retarus-change",
}
NEWS = {
    Language.ENGLISH: ("This follows our letter of ", "Your answer of ", "What we ask of Retarus: "),
    Language.GERMAN: ("Dies knüpft an unser Schreiben vom ", "Ihre Antwort vom ", "Worum wir Retarus bitten: "),
}
LOCALES = {Language.ENGLISH: "en-GB", Language.GERMAN: "de-DE"}
AGAIN = {"summary_second": "Still rejected after the correction.", "why_retarus": "Correct the second rule too"}


class Walk:
    """One ticket in one language: buttons and titles are those its people read."""

    def __init__(self, w: World, kind: Kind, language: Language, number: int) -> None:
        self.w, self.kind, self.language = w, kind, language
        self.reference = f"PD-{number}"
        self.number = number
        self.card: Json = {}

    def translated(self, words: str) -> str:
        with speaking(self.language):
            return t(words)

    async def press(self, person: PersonDriver, button: str) -> None:
        label = self.translated(button)

        async def pressed() -> bool:
            card = await person.again(self.card)
            if label not in labels(card):
                return False
            try:
                await person.click(card, label)
            except Refusal:  # the card was redrawn after it was read
                return False
            return True

        await person.wait_for(pressed, f"{label!r} on the card of {self.reference}")

    async def form(self, person: PersonDriver, title: str, values: Json, outcome: str = "closed") -> None:
        done = await person.submit(await person.modal(self.translated(title)), values)
        assert done["outcome"] == outcome, done

    async def raised(self) -> None:
        await self.w.anna.command(DESK, COMMANDS[self.kind])
        modal = await self.w.anna.modal()
        known = self.fitting(modal, self.w.answers())
        assert (await self.w.anna.submit(modal, known))["outcome"] == "closed"
        self.card = await self.w.anna.message(DESK, self.reference)

    @staticmethod
    def fitting(modal: Modal, values: Json) -> Json:
        """The values that this form asks for."""
        asked = {block.get("block_id") for block in modal.view["blocks"]}
        return {key: value for key, value in values.items() if key in asked}

    async def at_the_second_level(self) -> None:
        await self.press(self.w.anna, "Take")
        await self.press(self.w.anna, "Hand off to 2nd level")
        modal = await self.w.anna.modal(self.translated("Hand off to 2nd level"))
        assert (await self.w.anna.submit(modal, self.fitting(modal, FIRST_TASKS)))["outcome"] == "closed"
        await self.stage(Stage.HANDED_OFF)
        await self.press(self.w.ben, "Accept")
        await self.stage(Stage.SECOND)

    async def stage(self, stage: Stage) -> None:
        async def reached() -> bool:
            return (await self.w.ticket(self.number)).stage is stage

        await self.w.ben.wait_for(reached, f"{self.reference} to be {stage}")

    async def sent(self, values: Json) -> None:
        await self.press(self.w.ben, "Escalate to Retarus")
        modal = await self.w.ben.modal(self.translated("Escalate to Retarus"))
        done = await self.w.ben.submit(modal, self.fitting(modal, values))
        assert done["outcome"] == "updated", done
        await self.form(self.w.ben, "Preview", {})
        await self.stage(Stage.RETARUS)

    async def came_back(self, answer: str) -> None:
        await self.press(self.w.ben, "Retarus answered")
        await self.form(self.w.ben, "Answer of Retarus", {"word": answer})
        await self.stage(Stage.SECOND)

    async def mailed(self, words: str) -> Json:
        """The mail about this ticket with these words."""

        async def arrived() -> Json | None:
            mails = [each for each in await self.w.ben.mails() if f"[{self.reference}]" in each["subject"]]
            return next((each for each in mails if words in each["text"]), None)

        return await self.w.ben.wait_for(arrived, f"the mail of {self.reference} with {words!r}")  # type: ignore[no-any-return]

    async def expect_lines(self, words: str, times: int) -> None:
        """Waits until the ticket's thread says this that often."""

        async def enough() -> bool:
            return sum(words in text_of(each) for each in (await self.w.anna.thread(self.card))[1:]) == times

        await self.w.anna.wait_for(enough, f"{words!r}, {times} times in the thread of {self.reference}")

    async def closed(self) -> None:
        async def short() -> bool:
            card = text_of(await self.w.anna.again(self.card))
            return card.startswith(f"✅ {self.reference} · ") and card.endswith(
                "→ Both rules were corrected by Retarus"
            )

        async def instead() -> list[str]:
            return [text_of(await self.w.anna.again(self.card))]

        await self.w.anna.wait_for(short, f"the closed card of {self.reference}", instead)


@pytest.mark.long
@pytest.mark.parametrize("language", Language)
async def test_each_kind_goes_to_retarus_twice_and_is_closed_on_the_screen(tmp_path: Path, language: Language) -> None:
    spoken = {"language": language}
    async with world(tmp_path, desk=spoken, retarus=spoken) as w:
        for person in (w.anna, w.ben):
            await speaks(w, person, LOCALES[language])
        for number, kind in enumerate(Kind, 1001):
            await goes_to_retarus_twice(Walk(w, kind, language, number))


async def goes_to_retarus_twice(walk: Walk) -> None:
    w, news = walk.w, NEWS[walk.language]
    await walk.raised()
    await walk.at_the_second_level()
    await walk.sent(w.details())
    first = await w.rita.message(RETARUS, walk.reference)
    mail = await walk.mailed(news[2])
    for text in (text_of(first), mail["text"]):
        in_the_guides_words(text, walk.kind)
        assert not any(words in text for words in news[:2])
        assert f"{news[2]}Only Retarus sees why DE1 rejects" in text
    await walk.press(w.ben, "RCR number")
    await walk.form(w.ben, "RCR number", {"rcr": "RCR\u201188123 und 77901"})
    await walk.came_back("The policy is corrected")
    await walk.sent(AGAIN)
    second = await w.rita.reply(first, news[0])
    answer = await walk.mailed(news[0])
    for text in (text_of(second), answer["text"]):
        in_the_guides_words(text, walk.kind)
        expect_news(text, news)
    headers = dict(answer["headers"])
    assert headers["In-Reply-To"] == headers["References"] == dict(mail["headers"])["Message-ID"]
    assert answer["subject"] == f"Re: {mail['subject']} [RCR-88123] [RCR-77901]"
    await walk.came_back("Now the second rule is corrected")
    await walk.press(w.ben, "Resolve")
    await walk.form(w.ben, "Resolve", {"word": "Both rules were corrected by Retarus"})
    await walk.press(w.anna, "Confirm and close")
    await walk.closed()
    for words, times in STORY.items():
        await walk.expect_lines(words, times)


def in_the_guides_words(letter: str, kind: Kind) -> None:
    places = [letter.index(heading) for heading in HEADINGS[kind]]
    assert places == sorted(places)
    if kind is not Kind.INCIDENT:
        assert "START OF INCIDENT" not in letter
        assert "Is this issue is already known?" not in letter


def expect_news(letter: str, news: tuple[str, ...]) -> None:
    assert letter.index(news[0]) < letter.index(news[1]) < letter.index(INCIDENT[0])
    assert "The policy is corrected" in letter
    assert f"{news[2]}Correct the second rule too" in letter
    assert "Still rejected after the correction." in letter
    assert "Only Retarus sees why" not in letter
    assert "Please look at the trace" not in letter
    assert letter.index("ADDITIONAL INFORMATION") < letter.index("RCR-88123, RCR-77901")


STORY = {
    "Please look at the trace": 0, "support@retarus.example": 2, "<#C0RETARUS1>": 2, "RCR-88123, RCR-77901 (": 1,
    "The policy is corrected": 1, "Still rejected after the correction.": 0, "Now the second rule is corrected": 1,
    "Both rules were corrected by Retarus": 1,
}  # fmt: skip
"""Words of the thread of a ticket that went to Retarus twice, and how often they stand in it.

The summaries stand in the letters, behind `Show letter`, and are not repeated.
"""
