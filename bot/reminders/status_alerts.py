"""Matches notices of Retarus's status page to open tickets and posts each once in its thread (guide L3.6)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.config.settings import Config
from bot.core.clock import Clock, as_utc
from bot.escalation.status_page import ServiceNotice, StatusPageWatch
from bot.model.ticket import Ticket
from bot.model.transitions import Step, change, event
from bot.tickets.changes import Change, Changes
from bot.tickets.pagination import every
from bot.tickets.ports import Query, TicketStore
from bot.tickets.queries import Queries

_PAGE = 200
_OVERLAP = timedelta(minutes=10)
"""Clocks of replicas differ, and a ticket is saved a moment after it was raised."""


def names_of(service: str, config: Config) -> tuple[str, ...]:
    """Names of the service on the status page."""
    return config.services.notices.get(service, (service,))


def concerns(notice: ServiceNotice, ticket: Ticket, config: Config) -> bool:
    """True if the notice names one of the ticket's services, as whole words, in any spelling."""
    services = [each for each in ticket.answer("services").split("\n") if each in config.services.names]
    plain = _plain(notice.about)
    return any(f" {_plain(name)} " in f" {plain} " for each in services for name in names_of(each, config))


def _plain(text: str) -> str:
    """Folds spelling: `E-Mail Security:` and `email security` are the same."""
    return " ".join(re.findall(r"\w+", re.sub(r"\be-mail", "email", text.casefold())))


@dataclass(frozen=True)
class StatusAlerts:
    """Reports notices that may concern a ticket; a causal link is not claimed."""

    changes: Changes
    queries: Queries
    store: TicketStore
    config: Config
    clock: Clock
    status_page: StatusPageWatch

    matched: dict[str, datetime] = field(default_factory=dict)
    """Notice → when open tickets were last matched with it; after that, only newer tickets are."""

    async def match(self) -> int:
        """Reads the page and posts to each open ticket it may concern; returns how many posts there were.

        Idempotent, also across processes: a ticket is told of a notice once.
        """
        if self.status_page.page is None:
            return 0
        if (await self.status_page.look()).health == "unknown":
            return 0  # nothing is known, so nothing is over either
        count = 0
        for notice in self.status_page.notices:
            at = as_utc(self.clock())
            async for ticket in self._open_since(self.matched.get(notice.id)):
                count += await self._tell(ticket.id, notice) if concerns(notice, ticket, self.config) else 0
            self.matched[notice.id] = at
        self._forget_ended_notices()
        return count

    def _forget_ended_notices(self) -> None:
        for gone in self.matched.keys() - {each.id for each in self.status_page.notices}:
            del self.matched[gone]

    async def _open_since(self, since: datetime | None) -> AsyncIterator[Ticket]:
        """Newest first."""
        async for ticket in every(self.store, Query(open=True, limit=_PAGE)):
            if since and ticket.raised_at < since - _OVERLAP:
                return
            yield ticket

    async def _tell(self, ticket_id: str, notice: ServiceNotice) -> int:
        """Posts in one ticket. Once-keys expire while a notice may last longer, so the history is checked too."""
        once = f"notice:{ticket_id}:{notice.id}"
        if await self.store.used(once):
            return 0
        history = await self.store.history(ticket_id)
        if any(each.kind == Step.SERVICE and each.detail.get("notice") == notice.id for each in history):
            return 0

        async def decide(ticket: Ticket, at: datetime) -> Change | None:
            if not ticket.stage.is_open:
                return None
            noted = change(ticket)
            return Change(noted, event(noted, Step.SERVICE, "", at, says=notice.says, notice=notice.id))

        before = await self.queries.ticket(ticket_id)
        return int((await self.changes.change(ticket_id, once, decide)).version > before.version)
