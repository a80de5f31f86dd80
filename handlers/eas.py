"""Records a ticket that was opened in Retarus's portal."""

from __future__ import annotations

from blocks import eas
from blocks.kit import Json
from bot.core.errors import Conflict
from bot.desk import Desk
from bot.escalation.evidence import OVERRIDE_REASON
from bot.tickets.reference import reference
from handlers.dispatch import CLEAR, Dispatcher
from handlers.payload import Click, Submission


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def ask(click: Click) -> None:
        view = await drawn(click.value, click.user, reason=click.typed.get(OVERRIDE_REASON, ""))
        await dispatcher.open_for(click, view)

    async def drawn(ticket: str, by: str, *, reason: str, changed: bool = False) -> Json:
        shown = await desk.portal.preview(ticket, by)
        now = int(desk.clock().timestamp())
        return eas.modal(shown, reference(shown.ticket, desk.config), now, reason=reason, changed=changed)

    async def opened(form: Submission) -> Json | None:
        when, number, reason = (form.typed.get(key) for key in (eas.WHEN, eas.NUMBER, OVERRIDE_REASON))
        try:
            await desk.portal.opened(form.ticket, form.user, form.view, form.version, when or "", number or "", reason)
        except Conflict:
            return await drawn(form.ticket, form.user, reason=reason or "", changed=True)
        return CLEAR

    dispatcher.clicks[eas.ASK] = ask
    dispatcher.submissions[eas.OPENED] = opened
