"""Several tickets at once, from the list of `/retarus-ticket`."""

from __future__ import annotations

from bot.bulk import BulkAction
from bot.model.ticket import Kind
from bot.model.transitions import Move
from tests.handlers.test_home import texts_of_home
from tests.handlers.world import World

DM = "@partner-desk"


async def test_listed_tickets_are_ticked_and_taken_and_each_result_is_told(w: World) -> None:
    tickets = [
        await w.running.desk.tickets.create("U0ANNA", Kind.INCIDENT, texts_of_home(w), f"form {n}") for n in range(3)
    ]
    await w.alex.command(DM, "/retarus-ticket", "all")
    await w.alex.click(await w.alex.message(DM, "3 open tickets"), "Several at once")
    modal = await w.alex.modal("Several at once")
    await w.decide(w.alex, modal, "what", BulkAction.SNOOZE.value)
    modal = await w.alex.modal("Several at once", containing="Or until another time")
    await w.decide(w.alex, modal, "what", BulkAction.TAKE.value)
    await w.running.desk.tickets.act(tickets[0].id, Move.TAKE, "U0ANNA", "click")
    done = await w.alex.submit(modal, {"tickets": [each.id for each in tickets], "what": BulkAction.TAKE.value})
    assert done["outcome"] == "updated", done
    result = await w.alex.modal("Several at once", containing="2 tickets changed, 1 not")
    assert "PD-1002: ✓ Alex Adler" in result.text
