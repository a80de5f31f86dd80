"""An in-memory store for tests; it passes the same contract suite as the real stores."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime

from bot.core.clock import Clock, as_utc, now
from bot.core.errors import Conflict, Duplicate, StoreDown
from bot.core.identifiers import fold
from bot.known_issues.links import affected_by
from bot.model.access_log import Access
from bot.model.contact import Contact, EndCustomer
from bot.model.monthly_view import View
from bot.model.notice import Notice, Place
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Event, Party, Stage, Ticket
from bot.register.ports import KnownForRaising
from bot.tickets.ports import Batch, Query
from tests.doubles.memory_conversation import ConversationData, MemoryConversation
from tests.doubles.memory_outbox import MemoryOutbox, OutboxRow
from tests.doubles.memory_search import MemorySearch

FIRST_NUMBER = 1001
PRUNE_LIMIT = 1000


@dataclass
class _Tables:
    tickets: dict[str, Ticket] = field(default_factory=dict)
    events: dict[tuple[str, int], Event] = field(default_factory=dict)
    once: dict[str, datetime] = field(default_factory=dict)
    notices: dict[str, OutboxRow] = field(default_factory=dict)
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    accesses: list[Access] = field(default_factory=list)
    views: dict[str, View] = field(default_factory=dict)
    customers: dict[str, EndCustomer] = field(default_factory=dict)
    notes: dict[tuple[str, int], TechnicalNote] = field(default_factory=dict)
    conversation: ConversationData = field(default_factory=ConversationData)

    def copied(self) -> _Tables:
        """A copy that later changes do not reach. Records are frozen, so both may hold the same ones."""
        tables = {each.name: copy.copy(getattr(self, each.name)) for each in fields(self)}
        rows = {key: copy.copy(row) for key, row in self.notices.items()}
        return _Tables(**tables | {"notices": rows, "conversation": self.conversation.copied()})


class MemoryStore(MemoryConversation, MemoryOutbox, MemorySearch):
    """Implements `bot.ports.Store`. Set `down` to make every call raise `StoreDown`."""

    shared_turns = None

    def __init__(self, clock: Clock = now) -> None:
        self.down = False
        self._clock = clock
        self._data = _Tables()
        self._held_locks: set[str] = set()

    async def close(self) -> None:
        self.down = True

    @asynccontextmanager
    async def lease(self, work: str) -> AsyncIterator[bool]:
        self._tables()
        is_free = work not in self._held_locks
        self._held_locks.update({work} if is_free else ())
        try:
            yield is_free
        finally:
            self._held_locks.difference_update({work} if is_free else ())

    def _tables(self) -> _Tables:
        if self.down:
            raise StoreDown("The database is down. Nothing was changed.")
        return self._data

    # --- the search

    def _latest_notes(self) -> Collection[TechnicalNote]:
        return self._latest().values()

    def _events(self) -> Collection[Event]:
        return self._tables().events.values()

    # --- the outbox

    def _outbox_rows(self) -> dict[str, OutboxRow]:
        return self._tables().notices

    def _put_places(self, places: Iterable[Place]) -> None:
        self._data.places |= {(place.ticket_id, place.role): place for place in places}

    # --- the conversation

    def _conversation(self) -> ConversationData:
        return self._tables().conversation

    def _numbered(self) -> Collection[Ticket]:
        return self._tables().tickets.values()

    def _sent_mails(self) -> list[Notice]:
        sent = [row.notice for row in self._tables().notices.values() if row.state == "sent"]
        return [each for each in sent if ":letter_mail:" in each.key or ":chase_mail:" in each.key]

    def _moved(self, old: str, new: str) -> None:
        for key, place in self._tables().places.items():
            if place.channel == old:
                self._data.places[key] = place.model_copy(update={"channel": new})
        for row in self._data.notices.values():
            if row.notice.to == old and row.state in {"waiting", "dead"}:
                row.notice = row.notice.model_copy(update={"to": new})

    # --- changes

    async def apply(self, batch: Batch) -> tuple[Ticket, ...]:
        before = self._tables().copied()
        try:
            return self._apply(batch, as_utc(self._clock()))
        except Exception:
            self._data = before
            raise

    def _apply(self, batch: Batch, at: datetime) -> tuple[Ticket, ...]:
        for key in batch.once:
            if key in self._data.once:
                raise Duplicate(key)
            self._data.once[key] = at
        if any(self._data.contacts.get(user) != before for user, before in batch.contacts_read.items()):
            raise Conflict("A contact was changed meanwhile.")
        self._data.conversation.apply(batch.conversation)
        self._bounce(batch.conversation.bounced, at)
        tickets = tuple(self._save(ticket) for ticket in batch.tickets)
        for event in batch.events:
            if (event.ticket_id, event.version) in self._data.events:
                raise Conflict(event.ticket_id)
            self._data.events[event.ticket_id, event.version] = event
        for key in batch.drop:
            self._drop(key, at)
        self._forget(batch)
        self._enqueue(batch.notices, at)
        self._data.contacts |= {contact.slack_user: contact for contact in batch.contacts}
        for key in batch.forget_customers:
            self._data.customers.pop(key, None)
        for customer in batch.customers:
            if any(each.folded == customer.folded and each.id != customer.id for each in self._data.customers.values()):
                raise Conflict(customer.id)
            self._data.customers[customer.id] = customer
        self._data.views |= {view.month: view for view in batch.views}
        self._apply_notes(batch)
        return tickets

    def _apply_notes(self, batch: Batch) -> None:
        for note in batch.technical_notes:
            self._save_note(note)
        for note in batch.rewritten_notes:
            number = self._data.notes[note.id, 1].number
            self._data.notes[note.id, note.version] = note.model_copy(update={"number": number})

    def _save_note(self, note: TechnicalNote) -> None:
        found = self._latest().get(note.id)
        if (found.version if found else 0) != note.version - 1:
            raise Conflict(note.id)
        number = found.number if found else len(self._latest()) + 1
        self._data.notes[note.id, note.version] = note.model_copy(update={"number": number})

    def _latest(self) -> dict[str, TechnicalNote]:
        return {key: note for (key, _), note in sorted(self._tables().notes.items())}

    def _forget(self, batch: Batch) -> None:
        self._data.events |= {(event.ticket_id, event.version): event for event in batch.rewritten}
        forgotten = [
            key
            for key, row in self._data.notices.items()
            if (row.notice.ticket_id in batch.forget_notices and row.state != "waiting")
            or row.notice.lane in {f"direct:{user}" for user in batch.forget_people}
        ]
        for key in forgotten:
            del self._data.notices[key]
        for user in batch.forget_people:
            self._data.contacts.pop(user, None)
            self._data.once = {key: at for key, at in self._data.once.items() if not key.startswith(f"{user}:")}
        self._data.accesses.extend(batch.accesses)

    def _save(self, ticket: Ticket) -> Ticket:
        found = self._data.tickets.get(ticket.id)
        if (found.version if found else 0) != ticket.version - 1:
            raise Conflict(ticket.id)
        number = found.number if found else FIRST_NUMBER + len(self._data.tickets)
        saved = self._data.tickets[ticket.id] = ticket.model_copy(update={"number": number})
        return saved

    async def open_between(self, start: datetime, end: datetime, customer: str = "") -> list[str]:
        found = (each for each in self._tables().tickets.values() if customer in {"", *map(fold, affected_by(each))})
        return sorted(each.id for each in found if each.raised_at < end and (each.stage.is_open or each.since >= start))

    async def view(self, month: str) -> View | None:
        return self._tables().views.get(month)

    async def accesses(self, limit: int) -> list[Access]:
        return self._tables().accesses[::-1][:limit]

    async def prune(self, before: datetime) -> int:
        data = self._tables()
        old_keys = [key for key, at in data.once.items() if at < before][:PRUNE_LIMIT]
        old_rows = [
            key for key, row in data.notices.items() if row.state in {"sent", "dropped"} and row.changed_at < before
        ][:PRUNE_LIMIT]
        for key in old_keys:
            del data.once[key]
        for key in old_rows:
            del data.notices[key]
        return len(old_keys) + len(old_rows)

    # --- reads

    async def used(self, once: str) -> bool:
        return once in self._tables().once

    async def used_by(self, payload: str, since: datetime) -> bool:
        used = self._tables().once.items()
        return any(at >= since and (key == payload or key.startswith(f"{payload}:")) for key, at in used)

    async def get(self, ticket_id: str) -> Ticket | None:
        return self._tables().tickets.get(ticket_id)

    async def numbered(self, number: int) -> Ticket | None:
        return next((ticket for ticket in self._tables().tickets.values() if ticket.number == number), None)

    async def find(self, query: Query) -> list[Ticket]:
        found = self._matching(query)
        if query.due_before is not None:
            return sorted(found, key=lambda ticket: (ticket.due or query.due_before, ticket.id))[: query.limit]
        if query.before:
            found = [ticket for ticket in found if (ticket.raised_at, ticket.id) < query.before]
        is_newest_first = not query.is_oldest_first
        return sorted(found, key=lambda each: (each.raised_at, each.id), reverse=is_newest_first)[: query.limit]

    async def count(self, query: Query) -> int:
        return len(self._matching(query))

    def _matching(self, query: Query) -> list[Ticket]:
        return [ticket for ticket in self._tables().tickets.values() if _matches(ticket, query)]

    async def history(self, ticket_id: str) -> list[Event]:
        events = [event for event in self._tables().events.values() if event.ticket_id == ticket_id]
        return sorted(events, key=lambda event: event.version)

    async def histories(self, ticket_ids: Sequence[str]) -> list[Event]:
        return [event for each in sorted(set(ticket_ids)) for event in await self.history(each)]

    async def stored_histories(self, ticket_ids: Sequence[str]) -> str:
        found = [ticket for ticket_id, ticket in self._tables().tickets.items() if ticket_id in set(ticket_ids)]
        tickets = ",".join(each.model_dump_json() for each in found)
        events = ",".join(each.model_dump_json() for each in await self.histories(ticket_ids))
        return f'{{"tickets":[{tickets}],"events":[{events}]}}'

    async def children(self, ticket_id: str, limit: int) -> list[Ticket]:
        found = [
            each for each in self._tables().tickets.values() if each.parent == ticket_id != "" and each.stage.is_open
        ]
        return sorted(found, key=lambda ticket: (ticket.raised_at, ticket.id), reverse=True)[:limit]

    # --- technical notes and full-text search

    async def note(self, note_id: str) -> TechnicalNote | None:
        return self._latest().get(note_id)

    async def note_numbered(self, number: int) -> TechnicalNote | None:
        return next((note for note in self._latest().values() if note.number == number), None)

    async def notes(self, *, limit: int, skip: int = 0) -> list[TechnicalNote]:
        return sorted(self._latest().values(), key=lambda note: note.number, reverse=True)[skip:][:limit]

    async def count_notes(self) -> int:
        return len(self._latest())

    async def note_versions(self, note_id: str) -> list[TechnicalNote]:
        found = [note for note in self._tables().notes.values() if note.id == note_id]
        return sorted(found, key=lambda note: note.version, reverse=True)

    async def standing(self) -> dict[tuple[Stage, Party], int]:
        return dict(Counter((each.stage, each.ball) for each in self._tables().tickets.values() if each.ball))

    async def loads(self) -> dict[tuple[str, Stage], int]:
        return dict(Counter((each.owner, each.stage) for each in self._tables().tickets.values() if each.stage.is_open))

    async def known_for_raising(self, customer: str, user: str, limit: int) -> KnownForRaising:
        named, tickets = await self.customer_named(customer), await self.tickets_of(customer, limit)
        return KnownForRaising(named, self._tables().contacts.get(user), tuple(tickets))

    async def tickets_of(self, customer: str, limit: int) -> list[Ticket]:
        theirs = [each for each in self._tables().tickets.values() if fold(each.answer("customer")) == customer != ""]
        return sorted(theirs, key=lambda ticket: (ticket.raised_at, ticket.id), reverse=True)[:limit]

    async def neighbouring_names(self, customer: str) -> list[str]:
        named = {fold(name): name for each in self._tables().tickets.values() for name in affected_by(each)}
        before, after = (
            sorted(each for each in named if (each < customer) is is_before) for is_before in (True, False)
        )
        return [named[each] for each in (*after[:1], *before[-1:])]

    async def customers(self, words: Sequence[str], *, limit: int, skip: int = 0) -> list[EndCustomer]:
        found = [each for each in self._tables().customers.values() if _matches_prefixes(each, words)]
        return sorted(found, key=lambda each: each.folded)[skip:][:limit]

    async def count_customers(self) -> int:
        return len(self._tables().customers)

    async def customer(self, customer_id: str) -> EndCustomer | None:
        return self._tables().customers.get(customer_id)

    async def customer_named(self, folded: str) -> EndCustomer | None:
        return next((each for each in self._tables().customers.values() if each.folded == folded), None)

    async def together(self, channel: str, ts: str) -> list[Place]:
        found = [place for place in self._tables().places.values() if (place.channel, place.ts) == (channel, ts)]
        return sorted(found, key=lambda place: (place.ticket_id, place.role))

    async def place(self, ticket_id: str, role: str) -> Place | None:
        return self._tables().places.get((ticket_id, role))

    async def placed(self, channel: str, ts: str) -> Place | None:
        places = self._tables().places.values()
        return next((place for place in places if (place.channel, place.ts) == (channel, ts)), None)

    async def card_links(self, ticket_ids: Sequence[str]) -> dict[str, str]:
        cards = {each: self._tables().places.get((each, "card")) for each in ticket_ids}
        return {each: card.link for each, card in cards.items() if card and card.link}

    async def contacts(self) -> list[Contact]:
        return sorted(self._tables().contacts.values(), key=lambda contact: (contact.name, contact.slack_user))

    async def contact(self, user: str) -> Contact | None:
        return self._tables().contacts.get(user)


def _matches_prefixes(customer: EndCustomer, words: Sequence[str]) -> bool:
    return all(any(each.startswith(word) for each in customer.words) for word in words)


def _matches(ticket: Ticket, query: Query) -> bool:
    return (
        query.open in {None, ticket.stage.is_open}
        and query.erased in {None, ticket.is_erased}
        and (not query.stages or ticket.stage in query.stages)
        and query.level in {None, ticket.level}
        and query.ball in {None, ticket.ball}
        and query.owner in {"", ticket.owner}
        and (query.due_before is None or (ticket.due is not None and ticket.due <= query.due_before))
    )
