"""A ticket opened by a person in Retarus's portal, EAS, instead of being sent from here (guide 2.1, 2.2, L2.10)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.config.settings import Config
from bot.core.cleaning import clean_line
from bot.core.clock import as_utc, guide_time
from bot.core.errors import Conflict, Invalid
from bot.core.i18n import t
from bot.escalation import letter
from bot.escalation.evidence import Evidence
from bot.escalation.preview import Preview
from bot.escalation.rcr import recorded_numbers, with_numbers
from bot.escalation.service import Escalation, earlier_findings_removed, without_earlier_findings
from bot.forms.template_fields import Need
from bot.forms.validators import moment
from bot.model.ticket import Ticket
from bot.model.transitions import Move, apply_move, event
from bot.register.contacts import Register
from bot.tickets import permissions
from bot.tickets.answers import Answers
from bot.tickets.changes import Change, Changes
from bot.tickets.queries import Queries


@dataclass(frozen=True)
class Portal:
    """The letter as a text to copy, and the record of when it was opened in the portal."""

    changes: Changes
    queries: Queries
    answers: Answers
    evidence: Evidence
    escalation: Escalation
    register: Register
    config: Config

    async def preview(self, ticket_id: str, by: str) -> Preview:
        """The letter, to be copied into the portal by a contact who may use it (guide 2.1, 2.2, L2.10).

        It names no files: nothing goes along with what is copied, so a person uploads them.
        """
        actor, contact = await self.register.sender(by)
        permissions.require_eas(contact, self.queries.today())
        shown = await self.escalation.preview(ticket_id, by)
        permissions.require(actor, shown.ticket, Move.ESCALATE)
        self.answers.require_complete(
            shown.ticket, Need.ESCALATE, t("Only complete tickets go to Retarus (guide 2.5).")
        )
        bare = shown.ticket.model_copy(update={"attachments": ()})
        history, led = await self.queries.history(ticket_id), await self.queries.led_by(bare)
        return replace(shown, letter=letter.write(bare, contact, self.config, history, led=led))

    async def opened(
        self, ticket_id: str, by: str, form: str, seen: int, opened: str, rcr: str, despite: str | None = None
    ) -> Ticket:
        """Records that this person opened it in the portal: when (Unix seconds, as a text), and Retarus's number.

        The same border as `escalate`, with its reason for what is doubtful; nothing is sent. The files that waited
        count as sent, as this person says that it is opened with them; how large they may be is the portal's affair.
        """
        shown = await self.preview(ticket_id, by)
        at_eas = self._moment_opened(opened, shown.ticket)
        numbers = recorded_numbers(rcr, self.config) if clean_line(rcr) else ()

        async def decide(ticket: Ticket, at: datetime) -> Change:
            if ticket.version != seen and (await self.answers.changed_since(ticket, seen))[1]:
                raise Conflict
            moved = without_earlier_findings(apply_move(ticket, Move.ESCALATE, by, at))
            known = with_numbers(ticket, numbers)
            moved = moved.model_copy(update={"sent_by": by, "sent_at": at_eas, "rcr": known})
            reason = await self.evidence.override(moved, despite, at)
            moved, proof = self.evidence.proven(moved, at_eas)
            proof |= {**reason, **earlier_findings_removed(ticket)}
            text = letter.as_text(shown.letter)
            stamp = f"{int(at_eas.timestamp())}"
            sent_event = event(
                moved, Move.ESCALATE, by, at, way="eas", opened=stamp, rcr=", ".join(numbers), text=text, **proof
            )
            return Change(moved, sent_event)

        return await self.changes.change(ticket_id, f"{form}:eas", decide, retry=False)

    def _moment_opened(self, opened: str, ticket: Ticket) -> datetime:
        try:
            at = as_utc(datetime.fromtimestamp(int(moment(opened, self.queries.check_context())), UTC))
        except ValueError as error:
            raise Invalid({"opened": str(error)}) from error
        if at < ticket.raised_at.replace(second=0, microsecond=0):  # Slack's picker knows whole minutes
            raised = guide_time(ticket.raised_at, ticket.zone)
            raise Invalid(
                {"opened": t("The ticket was raised later, on {time}. Pick when it was opened.", time=raised)}
            )
        return at
