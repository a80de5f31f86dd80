"""The audience of the desk channel is read in pages and looked up slowly."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.channel_audience import warnings
from bot.adapters.slack.client import for_people
from bot.adapters.slack.directory import SlackDirectory
from bot.adapters.slack.people import HomeWorkspace
from bot.config.settings import Levels
from localslack import LocalSlack, Seed, SeedPerson
from tests.contracts.test_slack_channels import DESK, calls
from tests.handlers.world import DEMO

CROWD = 210
"""More than one page of members."""


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    seed = Seed.from_file(DEMO / "cast.toml")
    seed.crowd = CROWD
    seed.people.append(SeedPerson(handle="zoe", name="Zoe Zander", guest="multi"))
    async with LocalSlack(seed) as slack:
        for number in range(1, CROWD + 1):
            slack.admin.add_member("#partner-desk", f"member{number:05}")
        slack.admin.add_member("#partner-desk", "zoe")
        yield slack


@pytest.fixture
async def client(slack: LocalSlack) -> AsyncIterator[AsyncWebClient]:
    logging.getLogger("slack_sdk").setLevel(logging.WARNING)
    async with ClientSession() as session:
        yield for_people(slack.app("Partner Desk").bot_token, slack.api_url, session)


async def test_guest_on_the_last_page_is_counted_and_look_ups_are_paced(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    pauses: list[float] = []

    async def rest(seconds: float) -> None:
        pauses.append(seconds)

    directory = SlackDirectory(client, Levels(), HomeWorkspace((await client.auth_test())["team_id"]), "UTC")
    found_warnings = await warnings(client, directory, DESK, rest)
    assert len(found_warnings) == 1
    assert "1 guest" in found_warnings[0]
    assert calls(slack, "conversations.members") == 2
    members = calls(slack, "users.info")
    assert (members > CROWD, pauses) == (True, [3.0] * (members - 20))
