"""Bytes of files in Slack are read within bounds, and put below a letter once, however often that is tried."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import outcome_of
from bot.adapters.slack.client import for_outbox
from bot.adapters.slack.files import SlackFiles
from bot.adapters.slack.uploads import Uploads
from bot.model.notice import Claim, Retry
from bot.model.ticket import Attachment
from bot.tickets.attachments import Gone, packed
from localslack import LocalSlack, Seed
from tests.doubles.records import START, a_notice
from tests.handlers.world import DEMO, RETARUS

FILE = Attachment(id="F1", name="trace.log", size=5)


class Slack:
    """Says of a file what it is told, and gives it as it is told."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}
        self.answer = web.Response(body=b"trace")
        self.tokens: list[str] = []
        self.url = ""

    async def info(self, _: web.Request) -> web.Response:
        if "html" in self.told:
            return web.Response(status=503, text=self.told["html"])
        if "error" in self.told:
            return web.json_response({"ok": False, **self.told})
        return web.json_response({"ok": True, "file": {"id": "F1", "url_private": f"{self.url}file", **self.told}})

    async def file(self, request: web.Request) -> web.StreamResponse:
        self.tokens.append(request.headers.get("Authorization", ""))
        return self.answer


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    slack = Slack()
    app = web.Application()
    app.router.add_get("/api/files.info", slack.info)
    app.router.add_get("/file", slack.file)
    async with TestServer(app, host="127.0.0.1") as server:
        slack.url = str(server.make_url("/"))
        yield slack


async def fetch(slack: Slack, most: int = 100) -> bytes | Gone:
    async with aiohttp.ClientSession() as session:
        client: AsyncWebClient = for_outbox("xoxb-1", f"{slack.url}api/", session)
        return await SlackFiles(client, session).fetch(FILE, most)


async def test_a_file_is_read_with_the_bots_token(slack: Slack) -> None:
    assert await fetch(slack) == b"trace"
    assert slack.tokens == ["Bearer xoxb-1"]


async def test_more_than_was_asked_for_is_not_read(slack: Slack) -> None:
    slack.answer = web.Response(body=b"x" * 101)
    assert await fetch(slack) == Gone("is larger than what goes along with a letter")


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"error": "file_not_found"}, "was deleted in Slack"),
        ({"error": "file_deleted"}, "was deleted in Slack"),
        ({"mode": "tombstone"}, "was deleted in Slack"),
        ({"error": "access_denied"}, "may not be read by the bot"),
        ({"is_external": True}, "is kept somewhere else"),
    ],
)
async def test_what_cannot_be_had_says_why_and_sends_the_token_nowhere(
    slack: Slack, told: dict[str, Any], why: str
) -> None:
    slack.told = told
    assert await fetch(slack) == Gone(why)
    assert slack.tokens == []


@pytest.mark.parametrize(("status", "why"), [(302, "may not be read by the bot"), (404, "was deleted in Slack")])
async def test_a_sign_in_page_is_not_taken_for_the_file(slack: Slack, status: int, why: str) -> None:
    slack.answer = web.Response(status=status, headers={"Location": f"{slack.url}sign-in"})
    assert await fetch(slack) == Gone(why)


async def test_what_may_be_better_later_is_raised_so_that_it_is_tried_again(slack: Slack) -> None:
    slack.answer = web.Response(status=503)
    with pytest.raises(aiohttp.ClientError):
        await fetch(slack)
    for told in ({"error": "internal_error"}, {"html": "<h1>busy</h1>"}):
        slack.told = told
        with pytest.raises(SlackApiError) as failed:
            await fetch(slack)
        assert isinstance(outcome_of(failed.value, START, "n1", 1), Retry)


async def test_files_are_put_below_a_letter_once_however_often_it_is_tried() -> None:
    async with LocalSlack(Seed.from_file(DEMO / "cast.toml")) as local, aiohttp.ClientSession() as session:
        client = for_outbox(local.app("Partner Desk").bot_token, local.api_url, session)
        ben, rita = local.person("ben"), local.person("rita")
        file = (await ben.upload("trace.log", b"trace"))["files"][0]
        letter = await client.chat_postMessage(channel="C0RETARUS1", text="The letter")
        body = packed([Attachment(id=file["id"], name="trace.log", size=5)])
        notice = a_notice(to="C0RETARUS1", body=body)
        uploads = Uploads(client, SlackFiles(client, session), 100)
        for attempt in (1, 2):
            assert await uploads.below(Claim(notice=notice, attempt=attempt), letter["ts"]) == ()
        below = await rita.thread(await rita.message(RETARUS, "The letter"))
        assert [each["name"] for message in below for each in message.get("files", [])] == ["trace.log"]
