"""Slack refuses the whole desk, a channel or one message: what closes, and opens again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.adapters.slack.transport_check import slack_check
from bot.model.notice import Blocked, Dead, Retry, Sent
from bot.transports import Closure
from tests.contracts.slack_scene import RETARUS, Scene, a_letter, scene


@pytest.fixture
async def s() -> AsyncIterator[Scene]:
    async with scene() as made:
        yield made


CLOSING = ["invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope"]


@pytest.mark.parametrize("error", CLOSING)
async def test_error_of_the_whole_desk_blocks_and_kills_nothing(s: Scene, error: str) -> None:
    s.slack.faults.order("chat.postMessage", error)
    await s.save(a_letter())
    (outcome,) = await s.deliver()
    assert isinstance(outcome, Blocked)
    assert outcome.channel == ""
    (again,) = await s.deliver()
    assert isinstance(again, Sent)


@pytest.mark.parametrize("error", ["is_archived", "not_in_channel", "channel_not_found"])
async def test_error_of_a_channel_blocks_that_channel(s: Scene, error: str) -> None:
    s.slack.faults.order("chat.postMessage", error)
    await s.save(a_letter())
    (outcome,) = await s.deliver()
    assert isinstance(outcome, Blocked)
    assert outcome.channel == RETARUS


async def test_error_of_one_message_is_a_dead_letter(s: Scene) -> None:
    s.slack.faults.order("chat.postMessage", "msg_too_long")
    await s.save(a_letter())
    (outcome,) = await s.deliver()
    assert isinstance(outcome, Dead)


@pytest.mark.parametrize("fault", ["http_500", "http_503", "garbage", "truncated", "fatal_error"])
async def test_broken_answer_is_an_unknown_outcome(s: Scene, fault: str) -> None:
    s.slack.faults.order("chat.postMessage", fault)
    await s.save(a_letter())
    (outcome,) = await s.deliver()
    assert isinstance(outcome, Retry)
    assert outcome.progress
    assert outcome.progress.unsure
    await s.deliver()
    assert s.posts(RETARUS).count("letter_post letter 0") == 1


async def test_revoked_token_is_open_again_once_it_works(s: Scene) -> None:
    client = s.carrier._client
    check = slack_check(client)
    closure = Closure("Slack", "revoked", datetime.now(UTC))
    await s.slack.admin.break_token("Partner Desk", "token_revoked", which="bot")
    assert not await check(closure)
    s.slack.admin.mend_token("Partner Desk")
    assert await check(closure)


async def test_missing_permission_is_open_again_once_it_is_granted(s: Scene) -> None:
    check = slack_check(s.carrier._client)
    closure = Closure("Slack", "missing", datetime.now(UTC), needed="chat:write")
    s.slack.admin.withhold_scopes("Partner Desk", ["chat:write"])
    assert not await check(closure)
    s.slack.admin.withhold_scopes("Partner Desk", [])
    assert await check(closure)


async def test_channel_is_open_again_once_the_bot_is_in_it(s: Scene) -> None:
    check = slack_check(s.carrier._client)
    closure = Closure("Slack", "not in it", datetime.now(UTC), RETARUS)
    s.slack.admin.remove_member("#retarus-escalation", "Partner Desk")
    assert not await check(closure)
    s.slack.admin.add_member("#retarus-escalation", "Partner Desk")
    s.slack.admin.archive("#retarus-escalation")
    assert not await check(closure)
    s.slack.admin.archive("#retarus-escalation", archived=False)
    assert await check(closure)
