"""Known issues: an end-customer joins a ticket, or two tickets with the same cause are linked."""

from __future__ import annotations

from blocks import card, known_issues
from blocks.form_state import FormState
from blocks.kit import Json
from bot.core.cleaning import shorten_middle
from bot.desk import Desk
from bot.known_issues.links import CAUSE
from bot.model.ticket import Ticket
from bot.search.results import SearchResult
from handlers.create import use_up
from handlers.dispatch import Dispatcher, Draw, Show
from handlers.payload import Click, Submission


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    searching = desk.search

    async def look(click: Click) -> None:
        ticket = await desk.queries.open_to(click.value, click.user)
        await dispatcher.open_for(click, await drawn(ticket, click.user))

    async def drawn(ticket: Ticket, user: str) -> Json:
        found = await searching.similar(ticket, user)
        return known_issues.known(ticket, found, desk.config, await links(found))

    async def links(found: SearchResult) -> dict[str, str]:
        return await desk.queries.card_links(found.tickets)

    async def link(form: Submission) -> Draw:
        ticket = await desk.known_issues.same_cause(form.ticket, form.user, form.typed.get(CAUSE, ""), form.view)
        return lambda: drawn(ticket, form.user)

    async def same(click: Click) -> Show:
        ticket = await desk.known_issues.same_cause(click.ticket, click.user, click.value, click.id)
        return dispatcher.shows(click.view, lambda: drawn(ticket, click.user))

    async def other(click: Click) -> Show:
        ticket = await desk.known_issues.other_cause(click.value, click.user, click.id)
        return dispatcher.shows(click.view, lambda: drawn(ticket, click.user))

    async def join(click: Click) -> Show:
        about = FormState.unpack(click.about)
        typed = about.prefilled.without_former(click.typed)
        ticket = await desk.known_issues.join(click.value, click.user, typed, click.id)
        await use_up(desk, click.user, about)
        return dispatcher.shows(click.view, lambda: joined(ticket, click))

    async def joined(ticket: Ticket, click: Click) -> Json:
        customer = shorten_middle(click.typed.get("customer", ""), 75)
        return known_issues.joined(ticket, customer, desk.config, await desk.queries.link(ticket))

    dispatcher.clicks[card.KNOWN] = look
    dispatcher.submissions[card.KNOWN] = link
    dispatcher.saving_clicks[known_issues.SAME] = same
    dispatcher.saving_clicks[known_issues.OTHER] = other
    dispatcher.saving_clicks[known_issues.JOIN] = join
