"""Escalation service: sends the letter to Retarus on every configured route, and records RCR numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.config.settings import Config
from bot.core.clock import Clock
from bot.core.errors import Conflict, Invalid, NotNow, NotYours, Refused
from bot.core.i18n import t
from bot.escalation import letter
from bot.escalation.correspondence import is_scope_changed, letters_sent
from bot.escalation.evidence import Evidence
from bot.escalation.letter import SignatureRole
from bot.escalation.preview import Preview
from bot.escalation.rcr import recorded_numbers, with_numbers
from bot.forms import validation
from bot.forms.template_fields import Need
from bot.forms.validators import reason
from bot.model.contact import Contact
from bot.model.ticket import Attachment, Event, Ticket
from bot.model.transitions import Move, Step, apply_move, can, change, event
from bot.register.contacts import Register
from bot.tickets import notifications, permissions
from bot.tickets.answers import Answers, details_of
from bot.tickets.attachments import along, excess, waiting
from bot.tickets.changes import Change, Changes
from bot.tickets.permissions import BREAK_GLASS_REASON, Actor
from bot.tickets.queries import Queries
from bot.tickets.routes import Routes


@dataclass(frozen=True)
class Escalation:
    """The border to the 3rd level: only complete tickets pass, and only by an authorised contact."""

    changes: Changes
    queries: Queries
    answers: Answers
    evidence: Evidence
    register: Register
    config: Config
    clock: Clock
    routes: Routes

    async def prepare(
        self, ticket_id: str, by: str, typed: Mapping[str, str], form: str, seen: int, files: Sequence[Attachment] = ()
    ) -> Ticket:
        """The answers the escalation needs, with the files of the same form; the ticket stays where it is."""
        actor = await self.queries.actor(by)

        async def decide(ticket: Ticket, at: datetime) -> Change | None:
            permissions.require(actor, ticket, Move.ESCALATE)
            if not can(ticket, Move.ESCALATE):
                apply_move(ticket, Move.ESCALATE, by, at)
            answers = await self.answers.validated(ticket, typed, Need.ESCALATE, files=files)
            return self.answers.with_files(
                ticket, await self.answers.filled(ticket, answers, by, at, seen), files, by, at
            )

        return await self.changes.change(ticket_id, f"{form}:prepare", decide)

    async def send(
        self,
        ticket_id: str,
        by: str,
        form: str,
        seen: int,
        despite: str | None = None,
        break_glass_reason: str | None = None,
    ) -> Ticket:
        """Sends the letter to Retarus on every configured way (guide 2.1, L2.10), with its files.

        Refuses a sender who is no authorised contact now, an incomplete ticket (with everything that is missing),
        a letter other than the previewed one (`seen`: its version), and doubtful answers without a reason (`despite`).
        `break_glass_reason`: why an admin sends one of the highest priority without an authorised contact (guide 2.3).
        """
        actor = await self.register.refreshed_actor(by)

        async def decide(ticket: Ticket, at: datetime) -> Change:
            permissions.require(actor, ticket, Move.ESCALATE)
            contact, broken = await self._speaker(actor, ticket, break_glass_reason)
            moved = without_earlier_findings(apply_move(ticket, Move.ESCALATE, by, at)).model_copy(
                update={"sent_by": by, "sent_at": at}
            )
            self.answers.require_complete(ticket, Need.ESCALATE, t("Only complete tickets go to Retarus (guide 2.5)."))
            self.routes.require_a_way()
            history = await self.queries.history(ticket.id)
            await self._require_previewed(ticket, history, seen)
            text = letter.write(
                ticket,
                contact,
                self.config,
                history,
                signed=await self._signed(stands_in=bool(broken)),
                led=await self.queries.led_by(ticket),
            )
            sending = along(
                notifications.letters(moved, letters_sent(history), text, contact, self.routes, at), waiting(ticket)
            )
            moved, proof = await self.evidence.with_evidence(moved, despite, at)
            summary = ticket.answer("summary_second")
            known = {**proof, **broken, **earlier_findings_removed(ticket)}
            sent_event = event(
                moved, Move.ESCALATE, by, at, summary=summary, text=letter.as_text(text), subject=text.subject, **known
            )
            return Change(moved, sent_event, sending)

        return await self.changes.change(ticket_id, f"{form}:escalate", decide, retry=False)

    async def _require_previewed(self, ticket: Ticket, history: Sequence[Event], seen: int) -> None:
        """Raises `Conflict` if the letter would not be the one that was previewed."""
        if ticket.version == seen:
            return
        if (await self.answers.changed_since(ticket, seen))[1] or is_scope_changed(history, seen):
            raise Conflict

    async def _speaker(
        self, actor: Actor, ticket: Ticket, break_glass_reason: str | None
    ) -> tuple[Contact, dict[str, str]]:
        """The contact in whose name it is sent, and the break-glass reason for the history."""
        try:
            return await self.register.declarant(actor), {}
        except NotYours:
            contact = await self.register.stand_in(actor, ticket)
            if contact is None or break_glass_reason is None:
                raise
        try:
            return contact, {
                "glass": reason(break_glass_reason, self.queries.check_context(has_files=bool(ticket.attachments)))
            }
        except ValueError as error:
            raise Invalid({BREAK_GLASS_REASON: str(error)}) from error

    async def preview(self, ticket_id: str, by: str) -> Preview:
        """The exact letter, its missing and doubtful answers, and whether this person may send it."""
        actor = await self.queries.actor(by)
        ticket = await self.queries.ticket(ticket_id)
        contact, refusal = await self._declarant(actor)
        stand_in = await self.register.stand_in(actor, ticket) if refusal else None
        speaker = contact or stand_in or _unauthorised_contact(actor)
        history, signed = await self.queries.history(ticket.id), await self._signed(stands_in=bool(stand_in))
        led = await self.queries.led_by(ticket)
        return Preview(
            ticket,
            letter.write(ticket, speaker, self.config, history, signed=signed, led=led),
            validation.missing(ticket, Need.ESCALATE, self.config),
            self.routes.no_way or refusal,
            status=self.evidence.status_page.report(ticket),
            ways=self.routes.ways,
            warnings=await self.evidence.doubts(ticket, self.clock()),
            excess=excess(waiting(ticket), self.config),
            may_break_glass=bool(stand_in and self.routes.ways),
        )

    async def _signed(self, *, stands_in: bool) -> SignatureRole:
        if not stands_in:
            return SignatureRole.BY_CONTACT
        return SignatureRole.NOBODY_REACHED if await self.register.has_senders() else SignatureRole.NOBODY_AUTHORISED

    async def _declarant(self, actor: Actor) -> tuple[Contact | None, str]:
        try:
            return await self.register.declarant(actor), ""
        except Refused as refusal:
            return None, str(refusal)

    async def last_letter(self, ticket: Ticket) -> str:
        """The last text to Retarus."""
        texts = [
            each.detail.get("text", "")
            for each in await self.queries.history(ticket.id)
            if each.kind == Move.ESCALATE or each.detail.get("again")
        ]
        if not texts:
            raise NotNow(t("Nothing was sent to Retarus yet."))
        return texts[-1]

    async def record_rcr(self, ticket_id: str, by: str, text: str, form: str) -> Ticket:
        """Records Retarus's own number for it: by the configured pattern, or as they call it, in one line."""
        actor = await self.queries.actor(by)
        permissions.require_part(actor)
        numbers = recorded_numbers(text, self.config)

        async def decide(ticket: Ticket, at: datetime) -> Change:
            if ticket.sent_at is None:
                raise NotNow(t("This ticket never went to Retarus, so it cannot have a number of theirs yet."))
            noted = change(ticket, rcr=with_numbers(ticket, numbers))
            return Change(noted, event(noted, Step.RCR, by, at, rcr=", ".join(numbers)))

        return await self.changes.change(ticket_id, f"{form}:rcr", decide)


_RETARUS_FINDINGS = ("caused_by", "their_remedy", "verified")


def without_earlier_findings(ticket: Ticket) -> Ticket:
    """The ticket without Retarus's findings of the last escalation, which are asked again (guide L3.1, L3.5)."""
    answers = {key: text for key, text in ticket.answers.items() if key not in _RETARUS_FINDINGS}
    return ticket.model_copy(update={"answers": answers})


def earlier_findings_removed(ticket: Ticket) -> dict[str, str]:
    """The same, for the history."""
    return details_of({key: "" for key in _RETARUS_FINDINGS if ticket.answer(key)})


def _unauthorised_contact(actor: Actor) -> Contact:
    """Text in the preview of a person who cannot send."""
    return Contact(slack_user=actor.id, name=f"({actor.person.name})", email="", phone="-")
