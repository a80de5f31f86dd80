"""Direct messages go to people who are still in the workspace."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from bot.adapters.slack.api_errors import is_channel
from bot.core.errors import described
from bot.model.notice import Claim, Gone, NoticeKind, Outcome
from bot.outbox import Carrier
from bot.tickets.ports import Directory

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PresentRecipients:
    """Carrier that sends nothing to a person who was deactivated; all else goes by the carrier it wraps.

    Slack takes a message to a deactivated person whose direct messages were opened before, and nobody reads it.
    """

    carrier: Carrier
    directory: Directory

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        is_redrawn = claim.notice.kind is NoticeKind.LINE  # it may stand with the next person, or be read by nobody
        if not (is_redrawn or is_channel(claim.notice.to)) and await self._has_left(claim.notice.to):
            return Gone()
        return await self.carrier.deliver(claim, at)

    async def _has_left(self, user: str) -> bool:
        try:
            return not (await self.directory.person(user)).is_active
        except Exception as error:  # noqa: BLE001  a directory that is out of reach must not stop the message
            log.warning("the recipient of a message could not be looked up: %s", described(error))
            return False
