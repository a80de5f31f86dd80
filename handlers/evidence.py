"""Somebody adds a file, takes one away again, or looks at Retarus's status page."""

from __future__ import annotations

from blocks import escalation, evidence
from bot.desk import Desk
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher
from handlers.payload import Click, SlackEvent


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def posted(event: SlackEvent) -> None:
        if event.files:
            await desk.evidence.attach_below(event.channel, event.thread, event.user, event.files, event.id)

    async def remove(click: Click) -> None:
        await desk.evidence.detach(click.ticket, click.user, click.value, click.id)
        await show(click)

    async def look(click: Click) -> None:
        fine = click.action != evidence.TROUBLE
        await desk.evidence.look_at_status(click.ticket, click.user, click.id, fine=fine)
        await show(click)

    async def show(click: Click) -> None:
        """The preview as it is now; what was typed into it stays."""
        shown = await desk.escalation.preview(click.ticket, click.user)
        view = escalation.preview(shown, reference(shown.ticket, desk.config), desk.config)
        await dispatcher.client.views_update(view_id=click.view, hash=click.view_hash, view=view)

    dispatcher.events["message"] = posted
    dispatcher.clicks[evidence.REMOVE] = remove
    for action in (evidence.LOOK, evidence.FINE, evidence.TROUBLE):
        dispatcher.clicks[action] = look
