"""What does Retarus's status page say? Looked at before an escalation; what cannot be read is unknown, never fine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from bot.clock import Clock, as_utc, now
from bot.kept import Kept
from bot.language import mark
from bot.ticket import StatusReport, Ticket

FRESH = 60.0
"""Seconds an answer of the page is used again."""

NOBODY_LOOKED = mark("Nobody has looked at it yet.")
NO_ANSWER_YET = mark("It has not answered yet.")


@dataclass(frozen=True)
class Unreadable:
    """The page could not be read; `why` is for people."""

    why: str


@dataclass(frozen=True)
class Reading:
    """What the page reports; nothing when all is well."""

    trouble: tuple[str, ...] = ()


class StatusPage(Protocol):
    """Reads the status page. Never raises, and takes a few seconds at most."""

    async def look(self) -> Reading | Unreadable: ...


@dataclass
class Lookout:
    """Looks at the page at most once a minute, however many ask. Without a page, people look themselves."""

    page: StatusPage | None = None
    clock: Clock = now
    latest: StatusReport | None = None
    kept: Kept[str, StatusReport] = field(init=False)

    def __post_init__(self) -> None:
        self.kept = Kept(self._ask, FRESH)

    async def look(self) -> StatusReport:
        """What it says now, or said less than a minute ago."""
        return await self.kept.get("")

    async def _ask(self, _: str) -> StatusReport:
        found = await self.page.look() if self.page else Unreadable(NOBODY_LOOKED)
        self.latest = _report(found, self.clock)
        return self.latest

    def report(self, ticket: Ticket) -> StatusReport:
        """What is known of it for this ticket, without waiting for anything."""
        if self.page is None:
            return ticket.status or _report(Unreadable(NOBODY_LOOKED), self.clock)
        return self.latest or _report(Unreadable(NO_ANSWER_YET), self.clock)


def _report(found: Reading | Unreadable, clock: Clock) -> StatusReport:
    at = as_utc(clock())
    if isinstance(found, Unreadable):
        return StatusReport(health="unknown", says=(found.why,), at=at)
    return StatusReport(health="trouble" if found.trouble else "fine", says=found.trouble, at=at)
