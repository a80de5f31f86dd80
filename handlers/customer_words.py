"""Texts for an end-customer: shown to be copied, never sent."""

from __future__ import annotations

from blocks import customer_words
from bot.core.i18n import Language
from bot.desk import Desk
from bot.register.customer_words import CustomerStage
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher
from handlers.payload import Click


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def show(click: Click) -> None:
        written = await desk.customer_words.write(click.value, click.user)
        view = customer_words.modal(written, reference(written.ticket, desk.config))
        await dispatcher.open_for(click, view)

    async def choose(click: Click) -> None:
        ticket_id, stage, language = click.value.split("|")
        written = await desk.customer_words.write(ticket_id, click.user, stage, language)
        view = customer_words.modal(written, reference(written.ticket, desk.config))
        await dispatcher.update_view(click.view, view, seen=click.view_hash)

    dispatcher.clicks[customer_words.SHOW] = show
    for choice in (*CustomerStage, *Language):
        dispatcher.clicks[f"{customer_words.CHOOSE}{choice}"] = choose
