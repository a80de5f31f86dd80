"""HTTP server: Slack's signed requests at /slack/events without Socket Mode, and the health pages in both modes."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp

from bot.core.errors import Misconfigured
from runtime.health import Health
from runtime.http_connections import Connections
from runtime.http_requests import bolt_request

log = logging.getLogger(__name__)

PATH = "/slack/events"
_BIGGEST = 1024 * 1024
_IDLE = 75.0
"""Seconds an idle connection is kept: Slack reuses them."""
_BODY = 5.0
"""Seconds for the body of a request."""
_BACKLOG = 128
_SECONDS = re.compile(r"\d{1,12}")


def _looks_signed(request: web.Request) -> bool:
    """Refuses two headers that Bolt's signature check would answer with an error 500."""
    at = request.headers.get("x-slack-request-timestamp", "")
    return bool(_SECONDS.fullmatch(at)) and request.headers.get("x-slack-signature", "").isascii()


def web_app(app: AsyncApp, health: Health) -> web.Application:
    """Serves Slack and the health pages."""

    async def events(request: web.Request) -> web.Response:
        if not _looks_signed(request):
            return web.Response(status=401, text="not signed by Slack\n")
        try:
            async with asyncio.timeout(_BODY):
                raw = await request.text()
            answer = await app.async_dispatch(bolt_request(raw, request.headers))
        except TimeoutError:
            return web.Response(status=408, text="the request did not arrive in time\n")
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            log.warning("a request could not be read: %s", type(error).__name__)
            return web.Response(status=400, text="not readable\n")
        return await to_aiohttp_response(answer)

    served = health_app(health)
    served.add_routes([web.post(PATH, events)])
    return served


def health_app(health: Health) -> web.Application:
    """Serves the health pages alone: beside Socket Mode."""
    served = web.Application(client_max_size=_BIGGEST)
    served.add_routes(health.routes())
    return served


@asynccontextmanager
async def serving(
    served: web.Application, host: str, port: int, connections: Connections | None = None
) -> AsyncIterator[int]:
    """Serves while the context is open, and answers everything accepted at its end. Yields the port.

    Port 0: a free one. `Misconfigured` where it is taken.
    """
    connections = connections or Connections()
    served.middlewares.append(connections.middleware())
    runner = web.AppRunner(served, access_log=None, shutdown_timeout=0.5, keepalive_timeout=_IDLE)
    await runner.setup()
    try:
        server = await _start(runner, host, port, connections)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            await connections.drain(server)
    finally:
        await runner.cleanup()


async def _start(runner: web.AppRunner, host: str, port: int, connections: Connections) -> asyncio.Server:
    assert runner.server
    factory = connections.protocol(runner.server)
    try:
        return await asyncio.get_running_loop().create_server(factory, host, port, backlog=_BACKLOG)
    except OSError as error:
        raise Misconfigured(
            f"The desk cannot listen on HOST:PORT {host}:{port} ({error.strerror}). Set PORT to one that is free, "
            "or to 0 for any."
        ) from None
