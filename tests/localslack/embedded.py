"""Helpers for a local Slack that runs in the test's own event loop, with a Bolt app connected to it."""

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
    """A workspace where Anna, Ben and an app without a manifest are in #desk; the app is not in #lounge."""
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


def input_block(block_id: str = "b", **element: Any) -> Json:
    """An input block with one element, by default a text input."""
    inner = {"type": "plain_text_input", "action_id": "a", **element}
    return {"type": "input", "block_id": block_id, "label": plain("Label"), "element": inner}


def modal(*blocks: Json, title: str = "Title", **more: Any) -> Json:
    shown = {"type": "modal", "callback_id": "m", "title": plain(title), "submit": plain("Go")}
    return {**shown, "blocks": list(blocks) or [input_block()], **more}


def actions_block(**labels: str) -> Json:
    """An actions block with a button for each `action_id=label`."""
    elements = [{"type": "button", "action_id": action, "text": plain(text)} for action, text in labels.items()]
    return {"type": "actions", "block_id": "buttons", "elements": elements}


def web_client(slack: LocalSlack, number: int = 0) -> AsyncWebClient:
    return AsyncWebClient(slack.apps[number].bot_token, base_url=slack.api_url)


def bolt_app(slack: LocalSlack, number: int = 0) -> AsyncApp:
    """A Bolt app configured for this Slack; connect it with `over_socket_mode` or `over_http`."""
    return AsyncApp(client=web_client(slack, number), signing_secret=slack.apps[number].signing_secret)


@asynccontextmanager
async def over_socket_mode(slack: LocalSlack, app: AsyncApp, number: int = 0) -> AsyncIterator[AsyncApp]:
    """Connects the app over Socket Mode."""
    handler = AsyncSocketModeHandler(app, slack.apps[number].app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield app
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def over_http(slack: LocalSlack, app: AsyncApp) -> AsyncIterator[AsyncApp]:
    """Serves the app over HTTP at a request URL that the local Slack has verified."""

    async def handle_request(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    async with http_handler_server(handle_request) as url:
        answer = await slack.person("anna").control("POST", f"apps/{slack.apps[0].id}/request_url", url=url)
        assert answer["verified"] is True
        yield app


@asynccontextmanager
async def http_handler_server(handle_request: Any) -> AsyncIterator[str]:
    """Runs an HTTP server with this request handler; gives its URL."""
    server = web.Application()
    server.router.add_post("/slack/events", handle_request)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()


async def error_of(call: Any) -> str:
    """Slack's error code of a Web API call that fails."""
    try:
        await call
    except SlackApiError as error:
        return str(error.response["error"])
    raise AssertionError("the call succeeded")
