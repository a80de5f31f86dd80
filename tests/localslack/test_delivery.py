"""Delivery over HTTP with signatures and retries, and response URLs."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web

from localslack import LocalSlack
from tests.localslack.embedded import Json, actions_block, http_handler_server, seed, web_client
from tests.timeouts import long_timeouts


class Receiver:
    """An app's HTTP server that records every request and returns the answers a test has set."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.requests: asyncio.Queue[tuple[web.Request, str]] = asyncio.Queue()
        self.answers: list[web.Response] = []

    async def handle_request(self, request: web.Request) -> web.Response:
        body = await request.text()
        assert request.headers["X-Slack-Signature"] == self._signature(request, body)
        if '"url_verification"' in body:
            return web.json_response({"challenge": json.loads(body)["challenge"]})
        await self.requests.put((request, body))
        return self.answers.pop(0) if self.answers else web.Response()

    def _signature(self, request: web.Request, body: str) -> str:
        signed = f"v0:{request.headers['X-Slack-Request-Timestamp']}:{body}"
        return "v0=" + hmac.new(self.secret.encode(), signed.encode(), hashlib.sha256).hexdigest()


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(seed(), switches=long_timeouts()) as running:
        yield running


@pytest.fixture
async def receiver(slack: LocalSlack) -> AsyncIterator[Receiver]:
    receiver = Receiver(slack.apps[0].signing_secret)
    async with http_handler_server(receiver.handle_request) as url:
        await slack.person("anna").control("POST", "apps/Bot/request_url", url=url)
        yield receiver


async def test_command_arrives_as_a_signed_form(slack: LocalSlack, receiver: Receiver) -> None:
    receiver.answers = [web.json_response({"response_type": "in_channel", "text": "for all"})]
    anna = slack.person("anna")
    assert (await anna.command("#desk", "/go", "a=b&c"))["outcome"] == "ack"
    request, body = await receiver.requests.get()
    fields = {key: value[0] for key, value in parse_qs(body).items()}
    assert request.content_type == "application/x-www-form-urlencoded"
    assert (fields["command"], fields["text"], fields["user_name"]) == ("/go", "a=b&amp;c", "anna")
    assert {"token", "team_id", "team_domain", "channel_id", "channel_name", "response_url", "trigger_id"} <= set(
        fields
    )
    assert (await slack.person("ben").message("#desk", "for all"))["text"] == "for all"


async def test_http_error_is_reported_to_the_person(slack: LocalSlack, receiver: Receiver) -> None:
    receiver.answers = [web.Response(status=500)]
    anna = slack.person("anna")
    outcome = await anna.command("#desk", "/go")
    assert (outcome["outcome"], outcome["message"]) == ("error", '/go failed with the error "dispatch_failed"')


async def test_an_event_is_retried_three_times_with_number_and_reason(slack: LocalSlack, receiver: Receiver) -> None:
    receiver.answers = [web.Response(status=503), web.Response(status=500), web.Response(status=500)]
    anna = slack.person("anna")
    await anna.control("POST", "switches", http_retry_seconds=[0, 0.01, 0.02])
    await anna.post("#desk", "hear me")
    received = []
    for _ in range(4):
        request, body = await receiver.requests.get()
        received.append((request.headers.get("X-Slack-Retry-Num"), request.headers.get("X-Slack-Retry-Reason")))
        assert json.loads(body)["event"]["text"] == "hear me"
    assert received == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]


async def test_no_retry_header_stops_retries(slack: LocalSlack, receiver: Receiver) -> None:
    receiver.answers = [web.Response(status=500, headers={"X-Slack-No-Retry": "1"})]
    anna = slack.person("anna")
    await anna.post("#desk", "once")
    await receiver.requests.get()
    await anna.post("#desk", "and this")
    _, body = await receiver.requests.get()
    assert json.loads(body)["event"]["text"] == "and this"


async def test_request_url_without_challenge_echo_is_not_verified(slack: LocalSlack) -> None:
    async def answer_without_challenge(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    async with http_handler_server(answer_without_challenge) as url:
        answer = await slack.person("anna").control("POST", "apps/Bot/request_url", url=url)
    assert answer["verified"] is False


# -- response URLs ----------------------------------------------------------------------------------------------------


async def respond(url: str, **body: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.text()


async def response_url(slack: LocalSlack, receiver: Receiver, *, of_message: bool = False) -> str:
    """A response URL from a slash command, or from a click on a message."""
    anna = slack.person("anna")
    if of_message:
        await web_client(slack).chat_postMessage(channel="desk", text="card", blocks=[actions_block(go="Go")])
        await receiver.requests.get()  # the message event
        await anna.click(await anna.message("#desk", "Go"), "Go")
        _, body = await receiver.requests.get()
        payload: Json = json.loads(parse_qs(body)["payload"][0])
        return str(payload["response_url"])
    await anna.command("#desk", "/go")
    _, body = await receiver.requests.get()
    return parse_qs(body)["response_url"][0]


async def test_response_url_works_five_times(slack: LocalSlack, receiver: Receiver) -> None:
    url = await response_url(slack, receiver)
    answers = [await respond(url, text=str(number)) for number in range(6)]
    assert [status for status, _ in answers] == [200] * 5 + [404]
    assert answers[0][1] == "ok"
    assert json.loads(answers[5][1]) == {"ok": False, "error": "used_url"}


async def test_response_url_expires_after_half_an_hour(slack: LocalSlack, receiver: Receiver) -> None:
    url = await response_url(slack, receiver)
    slack.clock.advance(29 * 60)
    assert (await respond(url, text="in time"))[0] == 200
    slack.clock.advance(2 * 60)
    assert (await respond(url, text="too late"))[0] == 404


async def test_response_is_ephemeral_or_in_channel(slack: LocalSlack, receiver: Receiver) -> None:
    url, anna, ben = await response_url(slack, receiver), slack.person("anna"), slack.person("ben")
    await respond(url, text="for one")
    await respond(url, text="for all", response_type="in_channel")
    assert (await ben.message("#desk", "for all"))["text"] == "for all"
    assert [it["text"] for it in await ben.messages("#desk")] == ["for all"]
    assert [it["text"] for it in await anna.messages("#desk")] == ["for one", "for all"]


async def test_response_url_replaces_and_deletes_the_original(slack: LocalSlack, receiver: Receiver) -> None:
    url, anna = await response_url(slack, receiver, of_message=True), slack.person("anna")
    await respond(url, text="replaced", replace_original=True)
    assert [it["text"] for it in await anna.messages("#desk")] == ["replaced"]
    await respond(url, delete_original=True)
    assert await anna.messages("#desk") == []
    assert (await respond(url, delete_original=True))[0] == 400


async def test_response_url_refuses_invalid_blocks(slack: LocalSlack, receiver: Receiver) -> None:
    status, answer = await respond(await response_url(slack, receiver), text="x", blocks=[{"type": "nonsense"}])
    assert (status, json.loads(answer)["error"]) == (400, "invalid_blocks")
