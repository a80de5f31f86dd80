"""What can be done with tickets? The use-cases: each reads, decides by the rules, and saves one batch."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot import forms, letter, rights, story
from bot.answers import moment, words
from bot.attachments import along, receipts, waiting
from bot.changing import Change
from bot.clock import as_utc, zone
from bot.contacts import Contact
from bot.digesting import Digesting
from bot.errors import Conflict, Duplicate, Incomplete, Invalid, NotNow, NotYours, Refused
from bot.evidence import Evidence
from bot.fields import Field, Need, fields_of
from bot.language import t
from bot.moves import Move, Step, can, change, event, move
from bot.notices import Claim, Notice, Outcome
from bot.reading import Preview, draft_key, preferences_key
from bot.register import Register
from bot.reminding import Reminding
from bot.rights import GLASS, Actor
from bot.secrets_in_text import free_of_secrets
from bot.text import clean, one_line
from bot.ticket import Kind, Stage, Ticket

_BORDERS_PASSED = {
    Stage.HANDED_OFF: Need.HANDOFF,
    Stage.SECOND: Need.HANDOFF,
    Stage.SECOND_ASKED: Need.HANDOFF,
    Stage.RETARUS: Need.ESCALATE,
}
"""What was asked for on the way to a stage cannot be emptied there."""

_ANSWER = "answer."
"""Prefix of an event's details that are answers."""


@dataclass(frozen=True)
class Desk(Evidence, Reminding, Digesting):
    """The one door to everything tickets can do.

    `form` and `click` name one submission or one click, however often Slack delivers it: repeated, they change
    nothing and give the same ticket.
    """

    # --- raising and filling in ---

    async def raise_ticket(self, by: str, kind: Kind, typed: Mapping[str, str], form: str, source: str = "") -> Ticket:
        """A new ticket from the fields that were shown. `Invalid` with every wrong or needed field at once.

        `source`: the permalink of the message it comes from.
        """
        actor = await self.actor(by)
        rights.require_staff(actor)
        at = as_utc(self.clock())
        fields = [field for field in fields_of(kind) if field.key in typed or field.need[kind] is Need.RAISE]
        answers = forms.checked(fields, typed, kind, await self.given({}), Need.RAISE)
        ticket = Ticket(
            id=_id_of(form),
            kind=kind,
            raised_by=by,
            owner=by,
            first_owner=by,
            raised_at=at,
            since=at,
            source=source,
            zone=zone(actor.person.zone or self.config.desk.timezone).key,
            answers=forms.present(answers),
        )
        done = Change(ticket, event(ticket, Move.RAISE, by, at, **_said(ticket.answers)))
        try:
            return await self._save(None, done, f"{form}:raise")
        except Duplicate:
            return await self.ticket(ticket.id)

    async def put_aside(self, by: str, kind: Kind, typed: Mapping[str, str]) -> None:
        """Keeps an unfinished form, as it is, until this person takes it up again; it replaces the one before."""
        rights.require_staff(await self.actor(by))
        try:
            free_of_secrets("\n".join(typed.values()))
        except ValueError as error:
            raise Refused(str(error)) from error
        await self.drafts.put(draft_key(by, kind), forms.present(typed))

    async def throw_away(self, by: str, kind: Kind) -> None:
        """Forgets the form that was put aside."""
        await self.drafts.drop(draft_key(by, kind))

    async def remember_scope(self, by: str, scope: str) -> None:
        """Lists the same tickets the next time."""
        await self.drafts.put(preferences_key(by), {"scope": scope})

    async def fill_in(self, ticket_id: str, by: str, typed: Mapping[str, str], form: str, seen: int) -> Ticket:
        """Adds and corrects answers. `seen`: the version the person looked at; what others answered since is kept.

        A field both changed to something different is `Invalid`, with what the other wrote. A closed ticket is
        answered no more.
        """
        actor = await self.actor(by)
        rights.require_part(actor)

        async def decide(ticket: Ticket, at: datetime) -> Change | None:
            if not ticket.stage.is_open:
                name = letter.reference(ticket, self.config)
                raise NotNow(t("{name} is closed. Reopen it to change its answers.", name=name))
            border = _BORDERS_PASSED.get(ticket.stage, Need.RAISE)
            answers = await self._answers(ticket, typed, border)
            return await self._filled(ticket, answers, by, at, seen)

        return await self._change(ticket_id, f"{form}:fill_in", decide)

    async def _rebased(self, ticket: Ticket, seen: int, answers: Mapping[str, str]) -> dict[str, str]:
        """What this person changed since the version they saw. A form gives back every field it showed: what they
        left as it was is not theirs, so that it takes nothing away from others."""
        if ticket.version == seen:
            return dict(answers)
        before, meanwhile = await self._told(ticket, seen)
        mine = {key: text for key, text in answers.items() if text != before.get(key, "")}
        errors = {}
        for key, text in mine.items():
            user, theirs = meanwhile.get(key, ("", text))
            if theirs != text:
                name = (await self.directory.person(user)).name
                wrote = f"“{one_line(theirs, 60)}”" if theirs else t("nothing")
                errors[key] = t(
                    "{name} answered this meanwhile: {answer}. Close and open again to change it.",
                    name=name,
                    answer=wrote,
                )
        if errors:
            raise Invalid(errors)
        return mine

    async def _told(self, ticket: Ticket, seen: int) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
        """From the history: the answers as they were at that version, and who answered what since."""
        before: dict[str, str] = {}
        since: dict[str, tuple[str, str]] = {}
        for each in await self.store.history(ticket.id):
            said = {key.removeprefix(_ANSWER): text for key, text in each.detail.items() if key.startswith(_ANSWER)}
            if each.version <= seen:
                before |= said
            else:
                since |= {key: (each.by, text) for key, text in said.items()}
        return before, since

    async def _answers(self, ticket: Ticket, typed: Mapping[str, str], border: Need) -> dict[str, str]:
        fields = self._shown(ticket.kind, typed)
        return forms.checked(fields, typed, ticket.kind, await self.given(ticket.answers), border)

    def _shown(self, kind: Kind, typed: Mapping[str, str]) -> list[Field]:
        return [field for field in fields_of(kind) if field.key in typed]

    # --- moving ---

    async def act(self, ticket_id: str, what: Move, by: str, click: str, **detail: str) -> Ticket:
        """A move that needs nothing but a person and perhaps a word: take, accept, send back, resolve, confirm …"""
        actor = await self.actor(by)

        async def decide(ticket: Ticket, at: datetime) -> Change:
            rights.require(actor, ticket, what)
            await self._refuse_if_late(ticket, what, by)
            self._require_urgency(ticket, what)
            moved = move(ticket, what, by, at)
            return Change(moved, event(moved, what, by, at, **detail))

        return await self._change(ticket_id, f"{click}:{what}", decide)

    async def say(self, ticket_id: str, what: Move, by: str, form: str, key: str, word: str) -> Ticket:
        """A move that goes with a word: a reason, a question, an answer, a remedy. Fillers are not words."""
        try:
            word = words(word, await self.given({}))
        except ValueError as error:
            raise Invalid({"word": str(error)}) from error
        return await self.act(ticket_id, what, by, form, **{key: word})

    def _require_urgency(self, ticket: Ticket, what: Move) -> None:
        """Only the highest priority skips the handoff; the 1st-level tasks are still asked before Retarus is."""
        highest = self.config.priorities[0].name
        if what is Move.COMPRESS and not rights.is_highest(ticket.answer("priority"), self.config):
            raise NotNow(
                t(
                    "Only a ticket of {priority} goes to the 2nd level without a handoff. Set the priority first.",
                    priority=highest,
                )
            )

    async def _refuse_if_late(self, ticket: Ticket, what: Move, by: str) -> None:
        """Two people, one click each: the second is told kindly who was first; one person, two clicks: it is theirs."""
        late = (what is Move.TAKE and ticket.stage is Stage.FIRST) or (
            what is Move.ACCEPT and ticket.stage in {Stage.SECOND, Stage.SECOND_ASKED}
        )
        if ticket.owner == by and (late or what is Move.TAKE_OVER):
            raise NotNow(t("{name} is yours already.", name=letter.reference(ticket, self.config)))
        if late:
            name = (await self.directory.person(ticket.owner)).name
            raise NotNow(
                t(
                    "{name} was a moment quicker: {ticket} is theirs now.",
                    name=name,
                    ticket=letter.reference(ticket, self.config),
                )
            )

    async def hand_off(self, ticket_id: str, by: str, typed: Mapping[str, str], form: str, seen: int) -> Ticket:
        """From the 1st to the 2nd level, with the 1st-level tasks answered and the status summarised (guide 3).

        `seen`: as in `fill_in`.
        """
        actor = await self.actor(by)

        async def decide(ticket: Ticket, at: datetime) -> Change:
            rights.require(actor, ticket, Move.HAND_OFF)
            moved = move(ticket, Move.HAND_OFF, by, at)
            answers = await self._rebased(ticket, seen, await self._answers(ticket, typed, Need.HANDOFF))
            moved = moved.model_copy(update={"answers": forms.merged(ticket, answers)})
            self._require_complete(moved, Need.HANDOFF, t("The 2nd level can take it once this is answered."))
            summary = moved.answer("summary_first")
            said = _said(forms.changed(ticket, answers))
            return Change(moved, event(moved, Move.HAND_OFF, by, at, summary=summary, **said))

        return await self._change(ticket_id, f"{form}:hand_off", decide)

    def _require_complete(self, ticket: Ticket, border: Need, text: str) -> None:
        missing = forms.missing(ticket, border)
        if missing:
            raise Incomplete(text, missing)

    # --- Retarus ---

    async def prepare(self, ticket_id: str, by: str, typed: Mapping[str, str], form: str, seen: int) -> Ticket:
        """The 2nd-level tasks of the guide, answered; the ticket stays where it is."""
        actor = await self.actor(by)

        async def decide(ticket: Ticket, at: datetime) -> Change | None:
            rights.require(actor, ticket, Move.ESCALATE)
            if not can(ticket, Move.ESCALATE):
                move(ticket, Move.ESCALATE, by, at)
            answers = await self._answers(ticket, typed, Need.ESCALATE)
            return await self._filled(ticket, answers, by, at, seen)

        return await self._change(ticket_id, f"{form}:prepare", decide)

    async def _filled(
        self, ticket: Ticket, answers: Mapping[str, str], by: str, at: datetime, seen: int
    ) -> Change | None:
        """Nothing when nothing changed: saving a form as it was is no event."""
        answers = forms.changed(ticket, await self._rebased(ticket, seen, answers))
        if not answers:
            return None
        filled = change(ticket, answers=forms.merged(ticket, answers))
        return Change(filled, event(filled, Step.FILL_IN, by, at, **_said(answers)))

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
            rights.require(actor, ticket, Move.ESCALATE)
            contact, broken = await self._speaker(actor, ticket, glass)
            moved = move(ticket, Move.ESCALATE, by, at).model_copy(update={"sent_by": by, "sent_at": at})
            self._require_complete(ticket, Need.ESCALATE, t("Retarus gets nothing incomplete (guide 2.5)."))
            self._require_a_way()
            if ticket.version != seen and (await self._told(ticket, seen))[1]:
                raise Conflict  # the letter would not be the one that was previewed
            text = letter.write(ticket, contact, self.config, in_absence=bool(broken))
            sending = along(story.letters(moved, text, contact, self.routes, at), waiting(ticket))
            moved, proof = await self.with_evidence(moved, despite, at)
            summary = ticket.answer("summary_second")
            said = event(moved, Move.ESCALATE, by, at, summary=summary, text=letter.as_text(text), **proof, **broken)
            return Change(moved, said, sending)

        return await self._change(ticket_id, f"{form}:escalate", decide, retry=False)

    async def for_eas(self, ticket_id: str, by: str) -> Preview:
        """The letter, to be copied into the portal by a contact who may use it (guide 2.1, 2.2, L2.10)."""
        actor = await Register(self).look_again(by)
        rights.require_eas(rights.declarant(await self.store.contacts(), actor, self.today()), self.today())
        shown = await self.preview(ticket_id, by)
        rights.require(actor, shown.ticket, Move.ESCALATE)
        self._require_complete(shown.ticket, Need.ESCALATE, t("Retarus gets nothing incomplete (guide 2.5)."))
        return shown

    async def opened_in_eas(self, ticket_id: str, by: str, form: str, seen: int, opened: str, rcr: str) -> Ticket:
        """Records that this person opened it in the portal: when (Unix seconds, as a text), and Retarus's number.

        The same border as `escalate`; nothing is sent.
        """
        shown = await self.for_eas(ticket_id, by)
        at_eas, number = self._opened(opened), self._rcr(rcr) if rcr.strip() else ""

        async def decide(ticket: Ticket, at: datetime) -> Change:
            if ticket.version != seen and (await self._told(ticket, seen))[1]:
                raise Conflict
            moved = move(ticket, Move.ESCALATE, by, at)
            numbers = tuple(dict.fromkeys((*ticket.rcr, number))) if number else ticket.rcr
            moved = moved.model_copy(update={"sent_by": by, "sent_at": at_eas, "rcr": numbers})
            moved, proof = self.proven(moved, at_eas)
            text = letter.as_text(shown.letter)
            said = event(moved, Move.ESCALATE, by, at, way="eas", rcr=number, text=text, **proof)
            return Change(moved, said)

        return await self._change(ticket_id, f"{form}:eas", decide, retry=False)

    def _opened(self, opened: str) -> datetime:
        try:
            return as_utc(datetime.fromtimestamp(int(moment(opened, self.given_now())), UTC))
        except ValueError as error:
            raise Invalid({"opened": str(error)}) from error

    async def _speaker(self, actor: Actor, ticket: Ticket, glass: str | None) -> tuple[Contact, dict[str, str]]:
        """In whose name it goes, and what the history keeps when that is nobody authorised."""
        try:
            return rights.declarant(await self.store.contacts(), actor, self.today()), {}
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
        rights.require_part(actor)
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
        found = re.search(self.config.retarus.rcr_pattern, text, re.IGNORECASE)
        if found:
            return re.sub(r"(?<=[A-Z])[-\s#:]*(?=\d)", "-", found[0].upper())
        if not re.search(r"\d", text) or len(text) > 60:  # noqa: PLR2004 (a number, not a story)
            raise Invalid({"rcr": t("This is no ticket number. Retarus's look like RCR-88123.")})
        return " ".join(text.split())

    async def note(self, ticket_id: str, by: str, text: str, form: str) -> Ticket:
        """A line in the story, from either level, at any stage."""
        actor = await self.actor(by)
        rights.require_part(actor)
        if not clean(text):
            raise Invalid({"word": t("Write something first.")})
        try:
            free_of_secrets(text)
        except ValueError as error:
            raise Invalid({"word": str(error)}) from error

        async def decide(ticket: Ticket, at: datetime) -> Change:
            noted = change(ticket)
            return Change(noted, event(noted, Step.NOTE, by, at, note=text))

        return await self._change(ticket_id, f"{form}:note", decide)

    # --- deliveries ---

    async def follow_up(self, claim: Claim, outcome: Outcome) -> Sequence[Notice]:
        """The notices that follow from how a delivery ended."""
        if not story.has_sequel(claim.notice, outcome):
            return []  # most deliveries: nothing need be read for them
        ticket = await self.store.get(claim.notice.ticket_id)
        told = story.after_delivery(claim, outcome, ticket, self.routes, as_utc(self.clock())) if ticket else []
        return receipts(told, outcome)

    async def try_again(self, key: str, by: str) -> bool:
        """Sends a dead notice once more; False when it is not dead (any more)."""
        rights.require_part(await self.actor(by))
        revived = await self.store.revive(key, as_utc(self.clock()))
        self.wake()
        return revived


def _id_of(form: str) -> str:
    """The same submission is the same ticket, however often it arrives."""
    return hashlib.sha256(form.encode()).hexdigest()[:20]


def _said(answers: Mapping[str, str]) -> dict[str, str]:
    """Answers as an event keeps them, so that the history alone can tell them all."""
    return {f"{_ANSWER}{key}": text for key, text in answers.items()}
