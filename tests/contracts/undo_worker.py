"""Undoes steps in a process that tests kill; it prints a line for each undo that was acknowledged, never earlier."""

from __future__ import annotations

from bot.adapters.store import open_store
from bot.desk import Desk
from bot.model.transitions import Move
from bot.ports import Store
from tests.contracts.processes import print_line
from tests.factories import ANNA, NOW, ManualClock, a_world
from tests.timeouts import TIMEOUT

TICKETS = 40


async def desk_on(store: Store) -> Desk:
    return (await a_world()).at(store=store, clock=ManualClock(NOW)).desk


def click(number: int) -> str:
    """Key of the click on `Undo`, as Slack sends it again after a time-out."""
    return f"undo-{number}"


async def main(url: str) -> None:
    """Takes each ticket, with a note on every other one, and undoes the last step."""
    store = await open_store(url, lambda: NOW, busy=TIMEOUT)
    desk = await desk_on(store)
    for number in range(TICKETS):
        ticket = await desk.tickets.act(f"t{number}", Move.TAKE, ANNA, f"take-{number}")
        if number % 2:
            ticket = await desk.tickets.note(ticket.id, ANNA, "They called again", f"note-{number}")
        await desk.undo.undo(ticket.id, ticket.version, ANNA, click(number))
        print_line(ticket.version)
    await store.close()
