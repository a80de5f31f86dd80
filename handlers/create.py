"""Raising a ticket by a form, whose unfinished text can be kept as a draft."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from blocks import create, kit
from blocks.evidence import OFFERED
from blocks.form_state import STATE_KEY, FormState, mark_of
from blocks.kit import Json
from bot.core.errors import StoreDown
from bot.core.i18n import Language, spoken
from bot.core.ttl_cache import TtlCache
from bot.desk import Desk
from bot.forms.validation import present
from bot.model.ticket import Kind
from bot.tickets.attachments import read
from handlers.dispatch import Dispatcher, Show
from handlers.file_names import named
from handlers.message_link import linked
from handlers.payload import Click, Command, Submission
from handlers.raise_form import RaiseForm
from handlers.suggestions import SuggestionLookup
from handlers.transaction_files import with_table

log = logging.getLogger(__name__)

COMMANDS = {
    "/retarus-incident": Kind.INCIDENT,
    "/retarus-service-request": Kind.SERVICE_REQUEST,
    "/retarus-change": Kind.CHANGE,
}
_TTL = 60.0
"""Seconds a drawn form is cached: a contact changed elsewhere is prefilled after that time at the latest."""

Draft = tuple[tuple[str, str], ...]
"""The person's draft; asked for each time, as it may have been saved through another replica."""


class _DraftForms:
    """Opens forms with the person's draft."""

    def __init__(self, desk: Desk, dispatcher: Dispatcher, forms: RaiseForm) -> None:
        self._queries, self._dispatcher, self._forms = desk.queries, dispatcher, forms
        self._drawn = TtlCache(self._draw, _TTL, max_size=500)

    async def open(self, asked: Command, kind: Kind) -> None:
        """Opens the form. Where there seems to be no draft, this is verified once the form is open."""
        seems_empty = self._queries.seems_without_draft(asked.user, kind)
        draft = {} if seems_empty else await self._queries.draft(asked.user, kind)
        view = await self._drawn.get((kind, asked.user, spoken(), tuple(sorted(draft.items()))))
        opened = await self._dispatcher.open_modal(asked.trigger, view)
        if seems_empty:
            self._dispatcher.tasks.start(self._take_up(asked.user, kind, opened))

    async def _draw(self, asked: tuple[Kind, str, Language, Draft]) -> str:
        kind, user, _, draft = asked
        return kit.serialised(await self._forms.from_draft(kind, user, dict(draft)))

    async def _take_up(self, user: str, kind: Kind, opened: Json) -> None:
        """Fills an empty form with the draft that another replica has just saved."""
        if draft := await self._queries.draft(user, kind):
            view = await self._forms.from_draft(kind, user, draft, is_open=True)
            await self._dispatcher.update_view(str(opened["id"]), view, seen=str(opened["hash"]))


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    offering = SuggestionLookup(desk)
    forms = RaiseForm(desk)
    drafts = _DraftForms(desk, dispatcher, forms)

    async def open_form(asked: Command) -> None:
        """Opens the form with the draft, or with what the text behind the command says."""
        await desk.queries.require_staff(asked.user)
        kind = COMMANDS[asked.name]
        if asked.text:
            form, answers = await forms.read(FormState(kind), asked.user, asked.text)
            opened = await dispatcher.open_modal(asked.trigger, await forms.draw(form, asked.user, answers))
            where = Click.of(asked)
            typed = replace(
                where, view=str(opened["id"]), view_hash=str(opened["hash"]), about=form.pack(), typed=answers
            )
            dispatcher.tasks.start(suggest(typed))
        else:
            await drafts.open(asked, kind)

    async def suggest(read: Click) -> None:
        """Adds the suggestions for the text that was read, unless the form was redrawn meanwhile."""
        if shown := await offering.now(read):
            view = await forms.draw(FormState.unpack(read.about), read.user, read.typed, shown)
            await dispatcher.update_view(read.view, view, seen=read.view_hash)

    async def submit(form: Submission) -> Json | None:
        about = await linked(dispatcher.client, FormState.unpack(form.about))
        files = await named(dispatcher.client, (*form.files, *read(form.typed.get(OFFERED, ""))))
        typed = about.prefilled.without_former(await with_table(form, dispatcher))
        is_taken = not form.typed.get(create.LEFT)
        await desk.raising.create(form.user, about.kind, typed, form.view, about.link or "", files, is_taken=is_taken)
        if about.draft:
            await use_up(desk, form.user, about)
        return None

    for name in COMMANDS:
        dispatcher.commands[name] = open_form
    dispatcher.submissions[create.RAISE] = submit
    _register_redraws(desk, dispatcher, offering)
    _register_drafts(desk, dispatcher, offering)


def _register_redraws(desk: Desk, dispatcher: Dispatcher, offering: SuggestionLookup) -> None:
    forms = RaiseForm(desk)

    async def show_more(click: Click) -> None:
        await desk.queries.require_staff(click.user)
        form = replace(FormState.unpack(click.about), more=True)
        view = await forms.draw(form, click.user, click.typed, await offering.now(click))
        await dispatcher.update_view(click.view, view)

    async def read_pasted(click: Click) -> None:
        """Fills in the fields that are still empty from the words pasted into the form."""
        await desk.queries.require_staff(click.user)
        form, answers = await forms.read_again(FormState.unpack(click.about), click.user, click.typed)
        view = await forms.draw(form, click.user, answers, await offering.now(click))
        await dispatcher.update_view(click.view, view)

    async def redraw(click: Click) -> Json | None:
        await desk.queries.require_staff(click.user)
        shown = await offering.look(click)
        return (
            None if shown is None else await forms.draw(FormState.unpack(click.about), click.user, click.typed, shown)
        )

    dispatcher.clicks[create.MORE] = show_more
    dispatcher.clicks[create.READ] = read_pasted
    dispatcher.redraws[create.RAISE] = redraw


def _register_drafts(desk: Desk, dispatcher: Dispatcher, offering: SuggestionLookup) -> None:
    forms = RaiseForm(desk)

    async def save_draft(click: Click) -> Show | None:
        """Keeps one draft per kind: a draft other than the one this form began with is not replaced without asking."""
        await desk.queries.require_staff(click.user)
        form = FormState.unpack(click.about)
        there = await desk.queries.draft(click.user, form.kind)
        own = form.mark, mark_of(await draft_of(click))  # the latter where it is clicked twice
        if there and mark_of(there) not in own:
            await ask(click, there)
            return None
        return await put(click)

    async def ask(click: Click, other: Mapping[str, str]) -> None:
        """Asks which of two drafts to keep. Slack keeps what is typed."""
        view = await forms.draw(
            FormState.unpack(click.about), click.user, click.typed, await offering.now(click), other
        )
        await dispatcher.update_view(click.view, view)

    async def keep_other(click: Click) -> None:
        await desk.queries.require_staff(click.user)
        await ask(click, {})

    async def put(click: Click) -> Show:
        form = FormState.unpack(click.about)
        await desk.tickets.save_draft(click.user, form.kind, await draft_of(click))
        if form.draft is not form.kind:
            await use_up(desk, click.user, form)
        return lambda: dispatcher.update_view(click.view, create.draft_saved(form.kind))

    async def draft_of(click: Click) -> dict[str, str]:
        """The draft made from a form: what was typed, and how the form was begun."""
        typed = await desk.raising.with_moments(click.typed, click.user)
        return present({**typed, STATE_KEY: FormState.unpack(click.about).pack()})

    async def discard_draft(click: Click) -> Show:
        await desk.queries.require_staff(click.user)
        await discard(desk, click.user, FormState.unpack(click.about))
        return lambda: dispatcher.update_view(click.view, create.draft_discarded(Kind(click.value)))

    dispatcher.saving_clicks[create.SAVE_DRAFT] = save_draft
    dispatcher.saving_clicks[create.REPLACE] = put
    dispatcher.clicks[create.KEEP] = keep_other
    dispatcher.saving_clicks[create.DISCARD_DRAFT] = discard_draft


async def use_up(desk: Desk, user: str, form: FormState) -> None:
    """Deletes the draft of a form that is saved now; one that cannot be deleted does not make the form fail."""
    try:
        await discard(desk, user, form)
    except StoreDown as error:
        log.warning("a draft that was used up could not be deleted: %s", error)


async def discard(desk: Desk, user: str, form: FormState) -> None:
    """Deletes the draft that this form began with, unless another one has replaced it since."""
    if form.draft and mark_of(await desk.queries.draft(user, form.draft)) == form.mark:
        await desk.tickets.discard_draft(user, form.draft)
