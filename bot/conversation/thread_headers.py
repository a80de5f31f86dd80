"""Message-IDs of the mails we send: unguessable, known before the mail leaves, and with the thread they continue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.conversation.message_ids import guessable_message_id, message_id, new_secret
from bot.conversation.ports import ConversationStore
from bot.model.conversation import ConversationChanges, MessageId
from bot.model.notice import Notice
from bot.outbox import DeliveryLog
from bot.tickets.ports import Batch, ChangeStore

CHAIN = 20
"""Message-IDs in References: the oldest and the newest."""
PAUSE = timedelta(hours=1)
"""Between two automatic mails about one ticket."""
_NEWEST = 500
_SECRET = "message_id_secret"  # noqa: S105  the name it is kept under
_OLD = "guessable_message_ids"


@dataclass(frozen=True)
class ThreadHeaders:
    """Headers that make a mail recognisable, and part of a thread."""

    message_id: str
    references: tuple[str, ...] = ()
    """Oldest first; the last one is answered."""


@dataclass(frozen=True)
class NotBefore:
    """An automatic mail about the same ticket was sent within the hour: the next one waits until then."""

    at: datetime


@dataclass(frozen=True)
class OutgoingMails:
    """Sets a mail's headers; a repeat of the same notice gets the same."""

    store: ConversationStore
    changes: ChangeStore
    deliveries: DeliveryLog

    async def begin(self, domain: str, at: datetime) -> None:
        """Creates the secret. Registers letters of an older release as guessable ones; idempotent."""
        await self.store.keep_first(_SECRET, new_secret())
        if domain and not await self.store.value(_OLD):
            old = [_old(each, domain, at) for each in await self.store.letters_sent()]
            await self.changes.apply(Batch(conversation=ConversationChanges(message_ids=tuple(old))))
            await self.store.keep(_OLD, "known")

    async def announce(self, notice: Notice, domain: str, at: datetime) -> ThreadHeaders | NotBefore:
        """Saves the Message-ID before the mail leaves, so that an answer to it is recognised at once.

        `domain` in ASCII. The mail answers the newest delivered one of the ticket's thread, theirs included. For each
        ticket one automatic mail leaves in an hour.
        """
        secret = await self.store.keep_first(_SECRET, new_secret())
        known = await self.store.message_id_of(notice.key)
        own = known.message_id if known else message_id(secret, notice.key, domain)
        if not notice.ticket_id:
            return ThreadHeaders(own)
        mails = await self.store.message_ids_of(notice.ticket_id)
        dead = await self.deliveries.letters(state="dead", ticket_id=notice.ticket_id, limit=_NEWEST)
        undelivered = {each.notice.key for each in dead} - {notice.key}
        thread = [each.message_id for each in mails if each.key not in undelivered]
        before = thread[: thread.index(own)] if own in thread else thread
        if known is None:
            if notice.is_automatic and (turn := next_turn(mails, at) or await self._turn_of_another(notice, mails, at)):
                return NotBefore(turn)
            await self.changes.apply(Batch(conversation=ConversationChanges(message_ids=(_sent(notice, own, at),))))
        return ThreadHeaders(own, bounded(before))

    async def _turn_of_another(self, notice: Notice, mails: Sequence[MessageId], at: datetime) -> datetime | None:
        """When this mail may leave, if another one of the ticket is about to leave at this moment."""
        sent = sum(each.is_automatic for each in mails)
        first = await self.store.keep_first(f"automatic:{notice.ticket_id}:{sent}:{at:%Y%m%d%H}", notice.key)
        return None if first == notice.key else at + PAUSE


def next_turn(mails: Sequence[MessageId], at: datetime) -> datetime | None:
    """When the next automatic mail of a ticket may leave; none: now. A moment in the future does not count."""
    turns = [each.at + PAUSE for each in mails if each.is_automatic and each.at <= at < each.at + PAUSE]
    return max(turns, default=None)


def bounded(thread: Sequence[str]) -> tuple[str, ...]:
    """The oldest, which began the thread, and the newest."""
    return tuple(thread) if len(thread) <= CHAIN else (thread[0], *thread[1 - CHAIN :])


def _sent(notice: Notice, own: str, at: datetime) -> MessageId:
    return MessageId(
        message_id=own,
        ticket_id=notice.ticket_id,
        is_sent=True,
        is_automatic=notice.is_automatic,
        key=notice.key,
        at=at if notice.is_automatic else max(at, notice.due),
    )


def _old(notice: Notice, domain: str, at: datetime) -> MessageId:
    return MessageId(
        message_id=guessable_message_id(notice.key, domain),
        ticket_id=notice.ticket_id,
        is_sent=True,
        is_guessable=True,
        key=notice.key,
        at=min(notice.due, at),
    )
