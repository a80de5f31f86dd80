"""Files in Slack are downloaded up to a size limit, and put below a letter once despite retries."""

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
from bot.adapters.slack.idempotent_posting import DeliveryAttempt
from bot.adapters.slack.uploads import Uploads
from bot.model.notice import Claim, Progress, Retry
from bot.model.ticket import Attachment
from bot.tickets.attachments import MissingFile, packed
from localslack import LocalSlack, Seed
from tests.doubles.records import START, a_notice
from tests.handlers.world import DEMO, RETARUS
from tests.timeouts import long_timeouts

FILE = Attachment(id="F1", name="trace.log", size=5)


class FakeFileServer:
    """A fake Slack server with scripted answers for one file."""

    def __init__(self) -> None:
        self.file_info: dict[str, Any] = {}
        self.answer = web.Response(body=b"trace")
        self.tokens: list[str] = []
        self.url = ""

    async def info(self, _: web.Request) -> web.Response:
        if "html" in self.file_info:
            return web.Response(status=503, text=self.file_info["html"])
        if "error" in self.file_info:
            return web.json_response({"ok": False, **self.file_info})
        return web.json_response({"ok": True, "file": {"id": "F1", "url_private": f"{self.url}file", **self.file_info}})

    async def file(self, request: web.Request) -> web.StreamResponse:
        self.tokens.append(request.headers.get("Authorization", ""))
        return self.answer


@pytest.fixture
async def slack() -> AsyncIterator[FakeFileServer]:
    slack = FakeFileServer()
    app = web.Application()
    app.router.add_get("/api/files.info", slack.info)
    app.router.add_get("/file", slack.file)
    async with TestServer(app, host="127.0.0.1") as server:
        slack.url = str(server.make_url("/"))
        yield slack


async def fetch(slack: FakeFileServer, limit: int = 100) -> bytes | MissingFile:
    async with aiohttp.ClientSession() as session:
        client: AsyncWebClient = for_outbox("xoxb-1", f"{slack.url}api/", session)
        return await SlackFiles(client, session).fetch(FILE, limit)


async def test_a_file_is_read_with_the_bots_token(slack: FakeFileServer) -> None:
    assert await fetch(slack) == b"trace"
    assert slack.tokens == ["Bearer xoxb-1"]


async def test_file_larger_than_the_limit_is_not_read(slack: FakeFileServer) -> None:
    slack.answer = web.Response(body=b"x" * 101)
    assert await fetch(slack) == MissingFile("is too large to send with a letter", is_too_large=True)


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        ({"error": "file_not_found"}, "was deleted in Slack"),
        ({"error": "file_deleted"}, "was deleted in Slack"),
        ({"mode": "tombstone"}, "was deleted in Slack"),
        ({"error": "access_denied"}, "may not be read by the bot"),
        ({"is_external": True}, "is kept somewhere else"),
    ],
)
async def test_unavailable_file_has_a_reason_and_the_token_is_not_sent(
    slack: FakeFileServer, expected: dict[str, Any], reason: str
) -> None:
    slack.file_info = expected
    assert await fetch(slack) == MissingFile(reason)
    assert slack.tokens == []


@pytest.mark.parametrize(("status", "reason"), [(302, "may not be read by the bot"), (404, "was deleted in Slack")])
async def test_sign_in_page_is_not_mistaken_for_the_file(slack: FakeFileServer, status: int, reason: str) -> None:
    slack.answer = web.Response(status=status, headers={"Location": f"{slack.url}sign-in"})
    assert await fetch(slack) == MissingFile(reason)


async def test_temporary_failure_is_raised_for_a_retry(slack: FakeFileServer) -> None:
    slack.answer = web.Response(status=503)
    with pytest.raises(aiohttp.ClientError):
        await fetch(slack)
    for info in ({"error": "internal_error"}, {"html": "<h1>busy</h1>"}):
        slack.file_info = info
        with pytest.raises(SlackApiError) as failed:
            await fetch(slack)
        assert isinstance(outcome_of(failed.value, START, Claim(notice=a_notice(), attempt=1)), Retry)


async def test_files_are_put_below_a_letter_once_despite_retries() -> None:
    async with (
        LocalSlack(Seed.from_file(DEMO / "cast.toml"), switches=long_timeouts()) as local,
        aiohttp.ClientSession() as session,
    ):
        client = for_outbox(local.app("Partner Desk").bot_token, local.api_url, session)
        ben, rita = local.person("ben"), local.person("rita")
        file = (await ben.upload("trace.log", b"trace"))["files"][0]
        letter = await client.chat_postMessage(channel="C0RETARUS1", text="The letter")
        body = packed([Attachment(id=file["id"], name="trace.log", size=5)])
        notice = a_notice(to="C0RETARUS1", body=body)
        uploads = Uploads(SlackFiles(client, session), 100)
        for claim in (Claim(notice=notice, attempt=1), Claim(notice=notice, attempt=2, progress=Progress(unsure=True))):
            assert await uploads.below(DeliveryAttempt(client, claim), letter["ts"]) == ()
        below = await rita.thread(await rita.message(RETARUS, "The letter"))
        assert [each["name"] for message in below for each in message.get("files", [])] == ["trace.log"]
