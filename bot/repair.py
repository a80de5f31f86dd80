"""Reconciles the store with the desk channel, the outbox and the index: `python app.py check --repair`.

Safe beside a running desk: a card is found or posted by a notice of the outbox, which is delivered once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Protocol

from bot.config.settings import Config
from bot.core.clock import Clock, as_utc
from bot.model.notice import FOUND, Notice, NoticeKind
from bot.model.ticket import Ticket
from bot.ports import Store
from bot.tickets.notifications import notice
from bot.tickets.pagination import every
from bot.tickets.ports import Batch, Query
from bot.tickets.reference import reference

SETTLED = timedelta(minutes=10)
"""A younger ticket may have its first card on the way."""
_PAGE = 500
_NAMED = 10
_INTERVAL = 0.2


@dataclass(frozen=True)
class PostedMessage:
    """One message of a bot in the desk channel, outside any thread."""

    ts: str
    key: str
    """The notice's key as the message carries it; empty where it carries none."""
    title: str
    """The first line."""
    ticket_ids: frozenset[str]
    """Ids of tickets that its buttons carry."""


class PostedMessages(Protocol):
    """The messages of bots in the desk channel."""

    async def all(self) -> Sequence[PostedMessage]: ...

    def keys(self, key: str) -> Sequence[str]:
        """The key of a notice as its message carries it, by this release and by older ones."""


@dataclass(frozen=True)
class RepairLine:
    """A comparison and its result, or what only a person can do."""

    subject: str
    done: str = ""
    wrong: str = ""

    def __str__(self) -> str:
        if self.wrong:
            return f"FIX   {self.subject}: {self.wrong}"
        return f"DONE  {self.subject}: {self.done}" if self.done else f"ok    {self.subject}"


@dataclass
class _Cards:
    """Tickets by the state of their cards."""

    count: int = 0
    found: list[Ticket] = field(default_factory=list)
    posted: list[Ticket] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@dataclass(frozen=True)
class Repair:
    """Compares and mends, and says what it did, line by line."""

    store: Store
    messages: PostedMessages
    desk_channel: str
    config: Config
    clock: Clock
    wake: Callable[[], None]
    """Tells the outbox that there is something to deliver."""
    settled: timedelta = SETTLED
    timeout: float = 90.0
    """Seconds without any delivery after which what still waits is left to the desk."""

    async def lines(self) -> AsyncIterator[RepairLine]:
        """One line for each of: overdue notices, cards, tickets, dead letters, index."""
        yield await self._overdue()
        posted = await self.messages.all()
        yield await self._cards(posted)
        yield await self._tickets(posted)
        yield await self._dead()
        yield await self._index()

    # --- the outbox

    async def _overdue(self) -> RepairLine:
        item = "overdue notices"
        before = await self.store.backlog(as_utc(self.clock()))
        if not before.waiting:
            return RepairLine(item)
        left = await self._drained()
        if left:
            reasons = sorted(
                {row.reason for row in await self.store.letters(state="waiting", limit=_PAGE) if row.reason}
            )
            return RepairLine(item, wrong=f"{left} still wait: {' '.join(reasons) or 'the desk delivers them.'}")
        given_up = (await self.store.backlog(as_utc(self.clock()))).dead - before.dead
        return RepairLine(item, done=f"{before.waiting - given_up} of {before.waiting} were delivered.")

    async def _drained(self) -> int:
        """Waits for the outbox; gives how many due notices are left when nothing is delivered any more."""
        self.wake()
        fewest, since = (await self.store.backlog(as_utc(self.clock()))).waiting, monotonic()
        while fewest and monotonic() - since < self.timeout:
            await asyncio.sleep(_INTERVAL)
            waiting = (await self.store.backlog(as_utc(self.clock()))).waiting
            if waiting < fewest:
                fewest, since = waiting, monotonic()
        return fewest

    async def _dead(self) -> RepairLine:
        dead = await self.store.count_undelivered()
        item = "undeliverable notices"
        return (
            RepairLine(item, wrong=f"{dead}; each can be tried again in the Home tab of an admin.")
            if dead
            else RepairLine(item)
        )

    # --- cards

    async def _cards(self, posted: Sequence[PostedMessage]) -> RepairLine:
        """Finds lost cards by the metadata of their messages, and has others posted."""
        by_key = {each.key: each.ts for each in posted if each.key}
        found = await self._compared(by_key, {each.ts for each in posted})
        item = f"cards of {found.count:,} tickets"
        if not found.notices:
            return RepairLine(item)
        await self.store.apply(Batch(notices=found.notices))
        left = await self._drained()
        done = [
            f"{verb}: {self._names(tickets)}."
            for verb, tickets in (("found in the channel again", found.found), ("posted anew", found.posted))
            if tickets
        ]
        waiting = [f"{left} of them still wait in the outbox."] if left else []
        return RepairLine(item, done=" ".join([*done, *waiting]))

    async def _compared(self, by_key: Mapping[str, str], there: set[str]) -> _Cards:
        cards = _Cards()
        async for ticket in every(self.store, Query(erased=False, limit=_PAGE)):
            cards.count += 1
            place = await self.store.place(ticket.id, "card")
            is_lost = place is None and ticket.raised_at < as_utc(self.clock()) - self.settled
            is_deleted = place is not None and place.channel == self.desk_channel and place.ts not in there
            if not is_lost and not (is_deleted and ticket.stage.is_open):
                continue
            ts = next((by_key[key] for key in self._keys(ticket) if key in by_key), "") if is_lost else ""
            (cards.found if ts else cards.posted).append(ticket)
            cards.notices.append(self._card(ticket, ts))
        return cards

    def _keys(self, ticket: Ticket) -> Iterable[str]:
        """Keys by which the card may have been posted: by the notice of any version."""
        for version in range(1, ticket.version + 1):
            card = notice(
                ticket.model_copy(update={"version": version}), NoticeKind.CARD, self.desk_channel, ticket.raised_at
            )
            yield from self.messages.keys(card.key)

    def _card(self, ticket: Ticket, ts: str) -> Notice:
        """A card's notice in a lane of its own: what waits in the thread waits for this card."""
        at = as_utc(self.clock())
        card = notice(ticket, NoticeKind.CARD, self.desk_channel, at, {FOUND: ts} if ts else {})
        own = {"key": f"{card.key}:repair:{at.timestamp():.0f}", "lane": f"{ticket.id}:repair"}
        return card.model_copy(update=own)

    # --- tickets

    async def _tickets(self, posted: Sequence[PostedMessage]) -> RepairLine:
        """Cards whose ticket is not in the store are only reported: after a restore they are what the backup lacked."""
        orphans = [each.title for each in posted if each.ticket_ids and not await self._known(each.ticket_ids)]
        item = f"tickets of {sum(1 for each in posted if each.ticket_ids):,} messages with buttons in the desk channel"
        if not orphans:
            return RepairLine(item)
        named = "; ".join(orphans[:_NAMED]) + (f" and {len(orphans) - _NAMED} more" if len(orphans) > _NAMED else "")
        reason = (
            "not in the database: it is another one, or an older backup. Restore the newer one, or delete the messages"
        )
        return RepairLine(item, wrong=f"{reason}: {named}")

    async def _known(self, ids: frozenset[str]) -> bool:
        for each in ids:
            if await self.store.get(each):
                return True
        return False

    def _names(self, tickets: Sequence[Ticket]) -> str:
        named = ", ".join(reference(ticket, self.config) for ticket in tickets[:_NAMED])
        return f"{named} and {len(tickets) - _NAMED} more" if len(tickets) > _NAMED else named

    # --- the index

    async def _index(self) -> RepairLine:
        new = older = 0
        while count := await self.store.index_new(_PAGE):
            new += count
        while count := await self.store.index_older(_PAGE):
            older += count
        item = "full-text index"
        return (
            RepairLine(item, done=f"{new + older:,} tickets were not in it, and are.")
            if new + older
            else RepairLine(item)
        )
