"""Signed HTTP instead of Socket Mode: forged, stale or malformed requests are refused, never with a 500."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from app import program
from bot.config.environment import Environment
from localslack import LocalSlack
from runtime.http_requests import interaction
from runtime.http_server import PATH, web_app
from tests.handlers.world import _seed, settings
from tests.timeouts import long_timeouts

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    async with LocalSlack(_seed(), switches=long_timeouts()) as slack:
        env = Environment(
            slack_bot_token=slack.apps[0].bot_token,
            slack_signing_secret=SECRET,
            slack_api_url=slack.api_url,
            database_url=f"sqlite:///{tmp_path / 'desk.sqlite3'}",
        )
        async with program(env, settings()) as running, TestServer(web_app(running.app, running.health)) as server:
            yield str(server.make_url(PATH))


def signed(body: bytes, at: str | None = None, secret: str = SECRET) -> dict[str, str]:
    at = at or str(int(time.time()))
    mark = hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
    kind = "application/x-www-form-urlencoded"
    return {"x-slack-request-timestamp": at, "x-slack-signature": f"v0={mark}", "content-type": kind}


COMMAND = urlencode(
    {"command": "/retarus-ticket", "text": "help", "user_id": "U0ANNA", "team_id": "T1", "channel_id": "C1"}
).encode()


async def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    async with ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        return answer.status


async def test_signed_command_is_acknowledged(url: str) -> None:
    assert await post(url, COMMAND, signed(COMMAND)) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(COMMAND, secret="another"),
        signed(COMMAND, at=str(int(time.time()) - 600)),
        signed(COMMAND, at="yesterday"),
        signed(COMMAND, at="9" * 40),
        signed(COMMAND) | {"x-slack-signature": "v0="},
        signed(COMMAND) | {"x-slack-signature": "ü"},
    ],
    ids=["unsigned", "forged", "stale", "not a time", "endless time", "empty", "not ascii"],
)
async def test_request_without_a_present_signature_is_refused(url: str, headers: dict[str, str]) -> None:
    assert await post(url, COMMAND, headers) == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"payload=not-json",
        b"payload=[]",
        b"payload=%7B%7D",
        b"payload=" + b"[" * 100_000,
        urlencode({"payload": json.dumps({"type": "block_actions", "actions": "x", "user": 7})}).encode(),
        urlencode({"payload": json.dumps({"type": "block_actions", "actions": [7], "user": {"id": 7}})}).encode(),
        urlencode({"payload": json.dumps({"type": "view_submission", "view": {"state": {"values": 3}}})}).encode(),
        urlencode(
            {"payload": json.dumps({"type": "view_submission", "view": {"callback_id": "raising.raise"}})}
        ).encode(),
        urlencode({"command": "/unknown"}).encode(),
    ],
)
async def test_malformed_form_is_never_a_server_error(url: str, body: bytes) -> None:
    assert await post(url, body, signed(body)) < 500


async def test_malformed_json_is_never_a_server_error(url: str) -> None:
    for body in (b"{", b"[1]", b'"x"', b"{}", b'{"type": "event_callback"}', b'{"type": 7, "event": []}'):
        headers = signed(body) | {"content-type": "application/json"}
        assert await post(url, body, headers) < 500


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text())))
def test_interaction_is_read_as_every_form_is(body: dict[str, Any]) -> None:
    for text in (json.dumps(body), json.dumps(body, ensure_ascii=False)):
        assert interaction(urlencode({"payload": text}, errors="surrogatepass")) == body


def test_forms_other_than_a_payload_are_left_to_bolt() -> None:
    for raw in ("", "{}", "command=%2Fx&text=a", "payload=%7B%7D&more=1", "payload=a=b"):
        assert interaction(raw) is None
