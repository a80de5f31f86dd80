"""Hears what other replicas tell each other through the server (LISTEN and NOTIFY)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from bot.adapters.store.postgres_session import parameters

log = logging.getLogger(__name__)

_PAUSE = 2.0
"""Seconds before a connection that broke is opened again."""


@dataclass
class PostgresListener:
    """Listens to one channel on a connection of its own, which is opened again when it breaks."""

    url: str
    channel: str
    begun: Callable[[], None]
    """From now on everything is heard."""
    received: Callable[[str], None]
    """Called with the payload of each notification, also of this process."""
    ended: Callable[[], None]
    """Notifications are lost until the next `begun`."""
    pause: float = _PAUSE
    _task: asyncio.Task[None] | None = field(default=None, init=False)
    _closed: bool = field(default=False, init=False)

    def start(self) -> None:
        """Begins to listen; may be called again."""
        if self._task is None and not self._closed:
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """May be called again."""
        task, self._task, self._closed = self._task, None, True
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            with suppress(psycopg.Error, OSError):  # while the server is down, each attempt fails
                await self._listen()
            await asyncio.sleep(self.pause)

    async def _listen(self) -> None:
        connection: psycopg.AsyncConnection[Any]
        async with await psycopg.AsyncConnection.connect(parameters(self.url), autocommit=True) as connection:
            try:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self.channel)))
                self.begun()
                async for notification in connection.notifies():
                    self.received(notification.payload)
            except psycopg.Error as error:
                log.info("the connection that listens to other replicas broke (%s)", type(error).__name__)
            finally:
                self.ended()
