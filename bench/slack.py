"""What does the bot talk to while it is measured? The least that Slack could be, so that it is the bot that is seen.

It checks nothing and answers at once (`localslack/` does check, and that would be measured too). It sends envelopes
over Socket Mode and notes when the *sign* each one waits for arrives: its acknowledgement, or a call of the Web API.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from aiohttp import web

TEAM, BOT, USER, SECOND_USER = "T0BENCH", "U0BOT", "U0ANNA", "U0BEN"

_PATIENCE = 30.0
"""Seconds until a bot that does not answer has failed."""
_QUIET = 0.005
"""Seconds without a call after which a bot counts as at rest."""
_TRIGGER = re.compile(rb'"trigger_id": ?"([^"]+)"')
_CARD = re.compile(rb'"block_id": ?"card"')
"""What marks a ticket's card: the desk also posts guides and digests by itself, which are not measured."""


class Unanswered(Exception):
    """The bot did not do what it was asked to."""


@dataclass(frozen=True)
class Envelope:
    """Something that happens in Slack."""

    text: str
    """As it goes over the websocket."""
    sign: str
    """What is waited for: `ack <envelope id>`, or `views.open <trigger id>`."""


@dataclass
class Slack:
    """A workspace with one app in it."""

    channels: Sequence[str]
    url: str = ""
    """Base of the Web API."""
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    posts: int = 0
    """Messages the app has posted."""
    last: dict[str, bytes] = field(default_factory=dict)
    """The newest body of each method that was called."""
    _waiting: dict[str, asyncio.Future[float]] = field(default_factory=dict)
    _socket: web.WebSocketResponse | None = None
    _heard: float = 0.0

    # --- what is measured

    async def burst(self, envelopes: Iterable[Envelope]) -> list[float]:
        """Sends all of them without waiting in between; seconds from each one's sending to its sign."""
        socket, sent = self._socket, list[tuple[float, asyncio.Future[float]]]()
        if socket is None:
            raise Unanswered("The bot is not connected.")
        loop = asyncio.get_running_loop()
        for each in envelopes:
            arrival = self._waiting[each.sign] = loop.create_future()
            sent.append((perf_counter(), arrival))
            await socket.send_str(each.text)
        try:
            async with asyncio.timeout(_PATIENCE):
                return [await arrival - begun for begun, arrival in sent]
        except TimeoutError:
            raise Unanswered(f"No sign of: {', '.join(list(self._waiting)[:3])}") from None

    async def at_rest(self, posts: int) -> None:
        """Waits until the app has posted so many messages in all, and has been quiet for a moment."""
        try:
            async with asyncio.timeout(_PATIENCE):
                while self.posts < posts or perf_counter() - self._heard < _QUIET:  # noqa: ASYNC110 (silence is no event)
                    await asyncio.sleep(0.001)
        except TimeoutError:
            raise Unanswered(f"{self.posts} messages were posted instead of {posts}.") from None

    def _arrived(self, sign: str, at: float) -> None:
        waiting = self._waiting.pop(sign, None)
        if waiting:
            waiting.set_result(at)

    # --- Socket Mode

    async def _connect(self, request: web.Request) -> web.WebSocketResponse:
        self._socket = socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str('{"type": "hello", "num_connections": 1}')
        self.connected.set()
        async for message in socket:
            self._acknowledged(message.data, perf_counter())
        self.connected.clear()
        return socket

    def _acknowledged(self, text: str, at: float) -> None:
        self._heard = at
        answer = json.loads(text)
        sign = f"ack {answer['envelope_id']}"
        if answer.get("payload"):  # errors beside fields: nothing was saved, so nothing was measured
            self._waiting.pop(sign).set_exception(Unanswered(f"The bot refused: {answer['payload']}"))
        self._arrived(sign, at)

    # --- Web API

    async def _call(self, request: web.Request) -> web.Response:
        body = await request.read()
        self._heard = perf_counter()
        method = request.match_info["method"]
        if method == "chat.postMessage" and not _CARD.search(body):
            return web.json_response({"ok": True, "channel": "D0", "ts": "1700000000.000000"})
        self.last[method] = body
        if method == "views.open" and (trigger := _TRIGGER.search(body)):
            self._arrived(f"views.open {trigger[1].decode()}", self._heard)
        answer = _ANSWERS.get(method, _nothing)(self)
        return web.Response(text=json.dumps({"ok": True, **answer}), content_type="application/json")

    def _posted(self) -> dict[str, Any]:
        self.posts += 1
        return {"channel": "C0", "ts": f"1700000000.{self.posts:06}"}

    def _listed(self) -> dict[str, Any]:
        return {"channels": [{"id": f"C0BENCH{number}", "name": name} for number, name in enumerate(self.channels)]}


def _nothing(_: Slack) -> dict[str, Any]:
    return {}


def _person(_: Slack) -> dict[str, Any]:
    return {"user": {"id": USER, "team_id": TEAM, "real_name": "Anna Arnold", "tz": "Europe/Berlin"}}


_ANSWERS: dict[str, Callable[[Slack], dict[str, Any]]] = {
    "apps.connections.open": lambda slack: {"url": slack.url.replace("http", "ws").replace("/api/", "/socket")},
    "auth.test": lambda _: {"team_id": TEAM, "team": "bench", "user_id": BOT, "bot_id": "B0BENCH"},
    "users.info": _person,
    "usergroups.users.list": lambda _: {"users": [SECOND_USER]},
    "conversations.list": Slack._listed,  # noqa: SLF001 (the table belongs to the class)
    "conversations.open": lambda _: {"channel": {"id": "D0BENCH"}},
    "chat.postMessage": Slack._posted,  # noqa: SLF001
    "chat.getPermalink": lambda slack: {"permalink": f"{slack.url}archives/C0/p1"},
    "views.open": lambda _: {"view": {"id": "V0", "hash": "1.a"}},
}


@asynccontextmanager
async def serving(channels: Sequence[str]) -> AsyncIterator[Slack]:
    """A Slack on a free port of the loopback interface."""
    slack = Slack(channels)
    application = web.Application(client_max_size=2**20)
    application.router.add_route("*", "/api/{method}", slack._call)  # noqa: SLF001
    application.router.add_get("/socket", slack._connect)  # noqa: SLF001
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        slack.url = f"http://127.0.0.1:{port}/api/"
        yield slack
    finally:
        await runner.cleanup()
