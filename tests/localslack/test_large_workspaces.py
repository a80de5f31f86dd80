"""Large workspaces and Slack's limits: 20,000 members, storms of profile changes, limited history, Enterprise Grid."""

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from localslack import LocalSlack, Seed, SeedApp, SeedChannel, SeedError, SeedPerson
from tests.localslack.embedded import Json, bolt_app, modal, over_socket_mode, seed, web_client
from tests.timeouts import TIMEOUT, long_timeouts


async def test_crowd_is_listed_in_pages_and_everybody_can_be_in_a_channel() -> None:
    channels = [SeedChannel(name="all", members=["*", "Bot"])]
    async with LocalSlack(seed(crowd=20_000, channels=channels)) as slack:
        client, found, cursor = web_client(slack), 0, None
        while cursor != "":
            page: Any = await client.users_list(limit=1000, cursor=cursor)
            found += len([member for member in page["members"] if member["name"].startswith("member")])
            cursor = page["response_metadata"]["next_cursor"]
        assert found == 20_000
        channel = slack.admin.channel("all").id
        info: Any = await client.conversations_info(channel=channel, include_num_members=True)
        assert info["channel"]["num_members"] == 20_003


async def test_command_opens_its_modal_during_a_storm_in_a_crowd() -> None:
    async with LocalSlack(seed(crowd=20_000), switches=long_timeouts()) as slack:
        app, received = bolt_app(slack), asyncio.Semaphore(0)

        @app.event("user_change")
        async def changed(event: Json) -> None:
            if event["user"]["profile"]["status_text"].startswith("In a meeting"):
                received.release()

        @app.command("/go")
        async def go(ack: Any, client: Any, command: Json) -> None:
            await ack()
            await client.views_open(trigger_id=command["trigger_id"], view=modal())

        async with over_socket_mode(slack, app):
            anna = slack.person("anna")
            long = 3 * TIMEOUT  # the command is not answered as late as at its end
            await anna.control("POST", "storm", changes=int(150 * long), seconds=long, seed=1, wait=False)
            assert (await anna.command("#desk", "/go"))["outcome"] == "ack"
            await anna.modal("Title")
            assert (await anna.control("POST", "storm", changes=5))["changes"] == 5
            async with asyncio.timeout(TIMEOUT):
                for _ in range(5):
                    await received.acquire()


async def test_storm_is_the_same_for_the_same_seed() -> None:
    changed = []
    for _ in range(2):
        async with LocalSlack(seed(crowd=50)) as slack:
            await slack.admin.change_profiles(10, seed=3)
            statuses = [(person.handle, person.status_text) for person in slack.services.workspace.people.values()]
            changed.append([entry for entry in statuses if entry[1]])
    assert changed[0] == changed[1]
    assert len(changed[0]) >= 5


async def test_limited_history_gives_fifteen_messages_a_minute() -> None:
    async with LocalSlack(seed()) as slack:
        client, channel = web_client(slack), slack.admin.channel("desk").id
        for number in range(20):
            await client.chat_postMessage(channel=channel, text=str(number))
        slack.switches.history_limited = True
        page: Any = await client.conversations_history(channel=channel, limit=200)
        assert (len(page["messages"]), page["has_more"]) == (15, True)
        with pytest.raises(SlackApiError) as raised:
            await client.conversations_history(channel=channel, cursor=page["response_metadata"]["next_cursor"])
        assert raised.value.response.status_code == 429
        assert 0 < int(raised.value.response.headers["Retry-After"]) <= 60
        replies: Any = await client.conversations_replies(channel=channel, ts=page["messages"][0]["ts"])
        assert replies["ok"]  # each of the two methods has its own minute


async def test_burst_to_a_channel_is_counted_by_channel_however_it_is_named() -> None:
    async with LocalSlack(seed()) as slack:
        slack.switches.rate_limits, slack.switches.post_burst = True, 3
        slack.admin.add_member("#lounge", "Bot")
        client, desk = web_client(slack), slack.admin.channel("desk").id
        outcomes = await asyncio.gather(
            *(client.chat_postMessage(channel=name, text="x") for name in ("#desk", desk, "desk", "#desk", "#lounge")),
            return_exceptions=True,
        )
        assert [isinstance(outcome, SlackApiError) for outcome in outcomes].count(True) == 1


GRID = Seed(
    team="Support",
    domain="support",
    enterprise="Acme Group",
    people=[
        SeedPerson(handle="anna"),
        SeedPerson(handle="berta", workspaces=["Sales", "Support"]),
        SeedPerson(handle="carlo", workspaces=["*", "Support"]),
        SeedPerson(handle="dora", workspaces=["Sales"]),
        SeedPerson(handle="rita", external="Partner Ltd"),
    ],
    channels=[
        SeedChannel(name="desk", members=["anna", "berta", "dora", "rita", "Bot"], org_wide=True),
        SeedChannel(name="lounge", members=["anna"]),
    ],
    apps=[SeedApp(name="Bot")],
)


async def test_grid_members_carry_their_workspaces_and_another_home() -> None:
    async with LocalSlack(GRID) as slack:
        client = web_client(slack)
        team = slack.services.workspace.team
        users = {}
        for handle in ("anna", "berta", "carlo", "dora", "rita"):
            answer: Any = await client.users_info(user=slack.admin.member(handle).id)
            users[handle] = answer["user"]
        assert team.enterprise_id.startswith("E")
        assert users["anna"]["team_id"] == team.id != users["berta"]["team_id"]
        assert team.id in users["berta"]["enterprise_user"]["teams"]
        assert users["carlo"]["team_id"] == team.enterprise_id
        assert users["carlo"]["enterprise_user"]["teams"] == [team.id]
        assert team.id not in users["dora"]["enterprise_user"]["teams"]
        assert users["dora"]["enterprise_user"]["enterprise_id"] == team.enterprise_id
        assert "enterprise_user" not in users["rita"]


async def test_grid_is_named_in_calls_and_payloads() -> None:
    async with LocalSlack(GRID) as slack:
        app, team = bolt_app(slack), slack.services.workspace.team
        assert (await web_client(slack).auth_test())["enterprise_id"] == team.enterprise_id
        commands: asyncio.Queue[Json] = asyncio.Queue()

        @app.command("/go")
        async def go(ack: Any, command: Json) -> None:
            await ack()
            await commands.put(command)

        async with over_socket_mode(slack, app):
            await slack.person("berta").command("#desk", "/go", "R&D <x>")
            command = await commands.get()
        assert (command["enterprise_id"], command["enterprise_name"]) == (team.enterprise_id, "Acme Group")
        assert (command["team_id"], command["text"]) == (team.id, "R&amp;D &lt;x&gt;")
        channel: Any = (await web_client(slack).conversations_info(channel=command["channel_id"]))["channel"]
        assert (channel["is_org_shared"], channel["is_ext_shared"]) == (True, False)


async def test_colleague_of_another_workspace_sees_their_own_channels_only() -> None:
    async with LocalSlack(GRID) as slack:
        state = await slack.person("dora").state()
        assert [channel["name"] for channel in state["channels"]] == ["desk"]
        assert len((await slack.person("berta").state())["channels"]) == 2


@pytest.mark.parametrize("crowd", [-1, 10**9, "many", True])
def test_seed_refuses_an_odd_crowd(crowd: object) -> None:
    with pytest.raises(SeedError, match="crowd"):
        Seed.from_dict({"team": {"crowd": crowd}})


async def test_seed_refuses_workspaces_without_an_organisation() -> None:
    with pytest.raises(SeedError, match="organisation"):
        await LocalSlack(Seed(people=[SeedPerson(handle="anna", workspaces=["Sales"])])).start()
