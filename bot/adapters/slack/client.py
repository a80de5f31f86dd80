"""How does the bot talk to Slack's Web API?"""

from __future__ import annotations

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

_WARM = 75
"""Seconds an idle connection is kept: the next click must not pay a TLS handshake (aiohttp's own default is 15)."""
_TIMEOUT = 20
"""Seconds for one call."""


def open_session(*traces: aiohttp.TraceConfig) -> aiohttp.ClientSession:
    """The one pool of connections everything shares. Close it when the program ends."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=100, keepalive_timeout=_WARM), trace_configs=list(traces)
    )


def for_people(token: str, api_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """For what somebody waits for: tries again at once when a connection broke or Slack asked to wait."""
    client = AsyncWebClient(token=token, base_url=api_url, session=session, timeout=_TIMEOUT)
    client.retry_handlers = [AsyncConnectionErrorRetryHandler(), AsyncRateLimitErrorRetryHandler(max_retry_count=1)]
    return client


def for_outbox(token: str, api_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """For notices: never tries again by itself. A post that may have arrived is looked for before it is repeated."""
    client = AsyncWebClient(token=token, base_url=api_url, session=session, timeout=_TIMEOUT)
    client.retry_handlers = []
    return client
