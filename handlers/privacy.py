"""Joins and leaves of the desk channel's members; admins are notified of guests and outsiders."""

from __future__ import annotations

from blocks.privacy import stranger
from bot.core.i18n import speaking
from bot.desk import Desk
from handlers.dispatch import Dispatcher, Show
from handlers.payload import SlackEvent


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def joined(event: SlackEvent) -> Show | None:
        if event.channel == desk.routes.desk:
            desk.members.changed(event.user, is_member=True)
        is_stranger = event.channel == desk.routes.desk and await desk.membership.is_new_stranger(event.user)
        return (lambda: tell_admins(event)) if is_stranger else None

    async def tell_admins(event: SlackEvent) -> None:
        """Tells each admin, in their language."""
        for admin in desk.config.desk.admins:
            with speaking(await desk.queries.language_of(admin)):
                message = stranger(event.user, event.channel)
            await dispatcher.client.chat_postMessage(channel=admin, text=message.text, blocks=list(message.blocks))

    async def left(event: SlackEvent) -> None:
        if event.channel == desk.routes.desk:
            desk.members.changed(event.user, is_member=False)

    dispatcher.events["member_joined_channel"] = joined
    dispatcher.events["member_left_channel"] = left
