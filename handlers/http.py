"""How do requests come in without Socket Mode? Signed HTTP at /slack/events."""

from __future__ import annotations

import logging
import re

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

log = logging.getLogger(__name__)

PATH = "/slack/events"
_BIGGEST = 1024 * 1024
_SECONDS = re.compile(r"\d{1,12}")


def _looks_signed(request: web.Request) -> bool:
    """Bolt checks the signature; these two it would stumble over."""
    at = request.headers.get("x-slack-request-timestamp", "")
    return bool(_SECONDS.fullmatch(at)) and request.headers.get("x-slack-signature", "").isascii()


def web_app(app: AsyncApp) -> web.Application:
    """Serves Slack, and `GET /health` for whoever watches the process."""

    async def events(request: web.Request) -> web.Response:
        if not _looks_signed(request):
            return web.Response(status=401, text="not signed by Slack\n")
        try:
            answer = await app.async_dispatch(await to_bolt_request(request))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            log.warning("a request could not be read: %s", type(error).__name__)
            return web.Response(status=400, text="not readable\n")
        return await to_aiohttp_response(answer)

    async def health(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    served = web.Application(client_max_size=_BIGGEST)
    served.add_routes([web.post(PATH, events), web.get("/health", health)])
    return served
