"""Somebody joins the desk channel who should not read there; an admin exports or erases a person."""

from __future__ import annotations

from blocks.privacy import stranger
from bot.core.i18n import speaking
from bot.desk import Desk
from handlers.dispatch import Boundary
from handlers.payload import News


def register(desk: Desk, edge: Boundary) -> None:
    async def joined(news: News) -> None:
        """The admins are told, once, each in their language."""
        if news.channel == desk.routes.desk and await desk.membership.is_new_stranger(news.user):
            for admin in desk.config.desk.admins:
                with speaking(await desk.queries.language_of(admin)):
                    message = stranger(news.user, news.channel)
                await edge.client.chat_postMessage(channel=admin, text=message.text, blocks=list(message.blocks))

    edge.news["member_joined_channel"] = joined
