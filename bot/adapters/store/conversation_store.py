"""`bot.conversation.ports.ConversationStore` on an engine."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from bot.adapters.store import conversation_sql as sql
from bot.adapters.store import rows
from bot.adapters.store.engine_protocol import Engine
from bot.adapters.store.rows import Row
from bot.model.conversation import Entry, MessageId
from bot.model.notice import Notice
from bot.model.ticket import Ticket

T = TypeVar("T")


class ConversationTables:
    """The part of the store that keeps the conversation."""

    _engine: Engine

    async def entry(self, key: str) -> Entry | None:
        return next(iter(await self._entries(sql.ENTRY, {"id": key})), None)

    async def entries_of(self, ticket_id: str) -> list[Entry]:
        return await self._entries(sql.OF_TICKET, {"id": ticket_id})

    async def unassigned(self, *, limit: int, skip: int = 0) -> list[Entry]:
        return await self._entries(sql.UNASSIGNED, {"limit": limit, "skip": skip})

    async def count_unassigned(self) -> int:
        return await self._engine.read(lambda db: int(db.execute(sql.COUNT_UNASSIGNED, {}).fetchone()[0]))

    async def entries_after(self, key: str, limit: int) -> list[Entry]:
        return await self._entries(sql.ALL, {"after": key, "limit": limit})

    async def original(self, key: str) -> bytes | None:
        return await self._engine.read(lambda db: sql.original(db, key))

    async def taken_in(self, message_ids: Sequence[str]) -> Collection[str]:
        found = await self._engine.read(lambda db: db.execute(sql.TAKEN_IN, sql.listed(message_ids)).fetchall())
        return {str(row[0]) for row in found}

    async def message_ids(self, message_ids: Sequence[str]) -> Mapping[str, MessageId]:
        found = await self._ids(sql.IDS, sql.listed(message_ids)) if message_ids else []
        return {each.message_id: each for each in found}

    async def message_ids_of(self, ticket_id: str) -> list[MessageId]:
        return await self._ids(sql.IDS_OF, {"id": ticket_id})

    async def message_id_of(self, notice: str) -> MessageId | None:
        return next(iter(await self._ids(sql.ID_OF_NOTICE, {"key": notice})), None)

    async def with_rcr(self, number: str) -> list[Ticket]:
        return await self._engine.read(
            lambda db: [rows.ticket(row) for row in db.execute(sql.WITH_RCR, {"rcr": number}).fetchall()]
        )

    async def letters_sent(self) -> list[Notice]:
        return await self._engine.read(
            lambda db: [Notice.model_validate_json(row[0]) for row in db.execute(sql.SENT_BEFORE, sql.MAILS).fetchall()]
        )

    async def follow_channel(self, old: str, new: str) -> None:
        await self._engine.change(lambda db: sql.follow_channel(db, old, new))

    async def value(self, name: str) -> str:
        row = await self._engine.read(lambda db: db.execute(sql.STORED_VALUE, {"name": name}).fetchone())
        return str(row[0]) if row else ""

    async def keep(self, name: str, value: str) -> None:
        await self._engine.change(lambda db: db.execute(sql.KEEP, {"name": name, "value": value}) and None)

    async def keep_first(self, name: str, value: str) -> str:
        return await self._engine.change(lambda db: sql.keep_first(db, name, value))

    async def _entries(self, statement: str, values: Row) -> list[Entry]:
        return await self._engine.read(lambda db: [sql.entry(row) for row in db.execute(statement, values).fetchall()])

    async def _ids(self, statement: str, values: Row) -> list[MessageId]:
        return await self._engine.read(
            lambda db: [sql.message_id(row) for row in db.execute(statement, values).fetchall()]
        )
