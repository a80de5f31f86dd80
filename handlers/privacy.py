"""Somebody joins the desk channel who should not read there; an admin exports or erases a person."""

from __future__ import annotations

from blocks.privacy import stranger
from bot.core.i18n import speaking
from bot.desk import Desk
from handlers.dispatch import Dispatcher
from handlers.payload import SlackEvent


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def joined(event: SlackEvent) -> None:
        """The admins are told, once, each in their language."""
        if event.channel == desk.routes.desk and await desk.membership.is_new_stranger(event.user):
            for admin in desk.config.desk.admins:
                with speaking(await desk.queries.language_of(admin)):
                    message = stranger(event.user, event.channel)
                await dispatcher.client.chat_postMessage(channel=admin, text=message.text, blocks=list(message.blocks))

    dispatcher.events["member_joined_channel"] = joined
