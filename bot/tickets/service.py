"""Use-cases of a ticket's life: it is created from a submission, taken, handed off, resolved and confirmed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config.settings import Config
from bot.core.cleaning import clean_text
from bot.core.clock import Clock, as_utc, zone
from bot.core.errors import Duplicate, Invalid, NotNow, Refused
from bot.core.fillers import Asked
from bot.core.i18n import t
from bot.core.secret_detection import faults
from bot.forms import validation
from bot.forms.field_table import fields_in
from bot.forms.pasted_transactions import faults_with_table, with_pasted
from bot.forms.template_fields import Need
from bot.model.contact import EndCustomer
from bot.model.ticket import Attachment, Kind, Level, Stage, Ticket
from bot.model.transitions import Move, Step, apply_move, change, event
from bot.model.undoing import counted
from bot.tickets import attachments, permissions
from bot.tickets.answers import Answers, details_of
from bot.tickets.changes import Along, Change, Changes
from bot.tickets.notifications import AS_BEFORE
from bot.tickets.ports import Batch, Directory, Drafts
from bot.tickets.priority_call import quickest
from bot.tickets.queries import Queries, draft_key, preferences_key
from bot.tickets.reference import reference

_A_MOMENT = timedelta(minutes=2)
"""Time within which a take that comes second has lost a race."""


@dataclass(frozen=True)
class Tickets:
    """Creates and moves tickets.

    `form` and `click` name one submission or one click (idempotency key): delivered again by Slack, they change
    nothing and give the same ticket.
    """

    changes: Changes
    queries: Queries
    answers: Answers
    drafts: Drafts
    directory: Directory
    config: Config
    clock: Clock

    # --- raising and filling in ---

    async def create(
        self,
        by: str,
        kind: Kind,
        typed: Mapping[str, str],
        form: str,
        source: str = "",
        files: Sequence[Attachment] = (),
        learned: Sequence[EndCustomer] = (),
        *,
        is_taken: bool = False,
    ) -> Ticket:
        """Creates a ticket from the fields that were shown. `Invalid` with every wrong or needed field at once.

        `source`: the permalink of the message it comes from. `learned`: end-customers saved with it.
        `is_taken`: the raiser takes it at once, where they may.
        """
        actor = await self.queries.actor(by)
        permissions.require_staff(actor)
        at = as_utc(self.clock())
        at_home = zone(actor.person.zone or self.config.desk.timezone)
        answers = self._answered_at_once(kind, typed, at_home, at, has_files=bool(files))
        ticket = Ticket(
            id=_id_of(form),
            kind=kind,
            raised_by=by,
            owner=by,
            first_owner=by,
            raised_at=at,
            since=at,
            source=source,
            zone=at_home.key,
            answers=validation.present(answers),
        )
        ticket = attachments.attached(ticket, files, by, self.config)
        details = {**details_of(ticket.answers), **attachments.details(ticket, files)}
        done = [Change(ticket, event(ticket, Move.RAISE, by, at, **details))]
        if is_taken and Level.FIRST in actor.levels:
            taken = apply_move(ticket, Move.TAKE, by, at)
            done.append(Change(taken, event(taken, Move.TAKE, by, at)))
        try:
            return await self.changes.save_new(done, f"{form}:raise", Batch(customers=learned))
        except Duplicate:
            return await self.queries.ticket(ticket.id)

    def _answered_at_once(
        self, kind: Kind, typed: Mapping[str, str], at_home: ZoneInfo, at: datetime, *, has_files: bool
    ) -> dict[str, str]:
        """The answers of a new ticket: the shown fields, and those that are needed at once."""
        whole = with_pasted(typed, {}, at_home, self.config, at)
        fields = fields_in(whole, kind, self.config, Need.RAISE)
        with faults_with_table(typed):
            return validation.checked(fields, whole, kind, self.queries.check_context(has_files=has_files), Need.RAISE)

    async def save_draft(self, by: str, kind: Kind, typed: Mapping[str, str]) -> None:
        """Saves an unfinished form as this person's draft; it replaces the one before."""
        permissions.require_staff(await self.queries.actor(by))
        for words in faults(typed).values():
            raise Refused(words)
        await self.drafts.put(draft_key(by, kind), validation.present(typed))

    async def discard_draft(self, by: str, kind: Kind) -> None:
        """Deletes the draft."""
        await self.drafts.drop(draft_key(by, kind))

    async def remember_scope(self, by: str, scope: str) -> None:
        """Saves the listed scope for the next time."""
        await self.drafts.put(preferences_key(by), {"scope": scope})

    # --- moving ---

    async def act(self, ticket_id: str, move: Move, by: str, click: str, **detail: str) -> Ticket:
        """A move that needs only a person and optionally a word: take, accept, send back, resolve, confirm …"""
        actor = await self.queries.actor(by)

        async def decide(ticket: Ticket, at: datetime) -> Change:
            permissions.require(actor, ticket, move)
            await self._refuse_if_late(ticket, move, by, at)
            self._require_urgency(ticket, move)
            moved, gone = apply_move(ticket, move, by, at), {}
            if move is Move.SEND_BACK:
                moved = moved.model_copy(update={"sent_back": detail.get("reason", "")})
            if move is Move.REOPEN and ticket.answer("remedy"):  # it did not hold, so there is none any more
                moved, gone = (
                    moved.model_copy(update={"answers": validation.merged(ticket, {"remedy": ""})}),
                    {"remedy": ""},
                )
            return Change(moved, event(moved, move, by, at, **detail, **details_of(gone)))

        return await self.changes.change(ticket_id, f"{click}:{move}", decide)

    async def was_made(self, moves: Iterable[Move], click: str) -> bool:
        """True if this click has made one of the moves before: it was redelivered, perhaps to another replica."""
        return any([await self.changes.store.used(f"{click}:{move}") for move in moves])

    async def take_now(self, ticket_id: str, by: str, click: str) -> Ticket:
        """Takes a ticket from the call for the highest priority, by the quickest move this person may make."""
        actor, ticket = await self.queries.actor(by), await self.queries.ticket(ticket_id)
        permissions.require_part(actor)
        for move in (Move.TAKE, Move.ACCEPT, Move.COMPRESS):
            if await self.changes.store.used(f"{click}:{move}"):
                return ticket
        move = quickest(ticket, actor)
        reason = {"reason": t("Taken from the call")} if move is Move.COMPRESS else {}
        return await self.act(ticket_id, move, by, click, **reason)

    async def resolve(self, ticket_id: str, by: str, form: str, word: str, typed: Mapping[str, str]) -> Ticket:
        """The remedy, for the 1st level to confirm (guide L2.5); with other new answers, such as the cause."""
        actor, remedy = await self.queries.actor(by), await self.answers.word(ticket_id, word, "word")

        async def decide(ticket: Ticket, at: datetime) -> Change:
            permissions.require(actor, ticket, Move.RESOLVE)
            answers = {**await self.answers.validated(ticket, typed, Need.RAISE), "remedy": remedy}
            moved = apply_move(ticket, Move.RESOLVE, by, at).model_copy(
                update={"answers": validation.merged(ticket, answers)}
            )
            answered = details_of(validation.changed(ticket, answers))
            return Change(moved, event(moved, Move.RESOLVE, by, at, remedy=remedy, **answered))

        return await self.changes.change(ticket_id, f"{form}:{Move.RESOLVE}", decide)

    async def act_with_text(self, ticket_id: str, move: Move, by: str, form: str, key: str, word: str) -> Ticket:
        """A move with a text: a reason, a question, an answer. Fillers are refused."""
        asked = Asked.REASON if key == "reason" else Asked.ANSWER
        return await self.act(
            ticket_id, move, by, form, **{key: await self.answers.word(ticket_id, word, "word", asked)}
        )

    def _require_urgency(self, ticket: Ticket, move: Move) -> None:
        """Skips the handoff, for the highest priority only; the 1st-level tasks are still asked before Retarus is."""
        highest = self.config.priorities[0].name
        if move is Move.COMPRESS and not permissions.is_highest(ticket.answer("priority"), self.config):
            raise NotNow(
                t(
                    "Only a ticket of {priority} goes to the 2nd level without a handoff. Set the priority first.",
                    priority=highest,
                )
            )

    async def _refuse_if_late(self, ticket: Ticket, move: Move, by: str, at: datetime) -> None:
        """Rejects a take that lost the race, with the owner's name; idempotent for the owner."""
        late = (move is Move.TAKE and ticket.stage is Stage.FIRST) or (
            move is Move.ACCEPT and ticket.stage in {Stage.SECOND, Stage.SECOND_ASKED}
        )
        if ticket.owner == by and (late or move is Move.TAKE_OVER):
            raise NotNow(t("You own {name} already.", name=reference(ticket, self.config)))
        if late:
            words = (
                t("{name} was a moment quicker and owns {ticket} now.")
                if as_utc(at) - ticket.since <= _A_MOMENT
                else t("{name} owns {ticket} already.")
            )
            owner = (await self.directory.person(ticket.owner)).name
            raise NotNow(words.format(name=owner, ticket=reference(ticket, self.config)))

    async def hand_off(self, ticket_id: str, by: str, typed: Mapping[str, str], form: str, seen: int) -> Ticket:
        """Hands off to the 2nd level, with the 1st-level tasks answered and the status summarised (guide 3).

        `seen`: as in `fill_in`.
        """
        actor = await self.queries.actor(by)

        async def decide(ticket: Ticket, at: datetime) -> Change:
            permissions.require(actor, ticket, Move.HAND_OFF)
            moved = apply_move(ticket, Move.HAND_OFF, by, at)
            answers = await self.answers.rebased(
                ticket, seen, await self.answers.validated(ticket, typed, Need.HANDOFF)
            )
            validation.require_new_reason(ticket, answers, self.config)
            moved = moved.model_copy(update={"answers": validation.merged(ticket, answers)})
            self.answers.require_complete(moved, Need.HANDOFF, t("The 2nd level can take it once this is answered."))
            summary = moved.answer("summary_first")
            answered = details_of(validation.changed(ticket, answers))
            again = {AS_BEFORE: "yes"} if summary == await self._last_summary(ticket) else {}
            return Change(moved, event(moved, Move.HAND_OFF, by, at, summary=summary, **answered, **again))

        return await self.changes.change(ticket_id, f"{form}:hand_off", decide)

    async def _last_summary(self, ticket: Ticket) -> str:
        """The summary of the handoff before; empty where there was none."""
        if not (ticket.bounces or ticket.second_owner):
            return ""
        history = counted(await self.queries.history(ticket.id))
        return next((each.detail.get("summary", "") for each in history[::-1] if each.kind == Move.HAND_OFF), "")

    async def note(
        self,
        ticket_id: str,
        by: str,
        text: str,
        form: str,
        called: str = "",
        along: Along | None = None,
        message: str = "",
    ) -> Ticket:
        """Adds a line to the history, from either level, at any stage. `called`: with whom it was a telephone call.

        `message`: timestamp of the message in the thread that is noted.

        A call is no report: it sends nothing, and moves no clock of Retarus's (guide 2.1).
        """
        actor = await self.queries.actor(by)
        permissions.require_part(actor)
        if not clean_text(text):
            raise Invalid({"word": t("Write something first.")})
        if wrong := faults({"word": text}):
            raise Invalid(wrong)

        async def decide(ticket: Ticket, at: datetime) -> Change:
            noted = change(ticket)
            answered = event(noted, Step.CALL, by, at, note=text, called=called) if called else None
            source = {"message": message} if message else {}
            return Change(noted, answered or event(noted, Step.NOTE, by, at, note=text, **source))

        return await self.changes.change(ticket_id, f"{form}:note", decide, along=along)


def _id_of(form: str) -> str:
    """The ticket of this submission, however often it arrives."""
    return hashlib.sha256(form.encode()).hexdigest()[:20]
