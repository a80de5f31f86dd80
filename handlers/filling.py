"""Somebody fills in answers."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from blocks import escalate, filling
from blocks.kit import Json
from bot.desk import Desk
from bot.letter import reference
from bot.ticket import Ticket
from handlers.boundary import Boundary
from handlers.payload import Click, Submission


def register(desk: Desk, edge: Boundary) -> None:
    def form_for(ticket: Ticket, *, everything: bool = False, transactions: int = 1) -> Json:
        name = reference(ticket, desk.config)
        return filling.modal(ticket, name, desk.config, everything=everything, transactions=transactions)

    async def ask(click: Click) -> None:
        ticket = await desk.open_to(click.value, click.user)
        await edge.client.views_open(trigger_id=click.trigger, view=form_for(ticket))

    async def push(click: Click) -> None:
        ticket = await desk.open_to(click.value, click.user)
        await edge.client.views_push(trigger_id=click.trigger, view=form_for(ticket))

    async def redraw(click: Click) -> None:
        """The same form with more in it; what was typed stays, as its inputs keep their ids."""
        number, everything = filling.drawn(click.block)
        another = click.action == filling.ANOTHER
        ticket = await desk.ticket(click.value)
        view = form_for(ticket, everything=everything or not another, transactions=number + another)
        view["private_metadata"] = click.about
        await edge.client.views_update(view_id=click.view, hash=click.view_hash, view=view)

    async def submit(form: Submission) -> Json | None:
        await desk.fill_in(form.ticket, form.user, form.typed, form.view, form.version)
        if form.parent:
            edge.tasks.start(refresh(form))
        return None

    async def refresh(form: Submission) -> None:
        """The preview below shows what is still missing now. It may have been closed meanwhile."""
        shown = await desk.preview(form.ticket, form.user)
        view = escalate.preview(shown, reference(shown.ticket, desk.config), desk.config)
        try:
            await edge.client.views_update(view_id=form.parent, view=view)
        except SlackApiError as error:
            if error.response.get("error") != "not_found":
                raise

    edge.clicks[filling.ASK] = ask
    edge.clicks[filling.PUSH] = push
    edge.clicks[filling.ALL] = redraw
    edge.clicks[filling.ANOTHER] = redraw
    edge.submissions[filling.SUBMIT] = submit
