"""How do these tests run a local Slack inside the test itself? Started on the same loop, with a Bolt app beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localslack import LocalSlack, Seed, SeedApp, SeedChannel, SeedPerson

Json = dict[str, Any]


def seed(**more: Any) -> Seed:
    """Anna and Ben with an app without a manifest in #desk; #lounge without the app."""
    return Seed(
        **{
            "people": [SeedPerson(handle="anna", admin=True), SeedPerson(handle="ben")],
            "channels": [
                SeedChannel(name="desk", members=["anna", "ben", "Bot"]),
                SeedChannel(name="lounge", members=["anna", "ben"]),
            ],
            "apps": [SeedApp(name="Bot")],
            **more,
        }
    )


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def asks(block_id: str = "b", **element: Any) -> Json:
    """An input block with one element, a text input unless said otherwise."""
    inner = {"type": "plain_text_input", "action_id": "a", **element}
    return {"type": "input", "block_id": block_id, "label": plain("Label"), "element": inner}


def modal(*blocks: Json, title: str = "Title", **more: Any) -> Json:
    shown = {"type": "modal", "callback_id": "m", "title": plain(title), "submit": plain("Go")}
    return {**shown, "blocks": list(blocks) or [asks()], **more}


def buttons(**labels: str) -> Json:
    """An actions block: action id = label."""
    elements = [{"type": "button", "action_id": action, "text": plain(text)} for action, text in labels.items()]
    return {"type": "actions", "block_id": "buttons", "elements": elements}


def web_client(slack: LocalSlack, number: int = 0) -> AsyncWebClient:
    return AsyncWebClient(slack.apps[number].bot_token, base_url=slack.api_url)


def bolt(slack: LocalSlack, number: int = 0) -> AsyncApp:
    """A Bolt app that knows where this Slack is; connect it with `connected` or `over_http`."""
    return AsyncApp(client=web_client(slack, number), signing_secret=slack.apps[number].signing_secret)


@asynccontextmanager
async def connected(slack: LocalSlack, app: AsyncApp, number: int = 0) -> AsyncIterator[AsyncApp]:
    """The app in Socket Mode."""
    handler = AsyncSocketModeHandler(app, slack.apps[number].app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield app
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def over_http(slack: LocalSlack, app: AsyncApp) -> AsyncIterator[AsyncApp]:
    """The app behind an HTTP server of its own, its address verified by the local Slack."""

    async def take(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    async with served(take) as url:
        answer = await slack.person("anna").control("POST", f"apps/{slack.apps[0].id}/request_url", url=url)
        assert answer["verified"] is True
        yield app


@asynccontextmanager
async def served(take: Any) -> AsyncIterator[str]:
    """A handler behind an HTTP server; the address of it."""
    server = web.Application()
    server.router.add_post("/slack/events", take)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()


async def error_of(call: Any) -> str:
    """The error name a call of the Web API fails with."""
    try:
        await call
    except SlackApiError as error:
        return str(error.response["error"])
    raise AssertionError("the call succeeded")
