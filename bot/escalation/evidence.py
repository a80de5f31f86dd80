"""Evidence for a letter: its files, the status page, and warnings about old examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.config.settings import Config
from bot.core.company_names import spelling_key
from bot.core.errors import Conflict, Invalid, NotNow, Refused
from bot.core.i18n import many, mark, t
from bot.escalation import trace_window
from bot.escalation.status_page import StatusPageWatch
from bot.forms.validators import reason
from bot.model.ticket import Attachment, StatusReport, Ticket
from bot.model.transitions import Step, change, event
from bot.register.customers import Customers
from bot.tickets import attachments, permissions
from bot.tickets.changes import Change, Changes
from bot.tickets.ports import TicketStore
from bot.tickets.queries import Queries
from bot.tickets.reference import reference

OVERRIDE_REASON = "despite"
"""The key of the reason for sending in spite of a warning, and of an error about it."""

WITHOUT_AGREEMENT = mark("No agreement reference is kept for this end-customer. An admin adds it in the App Home.")


@dataclass(frozen=True)
class Evidence:
    """Files for Retarus, and the other evidence shown beside the letter before it is sent."""

    changes: Changes
    queries: Queries
    customers: Customers
    store: TicketStore
    config: Config
    status_page: StatusPageWatch

    async def attach(self, ticket_id: str, by: str, files: Sequence[Attachment], once: str) -> Ticket:
        """Adds files in Slack to the next letter. Files that are there already are ignored. Idempotent.

        `Invalid` when it is too much for a letter: reported now, while they can still be made smaller.
        """
        if not files:
            return await self.queries.ticket(ticket_id)
        permissions.require_part(await self.queries.actor(by))

        async def decide(ticket: Ticket, at: datetime) -> Change:
            self._require_open(ticket)
            changed = attachments.attached(change(ticket), files, by, self.config)
            return Change(changed, event(changed, Step.ATTACH, by, at, **attachments.details(changed, files)))

        return await self.changes.change(
            ticket_id, f"{once}:attach:{','.join(sorted(each.id for each in files))}", decide
        )

    async def attach_below(
        self, channel: str, thread: str, by: str, files: Sequence[Attachment], once: str
    ) -> Ticket | None:
        """Adds files posted in the thread of a ticket's card; ignores all other threads."""
        place = await self.store.placed(channel, thread) if thread else None
        return await self.attach(place.ticket_id, by, files, once) if place and place.role == "card" else None

    async def detach(self, ticket_id: str, by: str, file_id: str, once: str) -> Ticket:
        """Removes the file from the next letter. One that was sent already stays in the list of what was sent."""
        permissions.require_part(await self.queries.actor(by))

        async def decide(ticket: Ticket, at: datetime) -> Change:
            gone = [each for each in attachments.waiting(ticket) if each.id == file_id]
            if not gone:
                raise NotNow(t("This file is not on the ticket any more, or went to Retarus already."))
            changed = change(ticket, attachments=attachments.without(ticket, file_id))
            return Change(changed, event(changed, Step.DETACH, by, at, **attachments.details(changed, gone)))

        return await self.changes.change(ticket_id, f"{once}:detach", decide)

    async def check_status_page(self, ticket_id: str, by: str, click: str, *, fine: bool = True) -> Ticket:
        """Records the status page: read by the desk where it can, else by this person."""
        permissions.require_part(await self.queries.actor(by))
        if self.status_page.page:
            await self.status_page.look()
            return await self.queries.ticket(ticket_id)

        async def decide(ticket: Ticket, at: datetime) -> Change:
            self._require_open(ticket)
            seen = StatusReport(health="fine" if fine else "trouble", at=at, by=by)
            changed = change(ticket, status=seen)
            return Change(changed, event(changed, Step.STATUS, by, at, status=seen.health))

        return await self.changes.change(ticket_id, f"{click}:status", decide)

    async def doubts(self, ticket: Ticket, at: datetime) -> tuple[str, ...]:
        """Warnings that a reason can override: IDs that look truncated (guide, 4), old examples, and end-customers
        without an agreement (guide, 3), those who joined too."""
        agreements = [f"{name}: {t(WITHOUT_AGREEMENT)}" for name in await self._without_agreement(ticket)]
        return (*_cut_off(ticket), *trace_window.warnings(ticket, self.config, at), *agreements)

    async def _without_agreement(self, ticket: Ticket) -> list[str]:
        """The end-customers without a saved agreement; all of them, once a list of customers exists."""
        names: dict[str, str] = {}
        for name in (ticket.answer("customer"), *(each.customer for each in ticket.affected)):
            names.setdefault(spelling_key(name), name)
        found = [(name, await self.customers.named(name)) for name in names.values() if name]
        has_customer_list = await self.customers.has_customer_list()
        entries = [(name, entry if entry and not entry.is_learned else None) for name, entry in found]
        return [name for name, entry in entries if (not entry.agreement if entry else has_customer_list)]

    async def with_evidence(self, ticket: Ticket, despite: str | None, at: datetime) -> tuple[Ticket, dict[str, str]]:
        """The ticket after its letter and files are sent, with the details for the history.

        Refuses more files than go along; `despite`: as in `in_spite`.
        """
        excess = attachments.excess(attachments.waiting(ticket), self.config)
        if excess:
            raise Refused(excess)
        reason = await self.override(ticket, despite, at)
        sent, proof = self.proven(ticket, at)
        return sent, {**proof, **reason}

    async def override(self, ticket: Ticket, despite: str | None, at: datetime) -> dict[str, str]:
        """The reason for overriding a warning, for the history (guide L3.2); empty without a warning.

        `despite` is nothing when the person was not asked for one, and so has not seen the warning: a `Conflict`.
        """
        if not await self.doubts(ticket, at):
            return {}
        if despite is None:
            raise Conflict
        return {OVERRIDE_REASON: self._reason(despite, ticket)}

    def proven(self, ticket: Ticket, at: datetime) -> tuple[Ticket, dict[str, str]]:
        """The ticket with its files as sent and the status page at that time, with both for the history."""
        status = self.status_page.report(ticket)
        proof = {"files": attachments.listed(attachments.waiting(ticket)), "status": status_in_words(status)}
        sent = ticket.model_copy(update={"attachments": attachments.sent(ticket, at), "status": status})
        return sent, {key: text for key, text in proof.items() if text}

    def _reason(self, despite: str, ticket: Ticket) -> str:
        try:
            return reason(despite, self.queries.check_context(has_files=bool(ticket.attachments)))
        except ValueError as error:
            raise Invalid({OVERRIDE_REASON: str(error) if despite else t("Say why you send it anyway.")}) from error

    def _require_open(self, ticket: Ticket) -> None:
        if not ticket.stage.is_open:
            name = reference(ticket, self.config)
            raise NotNow(t("{name} is closed. Reopen it to add to it.", name=name))


def status_in_words(report: StatusReport) -> str:
    """`fine`, `trouble: E-mail delayed (identified)`, `unknown: It could not be reached.`"""
    return ": ".join(part for part in (report.health, "; ".join(report.says)) if part)


def _cut_off(ticket: Ticket) -> list[str]:
    """A warning about tenant IDs without two letters at the end, which may be intended."""
    ids = [each for each in ticket.answer("tenants").split("\n") if each.isdigit()]
    if not ids:
        return []
    words = many(
        "Tenant {ids} has no two-letter suffix (12345RS).",
        "Tenants {ids} have no two-letter suffix (12345RS).",
        len(ids),
        ids=", ".join(ids),
    )
    return [words]
