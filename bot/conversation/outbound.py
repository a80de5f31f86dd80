"""Messages to Retarus in the threads that a letter began: answers, new facts, corrections, a closing word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from bot.config.settings import Config
from bot.conversation.ports import ConversationStore
from bot.core.cleaning import fitting
from bot.core.errors import Conflict, NotNow
from bot.core.i18n import speaking, t
from bot.escalation import letter
from bot.escalation.correspondence import newly_affected
from bot.escalation.follow_up import FollowUp, follow_up
from bot.model.contact import Contact
from bot.model.conversation import Entry
from bot.model.ticket import Attachment, Ticket
from bot.model.transitions import Step
from bot.register.contacts import Register
from bot.tickets.answers import Answers
from bot.tickets.attachments import waiting
from bot.tickets.changes import Change, Changes
from bot.tickets.queries import Queries
from bot.tickets.routes import Routes

QUOTED: Final = 1500
"""Characters of their question that are quoted; a longer one ends with an ellipsis."""
_INTERNAL: Final = re.compile(
    r"\b(?:intern(?:al(?:ly)?|e[rsnm]?)?|vertraulich\w*|confidential|nicht weitergeben|do not forward)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class OutgoingPreview:
    """The exact text, shown before it is sent."""

    ticket: Ticket
    subject: str
    text: str
    ways: tuple[str, ...]
    files: tuple[Attachment, ...]
    warnings: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Digest of the text, the subject and the ways: what goes out is what was shown."""
        return sha256("\0".join((self.subject, self.text, *self.ways)).encode("utf-8", "replace")).hexdigest()[:20]


@dataclass(frozen=True)
class Outbound:
    """Sends words to Retarus, for authorised contacts only (guide 2.1); previewed, with a receipt or an error."""

    changes: Changes
    queries: Queries
    answers: Answers
    register: Register
    store: ConversationStore
    config: Config
    routes: Routes

    async def draft(self, ticket_id: str, by: str) -> Ticket:
        """The ticket, when this person may write to Retarus about it now."""
        ticket = await self.queries.ticket(ticket_id)
        await self._declarant(ticket, by)
        return ticket

    async def newly_affected(self, ticket: Ticket) -> str:
        """Beginning of a message on an outage: the tenants added since Retarus was last written to."""
        with speaking(self.config.retarus.language):
            return newly_affected(await self.queries.history(ticket.id))

    async def preview(self, ticket_id: str, by: str, text: str, entry_id: str = "") -> OutgoingPreview:
        """The exact text, with their words quoted where it answers an entry. `Invalid` if the text is empty."""
        ticket = await self.queries.ticket(ticket_id)
        contact = await self._declarant(ticket, by)
        text = await self._written(ticket, text, entry_id)
        history = await self.queries.history(ticket_id)
        return OutgoingPreview(
            ticket,
            letter.write(ticket, contact, self.config, history).subject,
            text,
            self.routes.ways,
            waiting(ticket),
            warnings(text),
        )

    async def send(
        self, ticket_id: str, by: str, text: str, form: str, seen: int, shown: str, entry_id: str = ""
    ) -> Ticket:
        """Sends it, as it was previewed, on every way.

        `seen`: the previewed version; a `Conflict` with other files. `shown`: the preview's digest; a `Conflict` with
        another text, as of a second preview, or where they edited the words that are quoted.
        """
        outgoing = await self.preview(ticket_id, by, text, entry_id)
        if outgoing.digest != shown and not await self.changes.store.used(f"{form}:tell"):
            raise Conflict
        written = outgoing.text

        async def decide(ticket: Ticket, at: datetime) -> Change:
            contact = await self._declarant(ticket, by)
            history = await self.queries.history(ticket.id)
            message = FollowUp(Step.TELL, by, written, seen, {"answers": entry_id} if entry_id else {})
            return follow_up(ticket, history, contact, message, self.config, self.routes, at)

        return await self.changes.change(ticket_id, f"{form}:tell", decide, retry=False)

    async def _written(self, ticket: Ticket, text: str, entry_id: str) -> str:
        text = await self.answers.word(ticket.id, text, "word")
        entry = await self.store.entry(entry_id) if entry_id else None
        return f"{text}\n\n{self._quote(entry)}" if entry and entry.ticket_id == ticket.id else text

    def _quote(self, entry: Entry) -> str:
        with speaking(self.config.retarus.language):
            introduction = t("You wrote:")
        lines = fitting([entry.words.strip()], QUOTED).splitlines()
        return "\n".join([introduction, *(f"> {line}" for line in lines)])

    async def _declarant(self, ticket: Ticket, by: str) -> Contact:
        _, contact = await self.register.sender(by)
        if ticket.sent_at is None:
            raise NotNow(t("This ticket never went to Retarus. Escalate it first."))
        self.routes.require_a_way()
        return contact


def warnings(text: str) -> tuple[str, ...]:
    """Doubts about a text that goes to Retarus."""
    found = dict.fromkeys(each[0] for each in _INTERNAL.finditer(text))
    return (t("It says “{words}”. Is it meant for Retarus?", words=", ".join(found)),) if found else ()
