"""A line to a PostgreSQL server that breaks when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal

from psycopg.conninfo import conninfo_to_dict

_COMMIT = b"COMMIT\x00"


class Line:
    """Everything goes through it, until it breaks."""

    def __init__(self, url: str) -> None:
        parts = conninfo_to_dict(url)
        self._host, self._port = str(parts["host"]), int(parts.get("port") or 5432)
        self.commit: Literal["arrives", "is lost", "is not answered"] = "arrives"
        """What becomes of the next COMMIT; the connection breaks with it."""
        self.is_down = False
        """Whether nobody gets through any more."""
        self._open: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Everybody who talks is cut off."""
        for writer in self._open:
            writer.transport.abort()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_down:
            writer.transport.abort()
            return
        there, back = await self._server()
        self._open |= {writer, back}
        with suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(self._forward(reader, back), self._answer(there, writer))
        for each in (writer, back):
            self._open.discard(each)
            each.transport.abort()

    async def _server(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._host.startswith("/"):
            return await asyncio.open_unix_connection(f"{self._host}/.s.PGSQL.{self._port}")
        return await asyncio.open_connection(self._host, self._port)

    async def _forward(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            fault = self.commit if _COMMIT in data else "arrives"
            if fault == "is lost":
                self.commit = "arrives"
                raise ConnectionError
            back.write(data)
            await back.drain()
        raise ConnectionError

    async def _answer(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await there.read(65536):
            if self.commit == "is not answered" and _COMMIT in data:  # its tag
                self.commit = "arrives"
                if self.is_down:
                    self.cut()
                raise ConnectionError
            writer.write(data)
            await writer.drain()
        raise ConnectionError


@asynccontextmanager
async def a_line(url: str) -> AsyncIterator[tuple[Line, str]]:
    """The line, and the URL at its near end."""
    line = Line(url)
    server = await asyncio.start_server(line.talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    parts = conninfo_to_dict(url)
    yield line, f"postgresql://{parts['user']}@127.0.0.1:{port}/{parts['dbname']}"
    server.close()
    line.cut()
