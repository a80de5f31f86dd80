"""The store as a whole: what one database adapter provides for all capabilities."""

from __future__ import annotations

from typing import Protocol

from bot.conversation.ports import ConversationStore
from bot.core.rate_limiter import SharedTurns
from bot.notes.ports import NoteStore
from bot.outbox import DeliveryLog, OutboxStore
from bot.privacy.ports import PersonalData
from bot.register.ports import ContactRegister, CustomerStore
from bot.reports.ports import ReportSource
from bot.search.ports import IndexQueue, SearchIndex
from bot.tickets.ports import Maintenance, TicketStore


class Store(
    TicketStore,
    ContactRegister,
    CustomerStore,
    NoteStore,
    ConversationStore,
    SearchIndex,
    IndexQueue,
    OutboxStore,
    DeliveryLog,
    ReportSource,
    PersonalData,
    Maintenance,
    Protocol,
):
    """All roles at once. A capability asks for the role it uses, never for this.

    Every method may raise `StoreDown`. Safe to call from any number of tasks, and from several processes.
    """

    @property
    def shared_turns(self) -> SharedTurns | None:
        """Turns of the rate limits of all replicas; None where the database belongs to one process."""

    async def close(self) -> None: ...
