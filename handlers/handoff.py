"""The 1st level hands a ticket to the 2nd."""

from __future__ import annotations

from blocks import handoff
from blocks.kit import Json
from bot.desk import Desk
from bot.letter import reference
from bot.moves import Move
from handlers.boundary import Boundary
from handlers.payload import Click, Submission


def register(desk: Desk, edge: Boundary) -> None:
    async def ask(click: Click) -> None:
        ticket = await desk.allowed(click.value, Move.HAND_OFF, click.user)
        view = handoff.modal(ticket, reference(ticket, desk.config), desk.config)
        await edge.client.views_open(trigger_id=click.trigger, view=view)

    async def redraw(click: Click) -> Json:
        ticket = await desk.ticket(click.ticket)
        return handoff.modal(ticket, reference(ticket, desk.config), desk.config, click.typed)

    async def submit(form: Submission) -> Json | None:
        await desk.hand_off(form.ticket, form.user, form.typed, form.view, form.version)
        return None

    edge.clicks[handoff.ASK] = ask
    edge.submissions[handoff.SUBMIT] = submit
    edge.redraws[handoff.SUBMIT] = redraw
