"""Undo of a step: on its line in the thread, and in the list of checks."""

from __future__ import annotations

from blocks import undo
from bot.desk import Desk
from handlers.checklist import shown_again
from handlers.dispatch import Dispatcher, Show
from handlers.payload import Click


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def step(click: Click) -> None:
        ticket_id, version = undo.read(click.value)
        await desk.undo.undo(ticket_id, version, click.user, click.id)

    async def check(click: Click) -> Show:
        ticket_id, version = undo.read(click.value)
        ticket = await desk.undo.undo(ticket_id, version, click.user, click.id)
        return dispatcher.shows(click.view, lambda: shown_again(desk, ticket, click))

    dispatcher.saving_clicks[undo.UNDO] = step
    dispatcher.saving_clicks[undo.UNDO_CHECK] = check
