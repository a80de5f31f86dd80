"""Open connections: closes those that send no complete request in time, so that slow ones cannot pile up."""

import asyncio
import math
import socket
import time

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from aiohttp.web_protocol import RequestHandler

FIRST_REQUEST_SECONDS = 10.0  # from connecting to the end of the first request's headers
IDLE_SECONDS = 75.0  # between two requests of one connection
_LOOK_EVERY = 0.5


class Connections:
    """Listens, and closes connections that are idle between requests for too long."""

    def __init__(self, first_request_seconds: float = FIRST_REQUEST_SECONDS) -> None:
        self._first_request_seconds = first_request_seconds
        self._ends: dict[RequestHandler, float] = {}  # when each is closed, unless a request comes

    async def start(self, server: web.Server, listening: socket.socket) -> None:
        """Serve what connects to the socket."""
        self._server = server
        self._listener = await asyncio.get_running_loop().create_server(self._new, sock=listening)
        self._looking = asyncio.create_task(self._close_overdue())

    def _new(self) -> RequestHandler:
        handler = self._server()
        self._ends[handler] = time.monotonic() + self._first_request_seconds
        return handler

    @property
    def middleware(self) -> Middleware:
        """Records the beginning and end of requests; one under way has no deadline here, its own limits apply."""

        @web.middleware
        async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._ends[request.protocol] = math.inf
            try:
                return await handler(request)
            finally:
                self._ends[request.protocol] = time.monotonic() + IDLE_SECONDS

        return note

    async def _close_overdue(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            now = time.monotonic()
            for handler in [handler for handler, end in self._ends.items() if _is_over(handler, end, now)]:
                del self._ends[handler]
                handler.force_close()
                if handler.transport is not None:
                    handler.transport.close()

    def close(self) -> None:
        """Stop listening."""
        self._looking.cancel()
        self._listener.close()


def _is_over(handler: RequestHandler, end: float, now: float) -> bool:
    """True if a connection's time is over, or the other side has closed it."""
    return now > end or (handler.transport is not None and handler.transport.is_closing())
