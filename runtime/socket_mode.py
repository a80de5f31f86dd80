"""Socket Mode: requests come in through a WebSocket that the SDK keeps open."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from runtime.health import PartHealth, Probe

log = logging.getLogger(__name__)

_PING = 10.0
"""Seconds between pings. A connection that stays silent for four of them is replaced by the SDK."""
_QUIET = 0.25
"""Seconds without a request after which a stopping connection is closed …"""
_DRAIN = 2.0
"""… at the latest after so many. Slack sends what was not answered again, to another connection."""


class _Handler(AsyncSocketModeHandler):
    """Knows which requests are being answered."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        super().__init__(app, app_token, ping_interval=_PING)
        self._answering = 0
        self._last = 0.0

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # as in Bolt's
        self._answering += 1
        try:
            await super().handle(client, req)
        finally:
            self._answering -= 1
            self._last = asyncio.get_running_loop().time()

    async def drain(self) -> None:
        """Waits until everything received is answered, and nothing more came for a moment."""
        loop = asyncio.get_running_loop()
        begun = self._last = loop.time()
        while loop.time() < begun + _DRAIN:
            is_idle = not self._answering and self.client.message_queue.empty()
            if is_idle and loop.time() > self._last + _QUIET:
                break
            await asyncio.sleep(0.01)


@asynccontextmanager
async def connected(app: AsyncApp, app_token: str) -> AsyncIterator[Probe]:
    """Listens while inside, and answers everything received on the way out.

    The SDK reconnects by itself, also when Slack refreshes the connection.
    """
    handler = _Handler(app, app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield connection_probe(handler.client)
    finally:
        await handler.drain()
        await handler.close_async()  # type: ignore[no-untyped-call]


def connection_probe(client: SocketModeClient) -> Probe:
    """Whether Slack answered the last pings."""

    async def probe() -> PartHealth:
        if not await client.is_connected():
            return PartHealth(ok=False, why="There is no working connection to Slack; it is being opened anew.")
        if client.last_ping_pong_time is None:
            return PartHealth(ok=True, why="Connected; the first ping is under way.")
        silent = max(time.time() - client.last_ping_pong_time, 0)
        return PartHealth(ok=True, why=f"Connected; Slack answered a ping {silent:.0f} seconds ago.")

    return probe
