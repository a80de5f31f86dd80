"""Shift handovers: begun by `/retarus-ticket handover`, accepted by a button."""

from __future__ import annotations

from collections.abc import Iterable

from blocks import handover
from blocks.card import Who
from blocks.kit import Message
from bot.core.errors import NotNow
from bot.desk import Desk
from bot.model.ticket import Ticket
from bot.reminders.handover import Handover
from handlers.dispatch import Dispatcher, Show
from handlers.payload import Click, Submission
from handlers.response_url import reply


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def start(click: Click) -> None:
        tickets, others = await desk.handovers.mine(click.user)
        who, links = await named(desk, tickets)
        await dispatcher.open_for(click, handover.modal(tickets, others, desk.config, who, links))

    async def offer(form: Submission) -> None:
        await desk.handovers.offer(form.user, form.typed.get(handover.NOTE, ""), form.view)

    async def accept(click: Click) -> Show:
        try:
            accepted = await desk.handovers.accept(click.value, click.user)
        except NotNow:
            dispatcher.tasks.start(show_again(click))
            raise
        return lambda: show(click, accepted)

    async def show(click: Click, found: Handover) -> None:
        await reply(dispatcher.client, click.response_url, await drawn(desk, found), replace=True)

    async def show_again(click: Click) -> None:
        """Redraws a handover that somebody else accepted: after a crash its message may still have the button."""
        found = await desk.handovers.look(click.value)
        if found and found.accepted_by:
            await show(click, found)

    dispatcher.clicks[handover.START] = start
    dispatcher.submissions[handover.START] = offer
    dispatcher.saving_clicks[handover.ACCEPT] = accept


async def named(desk: Desk, tickets: Iterable[Ticket], *people: str) -> tuple[Who, dict[str, str]]:
    """Names of the owners and of these people, and the links of the tickets' cards."""
    found = list(tickets)
    who = await desk.queries.names({*(each.owner for each in found), *people} - {""})
    return who, await desk.queries.card_links(found)


async def drawn(desk: Desk, found: Handover) -> Message:
    """The message of a handover as it is now, in the desk's language where it is shown to all."""
    who, links = await named(desk, found.tickets, found.giver, found.accepted_by)
    return handover.message(found, desk.config, who, links)
