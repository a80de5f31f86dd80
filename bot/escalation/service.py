"""How does a ticket come to Retarus, and what do they call it? By letter on every way, or opened in their portal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.core.clock import as_utc, guide_time
from bot.core.errors import Conflict, Invalid, NotNow, NotYours, Refused
from bot.core.i18n import t
from bot.core.secret_detection import faults
from bot.core.text import clean
from bot.escalation import letter
from bot.escalation.attachments import along, waiting
from bot.escalation.evidence import Evidence
from bot.forms.template_fields import Need
from bot.forms.validators import moment, words
from bot.model.contact import Contact
from bot.model.ticket import Ticket
from bot.model.transitions import Move, Step, can, change, event, move
from bot.register.contacts import Register
from bot.tickets import notifications, permissions
from bot.tickets.answers import Answering, details_of
from bot.tickets.changes import Change
from bot.tickets.permissions import GLASS, Actor
from bot.tickets.queries import Preview


@dataclass(frozen=True)
class Escalating(Answering, Evidence):
    """The border to the 3rd level: nothing incomplete passes it, and nobody who may not."""

    async def prepare(self, ticket_id: str, by: str, typed: Mapping[str, str], form: str, seen: int) -> Ticket:
        """The 2nd-level tasks of the guide, answered; the ticket stays where it is."""
        actor = await self.actor(by)

        async def decide(ticket: Ticket, at: datetime) -> Change | None:
            permissions.require(actor, ticket, Move.ESCALATE)
            if not can(ticket, Move.ESCALATE):
                move(ticket, Move.ESCALATE, by, at)
            answers = await self._answers(ticket, typed, Need.ESCALATE)
            return await self._filled(ticket, answers, by, at, seen)

        return await self._change(ticket_id, f"{form}:prepare", decide)

    async def escalate(
        self, ticket_id: str, by: str, form: str, seen: int, despite: str | None = None, glass: str | None = None
    ) -> Ticket:
        """Sends the letter to Retarus on every configured way (guide 2.1, L2.10), with its files.

        Refuses: nobody but an authorised contact, checked now; nothing incomplete, with everything that is missing;
        nothing but what was previewed (`seen`: the previewed version); nothing doubtful without a reason (`despite`).
        `glass`: why an admin sends a ticket of the highest priority in an authorised contact's absence (guide 2.3).
        """
        actor = await Register(self).look_again(by)

        async def decide(ticket: Ticket, at: datetime) -> Change:
            permissions.require(actor, ticket, Move.ESCALATE)
            contact, broken = await self._speaker(actor, ticket, glass)
            moved = _sent_anew(move(ticket, Move.ESCALATE, by, at)).model_copy(update={"sent_by": by, "sent_at": at})
            self._require_complete(ticket, Need.ESCALATE, t("Retarus gets nothing incomplete (guide 2.5)."))
            self._require_a_way()
            if ticket.version != seen and (await self._told(ticket, seen))[1]:
                raise Conflict  # the letter would not be the one that was previewed
            text = letter.write(ticket, contact, self.config, in_absence=bool(broken))
            sending = along(notifications.letters(moved, text, contact, self.routes, at), waiting(ticket))
            moved, proof = await self.with_evidence(moved, despite, at)
            summary = ticket.answer("summary_second")
            known = {**proof, **broken, **_taken_away(ticket)}
            said = event(moved, Move.ESCALATE, by, at, summary=summary, text=letter.as_text(text), **known)
            return Change(moved, said, sending)

        return await self._change(ticket_id, f"{form}:escalate", decide, retry=False)

    async def for_eas(self, ticket_id: str, by: str) -> Preview:
        """The letter, to be copied into the portal by a contact who may use it (guide 2.1, 2.2, L2.10).

        It names no files: nothing goes along with what is copied, so a person uploads them.
        """
        actor = await Register(self).look_again(by)
        contact = permissions.declarant(await self.store.contacts(), actor, self.today())
        permissions.require_eas(contact, self.today())
        shown = await self.preview(ticket_id, by)
        permissions.require(actor, shown.ticket, Move.ESCALATE)
        self._require_complete(shown.ticket, Need.ESCALATE, t("Retarus gets nothing incomplete (guide 2.5)."))
        bare = shown.ticket.model_copy(update={"attachments": ()})
        return replace(shown, letter=letter.write(bare, contact, self.config))

    async def opened_in_eas(
        self, ticket_id: str, by: str, form: str, seen: int, opened: str, rcr: str, despite: str | None = None
    ) -> Ticket:
        """Records that this person opened it in the portal: when (Unix seconds, as a text), and Retarus's number.

        The same border as `escalate`, with its reason for what is doubtful; nothing is sent. The files that waited
        count as sent, as this person says that it is opened with them; how large they may be is the portal's affair.
        """
        shown = await self.for_eas(ticket_id, by)
        at_eas, number = self._opened(opened, shown.ticket), self._rcr(rcr) if rcr.strip() else ""

        async def decide(ticket: Ticket, at: datetime) -> Change:
            if ticket.version != seen and (await self._told(ticket, seen))[1]:
                raise Conflict
            moved = _sent_anew(move(ticket, Move.ESCALATE, by, at))
            numbers = tuple(dict.fromkeys((*ticket.rcr, number))) if number else ticket.rcr
            moved = moved.model_copy(update={"sent_by": by, "sent_at": at_eas, "rcr": numbers})
            reason = await self.in_spite(moved, despite, at)
            moved, proof = self.proven(moved, at_eas)
            proof |= {**reason, **_taken_away(ticket)}
            text = letter.as_text(shown.letter)
            stamp = f"{int(at_eas.timestamp())}"
            said = event(moved, Move.ESCALATE, by, at, way="eas", opened=stamp, rcr=number, text=text, **proof)
            return Change(moved, said)

        return await self._change(ticket_id, f"{form}:eas", decide, retry=False)

    def _opened(self, opened: str, ticket: Ticket) -> datetime:
        try:
            at = as_utc(datetime.fromtimestamp(int(moment(opened, self.given_now())), UTC))
        except ValueError as error:
            raise Invalid({"opened": str(error)}) from error
        if at < ticket.raised_at.replace(second=0, microsecond=0):  # Slack's picker knows whole minutes
            raised = guide_time(ticket.raised_at, ticket.zone)
            raise Invalid(
                {"opened": t("The ticket was raised later, on {time}. Pick when it was opened.", time=raised)}
            )
        return at

    async def _speaker(self, actor: Actor, ticket: Ticket, glass: str | None) -> tuple[Contact, dict[str, str]]:
        """In whose name it goes, and what the history keeps when that is nobody authorised."""
        try:
            return permissions.declarant(await self.store.contacts(), actor, self.today()), {}
        except NotYours:
            contact = await self.stand_in(actor, ticket)
            if contact is None or glass is None:
                raise
        try:
            return contact, {"glass": words(glass, self.given_now())}
        except ValueError as error:
            raise Invalid({GLASS: str(error)}) from error

    def _require_a_way(self) -> None:
        if not self.routes.lead_to_retarus:
            raise Refused(
                t(
                    "No way to Retarus is set up. An admin names `channel` or `email` under [retarus] in desk.toml; "
                    "nothing was sent, and every answer is kept."
                )
            )

    async def record_rcr(self, ticket_id: str, by: str, text: str, form: str) -> Ticket:
        """Retarus's own number for it. A number by the configured pattern, or what they call it, in one line."""
        actor = await self.actor(by)
        permissions.require_part(actor)
        number = self._rcr(text)

        async def decide(ticket: Ticket, at: datetime) -> Change:
            if ticket.sent_at is None:
                raise NotNow(t("This ticket never went to Retarus, so it cannot have a number of theirs yet."))
            numbers = tuple(dict.fromkeys((*ticket.rcr, number)))
            noted = change(ticket, rcr=numbers)
            return Change(noted, event(noted, Step.RCR, by, at, rcr=number))

        return await self._change(ticket_id, f"{form}:rcr", decide)

    def _rcr(self, text: str) -> str:
        text = clean(text)
        if wrong := faults({"rcr": text}):
            raise Invalid(wrong)
        found = re.search(self.config.retarus.rcr_pattern, text, re.IGNORECASE)
        if found:
            return re.sub(r"(?<=[A-Z])[-\s#:]*(?=\d)", "-", found[0].upper())
        if not re.search(r"\d", text) or len(text) > 60:  # noqa: PLR2004 (a number, not a story)
            raise Invalid({"rcr": t("This is no ticket number. Retarus's look like RCR-88123.")})
        return " ".join(text.split())


_ASKED_ANEW = ("caused_by", "their_remedy", "verified")


def _sent_anew(ticket: Ticket) -> Ticket:
    """What Retarus found and gave the last time is history: they are asked again (guide L3.1, L3.5)."""
    kept = {key: text for key, text in ticket.answers.items() if key not in _ASKED_ANEW}
    return ticket.model_copy(update={"answers": kept})


def _taken_away(ticket: Ticket) -> dict[str, str]:
    """The same, as the history tells it."""
    return details_of({key: "" for key in _ASKED_ANEW if ticket.answer(key)})
