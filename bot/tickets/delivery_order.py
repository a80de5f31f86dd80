"""Delivery order of notices: by priority, and acknowledgement lines before digests."""

from __future__ import annotations

from collections.abc import Iterable

from bot.config.settings import Config
from bot.model.notice import Notice, Say
from bot.model.ticket import Ticket

_KINDS = (
    (Say.LETTER_MAIL, Say.LETTER_POST),
    (Say.CARD,),
    (Say.THREAD, Say.DIRECT),
    (Say.CHASE_MAIL, Say.CHASE_POST),
    (Say.ANSWERED, Say.REMINDERS, Say.LINE),
)
"""Order within one priority; unnamed kinds come last."""
_STEP = 10


def rank(say: Say, urgency: int) -> int:
    """The rank of a notice; `urgency`: 0 for the highest priority."""
    kind = next((place for place, kinds in enumerate(_KINDS) if say in kinds), len(_KINDS))
    return urgency * _STEP + kind


def ranked(notices: Iterable[Notice], ticket: Ticket, config: Config) -> list[Notice]:
    """Notices of a change of this ticket, each with its rank. A ticket without a priority ranks with the second one."""
    names = [priority.name for priority in config.priorities]
    priority = ticket.answer("priority")
    urgency = names.index(priority) if priority in names else 1
    return [notice.model_copy(update={"rank": rank(notice.say, urgency)}) for notice in notices]
