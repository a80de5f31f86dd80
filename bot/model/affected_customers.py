"""End-customers affected by a ticket, each with its time: the one it was raised for, and those that joined."""

from __future__ import annotations

from datetime import datetime

from bot.core.identifiers import fold
from bot.model.ticket import Ticket


def since(ticket: Ticket, customer: str) -> datetime | None:
    """Time from which it was this end-customer's, or anybody's: raised, or joined. None: never."""
    name = fold(customer)
    if name in {"", fold(ticket.answer("customer"))}:
        return ticket.raised_at
    return min((each.at for each in ticket.affected if fold(each.customer) == name), default=None)


def customer_name(ticket: Ticket, customer: str) -> str:
    """This name as the ticket spells it; without one, the end-customer it was raised for."""
    names = (ticket.answer("customer"), *(each.customer for each in ticket.affected))
    return next((each for each in names if fold(each) == fold(customer)), names[0])


def joined(ticket: Ticket, until: datetime) -> tuple[tuple[str, datetime], ...]:
    """End-customers that joined until then, besides the original one, each with its time."""
    first = fold(ticket.answer("customer"))
    found: dict[str, tuple[str, datetime]] = {}
    for each in ticket.affected:
        if each.at < until and fold(each.customer) != first:
            found.setdefault(fold(each.customer), (each.customer, each.at))
    return tuple(found.values())
