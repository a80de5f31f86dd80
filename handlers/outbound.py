"""Words to Retarus: the form, the preview, and the sending; from a button, or from a message in a ticket's thread."""

from __future__ import annotations

from blocks import conversation, outbound
from blocks.kit import Json
from bot.core.errors import Conflict, NotNow
from bot.core.i18n import t
from bot.desk import Desk
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher
from handlers.mention_names import MentionNames
from handlers.payload import Click, Shortcut, Submission
from handlers.slack_text import as_typed

FROM_MESSAGE = "send_to_retarus"
"""The shortcut on a message."""


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    names = MentionNames(desk, dispatcher)

    async def write(click: Click) -> None:
        ticket = await desk.outbound.draft(click.value, click.user)
        text = await desk.outbound.newly_affected(ticket)
        await dispatcher.open_for(click, outbound.form(ticket, reference(ticket, desk.config), desk.config, text=text))

    async def answer(click: Click) -> None:
        entry, ticket = await desk.conversation.entry_with_ticket(click.value, click.user)
        await desk.outbound.draft(ticket.id, click.user)
        name = reference(ticket, desk.config)
        await dispatcher.open_for(click, outbound.form(ticket, name, desk.config, entry=entry.id, question=entry.words))

    async def from_message(used: Shortcut) -> None:
        await desk.queries.open_to_part(used.user)
        ticket_id = await desk.conversation.ticket_at(used.channel, used.thread or used.ts)
        if not ticket_id:
            raise NotNow(t("This message is in no ticket's thread. Use it on a message below a ticket's card."))
        ticket = await desk.outbound.draft(ticket_id, used.user)
        words = as_typed(used.text, await names.of(used.text))
        await dispatcher.open_modal(
            used.trigger, outbound.form(ticket, reference(ticket, desk.config), desk.config, text=words)
        )

    async def preview(form: Submission) -> Json:
        text = form.typed.get(outbound.WORD, "")
        return await shown(form, text, form.below)

    async def shown(form: Submission, text: str, entry: str) -> Json:
        outgoing = await desk.outbound.preview(form.ticket, form.user, text, entry)
        await desk.conversation.save_draft(form.user, form.ticket, text)
        return outbound.preview(outgoing, reference(outgoing.ticket, desk.config), entry, desk.config)

    async def send(form: Submission) -> Json | None:
        text = await desk.conversation.saved_draft(form.user, form.ticket)
        entry, _, seen = form.below.partition("|")
        try:
            await desk.outbound.send(form.ticket, form.user, text, form.view, form.version, seen, entry)
        except Conflict:  # something changed meanwhile: it is shown first
            return await shown(form, text, entry)
        return None

    dispatcher.clicks[outbound.WRITE] = write
    dispatcher.clicks[conversation.ANSWER] = answer
    dispatcher.shortcuts[FROM_MESSAGE] = from_message
    dispatcher.submissions[outbound.WRITE] = preview
    dispatcher.submissions[outbound.SEND] = send
