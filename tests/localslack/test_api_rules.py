"""The Web API enforces Slack's rules: membership, scopes, trigger ids, hashes, content, cursors, rate limits."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from localslack import Clock, LocalSlack, SeedApp, SeedChannel, SeedPerson, Switches
from tests.localslack.embedded import (
    Json,
    actions_block,
    bolt_app,
    error_of,
    input_block,
    modal,
    over_socket_mode,
    plain,
    seed,
    web_client,
)
from tests.timeouts import long_timeouts

MANIFEST = {
    "features": {"slash_commands": [{"command": "/known", "description": "", "should_escape": True}]},
    "oauth_config": {"scopes": {"bot": ["chat:write", "channels:read", "commands"]}},
    "settings": {"socket_mode_enabled": True, "event_subscriptions": {"bot_events": ["message.channels"]}},
}
PEOPLE = [SeedPerson(handle="anna"), SeedPerson(handle="ben")]
CHANNELS = [
    SeedChannel(name="desk", members=["anna", "Bot", "Strict"]),
    SeedChannel(name="lounge", members=["anna"]),
    SeedChannel(name="secret", members=["anna"], private=True),
    SeedChannel(name="ours", members=["anna", "Strict"], private=True),
    SeedChannel(name="past", members=["anna", "Bot"], archived=True),
]
APPS = [SeedApp(name="Bot"), SeedApp(name="Strict", manifest=MANIFEST)]


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(
        seed(people=PEOPLE, channels=CHANNELS, apps=APPS), clock=Clock(), switches=long_timeouts()
    ) as running:
        yield running


def channel_id(slack: LocalSlack, name: str) -> str:
    return next(it.id for it in slack.services.workspace.channels.values() if it.name == name)


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("lounge", "not_in_channel"),
        ("secret", "channel_not_found"),
        ("past", "is_archived"),
        ("C0NOWHERE00", "channel_not_found"),
    ],
)
async def test_posting_is_refused_outside_the_bots_channels(slack: LocalSlack, channel: str, error: str) -> None:
    assert await error_of(web_client(slack).chat_postMessage(channel=channel, text="x")) == error


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({}, "no_text"),
        ({"text": "x", "blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": "{"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": "{}"}, "invalid_blocks_format"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        ({"text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
        ({"text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"text": "x", "blocks": [{"type": "section", "text": plain("y" * 3000)}] * 5}, "msg_blocks_too_long"),
        ({"blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
    ],
)
async def test_message_without_valid_content_is_refused(slack: LocalSlack, content: Json, error: str) -> None:
    assert await error_of(web_client(slack).chat_postMessage(channel="desk", **content)) == error


async def test_messages_of_others_cannot_be_changed(slack: LocalSlack) -> None:
    client, desk = web_client(slack), channel_id(slack, "desk")
    theirs = await slack.person("anna").post("#desk", "mine")
    assert await error_of(client.chat_update(channel=desk, ts=theirs["ts"], text="x")) == "cant_update_message"
    assert await error_of(client.chat_delete(channel=desk, ts=theirs["ts"])) == "cant_delete_message"
    assert await error_of(client.chat_update(channel=desk, ts="1.000000", text="x")) == "message_not_found"


async def test_text_update_replaces_the_blocks(slack: LocalSlack) -> None:
    client, desk = web_client(slack), channel_id(slack, "desk")
    posted = await client.chat_postMessage(channel=desk, text="a", blocks=[actions_block(x="X")])
    by_blocks = await client.chat_update(channel=desk, ts=posted["ts"], blocks=[actions_block(y="Y")])
    by_text = await client.chat_update(channel=desk, ts=posted["ts"], text="b")
    assert ("edited" in by_blocks["message"], "edited" in by_text["message"]) == (False, True)
    assert ("blocks" in by_text["message"], by_text["message"]["text"]) == (False, "b")


async def test_metadata_is_shown_on_request(slack: LocalSlack) -> None:
    client, desk = web_client(slack), channel_id(slack, "desk")
    metadata = {"event_type": "ticket", "event_payload": {"id": 7}}
    await client.chat_postMessage(channel=desk, text="x", metadata=metadata)
    bare = await client.conversations_history(channel=desk)
    whole = await client.conversations_history(channel=desk, include_all_metadata=True)
    assert "metadata" not in bare["messages"][0]
    assert whole["messages"][0]["metadata"] == metadata


async def test_history_and_threads_come_in_pages(slack: LocalSlack) -> None:
    client, desk = web_client(slack), channel_id(slack, "desk")
    sent = [(await client.chat_postMessage(channel=desk, text=str(number)))["ts"] for number in range(5)]
    for number in range(3):
        await client.chat_postMessage(channel=desk, text=f"reply {number}", thread_ts=sent[0])
    seen: list[str] = []
    async for page in await client.conversations_history(channel=desk, limit=2):
        seen += [message["text"] for message in page["messages"]]
    assert seen == ["4", "3", "2", "1", "0"]
    thread: list[str] = []
    async for page in await client.conversations_replies(channel=desk, ts=sent[0], limit=2):
        thread += [message["text"] for message in page["messages"]]
    assert thread == ["0", "reply 0", "reply 1", "reply 2"]
    between = await client.conversations_history(channel=desk, oldest=sent[1], latest=sent[3], inclusive=True)
    assert [message["text"] for message in between["messages"]] == ["3", "2", "1"]
    assert await error_of(client.conversations_history(channel=desk, cursor="nonsense")) == "invalid_cursor"


# -- tokens and scopes ------------------------------------------------------------------------------------------------


async def test_a_missing_scope_is_named(slack: LocalSlack) -> None:
    strict = web_client(slack, 1)
    with pytest.raises(SlackApiError) as refused:
        await strict.users_list()
    answer: Any = refused.value.response.data
    assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read")
    assert answer["provided"] == "chat:write,channels:read,commands"
    ours = channel_id(slack, "ours")
    assert await error_of(strict.conversations_info(channel=ours)) == "missing_scope"
    assert await error_of(strict.conversations_list(types="private_channel")) == "missing_scope"


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        ("", "auth.test", "not_authed"),
        ("xoxb-wrong", "auth.test", "invalid_auth"),
        ("bot", "apps.connections.open", "not_allowed_token_type"),
        ("app", "auth.test", "not_allowed_token_type"),
        ("bot", "no.such.method", "unknown_method"),
    ],
)
async def test_tokens_are_checked(slack: LocalSlack, token: str, method: str, error: str) -> None:
    token = {"bot": slack.apps[0].bot_token, "app": slack.apps[0].app_token}.get(token, token)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session:
        answer = await (await session.post(f"{slack.api_url}{method}", headers=headers)).json()
    assert (answer["ok"], answer["error"]) == (False, error)


async def test_undeclared_command_goes_to_the_app_without_a_manifest(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    rows = []
    for command in ("/known", "/other"):
        await anna.command("#desk", command, "to @ben")
        rows.append((await anna.control("GET", "traffic"))["rows"][-1])
    ben = next(it for it in slack.services.workspace.humans() if it.handle == "ben")
    assert [(row["app"], row["request"]["text"]) for row in rows] == [
        ("Strict", f"to <@{ben.id}|ben>"),
        ("Bot", "to @ben"),
    ]


# -- views ------------------------------------------------------------------------------------------------------------


async def new_trigger_id(slack: LocalSlack) -> str:
    """A trigger id from a slash command."""
    received: asyncio.Queue[str] = asyncio.Queue()
    app = bolt_app(slack)

    @app.command("/trigger")
    async def receive(ack: Any, body: Json) -> None:
        await ack()
        await received.put(body["trigger_id"])

    async with over_socket_mode(slack, app):
        await slack.person("anna").command("#desk", "/trigger")
        return await received.get()


def test_default_times_are_the_three_seconds_of_slack() -> None:
    assert (Switches().trigger_seconds, Switches().ack_seconds) == (3.0, 3.0)


async def test_trigger_id_opens_one_view_before_it_expires(slack: LocalSlack) -> None:
    client = web_client(slack)
    first, second = await new_trigger_id(slack), await new_trigger_id(slack)
    await client.views_open(trigger_id=first, view=modal())
    assert await error_of(client.views_open(trigger_id=first, view=modal())) == "exchanged_trigger_id"
    slack.clock.advance(slack.services.switches.trigger_seconds + 0.1)
    assert await error_of(client.views_open(trigger_id=second, view=modal())) == "expired_trigger_id"
    assert await error_of(client.views_open(trigger_id="1.2.3", view=modal())) == "invalid_trigger_id"
    assert await error_of(web_client(slack, 1).views_open(trigger_id=first, view=modal())) == "invalid_trigger_id"


async def test_invalid_view_is_refused_and_does_not_use_up_the_trigger_id(slack: LocalSlack) -> None:
    client, trigger_id = web_client(slack), await new_trigger_id(slack)
    with pytest.raises(SlackApiError, match="invalid_arguments") as refused:
        await client.views_open(trigger_id=trigger_id, view=modal(title="x" * 25))
    messages = refused.value.response["response_metadata"]["messages"]
    assert messages == ["[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"]
    assert (await client.views_open(trigger_id=trigger_id, view=modal()))["ok"]


async def test_update_with_an_outdated_hash_is_a_conflict(slack: LocalSlack) -> None:
    client = web_client(slack)
    view = (await client.views_open(trigger_id=await new_trigger_id(slack), view=modal(external_id="mine")))["view"]
    updated = await client.views_update(external_id="mine", hash=view["hash"], view=modal(title="Second"))
    assert updated["view"]["title"]["text"] == "Second"
    stale = client.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    assert await error_of(stale) == "hash_conflict"
    assert await error_of(client.views_update(view_id="V0NOWHERE00", view=modal())) == "not_found"


async def test_modal_stack_is_limited_to_three_views(slack: LocalSlack) -> None:
    client = web_client(slack)
    await client.views_open(trigger_id=await new_trigger_id(slack), view=modal(input_block()))
    for _ in range(2):
        await client.views_push(trigger_id=await new_trigger_id(slack), view=modal())
    assert (
        await error_of(client.views_push(trigger_id=await new_trigger_id(slack), view=modal())) == "push_limit_reached"
    )


# -- limits and faults ------------------------------------------------------------------------------------------------


async def test_rate_limits_are_enforced_on_request(slack: LocalSlack) -> None:
    client, anna = web_client(slack), slack.person("anna")
    await anna.control("POST", "switches", rate_limits=True)
    for _ in range(20):
        await client.conversations_list()
    with pytest.raises(SlackApiError, match="ratelimited") as limited:
        await client.conversations_list()
    response = limited.value.response
    assert (response.status_code, int(response.headers["Retry-After"]) > 0) == (429, True)


async def test_faults_can_be_injected(slack: LocalSlack) -> None:
    client, anna = web_client(slack), slack.person("anna")
    for fault in ("fatal_error", "http_500", "lost_answer"):
        await anna.control("POST", "faults", method="chat.postMessage", fault=fault)
    assert await error_of(client.chat_postMessage(channel="desk", text="1")) == "fatal_error"
    with pytest.raises(SlackApiError, match="500"):
        await client.chat_postMessage(channel="desk", text="2")
    client.retry_handlers.clear()
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="desk", text="3")
    assert [it["text"] for it in await anna.messages("#desk")] == ["3"]


# -- scheduled --------------------------------------------------------------------------------------------------------


async def test_scheduled_message_is_posted_when_the_clock_reaches_its_time(slack: LocalSlack) -> None:
    client, desk, anna = web_client(slack), channel_id(slack, "desk"), slack.person("anna")
    post_at = int(slack.clock.now()) + 3600
    await client.chat_scheduleMessage(channel=desk, text="later", post_at=post_at)
    dropped = await client.chat_scheduleMessage(channel=desk, text="never", post_at=post_at)
    await client.chat_deleteScheduledMessage(channel=desk, scheduled_message_id=dropped["scheduled_message_id"])
    await anna.advance(3601)
    assert (await anna.message("#desk", "later"))["text"] == "later"
    assert (await client.chat_scheduledMessages_list())["scheduled_messages"] == []
    assert await error_of(client.chat_scheduleMessage(channel=desk, text="x", post_at=post_at)) == "time_in_past"
