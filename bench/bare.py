"""Minimal Bolt apps for comparison: the same forms and card, without storage, permissions or validation.

python -m bench.bare default    as in Bolt's documentation: `AsyncApp(token=…)`
python -m bench.bare tuned      as fast as Bolt can be made

Runs in Socket Mode, or over HTTP on PORT.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bench.shown import APP_TOKEN, TOKEN, ShownPayloads, api_url, port
from bench.slack import BOT, TEAM
from bench.wire import PATH, SECRET
from runtime.http_requests import bolt_request


def default(shown: ShownPayloads) -> AsyncApp:
    """An app with listeners as in Bolt's documentation."""
    app = AsyncApp(token=TOKEN, signing_secret=SECRET, client=AsyncWebClient(token=TOKEN, base_url=api_url()))

    @app.command(shown.command)
    async def open_form(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=shown.form)

    @app.action(shown.button)
    async def open_modal(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=shown.modal)

    @app.action(shown.move)
    async def moved(ack: AsyncAck, client: AsyncWebClient) -> None:
        await ack()
        await client.chat_update(**shown.redrawn)

    @app.view(shown.form["callback_id"])
    async def submitted(ack: AsyncAck, client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postMessage(**shown.card)

    return app


def tuned(shown: ShownPayloads, session: aiohttp.ClientSession) -> AsyncApp:
    """An app with one warm session, acknowledgement without polling, fixed authorisation and pre-serialised forms."""
    client = AsyncWebClient(token=TOKEN, base_url=api_url(), session=session)
    client.retry_handlers = []
    identity = AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_id="B0BENCH", bot_user_id=BOT, bot_token=TOKEN)
    form, modal = json.dumps(shown.form), json.dumps(shown.modal)

    async def authorize() -> AuthorizeResult:
        return identity

    app = AsyncApp(
        client=client,
        signing_secret=SECRET,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=bool(port()),
    )
    running = set[asyncio.Task[Any]]()

    def run_in_background(work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        running.add(task)
        task.add_done_callback(running.discard)

    @app.command(shown.command)
    async def open_form(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        run_in_background(client.views_open(trigger_id=body["trigger_id"], view=form))  # type: ignore[arg-type]  # Slack takes JSON

    @app.action(shown.button)
    async def open_modal(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        run_in_background(client.views_open(trigger_id=body["trigger_id"], view=modal))  # type: ignore[arg-type]

    @app.action(shown.move)
    async def moved(ack: AsyncAck) -> None:
        await ack()
        run_in_background(client.chat_update(**shown.redrawn))

    @app.view(shown.form["callback_id"])
    async def submitted(ack: AsyncAck) -> None:
        await ack()
        run_in_background(client.chat_postMessage(**shown.card))

    return app


@asynccontextmanager
async def listening(app: AsyncApp, *, is_tuned: bool) -> AsyncIterator[None]:
    """Connects the app in Socket Mode, or serves it on PORT with Bolt's server or one that parses forms faster."""
    if not port():
        handler = AsyncSocketModeHandler(app, APP_TOKEN)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        yield
        await handler.close_async()  # type: ignore[no-untyped-call]
        return

    async def events(request: web.Request) -> web.Response:
        answer = await app.async_dispatch(bolt_request(await request.text(), request.headers))
        return await to_aiohttp_response(answer)

    served = web.Application()
    served.add_routes([web.post(PATH, events)])
    async with serving(served if is_tuned else app.web_app(PATH)):
        yield


@asynccontextmanager
async def serving(served: web.Application) -> AsyncIterator[None]:
    """Serves an aiohttp application on PORT."""
    runner = web.AppRunner(served, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port()).start()
    yield
    await runner.cleanup()


async def stopped() -> None:
    """Waits for SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()


async def main(*, is_tuned: bool) -> None:
    shown = ShownPayloads.read()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(keepalive_timeout=75)) as session:
        app = tuned(shown, session) if is_tuned else default(shown)
        async with listening(app, is_tuned=is_tuned):
            await stopped()


if __name__ == "__main__":
    asyncio.run(main(is_tuned=sys.argv[1] == "tuned"))
