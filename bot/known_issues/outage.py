"""Outages: a leading ticket with many others of the same cause, gathered, notified and resolved together.

An outage is no record of its own: it is what a leading ticket and its links say (`bot.known_issues.links`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.clocks import urgency
from bot.config.settings import Config
from bot.core.clock import as_moment
from bot.core.errors import Invalid, NotNow
from bot.core.i18n import t
from bot.forms import validation
from bot.known_issues.links import KnownIssues
from bot.model.outage_scope import OutageScope, scope_of
from bot.model.ticket import Stage, Ticket
from bot.model.transitions import Move, Step, apply_move, can, change, event
from bot.tickets import notifications, permissions
from bot.tickets.answers import Answers
from bot.tickets.changes import Change, Changes
from bot.tickets.pagination import every
from bot.tickets.ports import Query, TicketStore
from bot.tickets.queries import Queries
from bot.tickets.reference import reference

OFFERED: Final = 80
"""Tickets that are offered at a time."""
_LOOKED_AT: Final = 1000
"""Newest open tickets among which those of the same services are looked for."""
_TOGETHER: Final = 20
"""Tickets of one batch."""
_BEFORE: Final = timedelta(hours=1)
"""Tickets raised this long before the start of the outage may be about it already."""


@dataclass(frozen=True)
class Outage:
    """A leading ticket with those that go with it, and those that may."""

    leading: Ticket
    led: Sequence[Ticket]
    candidates: Sequence[Ticket]
    """Other open tickets of its services, newest first."""
    likely: frozenset[str]
    """Ids of candidates that were raised since shortly before it began."""
    scope: OutageScope


@dataclass(frozen=True)
class Outages:
    """Use-cases of an outage. Its letter is sent like every letter: by `bot.escalation.service`."""

    changes: Changes
    queries: Queries
    answers: Answers
    links: KnownIssues
    store: TicketStore
    config: Config

    async def look(self, ticket_id: str, by: str) -> Outage:
        """The outage that this ticket leads, or that leads it."""
        ticket = await self.queries.open_to(ticket_id, by)
        leading = await self.queries.ticket(ticket.parent) if ticket.parent else ticket
        led = await self.queries.led_by(leading)
        found = [each async for each in self._of_services(leading) if _may_be_led(each, leading)][:OFFERED]
        since = (as_moment(leading.answer("start")) or leading.raised_at) - _BEFORE
        likely = frozenset(each.id for each in found if each.raised_at >= since)
        return Outage(leading, led, found, likely, scope_of(leading, led))

    async def listed(self, by: str) -> list[Ticket]:
        """Running outages, most urgent first, for people who may read tickets."""
        await self.queries.require_reader(by)
        at = self.changes.clock()
        return sorted(await self.running(), key=lambda each: urgency.order(each, self.config, at))

    async def running(self) -> list[Ticket]:
        """Open tickets that lead others, newest first."""
        return [ticket async for ticket in self._open() if ticket.leads]

    async def may_join(self, user: str) -> bool:
        """True if this person may read tickets, and so be offered a running outage."""
        return permissions.is_reader(await self.queries.actor(user))

    async def _of_services(self, leading: Ticket) -> AsyncIterator[Ticket]:
        async for ticket in self._open():
            if _services(ticket) & _services(leading):
                yield ticket

    async def _open(self) -> AsyncIterator[Ticket]:
        seen = 0
        async for ticket in every(self.store, Query(open=True, limit=100)):
            seen += 1
            if seen > _LOOKED_AT:
                return
            yield ticket

    async def gather(self, leading_id: str, by: str, chosen: Sequence[str], form: str) -> Ticket:
        """Links the chosen tickets to the leading one, in batches; passes over those that were linked meanwhile."""
        permissions.require_part(await self.queries.actor(by))
        if not chosen:
            raise Invalid({"tickets.0": t("Tick at least one ticket.")})

        async def decide(tickets: Sequence[Ticket], at: datetime) -> Sequence[Change]:
            leading, *others = tickets
            self.links.require_open(leading)
            if leading.parent:
                raise NotNow(t("This ticket now has the same cause as another one. Open the outage again."))
            free = [each for each in others if _may_be_led(each, leading)]
            return await self.links.linked_together(leading, free, by, at) if free else ()

        for number, some in enumerate(_batches(list(dict.fromkeys(chosen)))):
            ids = [leading_id, *(each for each in some if each != leading_id)]
            await self.changes.change_together(ids, f"{form}:gather:{number}", decide)
        return await self.queries.ticket(leading_id)

    async def tell_all(self, leading_id: str, by: str, text: str, form: str) -> Ticket:
        """A word of ours, in the thread of every ticket of the outage and to everybody who gives it to a customer."""
        permissions.require_part(await self.queries.actor(by))
        word = await self.answers.word(leading_id, text, "word")

        async def decide(ticket: Ticket, at: datetime) -> Change:
            noted = change(ticket)
            return Change(noted, event(noted, Step.NOTE, by, at, note=word, **{notifications.TO_ALL: "yes"}))

        return await self.changes.change(leading_id, f"{form}:tell_all", decide)

    async def resolvable(self, leading_id: str, by: str) -> Ticket:
        """The leading ticket, when this person may resolve it with all that go with it."""
        leading = await self.queries.open_to(leading_id, by)
        if can(leading, Move.RESOLVE):
            permissions.require(await self.queries.actor(by), leading, Move.RESOLVE)
        return leading

    async def resolve_all(self, leading_id: str, by: str, text: str, form: str) -> int:
        """Resolves the leading ticket, and every open one with the same cause; returns how many of these are resolved.

        Permitted to whoever may resolve the leading one. The 1st level confirms each with its end-customer. Broken off
        half-way, it goes on with the rest when it is submitted again, with this form or another one.
        """
        leading = await self.resolvable(leading_id, by)
        remedy = await self.answers.word(leading_id, text, "word")
        led = [each.id for each in await self.queries.led_by(leading) if can(each, Move.RESOLVE)]

        async def lead(ticket: Ticket, at: datetime) -> Change | None:
            return _resolved(ticket, remedy, by, at) if can(ticket, Move.RESOLVE) else None

        was_notified = not can(leading, Move.RESOLVE) and leading.answer("remedy") == remedy
        is_resolved = can(leading, Move.RESOLVE) or was_notified or await self.store.used(f"{form}:resolve_all")
        await self.changes.change(leading_id, f"{form}:resolve_all", lead)
        together = {notifications.TOGETHER: reference(leading, self.config)} if is_resolved else {}

        async def decide(tickets: Sequence[Ticket], at: datetime) -> Sequence[Change]:
            return [_resolved(each, remedy, by, at, **together) for each in tickets if can(each, Move.RESOLVE)]

        for some in _batches(led):  # named by their first ticket: those that are left begin with another one
            await self.changes.change_together(some, f"{form}:resolve_all:{some[0]}", decide)
        return sum(each.stage is Stage.RESOLVED for each in await self.queries.led_by(leading))


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[first : first + _TOGETHER] for first in range(0, len(ids), _TOGETHER))


def _resolved(ticket: Ticket, remedy: str, by: str, at: datetime, **detail: str) -> Change:
    answers = validation.merged(ticket, {"remedy": remedy})
    moved = apply_move(ticket, Move.RESOLVE, by, at).model_copy(update={"answers": answers})
    detail_of_remedy = {"answer.remedy": remedy} if ticket.answer("remedy") != remedy else {}
    return Change(moved, event(moved, Move.RESOLVE, by, at, remedy=remedy, **detail_of_remedy, **detail))


def are_of(tickets: Iterable[Ticket], services: Iterable[str]) -> list[Ticket]:
    """Those of the tickets that are about any of these services."""
    asked = set(services)
    return [ticket for ticket in tickets if asked & _services(ticket)]


def _services(ticket: Ticket) -> set[str]:
    return {name for name in ticket.answer("services").split("\n") if name}


def _may_be_led(ticket: Ticket, leading: Ticket) -> bool:
    """True for an open ticket without links of its own whose remedy is still to be found."""
    is_free = not (ticket.parent or ticket.leads) and ticket.id != leading.id
    return is_free and ticket.stage not in {Stage.RESOLVED, Stage.CLOSED}
