"""Garbage for the addresses of faults, administration, webhooks and streams: refused, never an internal error."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from localslack import LocalSlack
from tests.localslack.embedded import Json, seed
from tests.timeouts import long_timeouts

PATHS: dict[str, list[str]] = {  # with the keys each knows
    "faults": ["method", "fault", "seconds", "times", "probability", "for_seconds", "when", "channel"],
    "switches": ["rate_limits", "post_burst", "http_retry_seconds"],
    "storm": ["changes", "seconds", "seed"],
    "channels/desk/archive": ["archived"],
    "channels/desk/members": ["add", "remove"],
    "channels/desk/share": ["with"],
    "channels/desk/unshare": ["with", "guest"],
    "channels/desk/new_id": [],
    "groups/none": ["members"],
    "apps/Bot/token": ["error", "which", "seconds", "withheld"],
    "apps/Bot/disconnect": ["reason"],
    "apps/Bot/webhook": ["channel"],
    "people/anna/forward": ["channel", "ts", "to", "text"],
    "people/anna/open_assistant": ["app_id", "context"],
    "people/anna/assistant_context": ["app_id", "channel", "thread_ts", "context"],
}
VALUES: list[Any] = [None, True, -1, 1e308, "", "\x00", "#desk", "odd", [], [1], ["\ud800"], {}, {"a": {}}]
METHODS: dict[str, list[str]] = {
    "chat.startStream": ["channel", "thread_ts", "chunks", "markdown_text", "recipient_user_id", "task_display_mode"],
    "chat.appendStream": ["channel", "ts", "chunks", "markdown_text"],
    "chat.stopStream": ["channel", "ts", "chunks", "markdown_text", "blocks", "metadata"],
    "assistant.threads.setStatus": ["channel_id", "thread_ts", "status", "loading_messages"],
    "assistant.threads.setTitle": ["channel_id", "thread_ts", "title"],
    "assistant.threads.setSuggestedPrompts": ["channel_id", "thread_ts", "prompts", "title"],
    "conversations.close": ["channel"],
    "conversations.unarchive": ["channel"],
    "chat.scheduleMessage": ["channel", "post_at", "metadata"],
    "reactions.add": ["channel", "timestamp", "name"],
    "usergroups.create": ["name", "handle"],
}


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(seed(), switches=long_timeouts()) as running:
        running.admin.add_member("#lounge", "Bot")
        yield running


@pytest.mark.parametrize("path", PATHS)
async def test_control_interface_refuses_garbage(slack: LocalSlack, path: str) -> None:
    keys = PATHS[path]
    bodies: list[Json] = [{}, *({key: value} for key, value in itertools.product(keys, VALUES))]
    bodies += [dict.fromkeys(keys, value) for value in VALUES]
    async with aiohttp.ClientSession() as session:
        for body in bodies:
            async with session.post(f"{slack.control_url}{path}", json=body) as answer:
                assert answer.status < 500, body
            slack.faults.clear()


@pytest.mark.parametrize("method", METHODS)
async def test_method_refuses_garbage(slack: LocalSlack, method: str) -> None:
    headers = {"Authorization": f"Bearer {slack.apps[0].bot_token}"}
    desk = slack.admin.channel("desk").id
    async with aiohttp.ClientSession(headers=headers) as session:
        for name, value in itertools.product(METHODS[method], VALUES):
            arguments = {"channel": desk, "channel_id": desk, "ts": "1.000000", "thread_ts": "1.000000", name: value}
            async with session.post(f"{slack.api_url}{method}", json=arguments) as answer:
                assert (await answer.json()).get("error") != "internal_error", arguments


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[]", b'"x"', b"{", b'{"blocks": {}}', b"payload=%"])
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain; charset=odd"])
async def test_webhook_refuses_garbage(slack: LocalSlack, body: bytes, kind: str) -> None:
    url = (await slack.person("anna").control("POST", "apps/Bot/webhook", channel="#desk"))["url"]
    headers = {"Content-Type": kind}
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        assert answer.status == 400
