"""Message shortcuts on alerts and shared messages: where their words are when `text` is empty."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from localslack import LocalSlack, SeedApp
from localslack.visible import text_of
from tests.localslack.embedded import Json, bolt_app, over_socket_mode, seed, web_client
from tests.timeouts import long_timeouts


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(
        seed(apps=[SeedApp(name="Bot"), SeedApp(name="Alerts")]), switches=long_timeouts()
    ) as running:
        running.admin.add_member("#desk", "Alerts")
        yield running


async def noted(slack: LocalSlack, message: Json) -> Json:
    """The message a shortcut's listener gets."""
    app, payloads = bolt_app(slack), asyncio.Queue[Json]()

    @app.message_shortcut("note")
    async def note(ack: Any, shortcut: Json) -> None:
        await ack()
        await payloads.put(shortcut["message"])

    async with over_socket_mode(slack, app):
        assert (await slack.person("anna").shortcut("note", message))["outcome"] == "ack"
        return await payloads.get()


async def test_alert_of_another_app_carries_its_words_in_blocks_and_attachments(slack: LocalSlack) -> None:
    header = {"type": "header", "text": {"type": "plain_text", "text": "CPU at 98 %"}}
    legacy = {
        "title": "Host mx1",
        "text": "since 10:00",
        "fallback": "CPU",
        "fields": [{"title": "Load", "value": "9"}],
    }
    await web_client(slack, 1).chat_postMessage(channel="#desk", blocks=[header], attachments=[legacy])
    [alert] = [m for m in await slack.person("anna").messages("#desk") if m.get("app_id") == slack.apps[1].id][-1:]
    message = await noted(slack, alert)
    assert message["text"] == ""
    assert message["blocks"][0]["text"]["text"] == "CPU at 98 %"
    assert message["attachments"][0]["fields"] == legacy["fields"]
    assert message["bot_id"] == slack.apps[1].bot_id


async def test_shared_message_carries_its_words_in_an_attachment(slack: LocalSlack) -> None:
    original = await slack.person("ben").post("#lounge", "Mail is *late* since noon")
    anna = slack.person("anna")
    shared = (await anna.act("forward", channel=original["channel"], ts=original["ts"], to="#desk"))["message"]
    message = await noted(slack, shared)
    [attachment] = message["attachments"]
    assert message["text"] == ""
    assert (attachment["is_share"], attachment["text"]) == (True, "Mail is *late* since noon")
    assert attachment["author_id"] == slack.admin.member("ben").id
    assert attachment["from_url"].endswith(original["ts"].replace(".", ""))
    assert "Mail is " in text_of({"blocks": attachment["message_blocks"][0]["message"]["blocks"]})


async def test_share_with_a_comment_keeps_both(slack: LocalSlack) -> None:
    original = await slack.person("ben").post("#lounge", "first")
    anna = slack.person("anna")
    shared = await anna.act("forward", channel=original["channel"], ts=original["ts"], to="#desk", text="look & see")
    assert shared["message"]["text"] == "look &amp; see"
    assert shared["message"]["attachments"][0]["text"] == "first"
