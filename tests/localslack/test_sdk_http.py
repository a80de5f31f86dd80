"""HTTP delivery to an app is signed, retried and verified, and the SDK's webhook clients work with response URLs."""

import json
import queue
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.localslack.running import Json, LocalSlackProcess
from tests.localslack.socket_app import MANIFEST, SEED
from tests.timeouts import TIMEOUT


class Request:
    """A request that the app received."""

    def __init__(self, headers: dict[str, str], body: bytes) -> None:
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body

    @property
    def json(self) -> Json:
        return dict(json.loads(self.body))

    @property
    def form(self) -> dict[str, str]:
        return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True))


class HttpApp:
    """An app that records its requests; returns `answers` in turn, then 200 without a body."""

    def __init__(self) -> None:
        self.requests: queue.Queue[Request] = queue.Queue()
        self.challenges: queue.Queue[Request] = queue.Queue()
        self.answers: queue.Queue[tuple[int, dict[str, str], bytes]] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/slack/events"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def next_request(self) -> Request:
        return self.requests.get(timeout=TIMEOUT)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                request = Request(dict(self.headers), body)
                status, headers, answer = app.answer(request)
                (app.challenges if app.is_challenge(request) else app.requests).put(request)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None: ...

        return Handler

    def is_challenge(self, request: Request) -> bool:
        is_json = request.headers["content-type"].startswith("application/json")
        return is_json and request.json["type"] == "url_verification"

    def answer(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        if self.is_challenge(request):
            return 200, {"Content-Type": "text/plain"}, request.json["challenge"].encode()
        return self.answers.get_nowait() if not self.answers.empty() else (200, {}, b"")


@pytest.fixture
def app() -> Iterator[HttpApp]:
    running = HttpApp()
    yield running
    running.close()


@pytest.fixture
def slack(app: HttpApp) -> Iterator[LocalSlackProcess]:
    seed = {**SEED, "apps": [{"name": "Socket App", "manifest": MANIFEST, "request_url": app.url}]}
    with LocalSlackProcess(seed) as running:
        yield running


def has_valid_signature(slack: LocalSlackProcess, request: Request) -> bool:
    verifier = SignatureVerifier(slack.app["signing_secret"])
    return verifier.is_valid_request(request.body, request.headers)


def test_command_is_a_signed_form_and_its_response_is_shown(slack: LocalSlackProcess, app: HttpApp) -> None:
    response = json.dumps({"response_type": "in_channel", "text": "Done"}).encode()
    app.answers.put((200, {"Content-Type": "application/json"}, response))
    assert slack.act("anna", "command", channel="#desk", command="/go", text="ü & <x>")["outcome"] == "ack"
    request = app.next_request()
    assert has_valid_signature(slack, request)
    assert request.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert request.form["command"] == "/go"
    assert slack.messages("ben", "desk")[-1]["text"] == "Done"


def test_an_interaction_is_a_signed_form_with_a_json_payload(slack: LocalSlackProcess, app: HttpApp) -> None:
    slack.act("anna", "shortcut", callback_id="new")
    request = app.next_request()
    assert has_valid_signature(slack, request)
    assert list(request.form) == ["payload"]
    assert json.loads(request.form["payload"])["callback_id"] == "new"


def test_event_is_signed_json_and_is_retried_until_accepted(slack: LocalSlackProcess, app: HttpApp) -> None:
    slack.post("switches", {"http_retry_seconds": [0, 0, 0]})
    app.answers.put((500, {}, b""))
    app.answers.put((500, {}, b""))
    slack.act("anna", "post", channel="#desk", text="hello")
    tries = [app.next_request() for _ in range(3)]
    assert all(has_valid_signature(slack, request) for request in tries)
    assert len({request.json["event_id"] for request in tries}) == 1
    assert [request.headers.get("x-slack-retry-num") for request in tries] == [None, "1", "2"]
    assert [request.headers.get("x-slack-retry-reason") for request in tries] == [None, "http_error", "http_error"]


def test_no_retry_header_is_respected(slack: LocalSlackProcess, app: HttpApp) -> None:
    slack.post("switches", {"http_retry_seconds": [0, 0, 0]})
    app.answers.put((500, {"X-Slack-No-Retry": "1"}, b""))
    slack.act("anna", "post", channel="#desk", text="first")
    slack.act("anna", "post", channel="#desk", text="second")
    # the order of two simultaneous events is undefined
    assert sorted(app.next_request().json["event"]["text"] for _ in range(2)) == ["first", "second"]


def test_request_url_is_verified_by_a_challenge(slack: LocalSlackProcess, app: HttpApp) -> None:
    assert slack.post(f"apps/{slack.app['id']}/request_url", {"url": app.url})["verified"] is True
    request = app.challenges.get(timeout=TIMEOUT)
    assert set(request.json) == {"type", "token", "challenge"}
    assert has_valid_signature(slack, request)
    unreachable = {"url": "http://127.0.0.1:9/slack/events"}
    assert slack.post(f"apps/{slack.app['id']}/request_url", unreachable)["verified"] is False


def test_response_url_accepts_five_messages(slack: LocalSlackProcess, app: HttpApp) -> None:
    slack.act("anna", "command", channel="#desk", command="/go", text="")
    webhook = WebhookClient(app.next_request().form["response_url"])
    for number in range(5):
        answer = webhook.send(text=f"Answer {number}", response_type="in_channel")
        assert (answer.status_code, answer.body) == (200, "ok")
    assert webhook.send(text="one too many").status_code != 200
    assert slack.messages("ben", "desk")[-1]["text"] == "Answer 4"


async def test_a_response_url_replaces_and_deletes_its_message(slack: LocalSlackProcess, app: HttpApp) -> None:
    client = WebClient(token=slack.app["bot_token"], base_url=slack.api_url)
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "block_id": "do", "elements": [button]}]
    desk = slack.channel_id("desk")
    ts = client.chat_postMessage(channel=desk, text="Click", blocks=blocks)["ts"]
    app.next_request()  # the event of the app's own message
    slack.act("anna", "action", container={"type": "message", "channel": desk, "ts": ts}, block_id="do", action_id="go")
    webhook = AsyncWebhookClient(json.loads(app.next_request().form["payload"])["response_url"])
    assert (await webhook.send(text="Clicked", replace_original=True)).body == "ok"
    assert [it["text"] for it in slack.messages("ben", "desk")][-1] == "Clicked"
    assert (await webhook.send(text="Only you", response_type="ephemeral", replace_original=False)).body == "ok"
    assert slack.messages("anna", "desk")[-1]["text"] == "Only you"
    assert slack.messages("ben", "desk")[-1]["text"] == "Clicked"
    refused = await webhook.send(blocks=[{"type": "foo"}], text="x")
    assert "invalid_blocks" in refused.body
    assert (await webhook.send(delete_original=True)).body == "ok"
    assert not any(it["ts"] == ts for it in slack.messages("ben", "desk"))


def test_response_url_expires_after_half_an_hour(slack: LocalSlackProcess, app: HttpApp) -> None:
    slack.act("anna", "command", channel="#desk", command="/go", text="")
    webhook = WebhookClient(app.next_request().form["response_url"])
    slack.post("clock", {"advance": 1801})
    assert webhook.send(text="too late").status_code != 200
