"""What does the bot talk to while it is measured? The least that Slack could be, so that it is the bot that is seen.

It checks nothing and answers at once, or after the network's latency (`localslack/` does check, and that would be
measured too). It sends what happens, over Socket Mode or by signed HTTP, and notes when the *sign* each one waits for
arrives: its acknowledgement, or a call of the Web API.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from aiohttp import web

from bench.wire import Wire, signed

TEAM, BOT, USER, SECOND_USER = "T0BENCH", "U0BOT", "U0ANNA", "U0BEN"
CERTIFICATE = Path(__file__).resolve().parent.parent / "tests" / "contracts" / "localhost.pem"

_PATIENCE = 30.0
"""Seconds until a bot that does not answer has failed."""
_QUIET = 0.005
"""Seconds without a call, beyond the network's latency, after which a bot counts as at rest."""
_TRIGGER = re.compile(rb'"trigger_id": ?"([^"]+)"')
_CARD = re.compile(rb'"block_id": ?"card"')
"""What marks a ticket's card: the desk also posts guides and digests by itself, which are not measured."""


class Unanswered(Exception):
    """The bot did not do what it was asked to."""


@dataclass(frozen=True)
class Network:
    """What lies between Slack and the bot."""

    name: str
    tls: bool = False
    latency: float = 0.0
    """Seconds the Web API takes for each answer."""


@dataclass(frozen=True)
class Stimulus:
    """Something that happens in Slack."""

    ident: str
    text: str
    """As it goes over the websocket."""
    body: bytes
    """As it is posted to the bot."""
    sign: str
    """What is waited for: `ack <ident>`, or `views.open <ident>`."""


@dataclass
class Slack:
    """A workspace with one app in it."""

    channels: Sequence[str]
    network: Network
    url: str = ""
    """Base of the Web API."""
    wire: Wire | None = None
    """Where the bot listens by HTTP; nothing with Socket Mode."""
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    cards: list[float] = field(default_factory=list)
    """When each of the cards arrived that the app has posted."""
    last: dict[str, bytes] = field(default_factory=dict)
    """The newest body of each method that was called."""
    _waiting: dict[str, asyncio.Future[float]] = field(default_factory=dict)
    _socket: web.WebSocketResponse | None = None
    _heard: float = 0.0
    _posting: set[asyncio.Task[None]] = field(default_factory=set)

    # --- what is measured

    async def burst(self, stimuli: Iterable[Stimulus]) -> tuple[list[float], list[float]]:
        """Sends all of them without waiting in between. Seconds from each one's sending to its sign, and when each
        was sent."""
        ready, begun, signs = [(each, signed(each.body)) for each in stimuli], list[float](), list[Any]()
        for each, request in ready:
            signs.append(self._expect(each))
            begun.append(perf_counter())
            await self._send(each, request)
        return await self._all(signs, begun), begun

    async def steadily(self, stimuli: Iterable[Stimulus], per_second: float) -> tuple[list[float], list[float]]:
        """As `burst`, but so many per second, whether the bot keeps up or not; counted from when each was due."""
        ready, begun, signs = [(each, signed(each.body)) for each in stimuli], list[float](), list[Any]()
        first = perf_counter() + 0.05
        for number, (each, request) in enumerate(ready):
            due = first + number / per_second
            await asyncio.sleep(max(0.0, due - perf_counter()))
            signs.append(self._expect(each))
            begun.append(due)
            await self._send(each, request)
        return await self._all(signs, begun), begun

    def _expect(self, each: Stimulus) -> asyncio.Future[float]:
        arrival = self._waiting[each.sign] = asyncio.get_running_loop().create_future()
        return arrival

    async def _all(self, signs: list[asyncio.Future[float]], begun: list[float]) -> list[float]:
        try:
            async with asyncio.timeout(_PATIENCE):
                return [await sign - at for sign, at in zip(signs, begun, strict=True)]
        except TimeoutError:
            raise Unanswered(f"No sign of: {', '.join(list(self._waiting)[:3])}") from None

    async def at_rest(self, cards: int) -> None:
        """Waits until the app has posted so many cards in all, and has been quiet for a moment."""
        quiet = _QUIET + self.network.latency
        try:
            async with asyncio.timeout(_PATIENCE):
                while len(self.cards) < cards or perf_counter() - self._heard < quiet:  # noqa: ASYNC110 (silence is no event)
                    await asyncio.sleep(0.001)
        except TimeoutError:
            raise Unanswered(f"{len(self.cards)} cards were posted instead of {cards}.") from None

    def _arrived(self, sign: str, at: float) -> None:
        waiting = self._waiting.pop(sign, None)
        if waiting:
            waiting.set_result(at)

    def _refused(self, sign: str, answer: object) -> None:
        """Errors beside fields, and the like: nothing was saved, so nothing was measured."""
        waiting = self._waiting.pop(sign, None)
        if waiting:
            waiting.set_exception(Unanswered(f"The bot refused: {answer}"))

    # --- what happens goes to the bot

    async def _send(self, each: Stimulus, request: bytes) -> None:
        if self.wire:
            task = asyncio.get_running_loop().create_task(self._post(self.wire, each, request))
            self._posting.add(task)
            task.add_done_callback(self._posting.discard)
            await asyncio.sleep(0)  # the request goes out now
        elif self._socket:
            await self._socket.send_str(each.text)
        else:
            raise Unanswered("The bot is not connected.")

    async def _post(self, wire: Wire, each: Stimulus, request: bytes) -> None:
        answer, at = await wire.ask(request)
        self._heard = at
        if answer.strip() == b"200":
            self._arrived(f"ack {each.ident}", at)
        else:
            self._refused(each.sign, answer)

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
        if answer.get("payload"):
            self._refused(f"ack {answer['envelope_id']}", answer)
        self._arrived(f"ack {answer['envelope_id']}", at)

    # --- Web API

    async def _call(self, request: web.Request) -> web.Response:
        body = await request.read()
        self._heard = at = perf_counter()
        method = request.match_info["method"]
        is_card = method == "chat.postMessage" and _CARD.search(body)
        if is_card:
            self.cards.append(at)
        if is_card or method != "chat.postMessage":
            self.last[method] = body
        if method == "views.open" and (trigger := _TRIGGER.search(body)):
            self._arrived(f"views.open {trigger[1].decode()}", at)
        if self.network.latency:
            await asyncio.sleep(self.network.latency)
        answer = _ANSWERS.get(method, _nothing)(self)
        return web.Response(text=json.dumps({"ok": True, **answer}), content_type="application/json")

    def _posted(self) -> dict[str, Any]:
        return {"channel": "C0", "ts": f"1700000000.{len(self.cards):06}"}

    def _listed(self) -> dict[str, Any]:
        return {"channels": [{"id": f"C0BENCH{number}", "name": name} for number, name in enumerate(self.channels)]}


def _nothing(_: Slack) -> dict[str, Any]:
    return {}


def _person(_: Slack) -> dict[str, Any]:
    return {"user": {"id": USER, "team_id": TEAM, "real_name": "Anna Arnold", "tz": "Europe/Berlin"}}


_ANSWERS: dict[str, Callable[[Slack], dict[str, Any]]] = {
    "apps.connections.open": lambda slack: {"url": slack.url.replace("http", "ws", 1).replace("/api/", "/socket")},
    "auth.test": lambda _: {"team_id": TEAM, "team": "bench", "user_id": BOT, "bot_id": "B0BENCH"},
    "users.info": _person,
    "usergroups.users.list": lambda _: {"users": [SECOND_USER]},
    "conversations.list": Slack._listed,  # noqa: SLF001 (the table belongs to the class)
    "conversations.members": lambda _: {"members": [USER]},
    "conversations.info": lambda _: {"channel": {"id": "C0BENCH0", "is_private": True}},
    "conversations.open": lambda _: {"channel": {"id": "D0BENCH"}},
    "chat.postMessage": Slack._posted,  # noqa: SLF001
    "chat.getPermalink": lambda slack: {"permalink": f"{slack.url}archives/C0/p1"},
    "views.open": lambda _: {"view": {"id": "V0", "hash": "1.a"}},
}


@asynccontextmanager
async def serving(channels: Sequence[str], network: Network) -> AsyncIterator[Slack]:
    """A Slack on a free port of the loopback interface."""
    slack = Slack(channels, network)
    application = web.Application(client_max_size=2**20)
    application.router.add_route("*", "/api/{method}", slack._call)  # noqa: SLF001
    application.router.add_get("/socket", slack._connect)  # noqa: SLF001
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1, keepalive_timeout=600)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=_tls() if network.tls else None).start()
        port = runner.addresses[0][1]
        slack.url = f"{'https' if network.tls else 'http'}://127.0.0.1:{port}/api/"
        yield slack
    finally:
        if slack.wire:
            slack.wire.close()
        await runner.cleanup()


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context
