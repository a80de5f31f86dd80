"""Scope of an outage: the end-customers, tenants and tickets that a leading ticket stands for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.core.company_names import spelling_key
from bot.model.ticket import Record, Ticket


class OutageScope(Record):
    """Number of end-customers, with tenants and ticket numbers."""

    customers: int
    tenants: tuple[str, ...]
    numbers: tuple[int, ...]
    """Numbers of the tickets, the leading one first."""


def scope_of(leading: Ticket, led: Sequence[Ticket]) -> OutageScope:
    """The scope of the leading ticket with those that have the same cause. Each customer and tenant counts once."""
    tickets = (leading, *sorted(led, key=lambda each: each.number))
    customers = {spelling_key(name) for ticket in tickets for name in _customers(ticket) if name}
    tenants = dict.fromkeys(tenant for ticket in tickets for tenant in dedicated_ids(ticket))
    return OutageScope(
        customers=len(customers), tenants=tuple(tenants), numbers=tuple(ticket.number for ticket in tickets)
    )


def _customers(ticket: Ticket) -> Iterable[str]:
    return (ticket.answer("customer"), *(each.customer for each in ticket.affected))


def dedicated_ids(ticket: Ticket) -> tuple[str, ...]:
    """Tenants of the ticket and of the end-customers that joined it."""
    joined = (tenant for each in ticket.affected for tenant in each.tenants)
    return (*dedicated(ticket.answer("tenants")), *joined)


def dedicated(answer: str) -> tuple[str, ...]:
    """The IDs in an answer; “main account only” and the reason of an absence are none."""
    return tuple(line for line in answer.split("\n") if line[:5].isdigit() and " " not in line)
