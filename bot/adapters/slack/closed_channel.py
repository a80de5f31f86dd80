"""Carriers of letters to the shared channel that do not wait for it: while it is closed, or severed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.i18n import t
from bot.model.notice import Blocked, Claim, Dead, Outcome
from bot.outbox import Carrier
from bot.tickets.routes import Routes


@dataclass(frozen=True)
class ClosedChannelIsFinal:
    """Reports a closed channel as not delivered. While Slack is closed as a whole, letters wait."""

    inner: Carrier

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        outcome = await self.inner.deliver(claim, at)
        if isinstance(outcome, Blocked) and outcome.channel:
            return Dead(outcome.reason, outcome.progress)
        return outcome


@dataclass(frozen=True)
class SeveredChannelIsFinal:
    """Reports letters to a severed channel as not delivered: nobody of Retarus reads it any more."""

    inner: Carrier
    routes: Routes
    """The routes that the desk follows."""

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        if claim.notice.to == self.routes.severed:
            return Dead(t("The channel is no longer shared with Retarus."))
        return await self.inner.deliver(claim, at)
