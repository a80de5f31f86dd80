"""A store that counts the batches it applies: one submission is one change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.doubles.memory_store import MemoryStore

if TYPE_CHECKING:
    from bot.model.ticket import Ticket
    from bot.tickets.ports import Batch


class Counting(MemoryStore):
    """Shares its data with another store."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store._clock)
        self._data = store._data
        self.batches = 0

    async def apply(self, batch: Batch) -> tuple[Ticket, ...]:
        self.batches += 1
        return await super().apply(batch)
