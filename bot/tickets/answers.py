"""Merging of a ticket's answers: each person's changes are kept, and conflicting changes are reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.config.settings import Config
from bot.core.cleaning import excerpt
from bot.core.clock import zone
from bot.core.errors import Invalid, NotNow, Overtaken
from bot.core.fillers import Asked
from bot.core.i18n import t
from bot.forms import validation
from bot.forms.field_table import fields_in
from bot.forms.pasted_transactions import faults_with_table, with_pasted
from bot.forms.template_fields import Need
from bot.forms.validation import Incomplete
from bot.forms.validators import reason, words
from bot.model.ticket import Attachment, Stage, Ticket
from bot.model.transitions import Step, change, event
from bot.tickets import attachments, permissions
from bot.tickets.changes import Change, Changes
from bot.tickets.ports import Directory, TicketStore
from bot.tickets.queries import Queries
from bot.tickets.reference import reference

_BORDERS_PASSED = {
    Stage.HANDED_OFF: Need.HANDOFF,
    Stage.SECOND: Need.HANDOFF,
    Stage.SECOND_ASKED: Need.HANDOFF,
    Stage.RETARUS: Need.ESCALATE,
}
"""Required fields per stage: an answer given at an earlier border cannot be emptied. A field passed over on
the way, as priority 1 may be (guide, section 3), can wait for the next border."""

_ANSWER = "answer."
"""Prefix of an event's details that are answers."""


@dataclass(frozen=True)
class Answers:
    """Adds and corrects answers; merges what two people changed at the same time (optimistic locking per field)."""

    changes: Changes
    queries: Queries
    store: TicketStore
    directory: Directory
    config: Config

    async def fill_in(
        self, ticket_id: str, by: str, typed: Mapping[str, str], form: str, seen: int, files: Sequence[Attachment] = ()
    ) -> Ticket:
        """Adds and corrects answers. `seen`: the version the person looked at; later answers of others are kept.

        A field both changed to something different is `Invalid`, with what the other wrote. A closed ticket is
        answered no more. What is missing may stay missing: it is asked for at the next border.
        """
        actor = await self.queries.actor(by)
        permissions.require_part(actor)

        async def decide(ticket: Ticket, at: datetime) -> Change | None:
            self.require_unclosed(ticket)
            passed = _BORDERS_PASSED.get(ticket.stage, Need.RAISE)
            answers = await self.validated(ticket, typed, Need.RAISE, passed, files)
            return self.with_files(ticket, await self.filled(ticket, answers, by, at, seen), files, by, at)

        return await self.changes.change(ticket_id, f"{form}:fill_in", decide)

    def with_files(
        self, ticket: Ticket, done: Change | None, files: Sequence[Attachment], by: str, at: datetime
    ) -> Change | None:
        """The same change with the files of the same form."""
        if not files:
            return done
        attached = attachments.attached(done.ticket if done else change(ticket), files, by, self.config)
        details = attachments.details(attached, files)
        if done is None:
            return Change(attached, event(attached, Step.ATTACH, by, at, **details))
        given = done.event.model_copy(update={"detail": {**done.event.detail, **details}})
        return replace(done, ticket=attached, event=given)

    async def check(self, ticket_id: str, by: str, typed: Mapping[str, str], form: str, seen: int) -> Ticket:
        """One task, answered when it is done, by whoever did it: whole, so that nothing it asks for stays empty.

        `seen`: as in `fill_in`.
        """
        permissions.require_part(await self.queries.actor(by))

        async def decide(ticket: Ticket, at: datetime) -> Change | None:
            self.require_unclosed(ticket)
            done = await self.filled(ticket, await self.validated(ticket, typed, Need.ESCALATE), by, at, seen)
            return done and replace(done, is_one_check=True)

        return await self.changes.change(ticket_id, f"{form}:check", decide)

    def require_unclosed(self, ticket: Ticket) -> None:
        if not ticket.stage.is_open:
            name = reference(ticket, self.config)
            raise NotNow(t("{name} is closed. Reopen it to change its answers.", name=name))

    async def rebased(self, ticket: Ticket, seen: int, answers: Mapping[str, str]) -> dict[str, str]:
        """Merges an edit with those of others: the answers this person changed since the version they saw.

        A form gives back every field it showed: one left as it was is not theirs, and takes nothing away from others.
        """
        if ticket.version == seen:
            return dict(answers)
        before, meanwhile = await self.changed_since(ticket, seen)
        mine = {key: text for key, text in answers.items() if text != before.get(key, "")}
        found = {}
        for key, text in mine.items():
            user, theirs = meanwhile.get(key, ("", text))
            if theirs != text:
                name = (await self.directory.person(user)).name
                wrote = t("“{answer}”", answer=excerpt(theirs, 60)) if theirs else t("nothing")
                found[key] = t("{name} answered this meanwhile: {answer}.", name=name, answer=wrote)
        if found:
            way = t("Close this form and open it again to change it.")
            errors = {key: f"{words} {way}" for key, words in found.items()}
            raise Overtaken(errors, found, meanwhile.keys() - mine.keys(), ticket.version)
        return mine

    async def changed_since(self, ticket: Ticket, seen: int) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
        """From the history: the answers as they were at that version, and who answered what since."""
        before: dict[str, str] = {}
        since: dict[str, tuple[str, str]] = {}
        for each in await self.store.history(ticket.id):
            given = {key.removeprefix(_ANSWER): text for key, text in each.detail.items() if key.startswith(_ANSWER)}
            if each.version <= seen:
                before |= given
            else:
                since |= {key: (each.by, text) for key, text in given.items()}
        return before, since

    async def validated(
        self,
        ticket: Ticket,
        typed: Mapping[str, str],
        border: Need,
        passed: Need = Need.RAISE,
        files: Sequence[Attachment] = (),
    ) -> dict[str, str]:
        """`files`: those of the same form."""
        context = self.queries.check_context(ticket.answers, has_files=bool(ticket.attachments or files))
        whole = with_pasted(typed, ticket.answers, zone(ticket.zone), self.config, context.now)
        fields = fields_in(whole, ticket.kind, self.config)
        with faults_with_table(typed):
            return validation.checked(fields, whole, ticket.kind, context, border, passed)

    async def filled(
        self, ticket: Ticket, answers: Mapping[str, str], by: str, at: datetime, seen: int
    ) -> Change | None:
        """Change with the new answers; None when the saved form changed nothing."""
        answers = validation.changed(ticket, await self.rebased(ticket, seen, answers))
        validation.require_new_reason(ticket, answers, self.config)
        if not answers:
            return None
        filled = change(ticket, answers=validation.merged(ticket, answers))
        return Change(filled, event(filled, Step.FILL_IN, by, at, **details_of(answers)))

    def require_complete(self, ticket: Ticket, border: Need, text: str) -> None:
        missing = validation.missing(ticket, border, self.config)
        if missing:
            raise Incomplete(text, missing)

    async def word(self, ticket_id: str, text: str, key: str, asked: Asked = Asked.ANSWER) -> str:
        """A single text with content; `Invalid` beside `key` for a filler."""
        context = self.queries.check_context(has_files=bool((await self.queries.ticket(ticket_id)).attachments))
        try:
            return reason(text, context) if asked is Asked.REASON else words(text, context)
        except ValueError as error:
            raise Invalid({key: str(error)}) from error


def details_of(answers: Mapping[str, str]) -> dict[str, str]:
    """Answers as an event stores them, so that the history is complete."""
    return {f"{_ANSWER}{key}": text for key, text in answers.items()}
