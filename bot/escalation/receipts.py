"""Receipts: notices that follow from the outcome of a delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.clock import Clock, as_utc
from bot.model.notice import Claim, Notice, Outcome
from bot.tickets import notifications
from bot.tickets.attachments import receipts
from bot.tickets.notifications import Routes
from bot.tickets.ports import TicketStore


@dataclass(frozen=True)
class Receipts:
    """Reports in the thread that a letter arrived, or that something was not delivered."""

    store: TicketStore
    routes: Routes
    clock: Clock

    async def follow_up(self, claim: Claim, outcome: Outcome) -> Sequence[Notice]:
        """The notices that follow from the outcome of a delivery."""
        if not notifications.has_sequel(claim.notice, outcome):
            return []  # most deliveries: nothing need be read for them
        ticket = await self.store.get(claim.notice.ticket_id)
        told = notifications.after_delivery(claim, outcome, ticket, self.routes, as_utc(self.clock())) if ticket else []
        return receipts(told, outcome)
