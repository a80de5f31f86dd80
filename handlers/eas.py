"""Somebody opens a ticket in Retarus's portal, and records it here."""

from __future__ import annotations

from blocks import eas
from blocks.kit import Json
from bot.desk import Desk
from bot.letter import reference
from handlers.boundary import CLEAR, Boundary
from handlers.payload import Click, Submission


def register(desk: Desk, edge: Boundary) -> None:
    async def ask(click: Click) -> None:
        shown = await desk.for_eas(click.value, click.user)
        now = int(desk.clock().timestamp())
        view = eas.modal(shown, reference(shown.ticket, desk.config), now)
        await edge.client.views_push(trigger_id=click.trigger, view=view)

    async def opened(form: Submission) -> Json | None:
        when, number = form.typed.get(eas.WHEN, ""), form.typed.get(eas.NUMBER, "")
        await desk.opened_in_eas(form.ticket, form.user, form.view, form.version, when, number)
        return CLEAR

    edge.clicks[eas.ASK] = ask
    edge.submissions[eas.OPENED] = opened
