"""Outages: tickets of a service are gathered under a leading one, notified and resolved together."""

from __future__ import annotations

from blocks import outage
from blocks.kit import Json
from bot.desk import Desk
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher, Draw
from handlers.payload import Click, Submission


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def drawn(ticket_id: str, user: str) -> Json:
        return outage.modal(await desk.outages.look(ticket_id, user), desk.config)

    async def show(click: Click) -> None:
        await dispatcher.open_for(click, await drawn(click.value, click.user))

    async def gather(form: Submission) -> Draw:
        await desk.outages.gather(form.ticket, form.user, _ticked(form), form.view)
        return lambda: drawn(form.ticket, form.user)

    async def ask_word(click: Click) -> None:
        ticket = await desk.queries.open_to(click.value, click.user)
        await dispatcher.open_for(click, outage.tell(ticket, reference(ticket, desk.config)))

    async def tell(form: Submission) -> None:
        await desk.outages.tell_all(form.ticket, form.user, form.typed.get(outage.WORD, ""), form.view)

    async def ask_remedy(click: Click) -> None:
        ticket = await desk.outages.resolvable(click.value, click.user)
        await dispatcher.open_for(click, outage.resolve(ticket, reference(ticket, desk.config)))

    async def resolve(form: Submission) -> Draw:
        count = await desk.outages.resolve_all(form.ticket, form.user, form.typed.get(outage.WORD, ""), form.view)

        async def resolved() -> Json:
            ticket = await desk.queries.ticket(form.ticket)
            return outage.resolved(ticket, count, reference(ticket, desk.config))

        return resolved

    dispatcher.clicks[outage.SHOW] = show
    dispatcher.submissions[outage.SHOW] = gather
    dispatcher.clicks[outage.TELL] = ask_word
    dispatcher.submissions[outage.TELL] = tell
    dispatcher.clicks[outage.RESOLVE] = ask_remedy
    dispatcher.submissions[outage.RESOLVE] = resolve


def _ticked(form: Submission) -> list[str]:
    """Ids of the ticked tickets, of all groups."""
    groups = (text for block, text in form.typed.items() if block.startswith(outage.TICKETS))
    return [ticket_id for text in groups for ticket_id in text.split("\n") if ticket_id]
