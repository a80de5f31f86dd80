"""Drafts, run-time settings and preferences in a two-column table, which many replicas share."""

from __future__ import annotations

import json

from bot.adapters.store import sql
from bot.adapters.store.connection_protocol import Connection
from bot.adapters.store.engine_protocol import Engine


class DatabaseDrafts:
    """`bot.ports.Drafts` on an engine. Made by `bot.adapters.store.open_drafts`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def get(self, key: str) -> dict[str, str] | None:
        def read(db: Connection) -> dict[str, str] | None:
            row = db.execute(sql.DRAFT, {"key": key}).fetchone()
            return json.loads(row[0]) if row else None

        return await self._engine.look_up(read)

    async def put(self, key: str, value: dict[str, str]) -> None:
        text = json.dumps(value)
        await self._engine.change(lambda db: db.execute(sql.PUT_DRAFT, {"key": key, "value": text}))

    async def replace(self, key: str, old: dict[str, str] | None, new: dict[str, str]) -> bool:
        values = {"key": key, "value": json.dumps(new)}

        def change(db: Connection) -> bool:
            if old is None:
                return db.execute(sql.ADD_DRAFT, values).rowcount == 1
            return db.execute(sql.REPLACE_DRAFT, {**values, "old": json.dumps(old)}).rowcount == 1

        return await self._engine.change(change)

    async def drop(self, key: str) -> None:
        await self._engine.change(lambda db: db.execute(sql.DROP_DRAFT, {"key": key}))

    async def keys(self) -> list[str]:
        return await self._engine.read(lambda db: [row[0] for row in db.execute(sql.DRAFT_KEYS).fetchall()])

    async def close(self) -> None:
        await self._engine.close()
