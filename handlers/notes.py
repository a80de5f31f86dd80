"""Technical notes: written, shown, changed, retired and reinstated."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from blocks import notes
from blocks.kit import Json
from bot.core.errors import Conflict, Invalid
from bot.core.i18n import mark, t
from bot.desk import Desk
from bot.notes.service import REASON, Notes
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher, Draw, OnClick, OnSubmit, Show
from handlers.payload import Click, Command, Submission

COMMAND = "/retarus-note"


_CHANGED = mark("Somebody else changed this note meanwhile. Copy your text, close, and open it again.")

Drawn = Callable[[str, str], Coroutine[object, object, Json]]
"""Draws a note, by its id, for a person."""


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    book = desk.notes

    async def drawn(note_id: str, user: str, version: int = 0) -> Json:
        versions = await book.history(note_id, user)
        who = await desk.queries.names({each.changed_by for each in versions})
        ticket = await desk.queries.find(versions[0].ticket_id)
        return notes.shown(versions, who, reference(ticket, desk.config) if ticket else "", version)

    async def asked(command: Command) -> None:
        """`/retarus-note TN-3` shows it; other words begin one."""
        await desk.queries.open_to_part(command.user)
        note = await book.shown_or_drafted(command.text, command.user)
        view = await drawn(note.id, command.user) if note and note.id else notes.modal(note, desk.config)
        await dispatcher.open_modal(command.trigger, view)

    async def turn(click: Click) -> None:
        """Shows another version."""
        note_id, _, version = click.value.partition("|")
        await dispatcher.update_view(click.view, await drawn(note_id, click.user, int(version)))

    dispatcher.commands[COMMAND] = asked
    dispatcher.clicks[notes.EARLIER] = turn
    dispatcher.clicks[notes.LATER] = turn
    dispatcher.clicks |= _clicks(desk, dispatcher, book, drawn)
    dispatcher.submissions |= _submissions(book, drawn)


def _clicks(desk: Desk, dispatcher: Dispatcher, book: Notes, drawn: Drawn) -> dict[str, OnClick]:
    async def write(click: Click) -> None:
        await desk.queries.open_to_part(click.user)
        await dispatcher.open_for(click, notes.modal(None, desk.config))

    async def write_from(click: Click) -> None:
        draft = await book.draft_from_ticket(click.value, click.user)
        view = notes.modal(draft, desk.config, about=click.value)
        await dispatcher.open_for(click, view)

    async def show(click: Click) -> None:
        await dispatcher.open_for(click, await drawn(click.value, click.user))

    async def ask_change(click: Click) -> None:
        await desk.queries.open_to_part(click.user)
        note = await book.one(click.value, click.user)
        view = notes.modal(note, desk.config, callback=notes.CHANGE, about=f"{note.id}|{note.version}")
        await dispatcher.update_view(click.view, view)

    async def ask_retire(click: Click) -> None:
        await desk.queries.open_to_part(click.user)
        note = await book.one(click.value, click.user)
        await dispatcher.update_view(click.view, notes.retiring(note))

    async def reinstate(click: Click) -> Show:
        note = await book.reinstate(click.value, click.user, click.id)
        return dispatcher.shows(click.view, lambda: drawn(note.id, click.user))

    dispatcher.saving_clicks[notes.REINSTATE] = reinstate
    return {
        notes.WRITE: write,
        notes.FROM: write_from,
        notes.SHOW: show,
        notes.CHANGE: ask_change,
        notes.RETIRE: ask_retire,
    }


def _submissions(book: Notes, drawn: Drawn) -> dict[str, OnSubmit]:
    """Form → the method that saves it; each then shows the note as it now is."""

    async def written(form: Submission) -> Draw:
        note = await book.write(form.typed, form.user, form.view, form.ticket)
        return lambda: drawn(note.id, form.user)

    async def changed(form: Submission) -> Draw:
        try:
            note = await book.change(form.ticket, form.typed, form.user, form.view, form.version)
        except Conflict as error:
            raise Invalid({"symptom": t(_CHANGED)}) from error
        return lambda: drawn(note.id, form.user)

    async def retired(form: Submission) -> Draw:
        try:
            note = await book.retire(form.ticket, form.user, form.typed.get(REASON, ""), form.view, form.version)
        except Conflict as error:
            raise Invalid({REASON: t(_CHANGED)}) from error
        return lambda: drawn(note.id, form.user)

    return {notes.WRITE: written, notes.CHANGE: changed, notes.RETIRE: retired}
