"""Sends the morning digests: once per day and reader (idempotent by a once-key)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from bot.config.settings import Config
from bot.core.clock import Clock, as_utc
from bot.model.notice import Notice, NoticeKind, notice_without_ticket
from bot.model.ticket import Level
from bot.reminders.digest import LEVELS, Digest, Due, digest, due, morning
from bot.tickets.changes import Changes
from bot.tickets.once import apply_once
from bot.tickets.pagination import every
from bot.tickets.ports import Batch, Query, TicketStore
from bot.tickets.routes import Routes

_PAGE = 50
"""Open tickets read in one page, so that clicks in between do not wait long."""
_LISTED = 10


@dataclass(frozen=True)
class _Wanted:
    """A digest that is to be sent."""

    key: str
    to: str
    levels: list[Level]
    ends: datetime
    """End of the reader's day."""


@dataclass(frozen=True)
class Digests:
    """Sends digests; an empty digest is not sent."""

    changes: Changes
    store: TicketStore
    config: Config
    clock: Clock
    routes: Routes

    async def send(self) -> int:
        """Sends each level's digest to the desk channel and each lead's as a direct message; returns how many."""
        at = as_utc(self.clock())
        readers = [(self.routes.desk, [level]) for level in LEVELS]
        readers += [(lead, self._led_by(lead)) for lead in self._leads()]
        wanted = [each for to, levels in readers if (each := await self._wanted(to, levels, at))]
        if not wanted:
            return 0
        dues = [each async for each in self._dues(at, max(each.ends for each in wanted))]
        sent = [await self._send(each, dues, at) for each in wanted]
        if any(sent):
            self.changes.wake()
        return sum(sent)

    def _leads(self) -> Iterable[str]:
        return dict.fromkeys(lead for level in LEVELS for lead in self.config.leads(level))

    def _led_by(self, lead: str) -> list[Level]:
        return [level for level in LEVELS if lead in self.config.leads(level)]

    async def _wanted(self, to: str, levels: list[Level], at: datetime) -> _Wanted | None:
        """The digest of this reader for today; None before its time, or after it was sent."""
        today = morning(levels[0], self.config, at)
        if today is None:
            return None
        day, ends = today
        key = f"digest:{to}:{'+'.join(levels)}:{day}"
        return None if await self.store.used(key) else _Wanted(key, to, levels, ends)

    async def _dues(self, at: datetime, ends: datetime) -> AsyncIterator[Due]:
        """Open tickets due before then, by their timers: `ticket.due` is only the moment of the next reminder."""
        async for ticket in every(self.store, Query(open=True, limit=_PAGE)):
            found = due(ticket, self.config, at)
            if found and found.at <= ends:
                yield found

    async def _send(self, wanted: _Wanted, dues: Iterable[Due], at: datetime) -> bool:
        found = digest(dues, wanted.levels, wanted.ends)
        notices = [self._notice(wanted, found, at)] if any(found.values()) else []
        is_first = await apply_once(self.store, Batch(notices=notices, once=[wanted.key]))
        return is_first and bool(notices)

    def _notice(self, wanted: _Wanted, found: Digest, at: datetime) -> Notice:
        body: dict[str, JsonValue] = {"levels": list(wanted.levels), "channel": wanted.to == self.routes.desk}
        for part, tickets in found.items():
            body[part] = list(tickets[:_LISTED])
            body[f"{part}_total"] = len(tickets)
        return notice_without_ticket(NoticeKind.DIGEST, wanted.key, wanted.to, at, body)
