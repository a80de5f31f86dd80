"""Invalid input at any URL is answered with an error body, never a traceback."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from localslack import LocalSlack
from localslack.api.registry import METHODS
from localslack.people.actor import VERBS
from tests.localslack.embedded import seed
from tests.timeouts import long_timeouts

NESTED = "[" * 5000 + "]" * 5000
INVALID_VALUES: list[Any] = [
    None,
    "",
    0,
    -1,
    1e400,
    True,
    [],
    [None],
    {},
    {"type": "modal"},
    "\x00",
    "💥" * 100,
    NESTED,
    [[{}]],
]
ARGUMENT_NAMES = """
channel channel_id text blocks attachments metadata thread_ts ts timestamp user users user_id limit cursor types oldest
latest name view view_id external_id trigger_id hash file files filename length usergroup bookmark_id title type link
post_at email error message presence topic purpose handle scheduled_message_id count page bot message_ts
""".split()
VERB_FIELDS = """
channel text ts name users user files thread_ts container block_id action_id value values view_id callback_id app_id
command query tab status_text
""".split()
BODIES = [
    (b"\xff\xfe\x00garbage", "application/json"),
    (b"[1, 2]", "application/json"),
    (b'"text"', "application/json"),
    (b"{", "application/json; charset=utf-8"),
    (b"{}", "application/json; charset=no-such-charset"),
    (NESTED.encode(), "application/json"),
    (b"%ff%fe=%00&&&==", "application/x-www-form-urlencoded"),
    (b"no boundary", "multipart/form-data"),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    (b"<xml/>", "text/xml"),
    (b"", "application/json"),
]


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(seed(), switches=long_timeouts()) as running:
        yield running


async def request_json(
    session: aiohttp.ClientSession, url: str, method: str = "POST", **options: Any
) -> tuple[int, Any]:
    async with session.request(method, url, **options) as response:
        return response.status, await response.json()


@pytest.mark.parametrize("method", [*sorted(METHODS), "no.such", "%2e%2e%2fetc%2fpasswd", "%00"])
async def test_every_method_answers_garbage_with_an_error_body(slack: LocalSlack, method: str) -> None:
    desk = next(it.id for it in slack.services.workspace.channels.values() if it.name == "desk")
    anna = next(it.id for it in slack.services.workspace.humans())
    right = {"channel": desk, "channel_id": desk, "user": anna, "user_id": anna, "text": "x"}
    token = slack.apps[0].app_token if method == "apps.connections.open" else slack.apps[0].bot_token
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        url = f"{slack.api_url}{method}"
        for body, content_type in BODIES:
            status, answer = await request_json(session, url, data=body, headers={"Content-Type": content_type})
            assert (status, type(answer["ok"])) == (200, bool), body
            assert answer.get("error") != "internal_error", body
        for nonsense in INVALID_VALUES:
            for arguments in (
                dict.fromkeys(ARGUMENT_NAMES, nonsense),
                {**dict.fromkeys(ARGUMENT_NAMES, nonsense), **right},
            ):
                status, answer = await request_json(
                    session, url, data=json.dumps(arguments), headers={"Content-Type": "application/json"}
                )
                assert (status, type(answer["ok"])) == (200, bool), nonsense
                assert answer.get("error") != "internal_error", nonsense


@pytest.mark.parametrize("verb", sorted(VERBS))
async def test_every_verb_answers_garbage_with_an_error_body(slack: LocalSlack, verb: str) -> None:
    async with aiohttp.ClientSession() as session:
        url = f"{slack.control_url}people/anna/{verb}"
        for body, content_type in BODIES:
            status, answer = await request_json(session, url, data=body, headers={"Content-Type": content_type})
            assert status < 500 or answer["error"] == "options_failed", body
        for nonsense in INVALID_VALUES:
            for wanted in (
                dict.fromkeys(VERB_FIELDS, nonsense),
                {**dict.fromkeys(VERB_FIELDS, nonsense), "channel": "#desk"},
                {**dict.fromkeys(VERB_FIELDS, "x"), "channel": "#desk", "values": nonsense, "container": nonsense},
            ):
                status, answer = await request_json(session, url, data=json.dumps(wanted))
                assert type(answer["ok"]) is bool, nonsense
                assert status < 500, nonsense


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "clock"),
        ("POST", "seed"),
        ("POST", "switches"),
        ("POST", "faults"),
        ("POST", "people"),
        ("POST", "people/anna"),
        ("POST", "people/anna/upload"),
        ("POST", "channels/desk/share"),
        ("POST", "apps/Bot/disconnect"),
        ("POST", "apps/Bot/request_url"),
        ("POST", "nothing/here"),
        ("GET", "traffic?after=x"),
        ("GET", "mail/x"),
        ("GET", "people/nobody/state"),
        ("GET", "people/anna/channels/x/messages"),
        ("GET", "people/anna/channels/%23desk/messages?limit=x"),
        ("GET", "people/anna/channels/%23desk/messages/x"),
        ("GET", "people/anna/channels/%23desk/messages/x/replies"),
        ("GET", "people/anna/files/x"),
        ("GET", "live?person=nobody"),
    ],
)
async def test_control_interface_refuses_garbage(slack: LocalSlack, method: str, path: str) -> None:
    async with aiohttp.ClientSession() as session:
        for body, content_type in BODIES[:-1] if method == "POST" else [(b"", "application/json")]:
            headers = {"Content-Type": content_type}
            status, answer = await request_json(
                session, f"{slack.control_url}{path}", method, data=body, headers=headers
            )
            assert (400 <= status < 500, answer["ok"]) == (True, False), (body, answer)


@pytest.mark.parametrize("body", [body for body, _ in BODIES])
async def test_a_response_url_refuses_garbage(slack: LocalSlack, body: bytes) -> None:
    desk = next(it.id for it in slack.services.workspace.channels.values() if it.name == "desk")
    anna = next(it.id for it in slack.services.workspace.humans())
    url = slack.services.urls.issue(slack.apps[0].id, anna, desk)
    async with aiohttp.ClientSession() as session:
        status, answer = await request_json(session, url, data=body)
        assert (status, answer["ok"]) == (400, False)
        for wrong in ({"text": "x", "blocks": [{"type": "plain"}]}, {"response_type": "x", "text": "y"}, {"text": ""}):
            assert (await request_json(session, f"{url}", json=wrong))[0] in (400, 404)
        assert (await request_json(session, f"{slack.page_url}actions/nothing", json={"text": "x"}))[0] == 404


async def test_websocket_survives_invalid_frames(slack: LocalSlack) -> None:
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {slack.apps[0].app_token}"}
        _, opened = await request_json(session, f"{slack.api_url}apps.connections.open", headers=headers)
        async with session.ws_connect(opened["url"]) as socket:
            for nonsense in (
                "",
                "{",
                "[]",
                "null",
                '{"envelope_id": 3}',
                '{"envelope_id": []}',
                '{"envelope_id": "x"}',
            ):
                await socket.send_str(nonsense)
            await socket.send_bytes(b"\xff")
            assert (await socket.receive_json())["type"] == "hello"
            await slack.person("anna").post("#desk", "still there?")
            assert (await socket.receive_json())["type"] == "events_api"
