"""Port of data protection: all records that may name a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from bot.model.access_log import Access
from bot.model.contact import Contact, EndCustomer
from bot.model.notice import Letter
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Event, Ticket
from bot.tickets.ports import ChangeStore, Query


class PersonalData(ChangeStore, Protocol):
    """All records that may name a person, and the access log."""

    async def find(self, query: Query) -> list[Ticket]: ...

    async def count(self, query: Query) -> int:
        """Number of matching tickets, independent of the query's limit and page."""

    async def history(self, ticket_id: str) -> list[Event]:
        """Oldest first."""

    async def contacts(self) -> list[Contact]:
        """The whole register, by name."""

    async def customers(self, words: Sequence[str], *, limit: int, skip: int = 0) -> list[EndCustomer]:
        """Contacts in whose name each given word begins some word, by name. No words: everybody."""

    async def letters(
        self,
        *,
        state: Literal["waiting", "sent", "dead", "dropped"] | None = None,
        ticket_id: str = "",
        limit: int = 50,
    ) -> list[Letter]:
        """Rows of the outbox for people, newest first."""

    async def notes(self, *, limit: int, skip: int = 0) -> list[TechnicalNote]:
        """The newest by number, retired ones too."""

    async def note_versions(self, note_id: str) -> list[TechnicalNote]:
        """Every version of a note, the newest first."""

    async def accesses(self, limit: int) -> list[Access]:
        """Access log: people who saw or erased personal data, newest first."""
