"""Somebody looks at what went to Retarus, or sends again what did not arrive."""

from __future__ import annotations

from blocks import letter
from bot.core.i18n import t
from bot.desk import Desk
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher
from handlers.payload import Click


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def show(click: Click) -> None:
        ticket = await desk.queries.open_to(click.value, click.user)
        view = letter.modal(await desk.escalation.last_letter(ticket), reference(ticket, desk.config))
        await dispatcher.client.views_open(trigger_id=click.trigger, view=view)

    async def again(click: Click) -> None:
        revived = await desk.resend.try_again(click.value, click.user)
        await dispatcher.tell(click, t("It is on its way again.") if revived else t("It was sent again already."))

    dispatcher.clicks[letter.SHOW] = show
    dispatcher.clicks[letter.AGAIN] = again
