"""Draws the form in which a ticket is raised, with what is known and what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from blocks import create
from blocks.create import FormContext
from blocks.form_state import STATE_KEY, FormState
from blocks.kit import Json
from bot.core.cleaning import fitting
from bot.desk import Desk
from bot.forms.validation import present
from bot.intake.model import IntakeDocument
from bot.model.ticket import Kind, Level
from bot.register.message_reader import FilesRead, MessageAnswers

LONGEST = 3000
"""Characters of a message that are taken over as they stand."""


NO_FILES = FilesRead()


class RaiseForm:
    """Draws the form for one person."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def draw(
        self,
        form: FormState,
        user: str,
        answers: Mapping[str, str],
        offers: Sequence[Json] = (),
        other: Mapping[str, str] | None = None,
    ) -> Json:
        """The form with these answers; `answers`: of shown fields only, as typed, read, or kept in a draft."""
        overview = await self.desk.raising.overview(answers.get("customer", ""), user)
        facts = overview.defaults if overview else {}
        known = {**await self.desk.raising.defaults(user), **facts}
        former = form.prefilled.replaceable(answers)
        prefilled, answers = form.prefilled.following(answers, facts, self.desk.config, shows_all=form.more)
        form = replace(form, prefilled=prefilled, read=tuple(key for key in form.read if key not in former))
        may_own = Level.FIRST in (await self.desk.queries.actor(user)).levels
        context = FormContext(known, offers, other, overview, may_own=may_own)
        return create.modal(form, self.desk.config, answers, context)

    async def from_draft(self, kind: Kind, user: str, draft: Mapping[str, str], *, is_open: bool = False) -> Json:
        """The form with this person's draft, whatever it was begun with. `is_open`: it replaces an empty form."""
        answers = {key: text for key, text in draft.items() if key != STATE_KEY}
        form = FormState.taken_up(kind, draft)
        return await self.draw(replace(form, filled=form.filled + is_open), user, answers)

    async def read(
        self, form: FormState, user: str, words: str, files: FilesRead = NO_FILES
    ) -> tuple[FormState, dict[str, str]]:
        """The form of a message, and its answers; words without a field of their own are the description."""
        documents = [*([IntakeDocument(words)] if words.strip() else []), *files.documents]
        read = await self._read(documents, form.kind, user)
        keys = tuple(key for key in read.answers if key != "happens")
        described = {"happens": fitting([words.strip()], LONGEST)} if words.strip() else {}
        answers = {**described, **read.answers}
        is_cut = len(words) > LONGEST and len(answers.get("happens", "")) >= LONGEST  # a table is read apart from it
        state = replace(form, read=keys, cut=len(words) * is_cut, rows=read.left_out, unread=tuple(files.unread))
        return state, answers

    async def read_again(
        self, form: FormState, user: str, typed: Mapping[str, str]
    ) -> tuple[FormState, dict[str, str]]:
        """The form with what the typed words say about the fields that are still empty."""
        words = typed.get("happens", "")
        found = (await self._read([IntakeDocument(words)], form.kind, user)).answers
        there = {key: text for key, text in present(typed).items() if not form.prefilled.has(key, text)}
        new = {key: text for key, text in found.items() if key not in there}
        filled = replace(form, read=(*form.read, *new), filled=form.filled + 1)
        return filled, {**typed, **new, "happens": found.get("happens", words)}

    async def _read(self, documents: Sequence[IntakeDocument], kind: Kind, user: str) -> MessageAnswers:
        """The answers in these texts; none where one is too large to be read."""
        try:
            return await self.desk.reader.answers(documents, kind, user)
        except ValueError:
            return MessageAnswers()
