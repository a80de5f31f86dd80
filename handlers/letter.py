"""The letter to Retarus: shown as it was sent, and sent again when it did not arrive."""

from __future__ import annotations

from functools import partial

from blocks import delivery_lines, letter, undelivered
from blocks.kit import Json
from bot.core.errors import Conflict
from bot.core.i18n import speaking, t
from bot.desk import Desk
from bot.escalation.rewriting import RewrittenLetter
from bot.home import Tab
from bot.tickets.reference import reference
from handlers.dispatch import Dispatcher, Show
from handlers.payload import Click, Submission
from handlers.response_url import reply


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def show(click: Click) -> None:
        ticket = await desk.queries.open_to(click.value, click.user)
        view = letter.modal(await desk.escalation.last_letter(ticket), reference(ticket, desk.config))
        await dispatcher.open_for(click, view)

    async def again(click: Click) -> Show | None:
        """Sends the same text at once; another text is shown first."""
        if changed := await desk.resend.rewritten(click.value, click.user):
            await dispatcher.open_for(click, shown(changed))
            return None
        revived = await desk.resend.try_again(click.value, click.user)
        return partial(_sent_again if revived else _nothing_sent, desk, dispatcher, click)

    def shown(changed: RewrittenLetter) -> Json:
        return letter.rewritten(changed, reference(changed.ticket, desk.config))

    async def send(form: Submission) -> Json | None:
        try:
            await desk.resend.send_rewritten(form.below, form.user, form.view, form.version)
        except Conflict:
            changed = await desk.resend.rewritten(form.below, form.user)
            return shown(changed) if changed else None
        return None

    async def again_at_home(click: Click) -> Show | None:
        """The same in the App Home, which is redrawn afterwards."""
        await desk.home.allowed(click.user, Tab.LETTERS)
        if changed := await desk.resend.rewritten(click.value, click.user):
            await dispatcher.open_for(click, shown(changed))
            return None
        await desk.resend.try_again(click.value, click.user)
        return None

    dispatcher.clicks[letter.SHOW] = show
    dispatcher.saving_clicks[letter.AGAIN] = again
    dispatcher.saving_clicks[undelivered.AGAIN] = again_at_home
    dispatcher.submissions[letter.SEND] = send


async def _sent_again(desk: Desk, dispatcher: Dispatcher, click: Click) -> None:
    """Takes the button off the line that was clicked, then says what happened."""
    who = await desk.queries.names([click.user])
    with speaking(desk.config.desk.language):
        line = delivery_lines.sent_again(who(click.user))
    await reply(dispatcher.client, click.response_url, line, replace=True)
    await dispatcher.tell(click, t("It is on its way again."))


async def _nothing_sent(desk: Desk, dispatcher: Dispatcher, click: Click) -> None:
    """Takes the button off the line, too: it was sent again from the App Home, or by a newer letter."""
    if click.block == delivery_lines.FAILED:
        with speaking(desk.config.desk.language):
            line = delivery_lines.settled()
        await reply(dispatcher.client, click.response_url, line, replace=True)
    await dispatcher.tell(click, t("Nothing was sent: it was sent again already, or a newer letter has been sent."))
