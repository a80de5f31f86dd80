"""Takes in an inbound mail: once, and in one transaction with everything that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.config.settings import Config
from bot.conversation import conversation_notices
from bot.conversation.assessment import Assessment, assess
from bot.conversation.delivery_report import Delivery
from bot.conversation.entries import entry_of_mail, is_recorded, number_to_record, unreadable
from bot.conversation.kind import MailKind
from bot.conversation.lookup import StoredMails
from bot.conversation.mail import InboundMail, UnreadableMail
from bot.conversation.matching import Assigned, MailPolicy
from bot.conversation.ports import ConversationStore
from bot.core.clock import Clock, as_utc
from bot.core.errors import Conflict, Duplicate
from bot.model.conversation import ConversationChanges, Entry, EntryState, FailedDelivery, MessageId
from bot.model.ticket import Ticket
from bot.model.transitions import Move, Step, change, event
from bot.tickets.changes import ATTEMPTS, Change, Changes
from bot.tickets.ports import Batch
from bot.tickets.queries import Queries


def policy_of(config: Config) -> MailPolicy:
    """Trusted senders, from the settings."""
    own = {config.retarus.from_address.lower()} - {""}
    return MailPolicy(
        own_addresses=tuple(own),
        allowed=config.mail.allowed,
        authserv=config.mail.authserv,
        prefix=config.desk.prefix,
        rcr_pattern=config.retarus.rcr_pattern,
    )


@dataclass(frozen=True)
class Inbound:
    """Saves a mail with everything that follows: kind, ticket, number, and posts."""

    changes: Changes
    queries: Queries
    store: ConversationStore
    config: Config
    clock: Clock

    async def take(self, mail: InboundMail | UnreadableMail, raw: bytes) -> Entry | None:
        """The entry it became; None when it was taken in before. Decides again on a version conflict."""
        for attempt in range(ATTEMPTS):
            try:
                return await self._taken(mail, raw)
            except Duplicate:
                return None
            except Conflict:
                if attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    async def _taken(self, mail: InboundMail | UnreadableMail, raw: bytes) -> Entry:
        at = as_utc(self.clock())
        if isinstance(mail, UnreadableMail):
            entry = unreadable(mail, at)
            await self._save(entry, raw)
            return entry
        lookup = StoredMails(self.store, self.changes.store, self.config)
        found = await assess(mail, policy_of(self.config), lookup)
        ticket = await self.queries.find(found.match.ticket) if isinstance(found.match, Assigned) else None
        entry = entry_of_mail(mail, found, at, known=await self._letter(ticket))
        if entry.state is EntryState.IGNORED:
            await self.changes.store.apply(Batch(conversation=ConversationChanges(new=(entry,))))
        elif ticket is None:
            await self._save(entry, raw)
        else:
            entry = await self._about(entry, mail, found)
            await self.place(ticket, entry, ConversationChanges(new=(entry,), originals={entry.id: raw}), "", at)
        return entry

    async def _save(self, entry: Entry, raw: bytes) -> None:
        """Saves an unassigned mail, and notifies people once a day."""
        conversation = ConversationChanges(new=(entry,), originals={entry.id: raw})
        await self.changes.store.apply(
            Batch(conversation=conversation, notices=conversation_notices.unassigned(self.config, entry.at))
        )
        self.changes.wake()

    async def place(
        self, ticket: Ticket, entry: Entry, conversation: ConversationChanges, by: str, at: datetime
    ) -> Ticket:
        """Saves an entry as part of this ticket, with the ticket's facts from it. `by`: who assigned it."""
        conversation = conversation.model_copy(
            update={"message_ids": _message_ids(entry), "bounced": _bounced(entry), "new": conversation.new}
        )
        notices = [conversation_notices.shown(ticket, entry, self.changes.routes, at)]
        notices += conversation_notices.bounced(ticket, entry, self.changes.routes, at)
        more = Batch(conversation=conversation, notices=notices)
        done = recorded(ticket, entry, by, at)
        if done is None:
            await self.changes.store.apply(more)
            self.changes.wake()
            return ticket
        return await self.changes.save(ticket, done, f"heard:{entry.id}:{entry.version}", more)

    async def _about(self, entry: Entry, mail: InboundMail, found: Assessment) -> Entry:
        """A delivery report with the letter it is about."""
        if found.classification.kind is not MailKind.DELIVERY_REPORT:
            return entry
        known = await self.store.message_ids([*mail.returned_ids, *mail.in_reply_to, *mail.references])
        letter = next((each.key for each in known.values() if each.key), "")
        return entry.model_copy(update={"letter": letter})

    async def _letter(self, ticket: Ticket | None) -> str:
        """Last text to Retarus: an answer may quote it without any mark."""
        history = await self.queries.history(ticket.id) if ticket else []
        sent = [each.detail.get("text", "") for each in history if each.kind in _SENT]
        return "\n".join(sent[-_QUOTABLE:])


_SENT = frozenset({Move.ESCALATE.value, Step.CHASE.value, Step.TELL.value})
_QUOTABLE = 3
_UNANSWERED = frozenset({MailKind.DELIVERY_REPORT.value, MailKind.AUTOMATIC_REPLY.value})


def recorded(ticket: Ticket, entry: Entry, by: str, at: datetime) -> Change | None:
    """Events for the ticket's history: a person of theirs wrote, or gave a number to a ticket that they have."""
    number = number_to_record(entry, ticket.rcr) if ticket.sent_at else ""
    if not (number or is_recorded(entry)):
        return None
    changed = change(ticket, rcr=(*ticket.rcr, number)) if number else change(ticket)
    detail = {"rcr": number} if number else {}
    if not is_recorded(entry):
        return Change(changed, event(changed, Step.RCR, by, at, **detail, entry=entry.id))
    return Change(changed, event(changed, Step.RETARUS_WROTE, by, at, **detail, entry=entry.id, way=entry.source.value))


def _message_ids(entry: Entry) -> tuple[MessageId, ...]:
    """Mails that can be answered: not those that no person wrote, but for the receipt of their ticket system."""
    if not (entry.message_id and entry.state is EntryState.SHOWN) or entry.kind in _UNANSWERED:
        return ()
    return (MessageId(message_id=entry.message_id, ticket_id=entry.ticket_id, is_sent=False, at=entry.at),)


def _bounced(entry: Entry) -> dict[str, str]:
    """The letter that counts as not delivered from now on, and why."""
    failed = failures(entry)
    return {entry.letter: conversation_notices.failure_sentence(failed[0])} if entry.letter and failed else {}


def failures(entry: Entry) -> Sequence[FailedDelivery]:
    return [each for each in entry.deliveries if each.outcome == Delivery.FAILED]
