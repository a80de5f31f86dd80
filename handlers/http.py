"""How do requests come in without Socket Mode? Signed HTTP at /slack/events."""

from __future__ import annotations

import re

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

PATH = "/slack/events"
_BIGGEST = 1024 * 1024
_SECONDS = re.compile(r"\d{1,12}")


def web_app(app: AsyncApp) -> web.Application:
    """Serves Slack, and `GET /health` for whoever watches the process."""

    async def events(request: web.Request) -> web.Response:
        if not _SECONDS.fullmatch(request.headers.get("x-slack-request-timestamp", "")):
            return web.Response(status=401, text="not signed by Slack\n")
        try:
            received = await to_bolt_request(request)
        except (UnicodeDecodeError, ValueError, LookupError):
            return web.Response(status=400, text="not readable\n")
        return await to_aiohttp_response(await app.async_dispatch(received))

    async def health(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    served = web.Application(client_max_size=_BIGGEST)
    served.add_routes([web.post(PATH, events), web.get("/health", health)])
    return served
