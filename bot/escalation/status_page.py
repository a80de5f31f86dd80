"""Retarus's status page, read before an escalation. An unreadable page counts as unknown, never as fine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from bot.core.clock import Clock, as_utc, now
from bot.core.i18n import mark
from bot.core.ttl_cache import TtlCache
from bot.model.ticket import StatusReport, Ticket

TTL = 60.0
"""Seconds for which a result is cached."""

NOT_CHECKED = mark("Nobody has looked at it yet.")
NO_ANSWER_YET = mark("It has not answered yet.")


@dataclass(frozen=True)
class UnreadablePage:
    """The page could not be read; `reason` is for people."""

    reason: str


@dataclass(frozen=True)
class ServiceNotice:
    """One incident on the page."""

    id: str
    """The same as long as the page reports it, whatever it says about it meanwhile."""
    says: str
    """Title on one line."""
    about: str
    """All text about it, in which services are searched for."""


@dataclass(frozen=True)
class StatusPageReading:
    """Reported trouble; empty when all is well."""

    trouble: tuple[str, ...] = ()
    notices: tuple[ServiceNotice, ...] = ()
    """Reported trouble, as separate items where possible."""


class StatusPage(Protocol):
    """Reads the status page. Never raises, and takes a few seconds at most."""

    async def look(self) -> StatusPageReading | UnreadablePage: ...


@dataclass
class StatusPageWatch:
    """Reads the page at most once a minute, however many ask. Without a page, people look themselves."""

    page: StatusPage | None = None
    clock: Clock = now
    latest: StatusReport | None = None
    notices: tuple[ServiceNotice, ...] = ()
    """Notices of the last reading; empty when that failed."""
    cache: TtlCache[str, StatusReport] = field(init=False)

    def __post_init__(self) -> None:
        self.cache = TtlCache(self._ask, TTL)

    async def look(self) -> StatusReport:
        """The state now, at most a minute old."""
        return await self.cache.get("")

    async def _ask(self, _: str) -> StatusReport:
        found = await self.page.look() if self.page else UnreadablePage(NOT_CHECKED)
        self.notices = found.notices if isinstance(found, StatusPageReading) else ()
        self.latest = _report(found, self.clock)
        return self.latest

    def report(self, ticket: Ticket) -> StatusReport:
        """The last known state for this ticket, without waiting."""
        if self.page is None:
            return ticket.status or _report(UnreadablePage(NOT_CHECKED), self.clock)
        return self.latest or _report(UnreadablePage(NO_ANSWER_YET), self.clock)


def _report(found: StatusPageReading | UnreadablePage, clock: Clock) -> StatusReport:
    at = as_utc(clock())
    if isinstance(found, UnreadablePage):
        return StatusReport(health="unknown", says=(found.reason,), at=at)
    return StatusReport(health="trouble" if found.trouble else "fine", says=found.trouble, at=at)
