"""Socket Mode: requests come in through a WebSocket that the SDK keeps open."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.adapters.slack.api_errors import is_slacks_fault, name_of
from bot.core.errors import Misconfigured
from runtime.health import PartHealth, Probe
from runtime.starting import in_words, patiently

log = logging.getLogger(__name__)

_PING = 10.0
"""Seconds between pings. A connection that stays silent for four of them is replaced by the SDK."""
_QUIET = 0.25
"""Seconds without a request after which a stopping connection is closed …"""
_DRAIN = 2.0
"""… at the latest after this time. Slack sends unanswered requests again, to another connection."""


_REPEAT_AFTER = 600.0
"""Seconds after which lasting trouble is logged again."""

REFUSED = (
    "Slack refuses SLACK_APP_TOKEN ({name}). Make one in the app's settings under Basic Information, App-Level Tokens, "
    "with the scope connections:write."
)


class _RepeatFilter(logging.Filter):
    """Logs trouble with the connection in one line, and the same trouble once in ten minutes.

    The SDK logs a traceback for each attempt, and attempts every ten seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self._logged_at: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR:
            return True
        error = record.exc_info[1] if record.exc_info else None
        if error is None and SlackApiError.__name__ in record.getMessage():
            return False  # the SDK repeats Slack's answer, which is logged in words
        words = (
            f"{in_words(error)}; Socket Mode is connected again as soon as possible." if error else record.getMessage()
        )
        record.msg, record.args, record.exc_info, record.exc_text = words, (), None, None
        again = time.monotonic() - self._logged_at.get(words, -_REPEAT_AFTER) >= _REPEAT_AFTER
        if again:
            self._logged_at[words] = time.monotonic()
        return again


class _SocketClient(SocketModeClient):
    """Logs a sentence when the app-level token is refused while the desk runs."""

    async def issue_new_wss_url(self) -> str:
        try:
            return str((await self.web_client.apps_connections_open(app_token=self.app_token))["url"])
        except SlackApiError as error:
            if not is_slacks_fault(error):
                self.logger.error(REFUSED.format(name=name_of(error)))  # noqa: TRY400 (a sentence, no traceback)
            raise


class _Handler(AsyncSocketModeHandler):
    """Tracks the requests that are being answered."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self.app, self.app_token = app, app_token  # as in Bolt's, which would make a client of its own
        logger = logging.getLogger(f"{__name__}.connection")
        logger.filters = [_RepeatFilter()]
        self.client = _SocketClient(app_token, logger=logger, web_client=app.client, ping_interval=_PING)
        self.client.socket_mode_request_listeners.append(self.handle)  # type: ignore[arg-type]  # as in Bolt's
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
        start = self._last = loop.time()
        while loop.time() < start + _DRAIN:
            is_idle = not self._answering and self.client.message_queue.empty()
            if is_idle and loop.time() > self._last + _QUIET:
                break
            await asyncio.sleep(0.01)


@asynccontextmanager
async def connected(app: AsyncApp, app_token: str) -> AsyncIterator[Probe]:
    """Listens while the context is open, and answers everything received at its end.

    The SDK reconnects by itself, also when Slack refreshes the connection.
    """
    address = await patiently(lambda: _address(app, app_token))
    handler = _Handler(app, app_token)
    handler.client.wss_uri = address  # Slack gives one a minute
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield connection_probe(handler.client)
    finally:
        await handler.drain()
        await handler.close_async()  # type: ignore[no-untyped-call]


async def _address(app: AsyncApp, app_token: str) -> str:
    """Address of the connection. `Misconfigured` when Slack refuses the app-level token: the SDK would try for ever."""
    try:
        return str((await app.client.apps_connections_open(app_token=app_token))["url"])
    except SlackApiError as error:
        if is_slacks_fault(error):
            raise
        raise Misconfigured(REFUSED.format(name=name_of(error))) from error


def connection_probe(client: SocketModeClient) -> Probe:
    """Probe of the connection: true while Slack answers the pings."""

    async def probe() -> PartHealth:
        if not await client.is_connected():
            return PartHealth(ok=False, reason="There is no working connection to Slack; it is being opened again.")
        if client.last_ping_pong_time is None:
            return PartHealth(ok=True, reason="Connected; the first ping is under way.")
        silent = max(time.time() - client.last_ping_pong_time, 0)
        return PartHealth(ok=True, reason=f"Connected; Slack answered a ping {silent:.0f} seconds ago.")

    return probe
