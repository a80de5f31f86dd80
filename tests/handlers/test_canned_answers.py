"""Canned answers: one click puts the text behind what is typed, and it can be edited before it is saved."""

from __future__ import annotations

from pathlib import Path

from blocks import canned_answers
from bot.config.canned_answers import AnswerPlace, CannedAnswer
from bot.core.i18n import Language
from localslack import Modal, PersonDriver
from tests.handlers.world import world

TEXTS = {Language.ENGLISH: "Please send us the log.", Language.GERMAN: "Bitte senden Sie uns das Log."}
ANSWERS = (
    CannedAnswer(name="For Retarus only", texts=TEXTS, where=(AnswerPlace.RETARUS,)),
    CannedAnswer(name="Ask for the log", texts=TEXTS),
)


async def with_word(person: PersonDriver, words: str) -> Modal:
    """The open form, as soon as its field is filled with these words."""

    async def found() -> Modal | None:
        for modal in await person.modals():
            word = next((each for each in modal.view["blocks"] if each["block_id"] == "word"), None)
            if word and words in word["element"].get("initial_value", ""):
                return modal
        return None

    return await person.wait_for(found, f"a field with {words!r}")  # type: ignore[no-any-return]


async def test_chosen_answer_follows_what_is_typed_and_is_edited_before_it_is_saved(tmp_path: Path) -> None:
    async with world(tmp_path, answers=ANSWERS) as w:
        card = await w.accepted()
        await w.ben.click(card, "Wait for customer")
        modal = await w.ben.modal("Wait for customer")
        assert "For Retarus only" not in modal.text
        await w.ben.choose(modal, canned_answers.CHOOSE, "1")
        modal = await with_word(w.ben, "Please send us the log.")
        await w.ben.submit(modal, {"word": "Please send us the log of DE1."})
        await w.ben.reply(card, "Please send us the log of DE1.")


async def test_chaser_keeps_its_draft_and_adds_the_chosen_answer(tmp_path: Path) -> None:
    async with world(tmp_path, answers=ANSWERS) as w:
        card = await w.escalated()
        await w.further(w.ben, card, "Chase Retarus")
        modal = await w.ben.modal("Chase Retarus")
        await w.ben.choose(modal, canned_answers.CHOOSE, "0")
        modal = await with_word(w.ben, "Please send us the log.")
        words = next(each for each in modal.view["blocks"] if each["block_id"] == "word")["element"]["initial_value"]
        assert words.startswith("This is about our ticket PD-1001 (P1)")
        assert words.endswith("\n\nPlease send us the log.")
        done = await w.ben.submit(modal)
        assert done["outcome"] == "closed", done
        await w.ben.reply(card, "Please send us the log.")
