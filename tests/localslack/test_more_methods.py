"""Streams, assistants, webhooks and the errors that Slack documents, by the official SDK and Bolt."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAssistant
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from localslack import LocalSlack
from localslack.visible import text_of
from tests.localslack.embedded import Json, bolt_app, error_of, over_socket_mode, seed, web_client
from tests.timeouts import long_timeouts


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(seed(), switches=long_timeouts()) as running:
        yield running


@pytest.fixture
def client(slack: LocalSlack) -> Any:
    return web_client(slack)


@pytest.fixture
async def posted(slack: LocalSlack, client: AsyncWebClient) -> Json:
    """A message of the bot in #desk: `channel` and `ts`."""
    answer = await client.chat_postMessage(channel="#desk", text="first")
    return {"channel": answer["channel"], "ts": answer["ts"]}


# -- streams ----------------------------------------------------------------------------------------------------------


async def started(slack: LocalSlack, client: Any, posted: Json, **more: Any) -> Json:
    person = slack.admin.member("anna")
    recipient = {"recipient_user_id": person.id, "recipient_team_id": person.team_id}
    answer = await client.chat_startStream(channel=posted["channel"], thread_ts=posted["ts"], **recipient, **more)
    return {"channel": answer["channel"], "ts": answer["ts"]}


async def test_stream_grows_and_ends(slack: LocalSlack, client: Any, posted: Json) -> None:
    stream = await started(slack, client, posted, markdown_text="**Look")
    await client.chat_appendStream(**stream, markdown_text="ing** it up")
    growing = await slack.person("anna").reply({"channel": posted["channel"], "ts": posted["ts"]})
    assert (growing["text"], growing["streaming_state"]) == ("**Looking** it up", "in_progress")
    assert await error_of(client.chat_update(**stream, text="x")) == "streaming_state_conflict"
    button = {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Fine"}}]}
    ended = await client.chat_stopStream(**stream, markdown_text=".", blocks=[button])
    assert ended["message"]["text"] == "**Looking** it up."
    assert [block["type"] for block in ended["message"]["blocks"]] == ["markdown", "actions"]
    assert "streaming_state" not in ended["message"]
    assert await error_of(client.chat_appendStream(**stream, markdown_text="x")) == "message_not_in_streaming_state"


async def test_stream_shows_tasks_in_a_plan(slack: LocalSlack, client: Any, posted: Json) -> None:
    stream = await started(slack, client, posted, task_display_mode="plan")
    task = {"type": "task_update", "id": "t1", "title": "Search", "status": "in_progress", "details": "logs"}
    await client.chat_appendStream(**stream, chunks=[{"type": "plan_update", "title": "Analysis"}, task])
    done = {"type": "task_update", "id": "t1", "status": "complete", "output": "nothing found"}
    ended = await client.chat_stopStream(**stream, chunks=[done, {"type": "markdown_text", "text": "Done."}])
    plan, words = ended["message"]["blocks"]
    assert (plan["type"], plan["title"], words["text"]) == ("plan", "Analysis", "Done.")
    [shown] = plan["tasks"]
    assert (shown["title"], shown["status"], shown["output"]["type"]) == ("Search", "complete", "rich_text")


async def test_stream_by_the_helper_of_the_sdk(slack: LocalSlack, client: Any, posted: Json) -> None:
    person = slack.admin.member("anna")
    streamer = await client.chat_stream(
        channel=posted["channel"],
        thread_ts=posted["ts"],
        recipient_user_id=person.id,
        recipient_team_id=person.team_id,
        buffer_size=1,
    )
    await streamer.append(markdown_text="one ")
    ended = await streamer.stop(markdown_text="two")
    assert ended["message"]["text"] == "one two"


async def test_stream_refuses_as_documented(slack: LocalSlack, client: Any, posted: Json) -> None:
    bare = {"channel": posted["channel"], "thread_ts": posted["ts"]}
    assert await error_of(client.chat_startStream(**bare)) == "missing_recipient_user_id"
    anna = slack.admin.member("anna").id
    assert await error_of(client.chat_startStream(**bare, recipient_user_id=anna)) == "missing_recipient_team_id"
    stream = await started(slack, client, posted)
    assert await error_of(client.chat_appendStream(**stream)) == "no_text"
    assert await error_of(client.chat_appendStream(**stream, markdown_text="x" * 12_001)) == "msg_too_long"
    assert await error_of(client.chat_appendStream(**stream, chunks=[{"type": "odd"}])) == "invalid_arguments"
    assert await error_of(client.chat_appendStream(**posted, markdown_text="x")) == "message_not_in_streaming_state"


# -- assistants -------------------------------------------------------------------------------------------------------


async def test_assistant_of_bolt_answers_in_its_thread(slack: LocalSlack) -> None:
    app, assistant, contexts = bolt_app(slack), AsyncAssistant(), asyncio.Queue[Json]()

    @assistant.thread_started
    async def thread_started(say: Any, set_suggested_prompts: Any, get_thread_context: Any, set_title: Any) -> None:
        await set_title("Help")
        await set_suggested_prompts(prompts=[{"title": "Status", "message": "What is the status?"}])
        await say("How can I help?")
        await contexts.put((await get_thread_context()) or {})

    @assistant.user_message
    async def user_message(payload: Json, say: Any, set_status: Any) -> None:
        await set_status("is thinking…")
        await say(f"You asked: {payload['text']}")

    app.use(assistant)
    anna = slack.person("anna")
    async with over_socket_mode(slack, app):
        place = await anna.act("open_assistant", app_id=slack.apps[0].id, context="#desk")
        root = {"channel": place["channel"], "ts": place["thread_ts"]}
        await anna.reply(root, "How can I help?")
        assert (await contexts.get()).get("channel_id") == slack.admin.channel("desk").id
        [thread] = (await anna.read("views"))["assistants"]
        assert (thread["title"], thread["prompts"]["prompts"][0]["message"]) == ("Help", "What is the status?")
        await anna.act("post", channel=root["channel"], thread_ts=root["ts"], text="And now?")
        await anna.reply(root, "You asked: And now?")

        def statuses() -> list[str]:
            return [frame["assistant"]["status"] for frame in anna.frames if frame["type"] == "assistant"]

        await anna.wait_for(lambda: statuses()[-2:] == ["is thinking…", ""], "the answer to end the status")


async def test_context_of_an_assistant_thread_is_kept_by_bolt_when_it_changes(slack: LocalSlack) -> None:
    app, assistant, contexts = bolt_app(slack), AsyncAssistant(), asyncio.Queue[str]()

    @assistant.thread_started
    async def thread_started(say: Any) -> None:
        await say("How can I help?")

    @assistant.thread_context_changed
    async def changed(payload: Json, save_thread_context: Any, get_thread_context: Any) -> None:
        await save_thread_context(payload["assistant_thread"]["context"])
        await contexts.put(str((await get_thread_context())["channel_id"]))

    app.use(assistant)
    anna, app_id = slack.person("anna"), slack.apps[0].id
    async with over_socket_mode(slack, app):
        for context in ("#desk", None):
            opened = {"app_id": app_id, **({"context": context} if context else {})}
            place = await anna.act("open_assistant", **opened)
            await anna.reply({"channel": place["channel"], "ts": place["thread_ts"]}, "How can I help?")
            for name in ("lounge", "desk"):
                where = {"channel": place["channel"], "thread_ts": place["thread_ts"]}
                await anna.act("assistant_context", app_id=app_id, context=f"#{name}", **where)
                assert await contexts.get() == slack.admin.channel(name).id


async def test_assistant_methods_refuse_as_documented(client: Any, posted: Json) -> None:
    place = {"channel_id": posted["channel"], "thread_ts": "1.000000"}
    assert await error_of(client.assistant_threads_setTitle(**place, title="x")) == "invalid_thread_ts"
    there = {"channel_id": posted["channel"], "thread_ts": posted["ts"]}
    assert await error_of(client.assistant_threads_setSuggestedPrompts(**there, prompts=[])) == "invalid_arguments"
    elsewhere = {"channel_id": "C0NONE", "thread_ts": posted["ts"]}
    assert await error_of(client.assistant_threads_setStatus(**elsewhere, status="x")) == "channel_not_found"


# -- webhooks ---------------------------------------------------------------------------------------------------------


async def test_incoming_webhook_posts_without_a_token(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    url = (await anna.control("POST", "apps/Bot/webhook", channel="#desk"))["url"]
    webhook = AsyncWebhookClient(url)
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "CPU at 98 %"}}
    answer = await webhook.send(text="alert", blocks=[section])
    assert (answer.status_code, answer.body) == (200, "ok")
    message = await anna.message("#desk", "CPU")
    assert (message["subtype"], message["bot_id"]) == ("bot_message", slack.apps[0].bot_id)
    assert "user" not in message
    assert url == (await anna.control("POST", "apps/Bot/webhook", channel="#desk"))["url"]


async def test_incoming_webhook_refuses_in_plain_text(slack: LocalSlack) -> None:
    url = (await slack.person("anna").control("POST", "apps/Bot/webhook", channel="#desk"))["url"]
    answers = [await AsyncWebhookClient(url).send_dict(body) for body in ({"text": ""}, {"blocks": [{"type": "odd"}]})]
    assert [(answer.status_code, answer.body) for answer in answers] == [(400, "no_text"), (400, "invalid_blocks")]
    slack.admin.archive("#desk")
    gone = await AsyncWebhookClient(url).send(text="x")
    assert (gone.status_code, gone.body) == (410, "channel_is_archived")
    unknown = await AsyncWebhookClient(url[:-1] + "_").send(text="x")
    assert (unknown.status_code, unknown.body) == (404, "no_service")


# -- documented errors ------------------------------------------------------------------------------------------------


async def test_update_is_refused_beyond_four_thousand_characters(client: Any, posted: Json) -> None:
    assert (await client.chat_update(**posted, text="x" * 4_000))["ok"]
    assert await error_of(client.chat_update(**posted, text="x" * 4_001)) == "msg_too_long"


async def test_markdown_text_is_refused_beyond_twelve_thousand_characters(client: Any) -> None:
    assert (await client.chat_postMessage(channel="#desk", markdown_text="x" * 12_000))["ok"]
    assert await error_of(client.chat_postMessage(channel="#desk", markdown_text="x" * 12_001)) == "msg_too_long"


async def test_scheduling_is_limited_and_keeps_blocks_and_metadata(slack: LocalSlack, client: Any) -> None:
    soon = int(slack.clock.now()) + 60
    metadata = {"event_type": "reminder", "event_payload": {"id": "1"}}
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "in blocks"}}]
    planned = await client.chat_scheduleMessage(
        channel="#desk", post_at=soon, text="later", blocks=blocks, metadata=metadata
    )
    assert (planned["message"]["blocks"], planned["message"]["metadata"]) == (blocks, metadata)
    slack.clock.advance(61)
    message = await slack.person("anna").message("#desk", "in blocks")
    assert message["metadata"] == metadata
    again = int(slack.clock.now()) + 600
    for _ in range(30):
        await client.chat_scheduleMessage(channel="#desk", post_at=again, text="x")
    assert await error_of(client.chat_scheduleMessage(channel="#desk", post_at=again, text="x")) == (
        "restricted_too_many"
    )
    assert (await client.chat_scheduleMessage(channel="#desk", post_at=again + 300, text="x"))["ok"]


@pytest.mark.parametrize("post_at", ["soon", "0", "", "-5", "1e400"])
async def test_scheduling_refuses_an_invalid_time(client: Any, post_at: str) -> None:
    call = client.api_call("chat.scheduleMessage", json={"channel": "#desk", "text": "x", "post_at": post_at})
    assert await error_of(call) == "invalid_time"


async def test_reactions_refuse_as_documented(client: Any, posted: Json) -> None:
    place = {"channel": posted["channel"], "timestamp": posted["ts"]}
    for name in ("Not a name", "no-such-thing", "tada::skin-tone-2", "wave::skin-tone-7", "partydesk"):
        assert await error_of(client.reactions_add(name=name, **place)) == "invalid_name"
    bad = {"name": "eyes", "channel": posted["channel"], "timestamp": "yesterday"}
    for method in ("reactions.add", "reactions.remove", "reactions.get"):
        for item in ({}, {"channel": posted["channel"]}, {"timestamp": posted["ts"]}):
            call = client.api_call(method, json={"name": "eyes", **item})
            assert await error_of(call) == "no_item_specified"
        assert await error_of(client.api_call(method, json=bad)) == "bad_timestamp"
    clocks = [f"clock{hour}" for hour in range(1, 13)]
    for name in (
        *clocks,
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "wave::skin-tone-2",
        ":+1:",
    ):
        await client.reactions_add(name=name, **place)
    assert await error_of(client.reactions_add(name="eyes", **place)) == "too_many_reactions"


async def test_user_groups_refuse_as_documented(client: Any) -> None:
    await client.usergroups_create(name="Second level", handle="second")
    for name, handle, error in (
        ("Second level", "other", "name_already_exists"),
        (" SECOND  Level ", "other", "name_already_exists"),
        ("Other", "SECOND", "handle_already_exists"),
        ("Other", "Anna", "handle_already_exists"),
        ("Other", "second", "handle_already_exists"),
        ("Other", "anna", "handle_already_exists"),
        ("Other", "desk", "handle_already_exists"),
        ("!!!", "other", "invalid_name_punctuation"),
    ):
        assert await error_of(client.usergroups_create(name=name, handle=handle)) == error
    third = (await client.usergroups_create(name="Größe", handle="third"))["usergroup"]["id"]
    assert await error_of(client.usergroups_create(name="GRÖSSE", handle="other")) == "name_already_exists"
    assert await error_of(client.usergroups_update(usergroup=third, name="second level")) == "name_already_exists"
    assert (await client.usergroups_update(usergroup=third, name="GRÖSSE"))["usergroup"]["name"] == "GRÖSSE"


@pytest.mark.parametrize("name", ["-", "---", "_-_"])
async def test_name_of_a_channel_is_not_punctuation_only(client: Any, name: str) -> None:
    assert await error_of(client.conversations_create(name=name)) == "invalid_name_punctuation"
    own = (await client.conversations_create(name="named"))["channel"]["id"]
    assert await error_of(client.conversations_rename(channel=own, name=name)) == "invalid_name_punctuation"


async def test_channel_is_reopened_and_direct_message_is_closed(slack: LocalSlack, client: Any) -> None:
    desk = slack.admin.channel("desk").id
    assert await error_of(client.conversations_unarchive(channel=desk)) == "not_archived"
    assert await error_of(client.conversations_close(channel=desk)) == "method_not_supported_for_channel_type"
    await client.conversations_archive(channel=desk)
    await client.conversations_unarchive(channel=desk)
    assert (await client.chat_postMessage(channel=desk, text="open"))["ok"]
    talk = (await client.conversations_open(users=slack.admin.member("anna").id))["channel"]["id"]
    assert (await client.conversations_close(channel=talk))["already_closed"] is True
    assert await error_of(client.conversations_unarchive(channel=talk)) == "method_not_supported_for_channel_type"


async def test_metadata_may_name_entities(client: Any) -> None:
    entity = {
        "entity_type": "slack#/entities/task",
        "entity_payload": {"attributes": {"title": {"text": "T"}}},
        "external_ref": {"id": "1"},
        "url": "https://example.com/1",
    }
    posted = await client.chat_postMessage(channel="#desk", text="x", metadata={"entities": [entity]})
    assert posted["message"]["metadata"]["entities"] == [entity]
    wrong = {"entities": [{"entity_type": "x"}]}
    assert await error_of(client.chat_postMessage(channel="#desk", text="x", metadata=wrong)) == (
        "invalid_metadata_format"
    )


async def test_text_without_mrkdwn_says_so(slack: LocalSlack, client: Any) -> None:
    await client.chat_postMessage(channel="#desk", text="*stars*", mrkdwn=False)
    assert (await slack.person("anna").message("#desk", "*stars*"))["mrkdwn"] is False


async def test_tasks_of_a_plan_need_no_type(slack: LocalSlack, client: Any) -> None:
    task = {"task_id": "1", "title": "Look", "status": "pending"}
    await client.chat_postMessage(
        channel="#desk", text="x", blocks=[{"type": "plan", "title": "Plan", "tasks": [task]}]
    )
    assert "Plan" in str((await slack.person("anna").messages("#desk"))[-1]["blocks"])
    assert text_of((await slack.person("anna").messages("#desk"))[-1]) is not None
