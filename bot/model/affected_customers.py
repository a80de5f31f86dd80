"""End-customers affected by a ticket, each with its time: the one it was raised for, and those that joined."""

from __future__ import annotations

from datetime import datetime

from bot.core.company_names import spelling_key
from bot.model.ticket import Ticket


def since(ticket: Ticket, customer: str) -> datetime | None:
    """Time from which it was this end-customer's, or anybody's: raised, or joined. None: never."""
    name = spelling_key(customer)
    if name in {"", spelling_key(ticket.answer("customer"))}:
        return ticket.raised_at
    return min((each.at for each in ticket.affected if spelling_key(each.customer) == name), default=None)


def customer_name(ticket: Ticket, customer: str) -> str:
    """This name as the ticket spells it; without one, the end-customer it was raised for."""
    names = (ticket.answer("customer"), *(each.customer for each in ticket.affected))
    return next((each for each in names if spelling_key(each) == spelling_key(customer)), names[0])


def joined(ticket: Ticket, until: datetime) -> tuple[tuple[str, datetime], ...]:
    """End-customers that joined until then, besides the original one, each with its time."""
    first = spelling_key(ticket.answer("customer"))
    found: dict[str, tuple[str, datetime]] = {}
    for each in ticket.affected:
        if each.at < until and spelling_key(each.customer) != first:
            found.setdefault(spelling_key(each.customer), (each.customer, each.at))
    return tuple(found.values())
