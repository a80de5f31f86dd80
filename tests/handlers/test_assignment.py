"""Assignment by a lead: a menu of the level's people, one line in the thread, and a word to the new owner."""

from __future__ import annotations

from bot.model.ticket import Stage
from tests.handlers.world import World


async def test_lead_assigns_a_new_ticket_from_the_card_and_the_person_is_notified(w: World) -> None:
    card = await w.raised()
    await w.further(w.carla, card, "Assign to somebody")
    modal = await w.carla.modal("Assign to somebody")
    done = await w.carla.submit(modal, {"to": "U0ALEX"})
    assert done["outcome"] == "closed", done
    message = await w.alex.message("@partner-desk", "Carla Conrad assigned it to you")
    assert "PD-1001" in message["text"]
    await w.alex.reply(card, "assigned it to")
    ticket = await w.ticket()
    assert ticket is not None
    assert (ticket.owner, ticket.stage) == ("U0ALEX", Stage.FIRST)
