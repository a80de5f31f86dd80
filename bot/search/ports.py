"""Ports of the search: queries and maintenance of the full-text index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Event, Ticket
from bot.search.documents import DocumentKind
from bot.search.ranking import Candidates, QueryTerm, SearchFilter
from bot.tickets.ports import Query


class SearchIndex(Protocol):
    """The full-text index and what it leads to."""

    async def alike(self, words: Sequence[str]) -> dict[str, list[str]]:
        """For each word those of the vocabulary that resemble it, itself too where it is there."""

    async def candidates(self, shelf: DocumentKind, asked: Sequence[QueryTerm], narrow: SearchFilter) -> Candidates:
        """Documents from the full-text index, to be ranked by `bot.search.ranking`."""

    async def tickets_called(self, numbers: Sequence[int]) -> list[Ticket]:
        """In no order."""

    async def notes_called(self, numbers: Sequence[int]) -> list[TechnicalNote]:
        """In no order."""

    async def histories(self, ticket_ids: Sequence[str]) -> list[Event]:
        """Histories of these tickets, in one trip; each oldest first."""

    async def find(self, query: Query) -> list[Ticket]: ...

    async def notes(self, *, limit: int, skip: int = 0) -> list[TechnicalNote]:
        """The newest by number, retired ones too."""


class IndexQueue(Protocol):
    """Tickets that were saved a moment ago and are not indexed yet."""

    async def index_new(self, limit: int) -> int:
        """Indexes at most that many tickets that were saved a moment ago; returns how many. A search does it
        too, so that what is saved is found."""
