"""Carrier of letters that go by e-mail when the shared channel is closed: they do not wait for it to be open again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model.notice import Blocked, Claim, Dead, Outcome
from bot.outbox import Carrier


@dataclass(frozen=True)
class ClosedChannelIsFinal:
    """Reports a closed channel as not delivered. While Slack is closed as a whole, letters wait."""

    inner: Carrier

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        outcome = await self.inner.deliver(claim, at)
        if isinstance(outcome, Blocked) and outcome.channel:
            return Dead(outcome.why, outcome.progress)
        return outcome
