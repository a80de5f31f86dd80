"""HTTP client that writes requests as bytes on persistent connections.

A full HTTP client would need more time than the bot, and that would be measured.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import time
from time import perf_counter

PATH = "/slack/events"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
"""Signing secret of requests."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def signed_request(body: bytes) -> bytes:
    """A signed HTTP request as Slack sends it."""
    at = str(int(time.time()))
    mark = hmac.new(SECRET.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {at}\r\nX-Slack-Signature: v0={mark}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    """A connection that handles one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.answered: asyncio.Future[tuple[bytes, float]] | None = None
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, end, body = self._read.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if end and len(body) >= (int(length[1]) if length else 0) and self.answered:
            self._read = b""
            self.answered.set_result((head.partition(b"\r\n")[0].split()[1] + b" " + body, perf_counter()))

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self.answered and not self.answered.done():
            self.answered.set_exception(exc or ConnectionError("The bot closed the connection."))


class Wire:
    """Persistent connections to one bot."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[_Connection] = []

    async def warm(self, count: int) -> None:
        """Opens this number of connections, as Slack and a proxy keep them."""
        self._idle += [await self._open() for _ in range(count - len(self._idle))]

    async def ask(self, request: bytes) -> tuple[bytes, float]:
        """Sends a request; gives status and body of the response, as in `200 `, and its arrival time."""
        idle = (each for each in iter(lambda: self._idle.pop() if self._idle else None, None))
        connection = next((each for each in idle if each.transport), None) or await self._open()
        connection.answered = asyncio.get_running_loop().create_future()
        assert connection.transport
        connection.transport.write(request)
        answer = await connection.answered
        self._idle.append(connection)
        return answer

    async def _open(self) -> _Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_Connection, "127.0.0.1", self._port)
        return connection

    def close(self) -> None:
        for each in self._idle:
            if each.transport:
                each.transport.close()
