"""A text for the end-customer is one click away, and sends nothing."""

from __future__ import annotations

from tests.handlers.test_notes import text_of_modal
from tests.handlers.world import World


async def test_text_is_shown_in_the_chosen_language_and_stage(w: World) -> None:
    await w.raised()
    await w.anna.command("@partner-desk", "/retarus-ticket", "1001")
    found = await w.anna.message("@partner-desk", "PD-1001")
    await w.anna.click(found, "Text for the customer")
    modal = await w.anna.modal("Text for the customer")
    assert "we have received your report" in text_of_modal(modal)
    await w.anna.click(modal, "Deutsch")
    german = await w.anna.modal("Text for the customer", containing="wir haben Ihre Meldung erhalten")
    await w.anna.click(german, "Solved")
    await w.anna.modal("Text for the customer", containing="ist behoben")


async def test_form_that_waits_for_the_customer_drafts_the_question_in_their_language(w: World) -> None:
    card = await w.raised(happens="Ausgehende Mails werden seit dem Update mit 550 abgelehnt.", impact="kein Versand")
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    await w.anna.click(await w.anna.again(card), "Wait for customer")
    form = await w.anna.modal("Wait for customer")
    draft = str(next(each for each in form.view["blocks"] if each["type"] == "input")["element"]["initial_value"])
    assert draft.startswith("Um die Ursache von „Ausgehende Mails")
