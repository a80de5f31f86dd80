"""The search's part of the in-memory store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Event, Ticket
from bot.search.documents import DocumentKind, IndexEntry, document_of, document_of_note, story_of
from bot.search.ranking import CANDIDATES, Candidate, Candidates, QueryTerm, SearchFilter, gather
from bot.search.tokens import is_plain

_entry = lru_cache(maxsize=1000)(IndexEntry.of)
"""Index entry of a document, analysed once."""


class MemorySearch:
    """`bot.search.ports.SearchIndex`, without an index."""

    def _numbered(self) -> Collection[Ticket]:
        raise NotImplementedError

    def _latest_notes(self) -> Collection[TechnicalNote]:
        raise NotImplementedError

    def _events(self) -> Collection[Event]:
        raise NotImplementedError

    async def alike(self, words: Sequence[str]) -> dict[str, list[str]]:
        """All indexed words for each of these: the caller filters out dissimilar ones."""
        entries = [entry for shelf in DocumentKind for entry in self._entries(shelf).values()]
        known = sorted({token for entry in entries for token in entry.tokens if is_plain(token)})
        return dict.fromkeys(words, known)

    async def candidates(self, shelf: DocumentKind, asked: Sequence[QueryTerm], narrow: SearchFilter) -> Candidates:
        entries = {
            number: entry
            for number, entry in self._entries(shelf).items()
            if shelf is DocumentKind.NOTES or self._passes_filter(number, narrow)
        }

        def search_index(queries: Sequence[Sequence[Iterable[str]]]) -> list[list[int]]:
            return [numbers_with_all([set(group) for group in query]) for query in queries]

        def numbers_with_all(groups: Sequence[set[str]]) -> list[int]:
            found = [number for number, entry in entries.items() if all(group & entry.tokens for group in groups)]
            return sorted(found, reverse=True)[:CANDIDATES] if groups else []

        gathered = gather(asked, narrow.groups(shelf), len(entries), search_index, search_index)
        found = [Candidate(number, entries[number]) for number in gathered.numbers]
        return gathered.among(asked, found, len(entries), is_building=False)

    def _passes_filter(self, number: int, narrow: SearchFilter) -> bool:
        ticket = next(each for each in self._numbered() if each.number == number)
        is_new = narrow.since is None or ticket.raised_at >= narrow.since
        return is_new and narrow.open in {None, ticket.stage.is_open}

    def _entries(self, shelf: DocumentKind) -> dict[int, IndexEntry]:
        if shelf is DocumentKind.NOTES:
            notes = self._latest_notes()
            return {note.number: _entry(document_of_note(note)).numbered(note.number, shelf) for note in notes}
        events = sorted(self._events(), key=lambda event: event.version)
        return {
            ticket.number: _entry(
                document_of(ticket), story_of(event for event in events if event.ticket_id == ticket.id)
            ).numbered(ticket.number, shelf)
            for ticket in self._numbered()
        }

    async def tickets_called(self, numbers: Sequence[int]) -> list[Ticket]:
        return [ticket for ticket in self._numbered() if ticket.number in set(numbers)]

    async def notes_called(self, numbers: Sequence[int]) -> list[TechnicalNote]:
        return [note for note in self._latest_notes() if note.number in set(numbers)]

    async def index_new(self, limit: int) -> int:
        return 0

    async def index_older(self, limit: int) -> int:
        return 0

    async def merge_index(self, pages: int) -> None:
        pass
