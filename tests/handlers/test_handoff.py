"""From the 1st to the 2nd level."""

from __future__ import annotations

from tests.handlers.world import World


async def test_a_question_that_depends_on_an_answer_comes_and_goes_with_it(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Hand off to 2nd level")
    modal = await w.anna.modal("Hand off to 2nd level")
    assert "What is missing or wrong?" not in modal.text
    await w.decide(w.anna, modal, "info", "missing")
    await w.anna.modal("Hand off to 2nd level", containing="What is missing or wrong?")
