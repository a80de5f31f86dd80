"""A Slack on loopback that agrees to every call, and keeps the names of the methods that were called."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class AgreeableSlack:
    """The address of the Slack, and the methods that were called."""

    url: str = ""
    thread: str = ""
    """Timestamp of the message above the one it gives."""
    called: list[str] = field(default_factory=list)
    refusal: str = ""
    """Name of the error with which it refuses every call instead."""

    async def answer(self, request: web.Request) -> web.Response:
        self.called.append(request.path.removeprefix("/api/"))
        if self.refusal:
            return web.json_response({"ok": False, "error": self.refusal})
        message = {"ts": "1.1", "user": "U0ANNA", "text": "They called again", "thread_ts": self.thread}
        given: dict[str, Any] = {
            "ok": True,
            "ts": "1.2",
            "channel": {"id": "D1"},
            "view": {"id": "V1", "hash": "1.a", "private_metadata": ""},
            "messages": [message],
        }
        return web.json_response(given)


@asynccontextmanager
async def agreeable_slack() -> AsyncIterator[AgreeableSlack]:
    """Listens while the context is open."""
    slack = AgreeableSlack()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", slack.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    slack.url = f"http://{host}:{port}"
    try:
        yield slack
    finally:
        await runner.cleanup()
