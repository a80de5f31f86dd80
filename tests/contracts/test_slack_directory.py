"""The directory of the workspace while Slack is slow, limits us, or has lost a user group."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import ClientSession

from bot.adapters.slack.client import for_people
from bot.adapters.slack.directory import TTL, SlackDirectory
from bot.adapters.slack.on_duty import SlackOnDuty
from bot.adapters.slack.people import HomeWorkspace
from bot.config.settings import Levels, Team
from bot.model.contact import Person
from bot.model.ticket import Level
from localslack import LocalSlack, Seed
from localslack.seed import SeedGroup
from tests.factories import MemoryDrafts
from tests.handlers.world import DEMO

BEN = Person(id="U0BEN", name="Ben Brandt")
ANNA = Person(id="U0ANNA", name="Anna Arnold")


@dataclass
class Scene:
    """A local Slack with a user group for each level, and directories over it."""

    slack: LocalSlack
    session: ClientSession
    memory: MemoryDrafts = field(default_factory=MemoryDrafts)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def directory(self) -> SlackDirectory:
        client = for_people(self.slack.app("Partner Desk").bot_token, self.slack.api_url, self.session)
        levels = Levels(first=Team(group="S0FIRST"), second=Team(group="S0SECOND"))
        made = SlackDirectory(client, levels, HomeWorkspace("T0NORD"), "UTC", self.memory)
        made.groups.warn = self.warn
        return made

    async def warn(self, key: str, text: str) -> None:
        self.warnings.append((key, text))


@pytest.fixture
async def s() -> AsyncIterator[Scene]:
    seed = Seed.from_file(DEMO / "cast.toml")
    seed.groups.append(SeedGroup(handle="first-level", name="1st level", members=["anna"], id="S0FIRST"))
    async with LocalSlack(seed) as slack, ClientSession() as session:
        yield Scene(slack, session)


async def levels(directory: SlackDirectory, person: Person) -> set[Level]:
    return set(await directory.levels(person))


async def test_deleted_group_concerns_its_own_level_only(s: Scene, caplog: pytest.LogCaptureFixture) -> None:
    directory = s.directory()
    await directory.warm()
    s.slack.admin.delete_group("first-level")
    expire(directory)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            assert await levels(directory, BEN) == {Level.SECOND}
            assert await levels(directory, ANNA) == {Level.FIRST}
            expire(directory)
    assert len(s.warnings) == len(caplog.records) == 1
    assert "1st level" in s.warnings[0][1]
    assert "no_such_subteam" in s.warnings[0][1]


async def test_group_keeps_its_last_members_over_a_restart(s: Scene) -> None:
    await s.directory().warm()
    s.slack.admin.delete_group("second-level")
    again = s.directory()
    await again.warm()
    assert await levels(again, BEN) == {Level.SECOND}
    assert [key for key, _ in s.warnings] == ["group:S0SECOND"]


async def test_group_that_was_never_read_is_empty_and_does_not_stop_the_start(s: Scene) -> None:
    directory = s.directory()
    s.slack.faults.order("usergroups.users.list", "http_503", times=4)
    await directory.warm()
    assert await levels(directory, BEN) == set()
    assert len(s.warnings) == 2


async def test_group_that_is_read_again_has_its_new_members(s: Scene) -> None:
    directory = s.directory()
    await directory.warm()
    s.slack.faults.order("usergroups.users.list", "ratelimited", times=2, retry_after=60)
    expire(directory)
    assert await levels(directory, BEN) == {Level.SECOND}
    s.slack.faults.clear()
    s.slack.admin.set_group_members("second-level", ["anna"])
    expire(directory)
    assert await levels(directory, BEN) == set()
    assert await levels(directory, ANNA) == {Level.FIRST, Level.SECOND}


async def test_known_person_is_answered_while_slack_limits_us(s: Scene) -> None:
    directory = s.directory()
    assert (await directory.person("U0BEN")).name == "Ben Brandt"
    s.slack.faults.order("users.info", "ratelimited", times=None, retry_after=60)
    expire(directory)
    assert (await directory.person("U0BEN")).name == "Ben Brandt"


async def test_profile_of_an_event_replaces_the_cached_one_and_keeps_its_language(s: Scene) -> None:
    directory = s.directory()
    before = await directory.person("U0BEN")
    user = {"id": "U0BEN", "team_id": "T0NORD", "real_name": "Ben Baum", "tz": "Europe/Vienna"}
    directory.learn(user)
    after = await directory.person("U0BEN")
    assert (after.name, after.zone, after.locale) == ("Ben Baum", "Europe/Vienna", before.locale)
    assert calls(s, "users.info") == 1


async def test_profile_of_a_stranger_to_the_desk_is_not_kept(s: Scene) -> None:
    directory = s.directory()
    gone = directory.learn({"id": "U0BEA", "team_id": "T0NORD", "deleted": True})
    assert not gone.is_active
    assert list(directory._people.answers) == []


def expire(directory: SlackDirectory) -> None:
    """Expires everything that is cached."""
    people, groups = directory._people, directory.groups._members
    for user in list(people.answers):
        people.put(user, people.answers[user][1], age=TTL + 1)
    for group in list(groups.answers):
        groups.put(group, groups.answers[group][1], age=TTL + 1)


def calls(s: Scene, method: str) -> int:
    return sum(row.kind == method for row in s.slack.services.traffic.rows())


async def test_people_on_duty_are_the_members_of_the_rosters_group_even_after_it_was_deleted(s: Scene) -> None:
    directory = s.directory()
    duty = SlackOnDuty(directory.groups, Levels(second=Team(group="S0SECOND", on_duty="S0FIRST")))
    found = await duty.now(Level.SECOND)
    assert len(found) == 1
    assert await duty.now(Level.FIRST) == ()
    s.slack.admin.delete_group("first-level")
    expire(directory)
    assert await duty.now(Level.SECOND) == found
