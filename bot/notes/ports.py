"""Port of the technical notes."""

from __future__ import annotations

from typing import Protocol

from bot.model.technical_note import TechnicalNote
from bot.tickets.ports import ChangeStore


class NoteStore(ChangeStore, Protocol):
    """Technical notes, with every version."""

    async def note(self, note_id: str) -> TechnicalNote | None: ...

    async def note_numbered(self, number: int) -> TechnicalNote | None: ...

    async def notes(self, *, limit: int, skip: int = 0) -> list[TechnicalNote]:
        """The newest by number, retired ones too."""

    async def count_notes(self) -> int: ...

    async def note_versions(self, note_id: str) -> list[TechnicalNote]:
        """Every version of a note, the newest first."""
