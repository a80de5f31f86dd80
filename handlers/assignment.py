"""Form that assigns a ticket to a person of its level."""

from __future__ import annotations

from blocks import assignment
from bot.desk import Desk
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher
from handlers.payload import Click, Submission


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def ask(click: Click) -> None:
        ticket, candidates = await desk.assignment.ask(click.value, click.user)
        await dispatcher.open_for(click, assignment.modal(ticket, reference(ticket, desk.config), candidates))

    async def assign(form: Submission) -> None:
        to = form.typed.get(assignment.TO, "")
        await desk.assignment.assign(form.ticket, form.user, to, form.view, form.version)

    dispatcher.clicks[assignment.ASK] = ask
    dispatcher.submissions[assignment.ASK] = assign
