"""Runs the sweep of a desk in a process that tests kill; it prints a line for each change of tickets it has saved."""

from __future__ import annotations

from datetime import timedelta

from bot.adapters.store import open_engine
from bot.adapters.store.database import DatabaseStore
from bot.desk import Desk
from bot.model.ticket import Ticket
from bot.ports import Store
from bot.tickets.ports import Batch
from tests.contracts.processes import print_line
from tests.factories import NOW, ManualClock, a_world
from tests.timeouts import TIMEOUT

LATE = NOW + timedelta(hours=12)
"""Time of the sweep; all tickets raised at NOW are overdue."""


class PrintingStore(DatabaseStore):
    """Prints a line for each ticket it has saved, never earlier."""

    async def apply(self, batch: Batch) -> tuple[Ticket, ...]:
        saved = await super().apply(batch)
        for ticket in saved:
            print_line(ticket.id)
        return saved


async def desk_on(store: Store) -> Desk:
    """A desk on this store, with its clock at LATE."""
    return (await a_world()).at(store=store, clock=ManualClock(LATE)).desk


async def main(url: str) -> None:
    store = PrintingStore(await open_engine(url, busy=TIMEOUT), ManualClock(LATE))
    desk = await desk_on(store)
    await desk.reminders.sweep(limit=5)
    await store.close()
