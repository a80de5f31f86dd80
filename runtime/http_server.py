"""How do requests come in without Socket Mode? Signed HTTP at /slack/events."""

from __future__ import annotations

import json
import logging
import re
from binascii import a2b_qp
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

log = logging.getLogger(__name__)

PATH = "/slack/events"
_BIGGEST = 1024 * 1024
_SECONDS = re.compile(r"\d{1,12}")


def _looks_signed(request: web.Request) -> bool:
    """Bolt checks the signature; these two it would stumble over."""
    at = request.headers.get("x-slack-request-timestamp", "")
    return bool(_SECONDS.fullmatch(at)) and request.headers.get("x-slack-signature", "").isascii()


class _Interaction(AsyncBoltRequest):
    """A click or a submission, read already. Its signature is checked as that of any other request."""

    def __init__(self, raw: str, body: dict[str, Any], headers: Mapping[str, str]) -> None:
        super().__init__(body=body, headers=dict(headers), mode="socket_mode")  # which takes what is read already
        self.raw_body, self.mode = raw, "http"


def bolt_request(raw: str, headers: Mapping[str, str]) -> AsyncBoltRequest:
    """What Bolt is to answer. `ValueError` when it cannot be read."""
    body = interaction(raw)
    return AsyncBoltRequest(body=raw, headers=dict(headers)) if body is None else _Interaction(raw, body, headers)


def interaction(raw: str) -> dict[str, Any] | None:
    """The payload of a form that holds nothing else; nothing where it is another form, or none.

    The encoding of forms is that of quoted mail in other letters, and mail is decoded in C: `parse_qsl`, which Bolt
    uses, takes fifty times as long, for a submission longer than everything else that is done with it.
    """
    name, _, value = raw.partition("=")
    if name != "payload" or "=" in value or "&" in value:
        return None
    body = json.loads(a2b_qp(value.replace("+", " ").replace("%", "=")))
    return body if isinstance(body, dict) else {}


def web_app(app: AsyncApp) -> web.Application:
    """Serves Slack, and `GET /health` for whoever watches the process."""

    async def events(request: web.Request) -> web.Response:
        if not _looks_signed(request):
            return web.Response(status=401, text="not signed by Slack\n")
        try:
            answer = await app.async_dispatch(bolt_request(await request.text(), request.headers))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            log.warning("a request could not be read: %s", type(error).__name__)
            return web.Response(status=400, text="not readable\n")
        return await to_aiohttp_response(answer)

    async def health(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    served = web.Application(client_max_size=_BIGGEST)
    served.add_routes([web.post(PATH, events), web.get("/health", health)])
    return served
