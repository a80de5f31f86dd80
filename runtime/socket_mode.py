"""How do requests come in through Socket Mode?"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

log = logging.getLogger(__name__)

_PING = 10.0
"""Seconds between pings. A connection that stays silent for four of them is replaced by the SDK."""


@asynccontextmanager
async def connected(app: AsyncApp, app_token: str) -> AsyncIterator[None]:
    """Listens while inside. The SDK reconnects by itself, also when Slack refreshes the connection."""
    handler = AsyncSocketModeHandler(app, app_token, ping_interval=_PING)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
