"""A minimal fake Slack for measurements, as `localslack/` validates its input, which would be measured too.

It answers immediately, or after the network's latency, without any validation. It sends stimuli over Socket Mode or as
signed HTTP requests, and records when the awaited response to each of them arrives: its acknowledgement, or a call of
the Web API.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from aiohttp import web

from bench.wire import Wire, signed_request

TEAM, BOT, USER, SECOND_USER = "T0BENCH", "U0BOT", "U0ANNA", "U0BEN"
CERTIFICATE = Path(__file__).resolve().parent.parent / "tests" / "contracts" / "localhost.pem"

_TIMEOUT = 120.0
"""Timeout in seconds for responses of the bot."""
_QUIET = 0.005
"""Seconds without a call, beyond the network's latency, after which a bot counts as idle."""
_TRIGGER = re.compile(rb'"trigger_id": ?"([^"]+)"')
_CARD = re.compile(rb'"block_id": ?"card"')
"""Matches a ticket's card; the desk also posts guides and digests, which are not measured."""
_TAKE = re.compile(rb'"action_id": ?"moving.take", ?"value": ?"([^"]+)"')
"""Matches the button of a card that takes the ticket; finds the ticket's id."""


class NoResponse(Exception):
    """The bot did not respond, or refused the request."""


@dataclass(frozen=True)
class Network:
    """Network between Slack and the bot."""

    name: str
    tls: bool = False
    latency: float = 0.0
    """Seconds by which each Web API response is delayed."""


@dataclass(frozen=True)
class Stimulus:
    """An interaction that Slack sends to the bot."""

    ident: str
    text: str
    """Envelope sent over the websocket."""
    body: bytes
    """Body of the HTTP request."""
    response: str
    """The awaited response: `ack <ident>` or `views.open <ident>`."""


@dataclass
class FakeSlack:
    """A workspace with one app."""

    channels: Sequence[str]
    network: Network
    url: str = ""
    """Base URL of the Web API."""
    wire: Wire | None = None
    """HTTP connections to the bot; none in Socket Mode."""
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    cards: list[float] = field(default_factory=list)
    """Arrival time of each card that the app has posted."""
    untaken: list[str] = field(default_factory=list)
    """Ids of the tickets whose cards offered to take them, except those that were clicked."""
    last: dict[str, bytes] = field(default_factory=dict)
    """Latest request body by Web API method."""
    calls: Counter[str] = field(default_factory=Counter)
    """Number of calls by Web API method."""
    _uploads: list[str] = field(default_factory=list)
    """Ids of the files that are being uploaded."""
    _waiting: dict[str, asyncio.Future[float]] = field(default_factory=dict)
    _socket: web.WebSocketResponse | None = None
    _last_call_at: float = 0.0
    _posting: set[asyncio.Task[None]] = field(default_factory=set)

    # --- measured interactions

    async def burst(self, stimuli: Iterable[Stimulus]) -> tuple[list[float], list[float]]:
        """Sends all stimuli without waiting in between; gives the seconds from sending to response, and the times of
        sending."""
        ready, started, responses = (
            [(stimulus, signed_request(stimulus.body)) for stimulus in stimuli],
            list[float](),
            list[Any](),
        )
        for stimulus, request in ready:
            responses.append(self._expect(stimulus))
            started.append(perf_counter())
            await self._send(stimulus, request)
        return await self._wait_for_all(responses, started), started

    async def steady_load(self, stimuli: Iterable[Stimulus], per_second: float) -> tuple[list[float], list[float]]:
        """Like `burst`, at a fixed rate, whether the bot keeps up or not; timed from when each stimulus was due."""
        ready, started, responses = (
            [(stimulus, signed_request(stimulus.body)) for stimulus in stimuli],
            list[float](),
            list[Any](),
        )
        first = perf_counter() + 0.05
        for number, (stimulus, request) in enumerate(ready):
            due = first + number / per_second
            await asyncio.sleep(max(0.0, due - perf_counter()))
            responses.append(self._expect(stimulus))
            started.append(due)
            await self._send(stimulus, request)
        return await self._wait_for_all(responses, started), started

    def _expect(self, stimulus: Stimulus) -> asyncio.Future[float]:
        arrival = self._waiting[stimulus.response] = asyncio.get_running_loop().create_future()
        return arrival

    async def _wait_for_all(self, responses: list[asyncio.Future[float]], started: list[float]) -> list[float]:
        try:
            async with asyncio.timeout(_TIMEOUT):
                return [await response - at for response, at in zip(responses, started, strict=True)]
        except TimeoutError:
            raise NoResponse(f"No sign of: {', '.join(list(self._waiting)[:3])}") from None

    async def wait_until_idle(self, cards: int) -> None:
        """Waits until the app has posted this number of cards in total and has been idle for a moment."""
        quiet = _QUIET + self.network.latency
        try:
            async with asyncio.timeout(_TIMEOUT):
                while len(self.cards) < cards or perf_counter() - self._last_call_at < quiet:  # noqa: ASYNC110 (idleness is no event)
                    await asyncio.sleep(0.001)
        except TimeoutError:
            raise NoResponse(f"{len(self.cards)} cards were posted instead of {cards}.") from None

    def _arrived(self, response: str, at: float) -> None:
        waiting = self._waiting.pop(response, None)
        if waiting:
            waiting.set_result(at)

    def _refused(self, response: str, answer: object) -> None:
        """Fails the measurement when the bot refuses, for example with validation errors, as nothing was saved."""
        waiting = self._waiting.pop(response, None)
        if waiting:
            waiting.set_exception(NoResponse(f"The bot refused: {answer}"))

    # --- delivery to the bot

    async def _send(self, stimulus: Stimulus, request: bytes) -> None:
        if self.wire:
            task = asyncio.get_running_loop().create_task(self._post(self.wire, stimulus, request))
            self._posting.add(task)
            task.add_done_callback(self._posting.discard)
            await asyncio.sleep(0)  # lets the request be sent now
        elif self._socket:
            await self._socket.send_str(stimulus.text)
        else:
            raise NoResponse("The bot is not connected.")

    async def _post(self, wire: Wire, stimulus: Stimulus, request: bytes) -> None:
        answer, at = await wire.ask(request)
        self._last_call_at = at
        if answer.strip() == b"200":
            self._arrived(f"ack {stimulus.ident}", at)
        else:
            self._refused(stimulus.response, answer)

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
        self._last_call_at = at
        answer = json.loads(text)
        if answer.get("payload"):
            self._refused(f"ack {answer['envelope_id']}", answer)
        self._arrived(f"ack {answer['envelope_id']}", at)

    # --- Web API

    async def _call(self, request: web.Request) -> web.Response:
        body = await request.read()
        self._last_call_at = at = perf_counter()
        method = request.match_info["method"]
        self.calls[method] += 1
        is_card = method == "chat.postMessage" and _CARD.search(body)
        if is_card:
            self.cards.append(at)
            self.untaken += [found.decode() for found in _TAKE.findall(body)]
        if is_card or method != "chat.postMessage":
            self.last[method] = body
        if method == "views.open" and (trigger := _TRIGGER.search(body)):
            self._arrived(f"views.open {trigger[1].decode()}", at)
        if self.network.latency:
            await asyncio.sleep(self.network.latency)
        answer = _ANSWERS.get(method, _empty)(self)
        return web.Response(text=json.dumps({"ok": True, **answer}), content_type="application/json")

    def _posted(self) -> dict[str, Any]:
        return {"channel": "C0", "ts": f"1700000000.{len(self.cards):06}"}

    def _upload(self) -> dict[str, Any]:
        self._uploads.append(f"F{self.calls['files.getUploadURLExternal']}")
        return {"upload_url": f"{self.url}upload", "file_id": self._uploads[-1]}

    def _uploaded(self) -> dict[str, Any]:
        uploads, self._uploads = self._uploads, []
        return {"files": [{"id": each} for each in uploads]}

    def _listed(self) -> dict[str, Any]:
        return {"channels": [{"id": f"C0BENCH{number}", "name": name} for number, name in enumerate(self.channels)]}


def _empty(_: FakeSlack) -> dict[str, Any]:
    return {}


def _person(_: FakeSlack) -> dict[str, Any]:
    return {"user": {"id": USER, "team_id": TEAM, "real_name": "Anna Arnold", "tz": "Europe/Berlin"}}


_ANSWERS: dict[str, Callable[[FakeSlack], dict[str, Any]]] = {
    "apps.connections.open": lambda slack: {"url": slack.url.replace("http", "ws", 1).replace("/api/", "/socket")},
    "auth.test": lambda slack: {
        "url": slack.url,
        "team_id": TEAM,
        "team": "bench",
        "user_id": BOT,
        "bot_id": "B0BENCH",
    },
    "users.info": _person,
    "usergroups.users.list": lambda _: {"users": [SECOND_USER]},
    "users.conversations": FakeSlack._listed,  # noqa: SLF001 (this table is part of the class)
    "conversations.members": lambda _: {"members": [USER]},
    "conversations.info": lambda _: {"channel": {"id": "C0BENCH0", "is_private": True}},
    "conversations.open": lambda _: {"channel": {"id": "D0BENCH"}},
    "chat.postMessage": FakeSlack._posted,  # noqa: SLF001
    "files.getUploadURLExternal": FakeSlack._upload,  # noqa: SLF001
    "files.completeUploadExternal": FakeSlack._uploaded,  # noqa: SLF001
    "files.info": lambda _: {"file": {"mimetype": "image/png"}},
    "views.open": lambda _: {"view": {"id": "V0", "hash": "1.a"}},
}


@asynccontextmanager
async def serving(channels: Sequence[str], network: Network) -> AsyncIterator[FakeSlack]:
    """Runs a fake Slack on a free port of the loopback interface."""
    slack = FakeSlack(channels, network)
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
