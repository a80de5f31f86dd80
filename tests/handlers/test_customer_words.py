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
