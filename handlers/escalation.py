"""Escalation of a ticket to Retarus by the 2nd level, and Retarus's answers."""

from __future__ import annotations

from functools import partial

from blocks import escalation, escalation_form
from blocks.kit import Json
from bot.core.errors import Conflict
from bot.desk import Desk
from bot.escalation.evidence import OVERRIDE_REASON
from bot.escalation.summaries import edited
from bot.forms.validation import Incomplete
from bot.model.transitions import Move
from bot.tickets.permissions import BREAK_GLASS_REASON
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher, Draw, Show
from handlers.fill_in import redraw_of
from handlers.payload import Click, Submission
from handlers.thread_messages import ThreadReader
from handlers.thread_offer import open_with_offers, with_offers
from handlers.transaction_files import with_table


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    reader = ThreadReader(desk, dispatcher)

    async def ask(click: Click) -> None:
        ticket = await desk.queries.allowed(click.value, Move.ESCALATE, click.user)
        earlier = await desk.customers.earlier_answers(ticket)
        view = escalation_form.modal(ticket, reference(ticket, desk.config), desk.config, earlier=earlier)
        await open_with_offers(dispatcher, reader, click, view, ticket)
        await desk.evidence.status_page.look()  # now, so that the preview need not wait for it

    async def answered(form: Submission) -> Draw:
        typed = await with_table(form, dispatcher)
        await desk.escalation.prepare(form.ticket, form.user, typed, form.view, form.version, form.files)
        return lambda: preview(form)

    async def preview(form: Submission, *, changed: bool = False) -> Json:
        shown = await desk.escalation.preview(form.ticket, form.user)
        return escalation.preview(shown, reference(shown.ticket, desk.config), desk.config, changed=changed)

    async def send(form: Submission) -> Json | None:
        try:
            reasons = form.typed.get(OVERRIDE_REASON), form.typed.get(BREAK_GLASS_REASON)
            await desk.escalation.send(form.ticket, form.user, form.view, form.version, *reasons)
        except (Conflict, Incomplete):
            return await preview(form, changed=True)
        return None

    async def ask_rcr(click: Click) -> None:
        ticket = await desk.queries.open_to(click.value, click.user)
        view = escalation.rcr_modal(ticket, reference(ticket, desk.config))
        await dispatcher.open_for(click, view)

    async def record_rcr(form: Submission) -> Json | None:
        await desk.escalation.record_rcr(form.ticket, form.user, form.typed.get(escalation.RCR_NUMBER, ""), form.view)
        return None

    dispatcher.clicks[escalation.ASK] = ask
    dispatcher.submissions[escalation_form.TASKS] = answered
    dispatcher.submissions[escalation.SEND] = send
    dispatcher.clicks[escalation.RCR] = ask_rcr
    dispatcher.submissions[escalation.RCR] = record_rcr
    _register_form(desk, dispatcher)


def _register_form(desk: Desk, dispatcher: Dispatcher) -> None:
    async def save(click: Click) -> Show:
        """Saves what is typed so far, as `Fill in` does. A draft that was not edited is no answer yet."""
        before = await desk.queries.open_to(click.ticket, click.user)
        earlier = await desk.customers.earlier_answers(before)
        typed = edited(before, click.typed, desk.config, earlier)
        ticket = await desk.answers.fill_in(click.ticket, click.user, typed, click.id, click.version)
        name = reference(ticket, desk.config)

        async def saved() -> Json:
            return escalation_form.modal(ticket, name, desk.config, earlier=earlier)

        return dispatcher.shows(click.view, saved)

    async def redraw(click: Click) -> Json:
        earlier = await desk.customers.earlier_answers(await desk.queries.open_to(click.ticket, click.user))
        return await redraw_of(desk, partial(escalation_form.modal, earlier=earlier))(click)

    dispatcher.redraws[escalation_form.TASKS] = with_offers(desk, dispatcher, redraw)
    dispatcher.saving_clicks[escalation_form.SAVE] = save
