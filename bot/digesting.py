"""How does the morning's digest come about? Once per day and reader, whoever asks for it, and however often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from bot.changing import Changing
from bot.clock import as_utc
from bot.digest import LEVELS, Digest, digest, morning, stages_of
from bot.errors import Duplicate
from bot.notices import Notice, Say
from bot.ports import Batch, Query
from bot.ticket import Level, Ticket

_MOST = 300
"""Tickets that are looked at for one digest, the soonest due first."""
_LISTED = 10


@dataclass(frozen=True)
class Digesting(Changing):
    """Sends digests. Nothing when there is nothing to tell."""

    async def digest(self) -> int:
        """Each level's in the desk channel, each lead's as a direct message; returns how many were sent now."""
        at = as_utc(self.clock())
        sent = [await self._send(self.routes.desk, [level], at) for level in LEVELS]
        sent += [await self._send(lead, self._led_by(lead), at) for lead in self._leads()]
        if any(sent):
            self.wake()
        return sum(sent)

    def _leads(self) -> Iterable[str]:
        return dict.fromkeys(lead for level in LEVELS for lead in self.config.leads(level))

    def _led_by(self, lead: str) -> list[Level]:
        return [level for level in LEVELS if lead in self.config.leads(level)]

    async def _send(self, to: str, levels: list[Level], at: datetime) -> bool:
        today = morning(levels[0], self.config, at)
        if today is None:
            return False
        day, ends = today
        key = f"digest:{to}:{'+'.join(levels)}:{day}"
        if await self.store.used(key):
            return False
        found = digest(await self._due(levels, ends), self.config, at)
        notices = [] if found.is_empty else [self._notice(key, to, levels, found, at)]
        try:
            await self.store.apply(Batch(notices=notices, once=[key]))
        except Duplicate:
            return False
        return bool(notices)

    async def _due(self, levels: Iterable[Level], ends: datetime) -> list[Ticket]:
        stages = [stage for level in levels for stage in stages_of(level)]
        return await self.store.find(Query(open=True, stages=stages, due_before=ends, limit=_MOST))

    def _notice(self, key: str, to: str, levels: list[Level], found: Digest, at: datetime) -> Notice:
        parts = {"breached": found.breached, "stale": found.stale, "today": found.today}
        body: dict[str, JsonValue] = {"levels": list(levels), "channel": to == self.routes.desk}
        for name, tickets in parts.items():
            body[name] = [ticket.id for ticket in tickets[:_LISTED]]
            body[f"{name}_total"] = len(tickets)
        return Notice(key=key, ticket_id="", lane=key, say=Say.DIGEST, to=to, version=0, due=at, body=body)
