"""Each official client gets the right response to every Web API call."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.localslack.node_side import run_node
from tests.localslack.running import LocalSlackProcess
from tests.localslack.sdk_calls import CALLS, WORKSPACE, Call, Json, check_response, substitute


@pytest.fixture(scope="module")
def running() -> Iterator[LocalSlackProcess]:
    with LocalSlackProcess(WORKSPACE) as slack:
        yield slack


@pytest.fixture
def slack(running: LocalSlackProcess) -> LocalSlackProcess:
    running.reset()
    return running


def known_in(slack: LocalSlackProcess) -> Json:
    """Values that calls can refer to as `$name`."""
    names = {person["handle"]: person["id"] for person in slack.get("people")["people"]}
    channels = {channel["name"]: channel["id"] for channel in slack.state("anna")["channels"]}
    return names | channels | {"soon": int(time.time()) + 600, "both": f"{names['anna']},{names['ben']}"}


def test_the_synchronous_python_client_makes_every_call(slack: LocalSlackProcess) -> None:
    client = WebClient(token=slack.app["bot_token"], base_url=slack.api_url)
    known = known_in(slack)
    for call in CALLS:
        method = getattr(client, call.method.replace(".", "_"))
        try:
            answer = method(**substitute({**call.args, **call.python}, known)).data
        except SlackApiError as error:
            answer = error.response.data
        check_response(call, answer, known)


async def test_the_asynchronous_python_client_makes_every_call(slack: LocalSlackProcess) -> None:
    client = AsyncWebClient(token=slack.app["bot_token"], base_url=slack.api_url)
    known = await asyncio.to_thread(known_in, slack)
    for call in CALLS:
        method = getattr(client, call.method.replace(".", "_"))
        try:
            answer = (await method(**substitute({**call.args, **call.python}, known))).data
        except SlackApiError as error:
            answer = error.response.data
        check_response(call, answer, known)


def test_the_node_client_makes_every_call(slack: LocalSlackProcess, node_modules: Path) -> None:
    known = known_in(slack)
    given = {
        "api_url": slack.api_url,
        "token": slack.app["bot_token"],
        "known": known,
        "calls": [call.for_node() for call in CALLS],
    }
    for call, answer in zip(CALLS, run_node(node_modules, given), strict=True):
        check_response(call, answer, known)


@pytest.mark.parametrize("kind", ["json", "form", "query", "multipart"])
def test_call_has_the_same_effect_in_every_encoding(slack: LocalSlackProcess, kind: str) -> None:
    client = WebClient(token=slack.app["bot_token"], base_url=slack.api_url)
    channel, blocks = slack.channel_id("desk"), [{"type": "divider"}]
    flat = {"channel": channel, "text": "ü & <b>", "blocks": json.dumps(blocks), "unfurl_links": "0"}
    if kind == "json":
        answer = client.api_call("chat.postMessage", json={**flat, "blocks": blocks, "unfurl_links": False})
    elif kind == "form":
        answer = client.api_call("chat.postMessage", data=flat)
    elif kind == "query":
        answer = client.api_call("chat.postMessage", http_verb="GET", params=flat)
    else:
        answer = client.api_call("chat.postMessage", data=flat, files={"nothing": b""})
    assert answer["message"]["blocks"][0]["type"] == "divider"
    assert slack.messages("anna", channel)[-1]["text"] == answer["message"]["text"]


def test_socket_mode_requires_the_app_token(slack: LocalSlackProcess) -> None:
    client = WebClient(base_url=slack.api_url)
    assert client.apps_connections_open(app_token=slack.app["app_token"])["url"].startswith("ws://127.0.0.1:")
    for token in (slack.app["bot_token"], "xapp-1-nonsense", ""):
        with pytest.raises(SlackApiError) as refused:
            client.apps_connections_open(app_token=token)
        assert refused.value.response["error"] in ("not_allowed_token_type", "invalid_auth", "not_authed")


def test_unknown_method_and_wrong_token_return_slacks_errors(slack: LocalSlackProcess) -> None:
    for token, method, error in (
        (slack.app["bot_token"], "chat.levitate", "unknown_method"),
        ("xoxb-wrong", "auth.test", "invalid_auth"),
        (None, "auth.test", "not_authed"),
    ):
        check_response(Call(method, error=error), _refused(WebClient(token=token, base_url=slack.api_url), method), {})


def test_the_scopes_of_a_token_and_of_a_method_are_in_the_headers(slack: LocalSlackProcess) -> None:
    scopes = ["chat:write", "users:read"]
    app = {"name": "Proof App", "manifest": {"oauth_config": {"scopes": {"bot": scopes}}}}
    info = slack.post("seed", {**WORKSPACE, "apps": [app]})
    client = WebClient(token=info["apps"][0]["bot_token"], base_url=slack.api_url)
    headers = {name.lower(): value for name, value in client.users_list().headers.items()}
    assert headers["x-oauth-scopes"].split(",") == scopes
    assert headers["x-accepted-oauth-scopes"] == "users:read"
    with pytest.raises(SlackApiError) as refused:
        client.team_info()
    answer = refused.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "team:read", ",".join(scopes))


def _refused(client: WebClient, method: str) -> Json:
    with pytest.raises(SlackApiError) as refused:
        client.api_call(method)
    return dict(refused.value.response.data)


FILES = [
    {"content": "one", "filename": "one.txt", "title": "First"},
    {"content": "zwei ü", "filename": "two.txt", "title": "Second"},
]


def test_synchronous_client_uploads_downloads_and_deletes_files(slack: LocalSlackProcess) -> None:
    client = WebClient(token=slack.app["bot_token"], base_url=slack.api_url)
    done = client.files_upload_v2(channel=slack.channel_id("desk"), initial_comment="Look", file_uploads=FILES)
    first, second = done["files"]
    shared = slack.messages("anna", "desk")[-1]
    assert shared["text"] == "Look"
    assert [file["title"] for file in shared["files"]] == ["First", "Second"]
    assert client.files_info(file=first["id"])["file"]["name"] == "one.txt"
    assert {file["id"] for file in client.files_list(channel=slack.channel_id("desk"))["files"]} == {
        first["id"],
        second["id"],
    }
    download = client.files_info(file=second["id"])["file"]["url_private_download"]
    assert slack.download(download, slack.app["bot_token"]) == "zwei ü".encode()
    assert slack.download(download, "xoxb-wrong") != "zwei ü".encode()
    client.files_delete(file=first["id"])
    with pytest.raises(SlackApiError, match=r"file_not_found|file_deleted"):
        client.files_info(file=first["id"])


async def test_asynchronous_client_uploads_a_file_into_a_thread(slack: LocalSlackProcess) -> None:
    client = AsyncWebClient(token=slack.app["bot_token"], base_url=slack.api_url)
    channel = await asyncio.to_thread(slack.channel_id, "desk")
    root = await client.chat_postMessage(channel=channel, text="root")
    await client.files_upload_v2(channel=channel, thread_ts=root["ts"], content=b"\x00\xff", filename="raw.bin")
    replies = await client.conversations_replies(channel=channel, ts=root["ts"])
    assert replies["messages"][1]["files"][0]["name"] == "raw.bin"


def test_node_client_uploads_a_file(slack: LocalSlackProcess, node_modules: Path) -> None:
    channel = slack.channel_id("desk")
    upload = {"channel_id": channel, "filename": "notes.txt", "content": "Grüße", "initial_comment": "From Node"}
    calls = [{"method": "files.uploadV2", "args": upload, "keep": {}}]
    given = {"api_url": slack.api_url, "token": slack.app["bot_token"], "known": {}, "calls": calls}
    [answer] = run_node(node_modules, given)
    assert answer["ok"] is True
    shared = slack.messages("anna", channel)[-1]
    assert (shared["text"], shared["files"][0]["name"]) == ("From Node", "notes.txt")
    assert slack.download(shared["files"][0]["url_private"], slack.app["bot_token"]) == "Grüße".encode()
