"""A TCP line to a server on loopback that breaks, falls silent, or hides what the server can do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Wire:
    """A TCP proxy that a test can cut or silence."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self.port = 0
        self.hidden: tuple[bytes, ...] = ()
        """Capabilities that are replaced by unknown ones of the same length."""
        self.is_silent = False
        """True for a black hole: nothing arrives any more in either direction, without an error."""
        self.is_down = False
        """True to cut new connections at once."""
        self.connections = 0
        self.idles = 0
        """Number of IDLE commands so far."""
        self.idling = asyncio.Event()
        self.again = asyncio.Event()
        """Set at the second connection."""
        self._open: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Cuts all connections."""
        for writer in self._open:
            writer.transport.abort()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.connections > 1:
            self.again.set()
        if self.is_down:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._open |= {writer, back}
        with suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(self._forward(reader, back), self._forward(there, writer))
        for each in (writer, back):
            self._open.discard(each)
            each.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            for word in self.hidden:
                data = data.replace(b" " + word, b" X" + word[1:])
            if not self.is_silent:
                writer.write(data)
                await writer.drain()
            if b"+ idling" in data.lower() or data.startswith(b"+ "):
                self.idles += 1
                self.idling.set()
        raise ConnectionError


@asynccontextmanager
async def wire(port: int) -> AsyncIterator[Wire]:
    line = Wire(port)
    server = await asyncio.start_server(line.talk, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    yield line
    server.close()
    line.cut()
