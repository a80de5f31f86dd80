"""Somebody finds that it is the same problem: they join a ticket, or link two with the same cause."""

from __future__ import annotations

from blocks import card, known_issues
from blocks.form_state import Begun
from blocks.kit import Json
from bot.core.text import one_line
from bot.desk import Desk
from bot.known_issues.links import CAUSE
from bot.model.ticket import Ticket
from bot.search.service import Found
from handlers.create import use_up
from handlers.dispatch import Dispatcher
from handlers.payload import Click, Submission


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    searching = desk.search

    async def look(click: Click) -> None:
        ticket = await desk.queries.open_to(click.value, click.user)
        await dispatcher.client.views_open(trigger_id=click.trigger, view=await drawn(ticket, click.user))

    async def drawn(ticket: Ticket, user: str) -> Json:
        found = await searching.similar(ticket, user)
        return known_issues.known(ticket, found, desk.config, await links(found))

    async def links(found: Found) -> dict[str, str]:
        return await desk.queries.card_links(found.tickets)

    async def link(form: Submission) -> Json | None:
        ticket = await desk.known_issues.same_cause(form.ticket, form.user, form.typed.get(CAUSE, ""), form.view)
        return await drawn(ticket, form.user)

    async def same(click: Click) -> None:
        ticket = await desk.known_issues.same_cause(click.ticket, click.user, click.value, click.id)
        await dispatcher.client.views_update(view_id=click.view, view=await drawn(ticket, click.user))

    async def other(click: Click) -> None:
        ticket = await desk.known_issues.other_cause(click.value, click.user, click.id)
        await dispatcher.client.views_update(view_id=click.view, view=await drawn(ticket, click.user))

    async def join(click: Click) -> None:
        ticket = await desk.known_issues.join(click.value, click.user, click.typed, click.id)
        await use_up(desk, click.user, Begun.unpack(click.about))
        customer = one_line(click.typed.get("customer", ""), 75)
        view = known_issues.joined(ticket, customer, desk.config, await desk.queries.link(ticket))
        await dispatcher.client.views_update(view_id=click.view, view=view)

    dispatcher.clicks[card.KNOWN] = look
    dispatcher.submissions[card.KNOWN] = link
    dispatcher.clicks[known_issues.SAME] = same
    dispatcher.clicks[known_issues.OTHER] = other
    dispatcher.clicks[known_issues.JOIN] = join
