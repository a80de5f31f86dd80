"""Follows the desk's channels: one that gets another id, and the shared one when it is severed or shared again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Final

from bot.conversation import conversation_notices
from bot.conversation.ports import ConversationStore
from bot.core.clock import Clock, as_utc
from bot.tickets.changes import Changes
from bot.tickets.ports import Batch
from bot.tickets.routes import Routes

_ROUTES: Final = "routes"
_CHANNELS: Final = ("desk", "retarus", "reports", "severed")
_LIMIT: Final = 10
"""Times that one channel's id is followed."""


async def remember_routes(store: ConversationStore, routes: Routes) -> None:
    """Saves the channels of notices, as Slack reported them, for other processes that take in mail."""
    await store.keep(_ROUTES, json.dumps(asdict(routes)))


async def remembered_routes(store: ConversationStore) -> Routes | None:
    """The saved routes; none before the desk has run."""
    stored = await store.value(_ROUTES)
    return Routes(**json.loads(stored)) if stored else None


@dataclass(frozen=True)
class ChannelRoutes:
    """Slack tells one replica of a change; it is saved, and every replica reads it by `follow`."""

    changes: Changes
    store: ConversationStore
    clock: Clock

    async def moved(self, old: str, new: str) -> None:
        """A private channel gets another id when it is shared."""
        routes = self.changes.routes
        if new and old in {getattr(routes, name) for name in _CHANNELS} - {""}:
            await self.store.keep(_moved(old), new)
            await self.follow()

    async def severed(self, channel: str) -> None:
        """Records that the channel shared with Retarus was severed; letters go by e-mail, if at all. Idempotent."""
        if not channel or channel != self.changes.routes.retarus:
            return
        if not await self.store.value(_severed(channel)):
            await self._tell(channel, "severed" if self.changes.routes.email else "lost")
            await self.store.keep(_severed(channel), "severed")
        await self.follow()

    async def left(self, channel: str) -> None:
        """Reports that one workspace left the channel, and another one stays: nobody but people know which is Retarus.

        Letters go there as before.
        """
        if channel and channel == self.changes.routes.retarus:
            await self._tell(channel, "left")

    async def observed(self, channel: str, *, is_shared: bool, is_frozen: bool = False) -> None:
        """Follows the state that Slack tells when it is asked: an event may have been missed. Idempotent.

        A channel that was never shared is used as it is.
        """
        if is_shared:
            await self.store.keep_first(_seen_shared(channel), "shared")
            await self.shared(channel)
        elif is_frozen or await self.store.value(_seen_shared(channel)):
            await self.severed(channel)

    async def _tell(self, channel: str, about: str) -> None:
        """A word to the admins and the 2nd level's leads."""
        at, config = as_utc(self.clock()), self.changes.config
        people = dict.fromkeys((*conversation_notices.caretakers(config), *config.desk.admins))
        key = f"{about}:{channel}:{at:%Y%m%d%H%M}"
        words = [conversation_notices.word(user, key, {"about": about}, at) for user in people]
        await self.changes.store.apply(Batch(notices=words))
        self.changes.wake()

    async def shared(self, channel: str) -> None:
        """A severed channel is shared again: letters go there as before."""
        if await self.store.value(_severed(channel)):
            await self.store.keep(_severed(channel), "")
            await self.follow()

    async def follow(self) -> None:
        """Applies the changes that any replica received, at the start and then periodically. Idempotent."""
        routes = self.changes.routes
        before = replace(routes)
        for name in _CHANNELS:
            await self._follow_move(routes, name)
        is_severed = bool(await self.store.value(_severed(routes.retarus or routes.severed)))
        if is_severed and routes.retarus:
            routes.severed, routes.retarus = routes.retarus, ""
        elif routes.severed and not is_severed:
            routes.retarus, routes.severed = routes.severed, ""
        if routes != before:
            await remember_routes(self.store, routes)
            self.changes.wake()

    async def _follow_move(self, routes: Routes, name: str) -> None:
        """Follows one channel, with its messages and waiting notices, those of this replica included."""
        for _ in range(_LIMIT):
            old = getattr(routes, name)
            new = await self.store.value(_moved(old)) if old else ""
            if not new:
                return
            await self.store.keep_first(_former(new), old)
            await self.store.follow_channel(old, new)
            if name == "severed":
                await self.store.keep(_severed(new), await self.store.value(_severed(old)))
            setattr(routes, name, new)


async def ids_of(store: ConversationStore, channel: str) -> list[str]:
    """The channel's id and its former ones, newest first. Messages keep the id under which they were mirrored."""
    ids = [channel]
    while len(ids) <= _LIMIT and (former := await store.value(_former(ids[-1]))):
        ids.append(former)
    return ids


def _former(channel: str) -> str:
    return f"former:{channel}"


def _moved(channel: str) -> str:
    return f"moved:{channel}"


def _seen_shared(channel: str) -> str:
    return f"shared:{channel}"


def _severed(channel: str) -> str:
    return f"severed:{channel}"
