"""Takes in mails that a mail server hands over on standard input or as files, without Slack: the desk posts them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from bot.adapters.inbound_mail.isolation import MailParser
from bot.config.settings import Config
from bot.conversation.channel_routes import remembered_routes
from bot.conversation.inbound import Inbound
from bot.core.clock import Clock
from bot.core.errors import Misconfigured
from bot.core.i18n import speaking
from bot.model.contact import Person
from bot.model.ticket import Level
from bot.ports import Store
from bot.tickets.changes import Changes
from bot.tickets.ports import Drafts
from bot.tickets.queries import Queries


class _EmptyDirectory:
    """A directory for a process that does not ask Slack."""

    async def person(self, user_id: str) -> Person:
        return Person(id=user_id, name=user_id, is_active=False)

    async def levels(self, person: Person) -> frozenset[Level]:  # noqa: ARG002
        return frozenset()

    def is_current(self, level: Level) -> bool:  # noqa: ARG002
        return True

    async def team(self, level: Level) -> tuple[str, ...]:  # noqa: ARG002
        return ()

    def learn(self, user: Mapping[str, Any]) -> Person:
        return Person(id=str(user.get("id")), name=str(user.get("id")), is_active=False)

    def forget(self, user_id: str) -> None:
        """Null object that remembers nothing."""


async def receive(store: Store, drafts: Drafts, config: Config, clock: Clock, raws: Iterable[bytes]) -> tuple[int, int]:
    """Returns how many mails were taken in, and how many were known before. Idempotent."""
    routes = await remembered_routes(store)
    if routes is None:
        raise Misconfigured("The desk has not run with this database yet. Start it once, then mail can be taken in.")
    queries = Queries(store, drafts, _EmptyDirectory(), config, clock)
    inbound = Inbound(Changes(store, queries, config, clock, routes), queries, store, config, clock)
    parser, new, known = MailParser(), 0, 0
    try:
        with speaking(config.desk.language):
            reading = iter(raws)
            while (raw := await asyncio.to_thread(next, reading, None)) is not None:  # one in memory at a time
                is_new = await inbound.take(await parser.read(raw), raw) is not None
                new, known = new + is_new, known + (not is_new)
    finally:
        await parser.close()
    return new, known
