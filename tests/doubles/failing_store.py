"""A store whose changes fail in a given order."""

from __future__ import annotations

from typing import Any

from bot.core.errors import StoreDown
from bot.model.ticket import Ticket
from bot.tickets.ports import Batch


class FailingStore:
    """The store, whose next changes fail in this way, in this order; None: it works."""

    def __init__(self, store: Any, *failures: StoreDown | None) -> None:
        self.store = store
        self.failures = list(failures)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def apply(self, batch: Batch) -> tuple[Ticket, ...]:
        if self.failures and (failure := self.failures.pop(0)):
            raise failure
        saved: tuple[Ticket, ...] = await self.store.apply(batch)
        return saved
