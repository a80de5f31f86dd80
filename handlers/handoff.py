"""The handoff of a ticket from the 1st to the 2nd level."""

from __future__ import annotations

from collections.abc import Mapping

from blocks import fill_in, handoff, known_issues
from blocks.kit import Json
from bot.desk import Desk
from bot.model.ticket import Kind, Ticket
from bot.model.transitions import Move
from bot.search.results import (
    KnownIssueCheck,
    SearchResult,
)
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher
from handlers.payload import Click, Submission
from handlers.thread_messages import ThreadReader
from handlers.thread_offer import open_with_offers, with_offers


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    reader = ThreadReader(desk, dispatcher)

    async def ask(click: Click) -> None:
        ticket = await desk.queries.allowed(click.value, Move.HAND_OFF, click.user)
        await open_with_offers(dispatcher, reader, click, await drawn(ticket), ticket)

    async def redraw(click: Click) -> Json:
        ticket = await desk.queries.open_to(click.ticket, click.user)
        everything = click.action == fill_in.ALL or handoff.shows_everything(ticket, click.typed)
        return await drawn(ticket, click.typed, everything=everything)

    async def drawn(ticket: Ticket, typed: Mapping[str, str] | None = None, *, everything: bool = False) -> Json:
        """Draws the form with suggestions from the notes, open tickets and the customer's history."""
        known = await desk.search.known(ticket) if ticket.kind is Kind.INCIDENT else KnownIssueCheck(SearchResult())
        links = await desk.queries.card_links(known.found.tickets)
        found = known_issues.hits(known.found, desk.config, links)
        name = reference(ticket, desk.config)
        return handoff.modal(ticket, name, desk.config, typed, known.answers, found, everything=everything)

    async def submit(form: Submission) -> Json | None:
        await desk.tickets.hand_off(form.ticket, form.user, form.typed, form.view, form.version)
        return None

    dispatcher.clicks[handoff.ASK] = ask
    dispatcher.submissions[handoff.SUBMIT] = submit
    dispatcher.redraws[handoff.SUBMIT] = with_offers(desk, dispatcher, redraw)
