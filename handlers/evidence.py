"""Evidence for Retarus: files that are added or removed, and Retarus's status page."""

from __future__ import annotations

from functools import partial

from blocks import escalation, evidence
from blocks.kit import Json
from bot.core.i18n import t
from bot.desk import Desk
from bot.model.ticket import Stage
from bot.tickets.attachments import listed
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher, Show
from handlers.payload import Click, SlackEvent


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def posted(event: SlackEvent) -> Show | None:
        """Attaches files of the thread. Who posted them is told, unless the thread says it to everybody."""
        if not event.files:
            return None
        ticket = await desk.evidence.attach_below(event.channel, event.thread, event.user, event.files, event.id)
        if ticket is None or ticket.stage is Stage.RETARUS:
            return None
        words = t("Attached {files}, to be sent with the next letter to Retarus", files=listed(event.files))
        return partial(dispatcher.tell, Click.below(event), words)

    async def remove(click: Click) -> Show:
        await desk.evidence.detach(click.ticket, click.user, click.value, click.id)
        return dispatcher.shows(click.view, lambda: preview(click))

    async def look(click: Click) -> Show:
        fine = click.action != evidence.TROUBLE
        await desk.evidence.check_status_page(click.ticket, click.user, click.id, fine=fine)
        return dispatcher.shows(click.view, lambda: preview(click))

    async def preview(click: Click) -> Json:
        """Draws the preview as it is now. Slack keeps what was typed into it."""
        shown = await desk.escalation.preview(click.ticket, click.user)
        return escalation.preview(shown, reference(shown.ticket, desk.config), desk.config)

    dispatcher.events["message"] = posted
    dispatcher.saving_clicks[evidence.REMOVE] = remove
    for action in (evidence.LOOK, evidence.FINE, evidence.TROUBLE):
        dispatcher.saving_clicks[action] = look
