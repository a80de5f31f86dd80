"""A bot that implements the bare protocol, as a lower bound: no Bolt, no SDK, no storage.

It reads payloads, checks signatures, acknowledges, and calls the Web API, as `bench/bare.py` does with Bolt.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp import web

from bench.bare import serving, stopped
from bench.shown import APP_TOKEN, TOKEN, ShownPayloads, api_url, port
from bench.wire import PATH, SECRET
from runtime.http_requests import interaction


class BareProtocolBot:
    def __init__(self, shown: ShownPayloads, session: aiohttp.ClientSession) -> None:
        self._shown = shown
        self._session = session
        self._forms = {"command": json.dumps(shown.form), "block_actions": json.dumps(shown.modal)}
        self._card = json.dumps(shown.card).encode()
        self._redrawn = json.dumps(shown.redrawn).encode()
        self._headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json; charset=utf-8"}
        self._running = set[asyncio.Task[None]]()

    def answer(self, payload: Mapping[str, Any]) -> None:
        """Starts the Web API call that follows the acknowledgement."""
        kind = payload.get("type", "command")
        if kind == "view_submission":
            work = self._call("chat.postMessage", self._card)
        elif kind == "block_actions" and payload["actions"][0]["action_id"] == self._shown.move:
            work = self._call("chat.update", self._redrawn)
        else:
            view = f'{{"trigger_id": "{payload["trigger_id"]}", "view": {self._forms[kind]}}}'
            work = self._call("views.open", view.encode())
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _call(self, method: str, body: bytes) -> None:
        async with self._session.post(f"{api_url()}{method}", data=body, headers=self._headers) as answer:
            await answer.json()

    async def by_socket(self) -> None:
        opening = self._session.post(
            f"{api_url()}apps.connections.open", headers={"Authorization": f"Bearer {APP_TOKEN}"}
        )
        async with opening as answer:
            url = (await answer.json())["url"]
        async with self._session.ws_connect(url) as socket:
            async for message in socket:
                envelope = json.loads(message.data)
                if "envelope_id" in envelope:
                    await socket.send_str(f'{{"envelope_id": "{envelope["envelope_id"]}"}}')
                    self.answer(envelope["payload"])

    async def by_http(self) -> None:
        served = web.Application()
        served.add_routes([web.post(PATH, self._events)])
        async with serving(served):
            await asyncio.Event().wait()

    async def _events(self, request: web.Request) -> web.Response:
        raw = await request.text()
        at = request.headers["X-Slack-Request-Timestamp"]
        mark = hmac.new(SECRET.encode(), f"v0:{at}:{raw}".encode(), hashlib.sha256).hexdigest()
        is_fresh = abs(time.time() - int(at)) < 300
        if not (is_fresh and hmac.compare_digest(f"v0={mark}", request.headers["X-Slack-Signature"])):
            return web.Response(status=401)
        self.answer(interaction(raw) or await request.post())
        return web.Response()


async def main() -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(keepalive_timeout=75)) as session:
        bot = BareProtocolBot(ShownPayloads.read(), session)
        listening = asyncio.ensure_future(bot.by_http() if port() else bot.by_socket())
        ended = asyncio.ensure_future(stopped())
        await asyncio.wait([listening, ended], return_when=asyncio.FIRST_COMPLETED)
        for each in (listening, ended):
            each.cancel()


if __name__ == "__main__":
    asyncio.run(main())
