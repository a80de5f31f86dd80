"""The store on a database: `bot.ports.Store`, on either engine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from bot.adapters.store import (
    apply_batch,
    conversation_sql,
    full_text_index,
    full_text_queries,
    joined_customers,
    outbox_sql,
    rows,
    sql,
)
from bot.adapters.store.connection_protocol import Connection
from bot.adapters.store.engine_protocol import Engine
from bot.adapters.store.rows import Row
from bot.core.clock import Clock
from bot.core.errors import StoreDown
from bot.core.rate_limiter import SharedTurns
from bot.core.saves import note_save
from bot.model.access_log import Access
from bot.model.backlog import Backlog
from bot.model.contact import Contact, EndCustomer
from bot.model.conversation import Entry, MessageId
from bot.model.monthly_view import View
from bot.model.notice import NOTHING_HELD, Claim, Held, Letter, Notice, Outcome, Place
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Event, Party, Stage, Ticket
from bot.register.ports import KnownForRaising
from bot.search.documents import DocumentKind
from bot.search.ranking import Candidates, QueryTerm, SearchFilter
from bot.tickets.ports import Batch, Query

T = TypeVar("T")

_PRUNED = 1000  # rows per table and call
_INDEXED = 100  # tickets at a time, when a search waits for them
_ATTEMPTS = 50  # so that a search ends, however much others save meanwhile


class DatabaseStore:
    """`bot.ports.Store` on an engine. Made by `bot.adapters.store.open_store`."""

    def __init__(self, engine: Engine, clock: Clock, shared_turns: SharedTurns | None = None) -> None:
        self._engine = engine
        self._clock = clock
        self.indexing_timeout = 1.0
        """Seconds a search waits for some of the tickets that are not yet indexed."""
        self.shared_turns = shared_turns

    async def close(self) -> None:
        await self._engine.close()

    def lease(self, operation: str) -> AbstractAsyncContextManager[bool]:
        return self._engine.lease(operation)

    # --- changes

    async def apply(self, batch: Batch) -> tuple[Ticket, ...]:
        numbers = await self._engine.save(lambda db: apply_batch.apply(db, batch, self._clock()))
        if batch != Batch(notices=batch.notices):  # notices alone are alerts of the desk's own
            note_save()
        if batch.rewritten or batch.forget_people or batch.forget_notices or batch.accesses:
            rows.forget_recent()
        return tuple(
            ticket.model_copy(update={"number": returned.row[0]})
            for ticket, returned in zip(batch.tickets, numbers, strict=True)
        )

    async def claim(self, at: datetime, lease: timedelta, limit: int, held: Held = NOTHING_HELD) -> list[Claim]:
        return await self._engine.change(lambda db: apply_batch.claim(db, at, at + lease, limit, held))

    async def restart_waits(self, at: datetime, longest: timedelta, *, has_jumped: bool) -> int:
        return await self._engine.change(lambda db: apply_batch.restart_waits(db, at, longest, has_jumped=has_jumped))

    async def settle(self, claim: Claim, outcome: Outcome, at: datetime, then: Sequence[Notice] = ()) -> bool:
        try:
            await self._engine.save(lambda db: apply_batch.settle(db, claim, outcome, at, then))
        except apply_batch.LeaseLost:
            return False
        return True

    async def revive(self, key: str, at: datetime) -> bool:
        revived = await self._engine.change(lambda db: apply_batch.revive(db, key, at))
        if revived:
            note_save()
        return revived

    async def prune(self, before: datetime) -> int:
        """Deletes at most some thousand rows per call: writers do not wait long. Call again while any are returned."""
        return await self._engine.change(lambda db: apply_batch.prune(db, before, _PRUNED))

    # --- reads

    async def used(self, once: str) -> bool:
        return await self._found(sql.USED, {"key": once}, bool) or False

    async def used_by(self, payload: str, since: datetime) -> bool:
        return await self._one(sql.USED_BY, rows.used_by_values(payload, since), bool) or False

    async def get(self, ticket_id: str) -> Ticket | None:
        return await self._found(sql.TICKET, {"id": ticket_id}, rows.ticket)

    async def numbered(self, number: int) -> Ticket | None:
        return await self._found(sql.NUMBERED, {"number": number}, rows.ticket)

    async def find(self, query: Query) -> list[Ticket]:
        return await self._all(*sql.find(query), rows.ticket)

    async def count(self, query: Query) -> int:
        return await self._one(*sql.count(query), rows.number) or 0

    async def history(self, ticket_id: str) -> list[Event]:
        return await self._few(sql.HISTORY, {"ticket_id": ticket_id}, rows.event)

    async def histories(self, ticket_ids: Sequence[str]) -> list[Event]:
        return await self._all(sql.HISTORIES, {"listed": json.dumps(list(ticket_ids))}, rows.event)

    async def stored_histories(self, ticket_ids: Sequence[str]) -> str:
        values: Row = {"listed": json.dumps(list(ticket_ids))}
        return await self._engine.read(
            lambda db: rows.stored_histories(
                db.execute(sql.TICKETS_WITH, values).fetchall(), db.execute(sql.HISTORIES, values).fetchall()
            )
        )

    async def next_due(self, after: datetime, held: Held = NOTHING_HELD) -> datetime | None:
        statement = outbox_sql.NEXT_DUE_NOT_HELD if held else outbox_sql.NEXT_DUE
        look = self._one if held else self._found
        due = await look(statement, rows.held_values(held), rows.moment_or_none)
        return due and max(due, after)

    async def letters(
        self,
        *,
        state: Literal["waiting", "sent", "dead", "dropped"] | None = None,
        ticket_id: str = "",
        limit: int = 50,
    ) -> list[Letter]:
        return await self._letters(outbox_sql.letters(state, ticket_id), {"ticket_id": ticket_id, "limit": limit})

    async def undelivered(self, limit: int) -> list[Letter]:
        return await self._letters(outbox_sql.UNDELIVERED, {"limit": limit})

    async def _letters(self, statement: str, values: Row) -> list[Letter]:
        return await self._engine.read(lambda db: rows.readable(rows.letter, db.execute(statement, values).fetchall()))

    async def count_undelivered(self) -> int:
        return await self._one(outbox_sql.COUNT_UNDELIVERED, {}, rows.number) or 0

    async def letter(self, key: str) -> Letter | None:
        return await self._found(outbox_sql.LETTER, {"key": key}, rows.letter)

    async def together(self, channel: str, ts: str) -> list[Place]:
        return await self._few(sql.TOGETHER, {"channel": channel, "ts": ts}, rows.place)

    async def place(self, ticket_id: str, role: str) -> Place | None:
        return await self._found(sql.PLACE, {"ticket_id": ticket_id, "what": role}, rows.place)

    async def placed(self, channel: str, ts: str) -> Place | None:
        return await self._found(sql.PLACED, {"channel": channel, "ts": ts}, rows.place)

    async def card_links(self, ticket_ids: Sequence[str]) -> dict[str, str]:
        return dict(await self._all(*sql.card_links(ticket_ids), rows.link)) if ticket_ids else {}

    async def contacts(self) -> list[Contact]:
        return await self._few(sql.CONTACTS, {}, rows.contact)

    async def contact(self, user: str) -> Contact | None:
        return await self._found(sql.CONTACT, {"user": user}, rows.contact)

    async def standing(self) -> dict[tuple[Stage, Party], int]:
        return dict(await self._all(sql.STANDING, {}, rows.standing))

    async def loads(self) -> dict[tuple[str, Stage], int]:
        return dict(await self._all(sql.LOADS, {}, rows.load))

    async def tickets_of(self, customer: str, limit: int) -> list[Ticket]:
        return await self._few(sql.TICKETS_OF, {"customer": customer, "limit": limit}, rows.ticket)

    async def known_for_raising(self, customer: str, user: str, limit: int) -> KnownForRaising:
        values: Row = {"customer": customer, "user": user, "limit": limit}
        found = await self._few(sql.KNOWN_FOR_RAISING, values, tuple)
        return rows.known_for_raising(found)

    async def neighbouring_names(self, customer: str) -> list[str]:
        return list(
            dict.fromkeys(
                await self._all(joined_customers.NEIGHBOURING_NAMES, {"customer": customer}, rows.spelling_in_ticket)
            )
        )

    async def customers(self, words: Sequence[str], *, limit: int, skip: int = 0) -> list[EndCustomer]:
        return await self._all(*sql.customers(words, limit, skip), rows.customer)

    async def count_customers(self) -> int:
        return await self._one(sql.COUNT_CUSTOMERS, {}, rows.number) or 0

    async def customer(self, customer_id: str) -> EndCustomer | None:
        return await self._found(sql.CUSTOMER, {"id": customer_id}, rows.customer)

    async def customer_named(self, folded: str) -> EndCustomer | None:
        return await self._found(sql.CUSTOMER_NAMED, {"folded": folded}, rows.customer)

    async def open_between(self, start: datetime, end: datetime, customer: str = "") -> list[str]:
        found = await self._all(sql.open_between(customer), rows.open_between_values(start, end, customer), rows.text)
        return sorted(set(found))

    async def view(self, month: str) -> View | None:
        return await self._found(sql.VIEW, {"month": month}, rows.view)

    async def children(self, ticket_id: str, limit: int) -> list[Ticket]:
        return await self._all(sql.CHILDREN, {"id": ticket_id, "limit": limit}, rows.ticket)

    # --- technical notes, and the search

    async def note(self, note_id: str) -> TechnicalNote | None:
        return await self._found(sql.NOTE, {"id": note_id}, rows.technical_note)

    async def note_numbered(self, number: int) -> TechnicalNote | None:
        return await self._found(sql.NOTE_NUMBERED, {"number": number}, rows.technical_note)

    async def notes(self, *, limit: int, skip: int = 0) -> list[TechnicalNote]:
        return await self._all(sql.NOTES, {"limit": limit, "skip": skip}, rows.technical_note)

    async def count_notes(self) -> int:
        return await self._one(sql.COUNT_NOTES, {}, rows.number) or 0

    async def note_versions(self, note_id: str) -> list[TechnicalNote]:
        return await self._all(sql.NOTE_VERSIONS, {"id": note_id}, rows.technical_note)

    async def alike(self, words: Sequence[str]) -> dict[str, list[str]]:
        return await self._searched(lambda db: full_text_queries.alike(db, words)) if words else {}

    async def candidates(self, shelf: DocumentKind, asked: Sequence[QueryTerm], narrow: SearchFilter) -> Candidates:
        return await self._searched(lambda db: full_text_queries.candidates(db, shelf, asked, narrow))

    async def _searched(self, look: Callable[[Connection], T]) -> T:
        """Searches after indexing what was saved a moment ago.

        While the database cannot be written, and when there is too much to index, what is indexed is searched.
        """
        for _ in range(_ATTEMPTS):
            found = await self._engine.read(lambda db: None if db.execute(sql.MARKED).fetchone() else look(db))
            if found is not None:
                return found
            if not await self._indexed_more():
                break
        return await self._engine.read(look)

    async def _indexed_more(self) -> bool:
        """False when another replica is indexing, or the database is locked: searching needs no write lock."""
        with suppress(StoreDown, TimeoutError):
            async with asyncio.timeout(self.indexing_timeout):
                return bool(await self.index_new(_INDEXED))
        return False

    async def tickets_called(self, numbers: Sequence[int]) -> list[Ticket]:
        return await self._all(sql.TICKETS_CALLED, {"numbers": json.dumps(list(numbers))}, rows.ticket)

    async def notes_called(self, numbers: Sequence[int]) -> list[TechnicalNote]:
        return await self._all(sql.NOTES_CALLED, {"numbers": json.dumps(list(numbers))}, rows.technical_note)

    async def index_new(self, limit: int) -> int:
        return await self._engine.change(lambda db: full_text_index.index_marked(db, limit))

    async def index_older(self, limit: int) -> int:
        return await self._engine.change(lambda db: full_text_index.index_older(db, limit))

    async def backlog(self, at: datetime) -> Backlog:
        return await self._one(outbox_sql.BACKLOG, {"at": rows.ms(at)}, rows.backlog) or Backlog()

    async def merge_index(self, pages: int) -> None:
        await self._engine.change(lambda db: full_text_index.merge(db, pages))

    async def accesses(self, limit: int) -> list[Access]:
        return await self._all(sql.ACCESSES, {"limit": limit}, rows.access)

    async def entry(self, key: str) -> Entry | None:
        return next(iter(await self._all(conversation_sql.ENTRY, {"id": key}, conversation_sql.entry)), None)

    async def entries_of(self, ticket_id: str) -> list[Entry]:
        return await self._all(conversation_sql.OF_TICKET, {"id": ticket_id}, conversation_sql.entry)

    async def unassigned(self, *, limit: int, skip: int = 0) -> list[Entry]:
        return await self._all(conversation_sql.UNASSIGNED, {"limit": limit, "skip": skip}, conversation_sql.entry)

    async def count_unassigned(self) -> int:
        return await self._engine.read(lambda db: int(db.execute(conversation_sql.COUNT_UNASSIGNED, {}).fetchone()[0]))

    async def entries_after(self, key: str, limit: int) -> list[Entry]:
        return await self._all(conversation_sql.ALL, {"after": key, "limit": limit}, conversation_sql.entry)

    async def original(self, key: str) -> bytes | None:
        return await self._engine.read(lambda db: conversation_sql.original(db, key))

    async def taken_in(self, message_ids: Sequence[str]) -> Collection[str]:
        found = await self._engine.read(
            lambda db: db.execute(conversation_sql.TAKEN_IN, conversation_sql.listed(message_ids)).fetchall()
        )
        return {str(row[0]) for row in found}

    async def message_ids(self, message_ids: Sequence[str]) -> Mapping[str, MessageId]:
        found = (
            await self._all(conversation_sql.IDS, conversation_sql.listed(message_ids), conversation_sql.message_id)
            if message_ids
            else []
        )
        return {each.message_id: each for each in found}

    async def message_ids_of(self, ticket_id: str) -> list[MessageId]:
        return await self._all(conversation_sql.IDS_OF, {"id": ticket_id}, conversation_sql.message_id)

    async def message_id_of(self, notice: str) -> MessageId | None:
        return next(
            iter(await self._all(conversation_sql.ID_OF_NOTICE, {"key": notice}, conversation_sql.message_id)), None
        )

    async def with_rcr(self, number: str) -> list[Ticket]:
        found = await self._all(conversation_sql.WITH_RCR, {"rcr": number}, rows.ticket)
        return [each for each in found if number in each.rcr]  # a number that was undone is not theirs any more

    async def letters_sent(self) -> list[Notice]:
        return await self._engine.read(
            lambda db: [
                Notice.model_validate_json(row[0])
                for row in db.execute(conversation_sql.SENT_BEFORE, conversation_sql.MAILS).fetchall()
            ]
        )

    async def follow_channel(self, old: str, new: str) -> None:
        await self._engine.change(lambda db: conversation_sql.follow_channel(db, old, new))

    async def value(self, name: str) -> str:
        row = await self._engine.look_up(
            lambda db: db.execute(conversation_sql.STORED_VALUE, {"name": name}).fetchone()
        )
        return str(row[0]) if row else ""

    async def keep(self, name: str, value: str) -> None:
        await self._engine.change(lambda db: db.execute(conversation_sql.KEEP, {"name": name, "value": value}) and None)

    async def keep_first(self, name: str, value: str) -> str:
        return await self._engine.change(lambda db: conversation_sql.keep_first(db, name, value))

    async def _one(self, statement: str, values: Row, record: Callable[[Sequence[object]], T]) -> T | None:
        return await self._engine.read(lambda db: _first(db, statement, values, record))

    async def _found(self, statement: str, values: Row, record: Callable[[Sequence[object]], T]) -> T | None:
        """The row found by its key."""
        return await self._engine.look_up(lambda db: _first(db, statement, values, record))

    async def _few(self, statement: str, values: Row, record: Callable[[Sequence[object]], T]) -> list[T]:
        """Rows found by their key."""
        return await self._engine.look_up(lambda db: [record(row) for row in db.execute(statement, values).fetchall()])

    async def _all(self, statement: str, values: Row, record: Callable[[Sequence[object]], T]) -> list[T]:
        return await self._engine.read(lambda db: [record(row) for row in db.execute(statement, values).fetchall()])


def _first(db: Connection, statement: str, values: Row, record: Callable[[Sequence[object]], T]) -> T | None:
    row = db.execute(statement, values).fetchone()
    return None if row is None else record(row)
