"""Drafts, run-time settings and preferences in a two-column table, which many replicas share.

Every form that is opened asks for a draft, and mostly there is none. So that this need not be asked of the server each
time, whoever saves a value notifies the other replicas of its key.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

from bot.adapters.store import sql
from bot.adapters.store.absent_keys import AbsentKeys
from bot.adapters.store.connection_protocol import Connection
from bot.adapters.store.engine_protocol import Engine
from bot.adapters.store.postgres_listener import PostgresListener

T = TypeVar("T")

CHANNEL = "desk_drafts"


class DatabaseDrafts:
    """`bot.ports.Drafts` on an engine. Made by `bot.adapters.store.open_drafts`."""

    def __init__(self, engine: Engine, url: str, absent: AbsentKeys) -> None:
        self._engine = engine
        self._absent = absent
        self._listener = PostgresListener(url, CHANNEL, absent.begin, absent.saved, absent.end)

    async def get(self, key: str) -> dict[str, str] | None:
        def read(db: Connection) -> dict[str, str] | None:
            row = db.execute(sql.DRAFT, {"key": key}).fetchone()
            return json.loads(row[0]) if row else None

        moment = self._absent.moment()
        value = await self._engine.look_up(read)
        self._absent.read(key, moment, is_absent=value is None)
        self._listener.start()
        return value

    def seems_absent(self, key: str) -> bool:
        return key in self._absent

    async def put(self, key: str, value: dict[str, str]) -> None:
        text = json.dumps(value)

        def change(db: Connection) -> None:
            db.send(sql.PUT_DRAFT, {"key": key, "value": text})
            _notify(db, key)

        await self._save(key, change)

    async def replace(self, key: str, old: dict[str, str] | None, new: dict[str, str]) -> bool:
        values = {"key": key, "value": json.dumps(new)}

        def change(db: Connection) -> bool:
            if old is not None:
                return db.execute(sql.REPLACE_DRAFT, {**values, "old": json.dumps(old)}).rowcount == 1
            is_added = db.execute(sql.ADD_DRAFT, values).rowcount == 1
            _notify(db, key)
            return is_added

        return await self._save(key, change)

    async def _save(self, key: str, change: Callable[[Connection], T]) -> T:
        with self._absent.saving(key):
            return await self._engine.change(change)

    async def drop(self, key: str) -> None:
        await self._engine.change(lambda db: db.execute(sql.DROP_DRAFT, {"key": key}))

    async def keys(self) -> list[str]:
        return await self._engine.read(lambda db: [row[0] for row in db.execute(sql.DRAFT_KEYS).fetchall()])

    async def close(self) -> None:
        await self._listener.close()
        await self._engine.close()


def _notify(db: Connection, key: str) -> None:
    """Tells all replicas, when the change is committed, that there is a value."""
    db.send(sql.NOTIFY_DRAFT, {"channel": CHANNEL, "key": key})
