"""Ports of the register: support contacts and end-customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.model.contact import Contact, EndCustomer
from bot.model.conversation import Entry
from bot.model.ticket import Ticket
from bot.tickets.ports import ChangeStore


class ContactRegister(ChangeStore, Protocol):
    """The register of support contacts."""

    async def contacts(self) -> list[Contact]:
        """The whole register, by name."""

    async def contact(self, user: str) -> Contact | None:
        """The entry of the person with this Slack user id."""


class TicketRecords(Protocol):
    """Tickets by their numbers, and the conversations with Retarus."""

    async def tickets_called(self, numbers: Sequence[int]) -> list[Ticket]: ...

    async def entries_of(self, ticket_id: str) -> list[Entry]: ...


@dataclass(frozen=True)
class KnownForRaising:
    """Known facts for a new ticket, by the name of its end-customer and the person who raises it."""

    customer: EndCustomer | None = None
    """The end-customer of this very name."""
    contact: Contact | None = None
    tickets: tuple[Ticket, ...] = ()
    """The newest tickets under this name."""


class CustomerStore(ChangeStore, Protocol):
    """End-customers, and how tickets spell their names."""

    async def customers(self, words: Sequence[str], *, limit: int, skip: int = 0) -> list[EndCustomer]:
        """Customers in whose name each given word begins some word, by name. No words: everybody."""

    async def count_customers(self) -> int: ...

    async def customer(self, customer_id: str) -> EndCustomer | None: ...

    async def customer_named(self, folded: str) -> EndCustomer | None: ...

    async def neighbouring_names(self, customer: str) -> list[str]:
        """Names as tickets spell them: the end-customer with this folded name, and its neighbours in the alphabet."""

    async def known_for_raising(self, customer: str, user: str, limit: int) -> KnownForRaising:
        """All at once: the customer and that many tickets of this folded name, and this person's entry."""

    async def tickets_of(self, customer: str, limit: int) -> list[Ticket]:
        """The newest tickets whose end-customer has this folded name."""
