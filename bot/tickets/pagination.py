"""Pagination through all matching tickets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from bot.model.ticket import Ticket
from bot.tickets.ports import Query, TicketStore


async def every(store: TicketStore, query: Query) -> AsyncIterator[Ticket]:
    """All tickets that match, newest first, a page of `query.limit` at a time; none is seen twice."""
    while page := await store.find(query):
        for ticket in page:
            yield ticket
        query = replace(query, before=(page[-1].raised_at, page[-1].id))
