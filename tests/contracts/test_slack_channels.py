"""Channels that the settings name, against the local Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.channels import channel_id
from bot.adapters.slack.client import for_people
from bot.core.errors import Misconfigured
from localslack import LocalSlack, Seed
from tests.factories import MemoryDrafts
from tests.handlers.world import DEMO

DESK = "C0DESKDESK"


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(Seed.from_file(DEMO / "cast.toml")) as slack:
        yield slack


@pytest.fixture
async def client(slack: LocalSlack) -> AsyncIterator[AsyncWebClient]:
    async with ClientSession() as session:
        yield for_people(slack.app("Partner Desk").bot_token, slack.api_url, session)


def calls(slack: LocalSlack, method: str) -> int:
    return sum(row.kind == method for row in slack.services.traffic.rows())


async def test_channel_is_found_among_the_bots_own(slack: LocalSlack, client: AsyncWebClient) -> None:
    assert await channel_id(client, "#partner-desk", "[desk] channel") == DESK
    assert calls(slack, "conversations.list") == 0


async def test_channel_without_the_bot_is_refused_with_the_way_out(client: AsyncWebClient) -> None:
    with pytest.raises(Misconfigured, match="Invite it there"):
        await channel_id(client, "#nowhere", "[desk] channel")


async def test_remembered_channel_is_found_under_its_old_name(slack: LocalSlack, client: AsyncWebClient) -> None:
    memory = MemoryDrafts()
    assert await channel_id(client, "#partner-desk", "[desk] channel", memory) == DESK
    slack.faults.order("users.conversations", "http_503", times=None)
    assert await channel_id(client, "partner-desk", "[desk] channel", memory) == DESK


async def test_remembered_channel_is_used_while_slack_does_not_tell(slack: LocalSlack, client: AsyncWebClient) -> None:
    memory = MemoryDrafts()
    await memory.put("channel:partner-desk", {"id": DESK})
    slack.faults.order("*", "http_503", times=None)
    assert await channel_id(client, "#partner-desk", "[desk] channel", memory) == DESK


async def test_remembered_channel_that_is_gone_is_looked_up_again(client: AsyncWebClient) -> None:
    memory = MemoryDrafts()
    await memory.put("channel:partner-desk", {"id": "C0GONEGONE"})
    assert await channel_id(client, "#partner-desk", "[desk] channel", memory) == DESK
    assert memory.stored["channel:partner-desk"] == {"id": DESK}
