"""A TCP proxy to a PostgreSQL server that breaks connections on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal

from psycopg.conninfo import conninfo_to_dict

_COMMIT = b"COMMIT\x00"


class PostgresProxy:
    """Forwards bytes in both directions until a test breaks the connection."""

    def __init__(self, url: str) -> None:
        parts = conninfo_to_dict(url)
        self._host, self._port = str(parts["host"]), int(parts.get("port") or 5432)
        self.commit: Literal["arrives", "is lost", "is not answered"] = "arrives"
        """Fate of the next COMMIT; the connection breaks with it unless it arrives."""
        self.is_down = False
        """Refuses all new connections while true."""
        self.is_silent = False
        """Forwards nothing more to the server while true: the client waits for an answer."""
        self.turns = 0
        """Number of times the client wrote after the server had answered: of round trips, with one connection."""
        self._is_answered = True
        self._open: set[asyncio.StreamWriter] = set()

    def cut_connections(self) -> None:
        """Aborts all open connections."""
        for writer in self._open:
            writer.transport.abort()

    async def handle_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_down:
            writer.transport.abort()
            return
        server_reader, server_writer = await self._connect_to_server()
        self._open |= {writer, server_writer}
        with suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(
                self._forward_to_server(reader, server_writer), self._forward_to_client(server_reader, writer)
            )
        for each in (writer, server_writer):
            self._open.discard(each)
            each.transport.abort()

    async def _connect_to_server(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._host.startswith("/"):
            return await asyncio.open_unix_connection(f"{self._host}/.s.PGSQL.{self._port}")
        return await asyncio.open_connection(self._host, self._port)

    async def _forward_to_server(self, reader: asyncio.StreamReader, server_writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            self.turns += self._is_answered
            self._is_answered = False
            if self.is_silent:
                continue
            fault = self.commit if _COMMIT in data else "arrives"
            if fault == "is lost":
                self.commit = "arrives"
                raise ConnectionError
            server_writer.write(data)
            await server_writer.drain()
        raise ConnectionError

    async def _forward_to_client(self, server_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await server_reader.read(65536):
            if self.commit == "is not answered" and _COMMIT in data:  # the server's command tag
                self.commit = "arrives"
                if self.is_down:
                    self.cut_connections()
                raise ConnectionError
            self._is_answered = True
            writer.write(data)
            await writer.drain()
        raise ConnectionError


@asynccontextmanager
async def postgres_proxy(url: str) -> AsyncIterator[tuple[PostgresProxy, str]]:
    """Runs a proxy; gives it and the URL that leads through it."""
    proxy = PostgresProxy(url)
    server = await asyncio.start_server(proxy.handle_connection, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    parts = conninfo_to_dict(url)
    yield proxy, f"postgresql://{parts['user']}@127.0.0.1:{port}/{parts['dbname']}"
    server.close()
    proxy.cut_connections()
