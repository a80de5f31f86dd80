"""Joins and leaves of the desk channel's members; admins are notified of guests and outsiders."""

from __future__ import annotations

from bot.desk import Desk
from handlers.dispatch import Dispatcher
from handlers.payload import SlackEvent


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def joined(event: SlackEvent) -> None:
        if event.channel == desk.routes.desk:
            desk.members.changed(event.user, is_member=True)
            await desk.membership.joined(event.user, event.channel)

    async def left(event: SlackEvent) -> None:
        if event.channel == desk.routes.desk:
            desk.members.changed(event.user, is_member=False)

    dispatcher.events["member_joined_channel"] = joined
    dispatcher.events["member_left_channel"] = left
