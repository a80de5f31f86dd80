"""Saves tickets, and finds their ids."""

from __future__ import annotations

from bot.model.ticket import Ticket
from bot.ports import Store
from bot.tickets.ports import Batch, Query


async def save(store: Store, *tickets: Ticket) -> tuple[Ticket, ...]:
    return await store.apply(Batch(tickets=tickets))


async def ids(store: Store, **query: object) -> list[str]:
    return [ticket.id for ticket in await store.find(Query(**query))]  # type: ignore[arg-type]
