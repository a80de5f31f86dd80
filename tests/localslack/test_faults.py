"""Faults of calls: the error of the official SDK, and whether the call took effect, for every kind of fault."""

import asyncio
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from localslack import LocalSlack, Refusal
from localslack.faults import Faults
from tests.localslack.embedded import Json, error_of, seed, web_client
from tests.localslack.traffic_watch import until
from tests.timeouts import long_timeouts


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(seed(), switches=long_timeouts()) as running:
        yield running


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    """A client that tries each call once."""
    bare = web_client(slack)
    bare.retry_handlers = []
    return bare


async def texts(slack: LocalSlack, channel: str = "#desk") -> list[str]:
    return [message["text"] for message in await slack.person("anna").messages(channel)]


@pytest.mark.parametrize(("when", "arrives"), [("before", False), ("after", True)])
async def test_reset_breaks_the_line_before_or_after_the_effect(
    slack: LocalSlack, client: AsyncWebClient, when: str, arrives: bool
) -> None:
    slack.faults.order("chat.postMessage", "reset", when=when)
    with pytest.raises((aiohttp.ClientError, OSError)):
        await client.chat_postMessage(channel="#desk", text="hello")
    assert ("hello" in await texts(slack)) is arrives
    await client.chat_postMessage(channel="#desk", text="again")
    assert (await texts(slack))[-1] == "again"


@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize(("when", "arrives"), [("before", False), ("after", True)])
async def test_http_error_is_no_json_and_says_nothing_of_the_effect(
    slack: LocalSlack, client: AsyncWebClient, status: int, when: str, arrives: bool
) -> None:
    slack.faults.order("chat.postMessage", f"http_{status}", when=when)
    with pytest.raises(SlackApiError) as raised:
        await client.chat_postMessage(channel="#desk", text="hello")
    assert raised.value.response.status_code == status
    assert ("hello" in await texts(slack)) is arrives


@pytest.mark.parametrize("fault", ["truncated", "garbage"])
async def test_broken_body_comes_after_the_effect(slack: LocalSlack, client: AsyncWebClient, fault: str) -> None:
    slack.faults.order("chat.postMessage", fault)
    with pytest.raises((aiohttp.ClientError, SlackApiError)):
        await client.chat_postMessage(channel="#desk", text="hello")
    assert await texts(slack) == ["hello"]


async def test_rate_limit_says_when_to_come_back_and_does_nothing(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.order("chat.*", "ratelimited", retry_after=7)
    with pytest.raises(SlackApiError) as raised:
        await client.chat_postMessage(channel="#desk", text="hello")
    assert (raised.value.response.status_code, raised.value.response.headers["Retry-After"]) == (429, "7")
    assert await texts(slack) == []


async def test_error_after_the_effect_is_answered_although_it_happened(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    slack.faults.order("chat.postMessage", "fatal_error", when="after")
    assert await error_of(client.chat_postMessage(channel="#desk", text="hello")) == "fatal_error"
    assert await texts(slack) == ["hello"]


@pytest.mark.parametrize(("when", "arrives"), [("before", False), ("after", True)])
async def test_hanging_call_ends_when_its_fault_is_taken_back(
    slack: LocalSlack, client: AsyncWebClient, when: str, arrives: bool
) -> None:
    slack.faults.order("chat.postMessage", "hang", when=when)
    call = asyncio.create_task(client.chat_postMessage(channel="#desk", text="hello"))
    await until(slack, lambda: slack.faults.listed() == [])
    assert not call.done()
    slack.faults.clear()
    with pytest.raises((aiohttp.ClientError, OSError)):
        await call
    assert ("hello" in await texts(slack)) is arrives


async def test_hanging_call_ends_after_its_seconds(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.order("auth.test", "hang", seconds=0.2)
    began = time.monotonic()
    with pytest.raises((aiohttp.ClientError, OSError)):
        await client.auth_test()
    assert time.monotonic() - began >= 0.2


async def test_slow_call_is_answered_in_the_end(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.order("auth.test", "slow", seconds=0.2, jitter=0.1)
    began = time.monotonic()
    assert (await client.auth_test())["ok"]
    assert time.monotonic() - began >= 0.2


async def test_fault_concerns_one_channel_only(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.order("chat.postMessage", "is_archived", channel="#desk", times=None)
    slack.admin.add_member("#lounge", "Bot")
    assert await error_of(client.chat_postMessage(channel="#desk", text="a")) == "is_archived"
    assert await error_of(client.chat_postMessage(channel=slack.admin.channel("desk").id, text="b")) == "is_archived"
    assert (await client.chat_postMessage(channel="#lounge", text="c"))["ok"]


async def test_fault_concerns_the_direct_messages_of_one_person(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.order("chat.postMessage", "msg_too_long", channel="@anna", times=None)
    anna, ben = slack.admin.member("anna").id, slack.admin.member("ben").id
    assert await error_of(client.chat_postMessage(channel=anna, text="a")) == "msg_too_long"
    assert (await client.chat_postMessage(channel=ben, text="b"))["ok"]


async def test_fault_skips_calls_and_happens_a_number_of_times(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.order("auth.test", "internal_error", skip=1, times=2)
    outcomes = [await outcome(client) for _ in range(5)]
    assert outcomes == ["ok", "internal_error", "internal_error", "ok", "ok"]
    assert slack.faults.listed() == []


async def outcome(client: AsyncWebClient) -> str:
    try:
        await client.auth_test()
    except SlackApiError as error:
        return str(error.response["error"])
    return "ok"


async def test_fault_with_a_probability_is_the_same_for_the_same_seed(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    runs = []
    for _ in range(2):
        slack.faults.clear()
        slack.faults.order("*", "internal_error", probability=0.25, seed=7)
        runs.append([await outcome(client) for _ in range(40)])
    assert runs[0] == runs[1]
    assert 2 <= runs[0].count("internal_error") <= 20


async def test_fault_ends_after_its_time() -> None:
    faults = Faults()
    faults.order("*", "internal_error", for_seconds=0)
    assert faults.for_call("auth.test") is None
    faults.order("*", "internal_error", for_seconds=60)
    assert all(faults.for_call("auth.test") for _ in range(3))


async def test_files_and_response_urls_meet_faults_too(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.order("upload", "reset", when="after")
    with pytest.raises((aiohttp.ClientError, OSError)):
        await client.files_upload_v2(channel=slack.admin.channel("desk").id, content="words", filename="a.txt")
    assert await texts(slack) == []
    slack.faults.order("response_url", "http_503")
    async with aiohttp.ClientSession() as session, session.post(f"{slack.page_url}actions/x", json={}) as answer:
        assert answer.status == 503


async def test_new_socket_meets_a_fault_and_can_be_opened_again(slack: LocalSlack) -> None:
    app_client = AsyncWebClient(slack.apps[0].app_token, base_url=slack.api_url)
    url = (await app_client.apps_connections_open(app_token=slack.apps[0].app_token))["url"]
    slack.faults.order("socket", "http_503")
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            await session.ws_connect(url)
        async with session.ws_connect(url) as socket:
            assert (await socket.receive_json())["type"] == "hello"


async def test_control_interface_orders_lists_and_cancels(slack: LocalSlack, client: AsyncWebClient) -> None:
    anna = slack.person("anna")
    first = (await anna.control("POST", "faults", method="auth.test", fault="internal_error", times=2))["fault"]
    await anna.control("POST", "faults", method="users.info", fault="slow", seconds=1)
    assert await error_of(client.auth_test()) == "internal_error"
    listed: list[Json] = (await anna.control("GET", "faults"))["faults"]
    assert [(fault["method"], fault["hits"]) for fault in listed] == [("auth.test", 1), ("users.info", 0)]
    await anna.control("DELETE", f"faults/{first['id']}")
    assert (await client.auth_test())["ok"]
    await anna.control("DELETE", "faults")
    assert (await anna.control("GET", "faults"))["faults"] == []
    with pytest.raises(Refusal, match="no such fault"):
        await anna.control("DELETE", "faults/999")


@pytest.mark.parametrize(
    "wrong",
    [
        {"fault": "slow"}, {"method": "x"}, {"method": "x", "fault": "Not A Name"}, {"method": "x", "fault": "y1"},
        {"method": "x", "fault": "slow", "seconds": -1}, {"method": "x", "fault": "slow", "probability": 2},
        {"method": "x", "fault": "slow", "times": 0}, {"method": "x", "fault": "slow", "times": True},
        {"method": "x", "fault": "slow", "when": "later"}, {"method": "x", "fault": "slow", "unknown": 1},
        {"method": "x", "fault": "ratelimited", "when": "after"},
    ],
)  # fmt: skip
async def test_order_that_makes_no_sense_is_refused(slack: LocalSlack, wrong: Json) -> None:
    with pytest.raises(Refusal):
        await slack.person("anna").control("POST", "faults", **wrong)
    assert slack.faults.listed() == []


async def test_traffic_shows_the_fault_a_call_met(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.order("auth.test", "reset", when="after")
    with pytest.raises((aiohttp.ClientError, OSError)):
        await client.auth_test()
    await until(slack, lambda: [row.fault for row in slack.services.traffic.rows()] == ["reset"])
