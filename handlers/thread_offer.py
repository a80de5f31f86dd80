"""Messages of a ticket's thread, offered in the forms of the handoff and the escalation, and taken in by one click."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from blocks import escalation_form, handoff, thread_offer
from blocks.form import LONGEST, filled_again
from blocks.kit import Json
from bot.core.acknowledgements import is_acknowledgement
from bot.core.clock import zone
from bot.core.errors import NotNow
from bot.core.i18n import t
from bot.desk import Desk
from bot.model.ticket import Ticket
from handlers import views
from handlers.dispatch import Dispatcher, Show
from handlers.payload import Click, SlackEvent
from handlers.thread_messages import ThreadMessage, ThreadReader

FIELDS: Mapping[str, tuple[str, ...]] = {handoff.SUBMIT: ("triage",), escalation_form.TASKS: ("steps", "done")}
"""Form → the fields for which messages are offered."""
_TS = "."


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    reader = ThreadReader(desk, dispatcher)

    async def take_in(click: Click) -> None:
        """Adds a message, with its author and time, to what is typed in the field; the person still submits it."""
        ticket = await desk.queries.open_to(click.ticket, click.user)
        ts, _, key = click.value.partition("|")
        message = await reader.offered(ticket, ts)
        redraw = dispatcher.redraws.get(click.view_callback)
        if message is None or redraw is None or key not in FIELDS[click.view_callback]:
            raise NotNow(t("This message is not in the ticket's thread any more."))
        if is_acknowledgement(message.text):
            raise NotNow(t("This message was edited: there is nothing left to insert."))
        words = added(click.typed.get(key, ""), message, ticket)
        view = await redraw(replace(click, typed={**click.typed, key: words}))
        if view is not None:
            view["blocks"] = [_filled(block, key, ts) for block in thread_offer.blocks_of(view)]
            view["private_metadata"] = click.about
            await dispatcher.update_view(click.view, view)

    async def received(event: SlackEvent) -> Show | None:
        """Remembers what is written in the desk channel's threads."""
        if event.channel == desk.routes.desk:
            dispatcher.threads.receive(event.message)
        return await other(event)

    dispatcher.clicks[thread_offer.TAKE_IN] = take_in
    other = dispatcher.events["message"]
    dispatcher.events["message"] = received


def added(typed: str, message: ThreadMessage, ticket: Ticket) -> str:
    """The typed text with the message below it, once. Refuses what Slack's input has no room for."""
    moment = message.at.astimezone(zone(ticket.zone))
    words = f"{message.author}, {moment:%d.%m.%Y %H:%M}: {message.text}"
    whole = typed if words in typed else "\n".join(filter(None, (typed, words)))
    if len(words) > LONGEST:
        raise NotNow(t("This message is too long for the field: copy the part that matters from the thread."))
    if len(whole) > LONGEST:
        raise NotNow(t("There is no room for this message: shorten the text first."))
    return whole


def _filled(block: Json, key: str, ts: str) -> Json:
    return filled_again(block, ts.replace(_TS, "")) if block.get("block_id") == key else block


async def open_with_offers(
    dispatcher: Dispatcher, reader: ThreadReader, click: Click, view: Json, ticket: Ticket
) -> None:
    """Opens the form at once. Adds the messages that are known, then those that Slack gives; a redraw ends that."""
    opened = await views.open_for(dispatcher.client, click, view)

    async def add(shown: Json) -> None:
        drawn = view
        for messages in (reader.known, reader.newest):
            complete = _complete(view, await messages(ticket))
            if complete["blocks"] != drawn["blocks"]:
                updated = await views.update(dispatcher.client, str(shown["id"]), complete, seen=str(shown["hash"]))
                if updated is None:
                    return
                shown, drawn = updated, complete

    if opened is not None and is_asked(view):
        dispatcher.tasks.start(add(opened))


def with_offers(
    desk: Desk, dispatcher: Dispatcher, redraw: Callable[[Click], Awaitable[Json]]
) -> Callable[[Click], Awaitable[Json]]:
    """The redraw of a form, with the messages that are known by now. Slack is not asked again."""
    reader = ThreadReader(desk, dispatcher)

    async def redrawn(click: Click) -> Json:
        view = await redraw(click)
        if not is_asked(view):
            return view
        messages = await reader.known_soon(await desk.queries.ticket(click.ticket))
        return _complete(view, messages)

    return redrawn


def is_asked(view: Json) -> bool:
    """True if the form has a field for which messages are offered."""
    keys = FIELDS[str(view["callback_id"])]
    return any(block.get("block_id") in keys for block in thread_offer.blocks_of(view))


def _complete(view: Json, messages: Sequence[ThreadMessage]) -> Json:
    """The form with the messages below each of its fields for which they are offered."""
    for key in FIELDS[str(view["callback_id"])]:
        view = thread_offer.with_messages(view, key, messages)
    return view
