"""Slack's Python Socket Mode client, synchronous and asynchronous, works with the local Slack."""

import asyncio
import queue
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.aiohttp import SocketModeClient as AsyncSocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.localslack.running import Json, LocalSlackProcess
from tests.localslack.socket_app import SEED, Connection, modal
from tests.timeouts import TIMEOUT


@pytest.fixture
def slack() -> Iterator[LocalSlackProcess]:
    with LocalSlackProcess(SEED) as running:
        yield running


@pytest.fixture
def connection(slack: LocalSlackProcess) -> Iterator[Connection]:
    opened = Connection(slack)
    yield opened
    opened.close()


def error_of(call: Callable[[], Any]) -> str:
    with pytest.raises(SlackApiError) as refused:
        call()
    return str(refused.value.response["error"])


def run_command(slack: LocalSlackProcess, connection: Connection, text: str = "") -> Json:
    slack.act("anna", "command", channel="#desk", command="/go", text=text)
    return connection.next_payload("slash_commands")


def test_command_is_complete_and_can_be_answered_with_the_ack(slack: LocalSlackProcess, connection: Connection) -> None:
    connection.answer = lambda _: {"response_type": "ephemeral", "text": "On it"}
    payload = run_command(slack, connection, "now *please*")
    assert payload["command"] == "/go"
    assert payload["text"] == "now *please*"
    assert payload["user_id"] == slack.person_id("anna")
    assert payload["channel_name"] == "desk"
    assert payload["response_url"].startswith("http://127.0.0.1:")
    assert set(payload) >= {"token", "team_id", "team_domain", "channel_id", "user_name", "api_app_id", "trigger_id"}
    assert slack.messages("anna", "desk")[-1]["text"] == "On it"
    assert slack.messages("ben", "desk") == [] or slack.messages("ben", "desk")[-1].get("text") != "On it"


def test_view_is_opened_updated_pushed_submitted_and_closed(slack: LocalSlackProcess, connection: Connection) -> None:
    web = connection.web
    trigger = run_command(slack, connection)["trigger_id"]
    first = web.views_open(trigger_id=trigger, view=modal(notify_on_close=True, external_id="x-1"))["view"]
    assert error_of(lambda: web.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"

    updated = web.views_update(view_id=first["id"], hash=first["hash"], view=modal("Second", notify_on_close=True))[
        "view"
    ]
    assert (updated["id"], updated["title"]["text"]) == (first["id"], "Second")
    assert error_of(lambda: web.views_update(view_id=first["id"], hash=first["hash"], view=modal())) == "hash_conflict"

    slack.act("anna", "shortcut", callback_id="new")
    shortcut = connection.next_payload("interactive")
    assert (shortcut["type"], shortcut["callback_id"]) == ("shortcut", "new")
    second = web.views_push(trigger_id=shortcut["trigger_id"], view=modal("Third", notify_on_close=True))["view"]
    assert (second["root_view_id"], second["previous_view_id"]) == (first["id"], first["id"])
    assert [view["title"]["text"] for view in slack.state("anna")["modals"]] == ["Second", "Third"]

    connection.answer = lambda request: (
        {"response_action": "errors", "errors": {"b": "No"}} if request.payload["type"] == "view_submission" else None
    )
    outcome = slack.act("anna", "submit", view_id=second["id"], values={"b": {"a": "typed"}})
    assert (outcome["outcome"], outcome["errors"]) == ("errors", {"b": "No"})
    submitted = connection.next_payload("interactive")
    assert submitted["view"]["state"]["values"] == {"b": {"a": {"type": "plain_text_input", "value": "typed"}}}

    slack.act("anna", "close", view_id=second["id"], all=True)
    closed = connection.next_payload("interactive")
    assert (closed["type"], closed["is_cleared"]) == ("view_closed", True)
    assert slack.state("anna")["modals"] == []


def test_trigger_id_expires_after_three_seconds(slack: LocalSlackProcess, connection: Connection) -> None:
    slack.post("switches", {"trigger_seconds": 3})
    trigger = run_command(slack, connection)["trigger_id"]
    slack.post("clock", {"advance": 4})
    assert error_of(lambda: connection.web.views_open(trigger_id=trigger, view=modal())) == "expired_trigger_id"


def test_refused_view_names_the_wrong_property(slack: LocalSlackProcess, connection: Connection) -> None:
    trigger = run_command(slack, connection)["trigger_id"]
    with pytest.raises(SlackApiError) as refused:
        connection.web.views_open(trigger_id=trigger, view=modal("x" * 25))
    assert refused.value.response["error"] == "invalid_arguments"
    assert refused.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]


def test_each_payload_goes_to_one_of_two_connections(slack: LocalSlackProcess, connection: Connection) -> None:
    other = Connection(slack)
    for number in range(6):
        slack.act("anna", "command", channel="#desk", command="/go", text=str(number))
    other.close()
    received = [request.payload["text"] for side in (connection, other) for request in list(side.requests.queue)]
    assert sorted(received) == ["0", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("post", {"channel": "#desk", "text": "hello"}),
        ("command", {"channel": "#desk", "command": "/go", "text": "hello"}),
    ],
)
def test_unacknowledged_envelope_is_redelivered(slack: LocalSlackProcess, verb: str, body: Json) -> None:
    slack.post("switches", {"ack_seconds": 0.1, "redeliver_seconds": 0.1})
    received: queue.Queue[SocketModeRequest] = queue.Queue()

    def acknowledge_retries_only(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        if request.retry_attempt:
            client.send_socket_mode_response(SocketModeResponse(request.envelope_id))
        received.put(request)

    web = WebClient(token=slack.app["bot_token"], base_url=slack.api_url)
    client = SocketModeClient(app_token=slack.app["app_token"], web_client=web)
    client.socket_mode_request_listeners.append(acknowledge_retries_only)
    client.connect()
    slack.act("anna", verb, **body)
    first, again = received.get(timeout=TIMEOUT), received.get(timeout=TIMEOUT)
    client.close()
    assert (first.envelope_id, first.payload) == (again.envelope_id, again.payload)
    assert (first.retry_attempt or 0, again.retry_attempt, again.retry_reason) == (0, 1, "timeout")


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_client_reconnects_when_asked_to(slack: LocalSlackProcess, connection: Connection, reason: str) -> None:
    slack.post(f"apps/{slack.app['id']}/disconnect", {"reason": reason})
    connection.wait_for_hello()
    assert run_command(slack, connection, "still there?")["text"] == "still there?"


async def test_asynchronous_client_reconnects_after_a_lost_connection(slack: LocalSlackProcess) -> None:
    greetings: asyncio.Queue[Json] = asyncio.Queue()

    async def note(_: AsyncBaseSocketModeClient, message: Json, _raw: str | None) -> None:
        if message.get("type") == "hello":
            await greetings.put(message)

    client = AsyncSocketModeClient(
        app_token=slack.app["app_token"], web_client=AsyncWebClient(base_url=slack.api_url), ping_interval=0.5
    )
    client.message_listeners.append(note)
    await client.connect()  # type: ignore[no-untyped-call]
    hello = await asyncio.wait_for(greetings.get(), TIMEOUT)
    assert hello["num_connections"] == 1
    assert hello["connection_info"]["app_id"] == slack.app["id"]
    assert hello["debug_info"]["host"]
    await asyncio.to_thread(slack.post, f"apps/{slack.app['id']}/disconnect", {"reason": "abrupt"})
    await asyncio.wait_for(greetings.get(), TIMEOUT)
    await client.close()  # type: ignore[no-untyped-call]


async def test_the_asynchronous_client_receives_and_answers(slack: LocalSlackProcess) -> None:
    received: asyncio.Queue[SocketModeRequest] = asyncio.Queue()

    async def receive(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, {"text": "Heard"}))
        await received.put(request)

    web = AsyncWebClient(token=slack.app["bot_token"], base_url=slack.api_url)
    client = AsyncSocketModeClient(app_token=slack.app["app_token"], web_client=web)
    client.socket_mode_request_listeners.append(receive)
    await client.connect()  # type: ignore[no-untyped-call]
    outcome = await asyncio.to_thread(slack.act, "anna", "command", channel="#desk", command="/go", text="x")
    request = await asyncio.wait_for(received.get(), TIMEOUT)
    view = await web.views_open(trigger_id=request.payload["trigger_id"], view=modal())
    await client.close()  # type: ignore[no-untyped-call]
    assert (outcome["outcome"], view["view"]["type"]) == ("ack", "modal")
