"""A desk that takes in mail about one ticket, for tests that kill it."""

from __future__ import annotations

from bot.config.settings_file import parse
from bot.conversation.inbound import Inbound
from bot.model.conversation import ConversationChanges, MessageId
from bot.model.ticket import Stage
from bot.ports import Store
from bot.tickets.changes import Changes
from bot.tickets.ports import Batch
from bot.tickets.queries import Queries
from bot.tickets.routes import Routes
from tests.adapters.inbound_mail.mails import LETTER, mail
from tests.factories import NOW, MemoryDrafts, an_event, an_incident

CONFIG = parse({"mail": {"allowed": ["@retarus.example"]}})


def desk_on(store: Store) -> Inbound:
    """Takes in mail without asking Slack about people."""
    queries = Queries(store, MemoryDrafts(), None, CONFIG, lambda: NOW)  # type: ignore[arg-type]
    return Inbound(Changes(store, queries, CONFIG, lambda: NOW, Routes("C1")), queries, store, CONFIG, lambda: NOW)


async def save_escalated(store: Store) -> None:
    """One ticket that went to Retarus by a letter."""
    ticket = an_incident(Stage.RETARUS).model_copy(update={"id": "t1", "sent_at": NOW, "version": 1, "number": 0})
    sent = MessageId(message_id=LETTER, ticket_id="t1", is_sent=True, at=NOW)
    await store.apply(
        Batch(
            tickets=[ticket], events=[an_event(ticket, "raise")], conversation=ConversationChanges(message_ids=(sent,))
        )
    )


def an_answer(number: int) -> bytes:
    return mail("Re: letter", f"Answer {number}.", answers=LETTER, number=number)
