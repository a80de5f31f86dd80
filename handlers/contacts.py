"""The register of support contacts: edited by admins, acknowledged by contacts, updated when somebody leaves Slack."""

from __future__ import annotations

from blocks import contacts, guides
from blocks.kit import Json
from bot.core.i18n import t
from bot.desk import Desk
from bot.tickets import permissions
from handlers.dispatch import Dispatcher, Show
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
        await dispatcher.open_for(click, contacts.modal(None))

    async def ask(click: Click) -> None:
        contact = await book.one(click.value, click.user)
        await dispatcher.open_for(click, contacts.modal(contact))

    async def save(form: Submission) -> Json | None:
        await book.save(form.typed, form.about, form.user, form.view)
        return None

    async def act(click: Click) -> None:
        await acts[click.action](click.value, click.user, click.id)

    async def acknowledge(click: Click) -> Show | None:
        await book.acknowledge(click.value, click.user)
        thanks = t("Noted: you have read both. Thank you.")
        return None if click.is_home else lambda: dispatcher.tell(click, thanks)

    async def changed(event: SlackEvent) -> None:
        """Updates the profile of a changed person, and suspends a contact who was deactivated.

        Thousands change their status within minutes: nothing is asked of Slack for them.
        """
        if event.profile:
            await book.changed(desk.directory.learn(event.profile))

    dispatcher.clicks[contacts.ADD] = ask_new
    dispatcher.clicks[contacts.CHANGE] = ask
    dispatcher.submissions[contacts.SAVE] = save
    dispatcher.redraws[contacts.SAVE] = lambda click: _filled_in(desk, click)
    for action in acts:
        dispatcher.saving_clicks[action] = act
    dispatcher.saving_clicks[guides.KNOWN] = acknowledge
    dispatcher.events["user_change"] = changed


async def _filled_in(desk: Desk, click: Click) -> Json | None:
    """The form of a new contact with name and address of the chosen colleague, or the reason why it cannot be them."""
    permissions.require_admin(await desk.queries.actor(click.user))
    chosen = click.typed.get("person", "")
    if not chosen:
        return None
    return contacts.modal(None, await desk.directory.person(chosen), await desk.register.refusal_for(chosen))
