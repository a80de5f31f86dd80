"""Delivery order of notices: by priority, and acknowledgement lines before digests."""

from __future__ import annotations

from collections.abc import Iterable

from bot.config.settings import Config
from bot.model.notice import Notice, NoticeKind
from bot.model.ticket import Ticket

_KINDS = (
    (NoticeKind.LETTER_MAIL, NoticeKind.LETTER_POST),
    (NoticeKind.CARD,),
    (NoticeKind.THREAD, NoticeKind.DIRECT),
    (NoticeKind.CHASE_MAIL, NoticeKind.CHASE_POST),
    (NoticeKind.ANSWERED, NoticeKind.REMINDERS, NoticeKind.LINE),
)
"""Order within one priority; unnamed kinds come last."""
_STEP = 10


def rank(kind: NoticeKind, urgency: int) -> int:
    """The rank of a notice; `urgency`: 0 for the highest priority."""
    position = next((place for place, kinds in enumerate(_KINDS) if kind in kinds), len(_KINDS))
    return urgency * _STEP + position


def ranked(notices: Iterable[Notice], ticket: Ticket, config: Config) -> list[Notice]:
    """Notices of a change of this ticket, each with its rank. A ticket without a priority ranks with the second one."""
    names = [priority.name for priority in config.priorities]
    priority = ticket.answer("priority")
    urgency = names.index(priority) if priority in names else 1
    return [notice.model_copy(update={"rank": rank(notice.kind, urgency)}) for notice in notices]
