"""An admin keeps the register of support contacts; a contact acknowledges the guides; Slack tells who has gone."""

from __future__ import annotations

from blocks import contacts, guides
from blocks.kit import Json
from bot.core.i18n import t
from bot.desk import Desk
from bot.tickets import permissions
from handlers.dispatch import Dispatcher
from handlers.payload import Click, SlackEvent, Submission


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    book = desk.register
    acts = {
        contacts.SUSPEND: book.suspend,
        contacts.REINSTATE: book.reinstate,
        contacts.HAND_OVER: book.hand_over,
    }

    async def ask_new(click: Click) -> None:
        permissions.require_admin(await desk.queries.actor(click.user))
        await dispatcher.client.views_open(trigger_id=click.trigger, view=contacts.modal(None))

    async def ask(click: Click) -> None:
        contact = await book.one(click.value, click.user)
        await dispatcher.client.views_open(trigger_id=click.trigger, view=contacts.modal(contact))

    async def save(form: Submission) -> Json | None:
        await book.save(form.typed, form.about, form.user, form.view)
        return None

    async def act(click: Click) -> None:
        await acts[click.action](click.value, click.user, click.id)

    async def acknowledge(click: Click) -> None:
        await book.acknowledge(click.value, click.user)
        if not click.is_home:
            await dispatcher.tell(click, t("Noted: you have read both. Thank you."))

    async def changed(event: SlackEvent) -> None:
        """Somebody was changed in Slack: what is known of them is asked anew, and who has gone is suspended."""
        desk.directory.forget(event.user)
        if await desk.register.contact(event.user):
            await book.look_again(event.user)

    dispatcher.clicks[contacts.ADD] = ask_new
    dispatcher.clicks[contacts.CHANGE] = ask
    dispatcher.submissions[contacts.SAVE] = save
    for action in acts:
        dispatcher.clicks[action] = act
    dispatcher.clicks[guides.KNOWN] = acknowledge
    dispatcher.events["user_change"] = changed
