"""Monitors who joins the desk channel: tickets hold customers' data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import JsonValue

from bot.config.settings import Config
from bot.core.clock import Clock, as_utc
from bot.model.notice import Notice, NoticeKind, notice_without_ticket
from bot.tickets.once import apply_once
from bot.tickets.ports import Batch, Directory, TicketStore


@dataclass(frozen=True)
class Membership:
    """Recognises people in the desk channel who should not read there."""

    store: TicketStore
    directory: Directory
    config: Config
    clock: Clock
    wake: Callable[[], None] = lambda: None

    async def joined(self, user: str, channel: str) -> None:
        """Reports a guest, or a person of another organisation, to the admins; once per person."""
        person = await self.directory.person(user)
        if not (person.is_guest or person.is_external):
            return
        notices = [self._report(user, channel, admin) for admin in self.config.desk.admins]
        if await apply_once(self.store, Batch(notices=notices, once=[f"{user}:audience"])):
            self.wake()

    def _report(self, user: str, channel: str, admin: str) -> Notice:
        at, body = as_utc(self.clock()), dict[str, JsonValue](joined=user, channel=channel)
        key = f"audience:{user}:{admin}:{at:%Y%m%d%H%M%S}"
        return notice_without_ticket(NoticeKind.ALERT, key, admin, at, body, lane=f"alert:{admin}")
