"""Limits of HTTP connections: their number, the time a request may take to arrive, and a shutdown that answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web
from aiohttp.typedefs import Middleware

LIMIT = 500
"""Connections at a time. Slack opens a few dozen. One more replaces the longest idle one, else it is refused."""
ARRIVAL = 10.0
"""Seconds from the first byte, or from the connection, until the headers of a request are here."""
GRACE = 0.25
"""Seconds a stopping server still accepts concurrent requests."""
DRAIN = 2.0
"""Seconds at most until everything accepted is answered."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Connection(asyncio.Protocol):
    """Forwards everything to aiohttp's protocol, and closes a connection whose request does not arrive in time."""

    def __init__(self, inner: asyncio.Protocol, connections: Connections) -> None:
        self._inner = inner
        self._connections = connections
        self._timer: asyncio.TimerHandle | None = None
        self.transport: asyncio.BaseTransport | None = None
        self.is_answering = False
        self._is_new = True

    @property
    def is_expected(self) -> bool:
        """True if one of its requests is on its way, or is being answered."""
        return self.is_answering or self._timer is not None

    @property
    def is_idle(self) -> bool:
        """True if it was answered, and no further request has begun."""
        return not (self.is_expected or self._is_new or self.transport is None or self.transport.is_closing())

    def close(self) -> None:
        """Closes it when what was written has been sent."""
        if self.transport:
            self.transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._connections.add(self)
        self._inner.connection_made(transport)
        if self._connections.make_room():
            self._expect()
        else:
            transport.close()

    def data_received(self, data: bytes) -> None:
        if not self.is_expected:
            self._expect()
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        self._connections.remove(self)
        self._inner.connection_lost(exc)

    def begin(self) -> None:
        """Notes that the headers of a request are here."""
        self._arrived()
        self.is_answering = True
        self._is_new = False

    def end(self) -> None:
        """Notes that the request is answered."""
        self.is_answering = False
        self._connections.move_to_end(self)
        self._connections.changed()

    def _expect(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._connections.arrival, self._close)

    def _arrived(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None

    def _close(self) -> None:
        self._timer = None
        self.close()


class Connections:
    """All connections of one server. Use `middleware` in the application they lead to."""

    def __init__(self, limit: int = LIMIT, arrival: float = ARRIVAL) -> None:
        self.limit = limit
        self.arrival = arrival
        self._open: dict[asyncio.BaseTransport | None, _Connection] = {}
        self._is_stopping = False
        self._changed = asyncio.Event()

    def make_room(self) -> bool:
        """Closes the longest idle connection for a new one beyond the limit; false when none is idle."""
        if len(self._open) <= self.limit:
            return True
        idle = next((each for transport, each in self._open.items() if each.is_idle and transport), None)
        if idle is None:
            return False
        idle.close()
        return True

    def move_to_end(self, connection: _Connection) -> None:
        """Notes that a connection was used last of all."""
        if self._open.pop(connection.transport, None):
            self._open[connection.transport] = connection

    def add(self, connection: _Connection) -> None:
        self._open[connection.transport] = connection

    def remove(self, connection: _Connection) -> None:
        self._open.pop(connection.transport, None)
        self.changed()

    def changed(self) -> None:
        """Notes that a connection was answered or closed."""
        self._changed.set()

    def protocol(self, inner: Callable[[], asyncio.Protocol]) -> Callable[[], asyncio.Protocol]:
        """A protocol factory for `loop.create_server`, around aiohttp's."""
        return lambda: _Connection(inner(), self)

    def middleware(self) -> Middleware:
        """Tells a connection when its request has arrived and is answered."""

        @web.middleware
        async def tell(request: web.Request, handler: Handler) -> web.StreamResponse:
            connection = self._open.get(request.transport)
            if connection is None:
                return await handler(request)
            connection.begin()
            try:
                answer = await handler(request)
                if self._is_stopping:
                    answer.force_close()
                return answer
            finally:
                connection.end()

        return tell

    async def drain(self, server: asyncio.Server) -> None:
        """Accepts concurrent requests, then nothing more, and waits until all of them are answered."""
        self._is_stopping = True
        await asyncio.sleep(GRACE)
        server.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN):
                while any(each.is_expected for each in self._open.values()):
                    self._changed.clear()
                    await self._changed.wait()
