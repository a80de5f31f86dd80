"""How is a change saved? Read, decide, save it all in one batch; decide anew when somebody else was quicker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clocks import schedule
from bot.config.settings import Config
from bot.core.clock import Clock, as_utc
from bot.core.errors import Conflict, Duplicate, Invalid, Refused
from bot.model import timestamps
from bot.model.notice import Notice
from bot.model.ticket import Event, Stage, Ticket, Times
from bot.tickets import notifications
from bot.tickets.notifications import Routes
from bot.tickets.ports import Batch, TicketStore
from bot.tickets.queries import Queries

ATTEMPTS = 5
"""How often a change is decided anew when somebody else was quicker."""


_MOST_LED = 500
"""Open tickets with one cause that are told of a word on the leading one."""


@dataclass(frozen=True)
class Change:
    """A ticket's next version, what led to it, and what goes out because of it."""

    ticket: Ticket
    event: Event
    letters: Sequence[Notice] = ()


Decide = Callable[[Ticket, datetime], Awaitable[Change | None]]
"""Decides on a change of the ticket as it now is, on none, or refuses. Asked again when somebody else was quicker."""


@dataclass(frozen=True)
class Changes:
    """The unit of work: saves a change with its notifications in one batch, and retries on a version conflict.

    `wake` is called after each: notifications are delivered at once.
    """

    store: TicketStore
    queries: Queries
    config: Config
    clock: Clock
    routes: Routes
    wake: Callable[[], None] = lambda: None

    async def change(self, ticket_id: str, once: str, decide: Decide, *, retry: bool = True) -> Ticket:
        for attempt in range(ATTEMPTS):
            ticket = await self.queries.ticket(ticket_id)
            try:
                done = await decide(ticket, as_utc(self.clock()))
                return await self.save(ticket, done, once) if done else ticket
            except Duplicate:
                return await self.queries.ticket(ticket_id)
            except (Refused, Invalid):
                if await self.store.used(once):  # a redelivery is told the same as the first delivery
                    return await self.queries.ticket(ticket_id)
                raise
            except Conflict:
                if not retry or attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    async def save(self, before: Ticket | None, done: Change, once: str) -> Ticket:
        ticket = self.timed(before, done.ticket, done.event).model_copy(update={"drawn": done.ticket.version})
        told = [*notifications.notices(before, ticket, done.event, self.routes), *done.letters]
        told += await self._relayed(ticket, done.event)
        saved = await self.store.apply(Batch(tickets=[ticket], events=[done.event], notices=told, once=[once]))
        self.wake()
        return saved[0]

    async def _relayed(self, ticket: Ticket, said: Event) -> list[Notice]:
        """What concerns every ticket with the same cause, in each one's thread and to its owner."""
        if not ticket.leads or said.what not in notifications.RELAYED:
            return []
        led = await self.store.children(ticket.id, _MOST_LED)
        return [notice for each in led for notice in notifications.relayed(each, ticket, said, self.routes)]

    def timed(self, before: Ticket | None, ticket: Ticket, done: Event) -> Ticket:
        """The ticket with what its clocks must remember of this event, and when it next needs attention."""
        was, stage = (before.times, before.stage) if before else (Times(), Stage.NEW)
        ticket = ticket.model_copy(update={"times": timestamps.after_event(was, done, stage, ticket.stage)})
        return ticket.model_copy(update={"due": schedule.next_due(ticket, self.config)})
