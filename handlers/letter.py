"""The letter to Retarus: shown as it was sent, and sent again when it did not arrive."""

from __future__ import annotations

from blocks import letter
from bot.core.i18n import t
from bot.desk import Desk
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher, Show
from handlers.payload import Click


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def show(click: Click) -> None:
        ticket = await desk.queries.open_to(click.value, click.user)
        view = letter.modal(await desk.escalation.last_letter(ticket), reference(ticket, desk.config))
        await dispatcher.open_for(click, view)

    async def again(click: Click) -> Show:
        revived = await desk.resend.try_again(click.value, click.user)
        words = t("It is on its way again.") if revived else t("It was sent again already.")
        return lambda: dispatcher.tell(click, words)

    dispatcher.clicks[letter.SHOW] = show
    dispatcher.saving_clicks[letter.AGAIN] = again
