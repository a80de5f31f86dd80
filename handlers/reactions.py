"""Emoji that act, where `emoji` in desk.toml allows it: on a ticket's card or call, and on messages in its thread."""

from __future__ import annotations

from bot.core.cleaning import beginning
from bot.core.errors import NotNow
from bot.core.i18n import t
from bot.desk import Desk
from bot.model.transitions import Move, can, taking
from bot.model.undoing import undone
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher
from handlers.payload import Emoji, SlackEvent
from handlers.thread_messages import ThreadReader

_LONGEST_NOTE = 4000
"""Characters of a message that are noted: the line of the note quotes all of them."""


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    reader = ThreadReader(desk, dispatcher)

    async def reacted(event: SlackEvent) -> None:
        if not desk.config.desk.emoji or event.channel != desk.routes.desk:
            return
        if event.emoji is Emoji.NOTE:
            await note(event)
        elif event.emoji and (ticket_id := await desk.conversation.ticket_at(event.channel, event.ts)):
            await (_take if event.emoji is Emoji.TAKE else _finish)(desk, ticket_id, event)
        elif event.emoji is Emoji.TAKE:
            await _take_from_call(desk, event)

    async def note(event: SlackEvent) -> None:
        """Puts a message into the notes once, whoever pins it and however often; again once that was undone."""
        message = await reader.one(event.channel, event.ts)
        if message is None:
            return
        await desk.queries.open_to_part(event.user)
        if not message.text:
            raise NotNow(t("This message has no text that could be noted."))
        noted = undone(await desk.queries.history(message.ticket_id))
        again = sum(each.detail.get("message") == event.ts for each in noted)
        words = f"{message.author}: {beginning(message.text, _LONGEST_NOTE)}"
        once = f"pinned:{event.channel}:{event.ts}{f':{again}' if again else ''}"
        await desk.tickets.note(message.ticket_id, event.user, words, once, message=event.ts)

    dispatcher.events["reaction_added"] = reacted


async def _take(desk: Desk, ticket_id: str, event: SlackEvent) -> None:
    ticket = await desk.queries.ticket(ticket_id)
    if await desk.tickets.was_made((Move.TAKE, Move.ACCEPT), event.id):
        return
    await desk.tickets.act(ticket_id, taking(ticket), event.user, event.id)


async def _take_from_call(desk: Desk, event: SlackEvent) -> None:
    """The same as `Take now`; other messages are passed over."""
    ticket_id = await desk.conversation.ticket_called_at(event.channel, event.ts)
    if ticket_id:
        await desk.tickets.take_now(ticket_id, event.user, event.id)


async def _finish(desk: Desk, ticket_id: str, event: SlackEvent) -> None:
    """Resolves a ticket whose remedy is known, or confirms a resolved one."""
    ticket = await desk.queries.open_to(ticket_id, event.user)
    if await desk.tickets.was_made((Move.RESOLVE, Move.CONFIRM), event.id):  # what it resolved it does not confirm too
        return
    if not can(ticket, Move.RESOLVE):
        await desk.tickets.act(ticket_id, Move.CONFIRM, event.user, event.id)
        return
    await desk.queries.allowed(ticket_id, Move.RESOLVE, event.user)
    remedy, name = ticket.answer("remedy"), reference(ticket, desk.config)
    if not remedy:
        words = t("{ticket} has no remedy yet: press “Resolve” on its card and say what the remedy is.", ticket=name)
        raise NotNow(words)
    await desk.tickets.resolve(ticket_id, event.user, event.id, remedy, {})
