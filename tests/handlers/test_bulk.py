"""Several tickets at once, from the list of `/retarus-ticket`."""

from __future__ import annotations

from blocks import bulk
from bot.bulk import BulkAction
from bot.model.ticket import Kind
from bot.model.transitions import Move
from tests.handlers.homes import opened, press, shown
from tests.handlers.test_home import texts_of_home
from tests.handlers.world import World

DM = "@partner-desk"


async def test_listed_tickets_are_ticked_and_taken_and_each_result_is_reported(w: World) -> None:
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
    done = await w.alex.submit(modal, {"tickets.0": [each.id for each in tickets], "what": BulkAction.TAKE.value})
    assert done["outcome"] == "updated", done
    result = await w.alex.modal("Several at once", containing="2 tickets changed, 1 not")
    assert "PD-1002: ✓ Alex Adler" in result.text


async def test_lead_assigns_several_from_the_home(w: World) -> None:
    texts, create = texts_of_home(w), w.running.desk.tickets.create
    tickets = [await create("U0ANNA", Kind.INCIDENT, texts, f"form {n}") for n in range(12)]
    part = await opened(w.carla, "Not taken or accepted yet: 12")
    await press(w.carla, part, "team.waiting", bulk.OPEN)
    modal = await w.carla.modal("Several at once")
    await w.decide(w.carla, modal, "what", BulkAction.ASSIGN.value)
    modal = await w.carla.modal("Several at once", containing="To whom?")
    ticked = {"tickets.0": [each.id for each in tickets[:10]], "tickets.1": [each.id for each in tickets[10:]]}
    done = await w.carla.submit(modal, {**ticked, "what": BulkAction.ASSIGN.value, "to": "U0ALEX"})
    assert done["outcome"] == "updated", done
    await w.carla.modal("Several at once", containing="12 tickets changed")
    await shown(w.carla, "Alex Adler: 12 open tickets")
