"""Dropped, doubled and late payloads, and silent sockets, as an app on Bolt receives them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from localslack import LocalSlack
from tests.localslack.embedded import Json, bolt_app, over_http, over_socket_mode, seed
from tests.localslack.traffic_watch import until
from tests.timeouts import TIMEOUT


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(seed()) as running:
        running.switches.ack_seconds = running.switches.redeliver_seconds = 0.5
        running.switches.http_retry_seconds = [0.0, 0.1, 0.1]
        yield running


class Hearing:
    """A Bolt app that notes every message event and command."""

    def __init__(self, slack: LocalSlack) -> None:
        self.app: AsyncApp = bolt_app(slack)
        self.received: asyncio.Queue[str] = asyncio.Queue()
        self.app.event("message")(self._message)
        self.app.command("/go")(self._command)

    async def _message(self, event: Json) -> None:
        await self.received.put(event.get("text", ""))

    async def _command(self, ack: Any, command: Json) -> None:
        await ack()
        await self.received.put(command["text"])

    async def next(self) -> str:
        return await asyncio.wait_for(self.received.get(), TIMEOUT)


@pytest.mark.parametrize("transport", [over_socket_mode, over_http])
async def test_doubled_event_arrives_twice(slack: LocalSlack, transport: Any) -> None:
    hearing = Hearing(slack)
    async with transport(slack, hearing.app):
        slack.faults.order("event:message", "doubled")
        await slack.person("anna").post("#desk", "once")
        assert [await hearing.next(), await hearing.next()] == ["once", "once"]


@pytest.mark.parametrize("transport", [over_socket_mode, over_http])
async def test_dropped_event_comes_with_slacks_next_attempt(slack: LocalSlack, transport: Any) -> None:
    hearing = Hearing(slack)
    async with transport(slack, hearing.app):
        slack.faults.order("event:message", "dropped")
        await slack.person("anna").post("#desk", "lost and found")
        assert await hearing.next() == "lost and found"
    rows = [row for row in slack.services.traffic.rows() if row.kind == "event:message"]
    assert [(row.fault, row.retry) for row in rows[:2]] == [("dropped", 0), ("", 1)]


@pytest.mark.parametrize("transport", [over_socket_mode, over_http])
async def test_event_dropped_at_every_attempt_never_arrives(slack: LocalSlack, transport: Any) -> None:
    hearing = Hearing(slack)
    async with transport(slack, hearing.app):
        slack.faults.order("event:message", "dropped", times=4)
        await slack.person("anna").post("#desk", "gone")
        await until(slack, lambda: slack.faults.listed() == [])
        await slack.person("anna").post("#desk", "next")
        assert await hearing.next() == "next"


@pytest.mark.parametrize("transport", [over_socket_mode, over_http])
async def test_late_event_is_overtaken_by_a_later_one(slack: LocalSlack, transport: Any) -> None:
    hearing = Hearing(slack)
    slack.switches.ack_seconds = slack.switches.redeliver_seconds = TIMEOUT  # so that there is no second attempt
    async with transport(slack, hearing.app):
        slack.faults.order("event:message", "late", seconds=TIMEOUT)
        await slack.person("anna").post("#desk", "first")
        await slack.person("anna").post("#desk", "second")
        assert await hearing.next() == "second"
        slack.faults.clear()
        assert await hearing.next() == "first"


@pytest.mark.parametrize("transport", [over_socket_mode, over_http])
async def test_command_that_comes_too_late_is_a_timeout_and_arrives_all_the_same(
    slack: LocalSlack, transport: Any
) -> None:
    hearing = Hearing(slack)
    async with transport(slack, hearing.app):
        slack.faults.order("slash_command", "late", seconds=0.7)
        assert (await slack.person("anna").command("#desk", "/go", "late"))["outcome"] == "timeout"
        assert await hearing.next() == "late"


async def test_delivery_fault_concerns_one_channel_only(slack: LocalSlack) -> None:
    hearing = Hearing(slack)
    async with over_socket_mode(slack, hearing.app):
        slack.admin.add_member("#lounge", "Bot")
        slack.faults.order("event:message", "dropped", channel="#lounge", times=None)
        await slack.person("anna").post("#lounge", "unheard")
        await slack.person("anna").post("#desk", "heard")
        assert await hearing.next() == "heard"


async def test_silent_socket_stays_open_and_hears_nothing(slack: LocalSlack) -> None:
    hearing, anna = Hearing(slack), slack.person("anna")
    slack.switches.redeliver_seconds = TIMEOUT  # a second attempt would take a socket's turn
    async with over_socket_mode(slack, hearing.app):
        await anna.control("POST", "apps/Bot/disconnect", reason="silent")
        assert (await anna.command("#desk", "/go", "unheard"))["outcome"] == "timeout"
        assert slack.services.sockets.is_connected(slack.apps[0].id)
        async with over_socket_mode(slack, hearing.app):  # a new socket works; the silent one still gets its share
            slack.switches.ack_seconds = TIMEOUT
            assert (await anna.command("#desk", "/go", "turn"))["outcome"] == "ack"
            slack.switches.ack_seconds = 0.5
            assert (await anna.command("#desk", "/go", "turn"))["outcome"] == "timeout"


async def test_silent_socket_answers_no_ping_so_that_the_official_client_notices(slack: LocalSlack) -> None:
    client = SocketModeClient(slack.apps[0].app_token, ping_interval=0.2)
    client.web_client.base_url = slack.api_url
    await client.connect()  # type: ignore[no-untyped-call]
    await slack.admin.disconnect("Bot", "silent")
    await until(slack, lambda: [row.kind for row in slack.services.traffic.rows()] == ["apps.connections.open"] * 2)
    await client.close()  # type: ignore[no-untyped-call]
