"""The conversation with Retarus: entries are recorded with the form filled, unassigned mails are assigned."""

from __future__ import annotations

from blocks import conversation, reminders, transitions
from blocks.kit import Json
from bot.core.i18n import t
from bot.desk import Desk
from bot.model.conversation import Entry
from bot.model.ticket import Stage, Ticket
from bot.model.transitions import Move, Step, can
from bot.tickets.changes import Along
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher, Show
from handlers.payload import Click, Submission

_MOVES = {conversation.UPDATE: Move.RETARUS_UPDATE, conversation.REPLY: Move.RETARUS_ANSWERED}


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def record(click: Click) -> None:
        entry, ticket = await desk.conversation.entry_with_ticket(click.value, click.user)
        kind = click.action.removeprefix(conversation.RECORD)
        await dispatcher.open_for(click, _form(desk, kind, ticket, entry))

    async def whole(click: Click) -> None:
        entry = await desk.conversation.entry(click.value, click.user)
        await dispatcher.open_for(click, conversation.whole(entry))

    async def original(click: Click) -> Show:
        await desk.conversation.send_original(click.value, click.user, click.id)
        return lambda: dispatcher.tell(click, t("You get the original as a file in a direct message."))

    async def number(click: Click) -> None:
        entry_id, _, text = click.value.partition("|")
        entry, _ = await desk.conversation.entry_with_ticket(entry_id, click.user)
        await desk.escalation.record_rcr(entry.ticket_id, click.user, text, click.id)

    async def ask(click: Click) -> None:
        entry = await desk.conversation.entry(click.value, click.user)
        names = await desk.conversation.called([entry])
        await dispatcher.open_for(click, conversation.assigning(entry, names))

    async def assign(form: Submission) -> Json | None:
        await desk.conversation.assign(form.about, form.user, form.typed.get(conversation.TICKET, ""))
        return None

    async def dismiss(click: Click) -> None:
        await desk.conversation.dismiss(click.value, click.user)

    for kind in conversation.RECORDS:
        dispatcher.clicks[conversation.RECORD + kind] = record
    dispatcher.clicks[conversation.WHOLE] = whole
    dispatcher.saving_clicks[conversation.ORIGINAL] = original
    for action in conversation.NUMBERS:
        dispatcher.saving_clicks[action] = number
    dispatcher.clicks[conversation.ASSIGN] = ask
    dispatcher.submissions[conversation.ASSIGN] = assign
    dispatcher.saving_clicks[conversation.DISMISS] = dismiss


def recording(desk: Desk, form: Submission) -> Along | None:
    """Marks the entry that a form was opened from, in the change that the form saves; none for any other form."""
    entry_id, kind, seen = conversation.recorded_entry(form.below)
    return desk.conversation.recording(entry_id, form.user, kind, form.view, seen) if entry_id else None


def _form(desk: Desk, kind: str, ticket: Ticket, entry: Entry) -> Json:
    """The form filled from their words; a note, where the ticket is not with Retarus any more."""
    name = reference(ticket, desk.config)
    if kind == conversation.QUESTION and ticket.stage is Stage.RETARUS:
        return conversation.recording(reminders.expect(ticket, name, question=entry.words), entry, kind)
    move = _MOVES.get(kind)
    fits = move is not None and can(ticket, move)
    view = transitions.modal(move if move and fits else Step.NOTE, ticket, name, desk.config, word=entry.words)
    return conversation.recording(view, entry, kind if fits else conversation.NOTE)
