"""Clients meet rate limits and injected faults as they would at Slack."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from tests.localslack.node_side import run_node
from tests.localslack.running import LocalSlackProcess


@pytest.fixture
def slack() -> Iterator[LocalSlackProcess]:
    with LocalSlackProcess() as running:
        yield running


def client(slack: LocalSlackProcess, **more: Any) -> WebClient:
    return WebClient(token=slack.app["bot_token"], base_url=slack.api_url, **more)


def calls_until_limited(call: Any, limit: int = 200) -> tuple[int, SlackApiError]:
    for done in range(limit):
        try:
            call()
        except SlackApiError as error:
            return done, error
    raise AssertionError(f"{limit} calls went through")


def test_rate_limits_are_off_by_default(slack: LocalSlackProcess) -> None:
    for _ in range(30):
        client(slack).users_list()


def test_method_above_its_tier_returns_retry_after(slack: LocalSlackProcess) -> None:
    slack.post("switches", {"rate_limits": True})
    done, error = calls_until_limited(client(slack).users_list)
    assert done >= 20
    assert (error.response.status_code, error.response["error"]) == (429, "ratelimited")
    assert 0 < int(error.response.headers["Retry-After"]) <= 60
    client(slack).users_info(user=slack.person_id("anna"))  # each method has its own limit


def test_channel_is_limited_to_about_one_message_per_second(slack: LocalSlackProcess) -> None:
    slack.post("switches", {"rate_limits": True})
    channel = slack.channel_id("general")
    done, error = calls_until_limited(lambda: client(slack).chat_postMessage(channel=channel, text="x"))
    assert 1 <= done <= 20
    assert error.response.status_code == 429


def test_python_client_retries_by_itself(slack: LocalSlackProcess) -> None:
    slack.post("faults", {"method": "auth.test", "fault": "ratelimited", "retry_after": 1, "times": 1})
    long_timeouts = client(slack, retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=1)])
    assert long_timeouts.auth_test()["ok"]


def test_node_client_retries_by_itself(slack: LocalSlackProcess, node_modules: Path) -> None:
    slack.post("faults", {"method": "auth.test", "fault": "ratelimited", "retry_after": 1, "times": 1})
    call = {"method": "auth.test", "args": {}, "keep": {}}
    given = {"api_url": slack.api_url, "token": slack.app["bot_token"], "known": {}, "calls": [call], "retries": 1}
    assert run_node(node_modules, given)[0]["ok"] is True


def test_lost_answer_breaks_the_connection_after_posting(slack: LocalSlackProcess) -> None:
    slack.post("faults", {"method": "chat.postMessage", "fault": "lost_answer", "times": 1})
    with pytest.raises(OSError):
        client(slack, retry_handlers=[]).chat_postMessage(channel=slack.channel_id("general"), text="Did it arrive?")
    assert slack.messages("anna", "general")[-1]["text"] == "Did it arrive?"


def test_injected_error_is_returned_without_effect(slack: LocalSlackProcess) -> None:
    slack.post("faults", {"method": "chat.postMessage", "fault": "channel_not_found", "times": 1})
    post: dict[str, Any] = {"channel": slack.channel_id("general"), "text": "x"}
    with pytest.raises(SlackApiError, match="channel_not_found"):
        client(slack).chat_postMessage(**post)
    assert client(slack).chat_postMessage(**post)["ok"]
    assert len([it for it in slack.messages("anna", "general") if it["text"] == "x"]) == 1
