"""Monitors who joins the desk channel: tickets hold customers' data."""

from __future__ import annotations

from dataclasses import dataclass

from bot.tickets.once import apply_once
from bot.tickets.ports import Batch, Directory, TicketStore


@dataclass(frozen=True)
class Membership:
    """Recognises people in the desk channel who should not read there."""

    store: TicketStore
    directory: Directory

    async def is_new_stranger(self, user: str) -> bool:
        """True for a guest, or a person of another organisation, not yet reported to the admins."""
        person = await self.directory.person(user)
        if not (person.is_guest or person.is_external):
            return False
        return await apply_once(self.store, Batch(once=[f"{user}:audience"]))
