"""Fallback of messages to Retarus: e-mail instead of the channel or the reverse, because the first way failed."""

from __future__ import annotations

from bot.model.notice import Letter
from bot.outbox import DeliveryLog
from bot.tickets.notifications import TO_RETARUS

_NEWEST = 500


async def has_fallback(letter: Letter, deliveries: DeliveryLog) -> bool:
    """True if the same message was sent, or waits, by the other way in place of this one."""
    if letter.notice.kind not in TO_RETARUS:
        return False
    others = await deliveries.letters(ticket_id=letter.notice.ticket_id, limit=_NEWEST)
    return any(
        each.notice.body.get("instead_of") == letter.notice.key and each.state in {"waiting", "sent"} for each in others
    )
