"""Processor time of Bolt's dispatch with the desk's number of listeners, compared with a single look-up.

python -m bench.dispatch    takes some seconds; prints a line for each
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from time import process_time

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

LISTENERS = 186
ROUNDS = 2_000
Ack = Callable[[], Awaitable[BoltResponse]]


async def _authorized() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_id="B1", bot_user_id="U1", bot_token="xoxb-1")


def _app() -> AsyncApp:
    return AsyncApp(signing_secret="-", authorize=_authorized, request_verification_enabled=False)


def with_listeners() -> AsyncApp:
    """An app with one `app.action` for each listener, as in Bolt's documentation; the last one is clicked."""
    app = _app()
    for number in range(LISTENERS):

        @app.action(f"action_{number}")
        async def clicked(ack: Ack) -> None:
            await ack()

    return app


def with_look_up() -> AsyncApp:
    """An app with one middleware that looks up the listener, as `handlers/dispatch.py` does."""
    app = _app()
    known = {f"action_{number}": BoltResponse(status=200) for number in range(LISTENERS)}

    @app.use
    async def look_up(body: dict[str, list[dict[str, str]]]) -> BoltResponse:
        return known[body["actions"][0]["action_id"]]

    return app


async def milliseconds(app: AsyncApp) -> float:
    click = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": "U2"},
        "actions": [{"action_id": f"action_{LISTENERS - 1}", "block_id": "b", "type": "button"}],
    }
    body = json.dumps(click)
    started = process_time()
    for _ in range(ROUNDS):
        response = await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        assert response.status == 200
    return (process_time() - started) / ROUNDS * 1000


async def main() -> None:
    for name, app in (("Bolt's list of listeners", with_listeners()), ("one look-up", with_look_up())):
        await milliseconds(app)
        print(f"{name}: {await milliseconds(app):.2f} ms of the processor per click, {LISTENERS} listeners")


if __name__ == "__main__":
    asyncio.run(main())
