"""Socket Mode: requests come in through a WebSocket that the SDK keeps open."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from runtime.health import Finding, Probe

log = logging.getLogger(__name__)

_PING = 10.0
"""Seconds between pings. A connection that stays silent for four of them is replaced by the SDK."""


@asynccontextmanager
async def connected(app: AsyncApp, app_token: str) -> AsyncIterator[Probe]:
    """Listens while inside. The SDK reconnects by itself, also when Slack refreshes the connection."""
    handler = AsyncSocketModeHandler(app, app_token, ping_interval=_PING)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield connection_probe(handler.client)
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


def connection_probe(client: SocketModeClient) -> Probe:
    """Whether Slack answered the last pings."""

    async def probe() -> Finding:
        if not await client.is_connected():
            return Finding(ok=False, why="There is no working connection to Slack; it is being opened anew.")
        if client.last_ping_pong_time is None:
            return Finding(ok=True, why="Connected; the first ping is under way.")
        silent = max(time.time() - client.last_ping_pong_time, 0)
        return Finding(ok=True, why=f"Connected; Slack answered a ping {silent:.0f} seconds ago.")

    return probe
