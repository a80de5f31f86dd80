"""The form in which the answers of a ticket are filled in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from blocks import escalation, fill_in
from blocks.kit import Json
from bot.desk import Desk
from bot.model.ticket import Ticket
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher
from handlers.payload import Click, Submission
from handlers.transaction_files import with_table


def redraw_of(desk: Desk, modal: Callable[..., Json]) -> Callable[[Click], Awaitable[Json]]:
    """A redraw of a form of answers: with another transaction, with all answers, or after an answer that decides.

    `modal`: the form of a ticket, by its reference and the configuration.
    """

    async def redraw(click: Click) -> Json:
        ticket = await desk.queries.open_to(click.ticket, click.user)
        number, everything = fill_in.drawn(click.typed)
        return modal(
            ticket,
            reference(ticket, desk.config),
            desk.config,
            typed=click.typed,
            everything=everything or click.action == fill_in.ALL,
            transactions=number + (click.action == fill_in.ANOTHER),
        )

    return redraw


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    redraw = redraw_of(desk, fill_in.modal)

    async def form_for(ticket: Ticket, below: str = "") -> Json:
        """The form's state with what is known of this end-customer, until it is answered."""
        tenants = ticket.answer("tenants") or await desk.customers.tenants_for(ticket.answer("customer"))
        earlier = await desk.customers.earlier_answers(ticket)
        earlier |= {"tenants": tenants} if tenants else {}
        return fill_in.modal(ticket, reference(ticket, desk.config), desk.config, below=below, earlier=earlier)

    async def ask(click: Click) -> None:
        ticket = await desk.queries.open_to(click.value, click.user)
        await dispatcher.open_for(click, await form_for(ticket))

    async def push(click: Click) -> None:
        ticket = await desk.queries.open_to(click.value, click.user)
        await dispatcher.open_for(click, await form_for(ticket, click.view_callback))

    async def more(click: Click) -> None:
        """The same form with another example in it, or with all answers; typed text stays."""
        view = await dispatcher.redraws.get(click.view_callback, redraw)(click)
        if view is not None:
            view["private_metadata"] = click.about
            await dispatcher.update_view(click.view, view)

    async def submit(form: Submission) -> Json | None:
        typed = await with_table(form, dispatcher)
        await desk.answers.fill_in(form.ticket, form.user, typed, form.view, form.version, form.files)
        if form.parent and form.below == escalation.SEND:
            dispatcher.tasks.start(dispatcher.shows(form.parent, lambda: preview_of(form.ticket, form.user))())
        return None

    async def preview_of(ticket_id: str, user: str) -> Json:
        """The preview below the form, with what is still missing now."""
        shown = await desk.escalation.preview(ticket_id, user)
        return escalation.preview(shown, reference(shown.ticket, desk.config), desk.config)

    dispatcher.clicks[fill_in.ASK] = ask
    dispatcher.clicks[fill_in.PUSH] = push
    dispatcher.clicks[fill_in.ALL] = more
    dispatcher.clicks[fill_in.ANOTHER] = more
    dispatcher.submissions[fill_in.SUBMIT] = submit
    dispatcher.redraws[fill_in.SUBMIT] = redraw
