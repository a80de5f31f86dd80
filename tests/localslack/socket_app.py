"""An app on the official Python Socket Mode client, for tests to look at what it hears."""

import queue
from collections.abc import Callable
from typing import Any

from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from tests.localslack.running import Json, LocalSlack

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
WORDS: Json = {"type": "plain_text", "text": "Words"}
ASKS: Json = {
    "type": "input",
    "block_id": "b",
    "label": WORDS,
    "element": {"type": "plain_text_input", "action_id": "a"},
}

Answer = Callable[[SocketModeRequest], Json | None]


class Connection:
    """One Socket Mode connection that acknowledges everything, with `answer`'s payload if it gives one."""

    def __init__(self, slack: LocalSlack, answer: Answer = lambda _: None) -> None:
        self.web = WebClient(token=slack.app["bot_token"], base_url=slack.api_url)
        self.requests: queue.Queue[SocketModeRequest] = queue.Queue()
        self.answer = answer
        self._client = SocketModeClient(app_token=slack.app["app_token"], web_client=self.web)
        self._client.socket_mode_request_listeners.append(self._hear)
        self._client.connect()

    def _hear(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        payload = self.answer(request)
        client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))
        self.requests.put(request)

    def next(self, kind: str) -> Json:
        """The payload of the next request, which must be of this kind."""
        request = self.requests.get(timeout=10)
        assert request.type == kind, request.to_dict()
        return request.payload

    def close(self) -> None:
        self._client.close()


def modal(title: str = "First", **more: Any) -> Json:
    return {"type": "modal", "title": {**WORDS, "text": title}, "submit": WORDS, "blocks": [ASKS], **more}
