"""What is the bot compared with? A Bolt app that only answers: the same form, one post; no storage, rights or checks.

python -m bench.bare default    as Bolt's own documentation begins: `AsyncApp(token=…)`, Socket Mode with aiohttp
python -m bench.bare tuned      the fastest we know how to make it, without leaving Bolt

The form and the message it posts are read from the files BENCH_VIEW and BENCH_POST.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bench.slack import BOT, TEAM

TOKEN, URL = os.environ["SLACK_BOT_TOKEN"], os.environ["SLACK_API_URL"]
VIEW = Path(os.environ["BENCH_VIEW"]).read_text("utf-8")
POST = json.loads(Path(os.environ["BENCH_POST"]).read_bytes())
COMMAND, CALLBACK = os.environ["BENCH_COMMAND"], json.loads(VIEW)["callback_id"]


def default() -> AsyncApp:
    """Listeners as everybody writes them."""
    app = AsyncApp(token=TOKEN, client=AsyncWebClient(token=TOKEN, base_url=URL))
    view = json.loads(VIEW)

    @app.command(COMMAND)
    async def open_form(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view(CALLBACK)
    async def submitted(ack: AsyncAck, client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postMessage(**POST)

    return app


def tuned(session: aiohttp.ClientSession) -> AsyncApp:
    """One warm session, no polling for the acknowledgement, a known identity, a form that is serialised once."""
    client = AsyncWebClient(token=TOKEN, base_url=URL, session=session)
    client.retry_handlers = []
    identity = AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_id="B0BENCH", bot_user_id=BOT, bot_token=TOKEN)

    async def authorize() -> AuthorizeResult:
        return identity

    app = AsyncApp(
        client=client,
        signing_secret="-",
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
    )
    running = set[asyncio.Task[Any]]()

    def go_on(work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        running.add(task)
        task.add_done_callback(running.discard)

    @app.command(COMMAND)
    async def open_form(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        go_on(client.views_open(trigger_id=body["trigger_id"], view=VIEW))  # type: ignore[arg-type]  # Slack takes JSON too

    @app.view(CALLBACK)
    async def submitted(ack: AsyncAck) -> None:
        await ack()
        go_on(client.chat_postMessage(**POST))

    return app


async def main(how: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(keepalive_timeout=75)) as session:
        handler = AsyncSocketModeHandler(tuned(session) if how == "tuned" else default(), os.environ["SLACK_APP_TOKEN"])
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await stop.wait()
        await handler.close_async()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
