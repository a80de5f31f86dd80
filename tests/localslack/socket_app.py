"""An app on the official Python Socket Mode client that records the requests it receives."""

import queue
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from tests.localslack.running import Json, LocalSlackProcess
from tests.timeouts import TIMEOUT

SCOPES = [
    "app_mentions:read", "channels:history", "channels:join", "channels:manage", "channels:read", "chat:write",
    "commands", "files:read", "im:history", "im:write", "reactions:read", "team:read", "users:read",
]  # fmt: skip
EVENTS = [
    "app_home_opened", "app_mention", "channel_archive", "channel_created", "channel_rename", "file_shared",
    "member_joined_channel", "member_left_channel", "message.channels", "message.im", "reaction_added",
    "reaction_removed", "team_join", "user_change",
]  # fmt: skip
MANIFEST: Json = {
    "features": {
        "bot_user": {"display_name": "socket"},
        "slash_commands": [{"command": "/go", "description": "Go"}],
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "shortcuts": [
            {"type": "global", "callback_id": "new", "name": "New", "description": "New one"},
            {"type": "message", "callback_id": "note", "name": "Note", "description": "Note it"},
        ],
    },
    "oauth_config": {"scopes": {"bot": SCOPES}},
    "settings": {
        "event_subscriptions": {"bot_events": EVENTS},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}
SEED: Json = {
    "people": [{"handle": "anna"}, {"handle": "ben"}],
    "channels": [{"name": "desk", "members": ["anna", "ben", "Socket App"]}],
    "apps": [{"name": "Socket App", "manifest": MANIFEST}],
}
PLAIN_TEXT: Json = {"type": "plain_text", "text": "Words"}
INPUT_BLOCK: Json = {
    "type": "input",
    "block_id": "b",
    "label": PLAIN_TEXT,
    "element": {"type": "plain_text_input", "action_id": "a"},
}

Answer = Callable[[SocketModeRequest], Json | None]


class Connection:
    """A Socket Mode connection that acknowledges every request, with the payload that `answer` returns, if any."""

    def __init__(self, slack: LocalSlackProcess, answer: Answer = lambda _: None) -> None:
        self.web = WebClient(token=slack.app["bot_token"], base_url=slack.api_url)
        self.requests: queue.Queue[SocketModeRequest] = queue.Queue()
        self.answer = answer
        self._greetings: queue.Queue[Json] = queue.Queue()
        self._client = SocketModeClient(app_token=slack.app["app_token"], web_client=self.web, ping_interval=0.5)
        self._client.message_listeners.append(self._record_hello)
        self._client.socket_mode_request_listeners.append(self._acknowledge)
        self._client.connect()
        self.wait_for_hello()

    def _record_hello(self, _: BaseSocketModeClient, message: Json, _raw: str | None = None) -> None:
        if message.get("type") == "hello":
            self._greetings.put(message)

    def _acknowledge(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        payload = self.answer(request)
        client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))
        self.requests.put(request)

    def wait_for_hello(self) -> Json:
        """Waits for the `hello` of the connection; another one follows each reconnection."""
        return self._greetings.get(timeout=TIMEOUT)

    def next_payload(self, kind: str) -> Json:
        """Payload of the next request of this type; skips others."""
        while True:
            request = self.requests.get(timeout=TIMEOUT)
            if request.type == kind:
                return request.payload

    def reset(self) -> None:
        """Discards received requests and removes the answer."""
        self.answer = lambda _: None
        while not self.requests.empty():
            self.requests.get_nowait()

    def close(self) -> None:
        """Closes the connection. Its thread would otherwise wait three seconds for a frame."""
        self._client.auto_reconnect_enabled = False
        if self._client.current_session and self._client.current_session.sock:
            with suppress(OSError):  # the other side may have closed it
                self._client.current_session.sock.shutdown(socket.SHUT_RDWR)
        self._client.close()


def modal(title: str = "First", **more: Any) -> Json:
    return {
        "type": "modal",
        "title": {**PLAIN_TEXT, "text": title},
        "submit": PLAIN_TEXT,
        "blocks": [INPUT_BLOCK],
        **more,
    }
