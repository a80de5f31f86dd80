"""The list of end-customers: edited by admins, offered to everybody who types a name."""

from __future__ import annotations

from blocks import customers
from blocks.kit import Json
from bot.desk import Desk
from bot.tickets import permissions
from handlers.dispatch import Dispatcher
from handlers.payload import Click, OptionsRequest, Submission


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    book = desk.customers

    async def ask_new(click: Click) -> None:
        permissions.require_admin(await desk.queries.actor(click.user))
        await dispatcher.open_for(click, customers.modal(None))

    async def ask(click: Click) -> None:
        customer = await book.one(click.value, click.user)
        await dispatcher.open_for(click, customers.modal(customer))

    async def save(form: Submission) -> Json | None:
        await book.save(form.typed, form.about, form.user, form.view)
        return None

    async def remove(click: Click) -> None:
        await book.remove(click.value, click.user, click.id)

    async def suggest(asked: OptionsRequest) -> list[Json]:
        return customers.options(await book.suggested(asked.text, asked.user), asked.text)

    dispatcher.clicks[customers.ADD] = ask_new
    dispatcher.clicks[customers.CHANGE] = ask
    dispatcher.saving_clicks[customers.REMOVE] = remove
    dispatcher.submissions[customers.SAVE] = save
    dispatcher.searches["customer"] = suggest
