"""Socket Mode: up to ten connections per app, each envelope to one of them, acknowledged by its id."""

import asyncio
import contextlib
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from localslack.clock import Clock
from localslack.ids import random_id, random_secret
from localslack.records import App, Json
from localslack.switches import Switches

LIMIT = 10
_HOST = "applink-local"


@dataclass(eq=False, slots=True)
class Connection:
    """One websocket of an app."""

    id: str
    app_id: str
    ws: web.WebSocketResponse
    transport: asyncio.Transport | None
    closing: bool = False
    silent: bool = False  # open, but nothing is sent or received any more

    def cut(self) -> None:
        """Abort the connection without a closing handshake."""
        if self.transport is not None:
            self.transport.abort()

    async def send(self, message: Json) -> bool:
        """True if the message was handed to the network; a silent connection swallows it."""
        if self.silent:
            return True
        try:
            await self.ws.send_str(json.dumps(message))
        except (ConnectionError, RuntimeError):
            return False
        return True


@dataclass(slots=True)
class _Link:
    """The connections of one app."""

    connections: list[Connection] = field(default_factory=list)
    turn: "itertools.count[int]" = field(default_factory=itertools.count)
    connected: asyncio.Event = field(default_factory=asyncio.Event)


class Sockets:
    """All Socket Mode connections. `on_change` is called when an app connects or disconnects."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock = clock
        self._switches = switches
        self._links: dict[str, _Link] = {}
        self._tickets: dict[str, str] = {}
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self.on_change: list[Any] = []

    # -- for the Web API ----------------------------------------------------------------------------------------

    def ticket(self, app: App) -> str:
        """A one-time ticket to connect, as apps.connections.open hands it out."""
        ticket = random_secret(32)
        self._tickets[ticket] = app.id
        return ticket

    # -- for deliveries -----------------------------------------------------------------------------------------

    def is_connected(self, app_id: str) -> bool:
        """True if the app has a connection that works."""
        return bool(self._open(app_id))

    async def wait_connected(self, app_id: str) -> None:
        """Return when the app has a connection."""
        await self._link(app_id).connected.wait()

    def expect(self, envelope_id: str) -> asyncio.Future[Any]:
        """The payload of the ack that will come (None for a bare one)."""
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = waiting
        waiting.add_done_callback(lambda _: self._waiting.pop(envelope_id, None))
        return waiting

    async def send(self, app_id: str, envelope: Json) -> bool:
        """Hand the envelope to one of the app's connections, in turn; False if there is none."""
        for _ in range(LIMIT):
            connections = self._open(app_id)
            if not connections:
                return False
            chosen = connections[next(self._link(app_id).turn) % len(connections)]
            if await chosen.send(envelope):
                return True
            self._forget(chosen)
        return False

    async def disconnect(self, app_id: str, reason: str) -> None:
        """Disconnect an app; besides Slack's reasons there are `abrupt` (cut) and `silent` (half dead)."""
        for connection in list(self._link(app_id).connections):
            if reason == "silent":
                connection.silent = True
            else:
                await self._send_disconnect(connection, reason)

    # -- the websocket ------------------------------------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Handles `GET /link/`, the address with a ticket from apps.connections.open."""
        app_id = self._tickets.pop(request.query.get("ticket", ""), None)
        if app_id is None:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        ws = web.WebSocketResponse(max_msg_size=16 * 1024 * 1024, autoping=False)
        await ws.prepare(request)
        connection = Connection(random_id("SM"), app_id, ws, request.transport)
        if len(self._link(app_id).connections) >= LIMIT:
            await self._send_disconnect(connection, "too_many_websockets")
            return ws
        await self._serve(connection, quick=request.query.get("debug_reconnects") == "true")
        return ws

    async def _serve(self, connection: Connection, *, quick: bool) -> None:
        link = self._link(connection.app_id)
        link.connections.append(connection)
        seconds = 360.0 if quick else self._switches.socket_seconds
        await connection.send(self._hello(connection, seconds))
        self._changed(connection.app_id)
        keepers = [asyncio.create_task(self._refresh(connection, seconds)), asyncio.create_task(self._ping(connection))]
        try:
            await self._listen(connection)
        finally:
            for keeper in keepers:
                keeper.cancel()
            self._forget(connection)

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.ws:
            if connection.silent:
                continue
            if message.type is WSMsgType.PING:
                await connection.ws.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self._acknowledge(message.data)

    def _acknowledge(self, data: str) -> None:
        with contextlib.suppress(ValueError):  # what is no JSON acknowledges nothing
            ack = json.loads(data)
            if not isinstance(ack, dict):
                return
            waiting = self._waiting.get(str(ack.get("envelope_id")))
            if waiting is not None and not waiting.done():
                waiting.set_result(ack.get("payload"))

    def _hello(self, connection: Connection, seconds: float) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._link(connection.app_id).connections),
            "debug_info": self._debug_info(connection) | {"approximate_connection_time": int(seconds)},
            "connection_info": {"app_id": connection.app_id},
        }

    def _debug_info(self, connection: Connection) -> Json:
        return {"host": f"{_HOST}-{connection.id.lower()}", "build_number": 1}

    async def _ping(self, connection: Connection) -> None:
        with contextlib.suppress(ConnectionError, RuntimeError):
            while True:
                await asyncio.sleep(self._switches.ping_seconds)
                if not connection.silent:
                    await connection.ws.ping(f"Ping from {_HOST}".encode())

    async def _refresh(self, connection: Connection, seconds: float) -> None:
        warning = min(self._switches.socket_warning_seconds, seconds)
        await self._clock.sleep(seconds - warning)
        await self._send_disconnect(connection, "warning")
        await asyncio.sleep(warning)
        await self._send_disconnect(connection, "refresh_requested")

    async def _send_disconnect(self, connection: Connection, reason: str) -> None:
        if reason != "abrupt":
            await connection.send({"type": "disconnect", "reason": reason, "debug_info": self._debug_info(connection)})
        if reason == "warning":
            return
        connection.closing = True
        self._changed(connection.app_id)
        if reason == "abrupt":
            connection.cut()
        else:
            await connection.ws.close()

    # -- bookkeeping --------------------------------------------------------------------------------------------

    def _link(self, app_id: str) -> _Link:
        return self._links.setdefault(app_id, _Link())

    def _open(self, app_id: str) -> list[Connection]:
        return [c for c in self._link(app_id).connections if not c.closing and not c.ws.closed]

    def _forget(self, connection: Connection) -> None:
        with contextlib.suppress(ValueError):
            self._link(connection.app_id).connections.remove(connection)
        self._changed(connection.app_id)

    def _changed(self, app_id: str) -> None:
        connected = self._link(app_id).connected
        (connected.set if self._open(app_id) else connected.clear)()
        for callback in self.on_change:
            callback()

    async def close(self) -> None:
        """End all connections at once."""
        for link in self._links.values():
            for connection in list(link.connections):
                connection.closing = True
                await connection.ws.close()
