"""Finds the tickets that a mail names in the store: the `MailLookup` of the matching."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.config.settings import Config
from bot.conversation.matching import KnownMail, KnownTicket, TicketState
from bot.conversation.ports import ConversationStore
from bot.model.ticket import Ticket
from bot.tickets.ports import TicketStore
from bot.tickets.reference import reference


@dataclass(frozen=True)
class StoredMails:
    """Implements `bot.conversation.matching.MailLookup` on the store."""

    store: ConversationStore
    tickets: TicketStore
    config: Config

    async def known_mails(self, message_ids: Sequence[str]) -> Mapping[str, KnownMail]:
        """Mails by Message-ID; one that others wrote proves less than one of ours with a secret in its Message-ID."""
        found = await self.store.message_ids(message_ids)
        return {
            key: KnownMail(
                ticket=each.ticket_id, is_sent=each.is_sent, is_guessable=each.is_guessable or not each.is_sent
            )
            for key, each in found.items()
        }

    async def tickets_by_reference(self, references: Sequence[str]) -> Mapping[str, KnownTicket]:
        numbers = {each: int(each.rpartition("-")[2]) for each in references}
        found = {each: await self.tickets.numbered(number) for each, number in numbers.items()}
        return {each: self._known(ticket) for each, ticket in found.items() if ticket}

    async def tickets_by_rcr(self, numbers: Sequence[str]) -> Mapping[str, Sequence[KnownTicket]]:
        found = {each: await self.store.with_rcr(each) for each in numbers}
        return {each: [self._known(ticket) for ticket in tickets] for each, tickets in found.items() if tickets}

    async def tickets_by_id(self, ids: Sequence[str]) -> Mapping[str, KnownTicket]:
        found = {each: await self.tickets.get(each) for each in ids}
        return {each: self._known(ticket) for each, ticket in found.items() if ticket}

    def _known(self, ticket: Ticket) -> KnownTicket:
        state = TicketState.OPEN if ticket.stage.is_open else TicketState.CLOSED
        state = TicketState.ERASED if ticket.is_erased else state
        return KnownTicket(ticket=ticket.id, reference=reference(ticket, self.config), state=state)
