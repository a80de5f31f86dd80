"""Receipts: notices that follow from the outcome of a delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.clock import Clock, as_utc
from bot.model.notice import Claim, Gone, Notice, Outcome
from bot.tickets import notifications
from bot.tickets.attachments import receipts
from bot.tickets.ports import TicketStore
from bot.tickets.priority_call import CALL
from bot.tickets.routes import Routes
from bot.tickets.successors import Successors


@dataclass(frozen=True)
class Receipts:
    """Tells in the thread that a letter arrived or was not delivered, and the next person when a recipient has left."""

    store: TicketStore
    routes: Routes
    clock: Clock
    successors: Successors

    async def follow_up(self, claim: Claim, outcome: Outcome) -> Sequence[Notice]:
        """The notices that follow from the outcome of a delivery."""
        if not notifications.has_sequel(claim.notice, outcome):
            return []  # most deliveries: nothing need be read for them
        ticket = await self.store.get(claim.notice.ticket_id)
        if ticket is None:
            return []
        at = as_utc(self.clock())
        if isinstance(outcome, Gone):
            left = [*claim.notice.names("left"), claim.notice.to]
            of = self.successors.of_call if claim.notice.body.get(CALL) else self.successors.of
            return notifications.redirected(claim.notice, ticket, left, await of(left, ticket), at)
        return receipts(notifications.after_delivery(claim, outcome, ticket, self.routes, at), outcome)
