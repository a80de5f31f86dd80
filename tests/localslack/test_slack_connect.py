"""Slack Connect: people, bots and files of another workspace, and channels that are shared, unshared and frozen."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from localslack import LocalSlack, Refusal, Seed, SeedApp, SeedChannel, SeedError, SeedPerson
from tests.localslack.embedded import Json, actions_block, bolt_app, error_of, over_socket_mode, web_client
from tests.localslack.traffic_watch import until
from tests.timeouts import long_timeouts

SHARED = Seed(
    people=[
        SeedPerson(handle="anna", admin=True),
        SeedPerson(handle="rita", external="Partner Ltd"),
        SeedPerson(handle="sven", external="Partner Ltd", stranger=True),
    ],
    channels=[
        SeedChannel(name="with-partner", members=["anna", "rita", "Bot", "Helper"], shared_with="Partner Ltd"),
        SeedChannel(name="secret", id="G0SECRET", members=["anna", "Bot"], private=True),
        SeedChannel(name="desk", members=["anna", "Bot"]),
    ],
    apps=[SeedApp(name="Bot"), SeedApp(name="Helper", external="Partner Ltd")],
)


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(SHARED, switches=long_timeouts()) as running:
        app = bolt_app(running)
        app.event("message")(nothing)
        async with over_socket_mode(running, app):
            yield running


async def nothing() -> None:
    """Acknowledges an event."""


async def envelopes(slack: LocalSlack, kind: str, number: int = 1) -> list[Json]:
    """Events of one kind that the bot received, once there are that many."""

    def found() -> list[Json]:
        return [row.request for row in slack.services.traffic.rows() if row.kind == f"event:{kind}"]

    await until(slack, lambda: len(found()) >= number)
    return found()


async def test_message_of_an_external_person_names_their_workspace(slack: LocalSlack) -> None:
    await slack.person("rita").post("#with-partner", "hello")
    [envelope] = await envelopes(slack, "message")
    event, rita = envelope["event"], slack.admin.member("rita")
    assert event["team"] == event["user_team"] == event["source_team"] == rita.team_id
    assert event["user_profile"]["real_name"] == "Rita"
    assert (envelope["team_id"], envelope["is_ext_shared_channel"]) == (rita.team_id, True)
    assert envelope["authorizations"][0]["team_id"] == envelope["context_team_id"] == slack.services.workspace.team.id


async def test_own_message_in_a_shared_channel_names_this_workspace(slack: LocalSlack) -> None:
    await slack.person("anna").post("#with-partner", "hello")
    await slack.person("anna").post("#desk", "hello")
    shared, local = await envelopes(slack, "message", 2)
    ours = slack.services.workspace.team.id
    assert shared["event"]["user_team"] == shared["team_id"] == ours
    assert "user_team" not in local["event"]


async def test_edit_deletion_and_broadcast_of_an_external_person_are_relayed(slack: LocalSlack) -> None:
    rita, anna = slack.person("rita"), slack.person("anna")
    root = await anna.post("#with-partner", "root")
    posted = await rita.post("#with-partner", "said", thread=root)
    await rita.act("edit", channel=posted["channel"], ts=posted["ts"], text="changed")
    await rita.act("post", channel="#with-partner", text="to all", thread_ts=root["ts"], broadcast=True)
    await rita.act("delete", channel=posted["channel"], ts=posted["ts"])
    events = [envelope["event"] for envelope in await envelopes(slack, "message", 5)]
    theirs = slack.admin.member("rita").team_id
    assert [event.get("subtype") for event in events[1:]] == [
        None, "message_changed", "thread_broadcast", "message_deleted",
    ]  # fmt: skip
    assert (events[2]["message"]["text"], events[2]["message"]["user_team"]) == ("changed", theirs)
    assert events[3]["root"]["text"] == "root"
    assert events[4]["previous_message"]["user_team"] == theirs


async def test_file_in_an_event_must_be_asked_for(slack: LocalSlack) -> None:
    await slack.person("rita").upload("trace.txt", b"words", "#with-partner", "see")
    [envelope] = await envelopes(slack, "message")
    [stub] = envelope["event"]["files"]
    expected = {"mode": "file_access", "file_access": "check_file_info", "created": 0, "timestamp": 0, "user": ""}
    assert stub == {"id": stub["id"], **expected}
    assert "team" not in envelope["event"]
    client: Any = web_client(slack)
    whole = (await client.files_info(file=stub["id"]))["file"]
    assert (whole["name"], whole["user_team"]) == ("trace.txt", slack.admin.member("rita").team_id)
    history = await client.conversations_history(channel=slack.admin.channel("with-partner").id, limit=1)
    assert history["messages"][0]["files"][0]["name"] == "trace.txt"


async def test_file_of_a_local_channel_comes_whole(slack: LocalSlack) -> None:
    await slack.person("anna").upload("local.txt", b"words", "#desk")
    [envelope] = await envelopes(slack, "message")
    assert envelope["event"]["files"][0]["name"] == "local.txt"


async def test_external_people_have_no_locale_and_are_missing_in_the_list(slack: LocalSlack) -> None:
    client: Any = web_client(slack)
    rita = (await client.users_info(user=slack.admin.member("rita").id, include_locale=True))["user"]
    sven = (await client.users_info(user=slack.admin.member("sven").id))["user"]
    assert (rita["is_stranger"], sven["is_stranger"]) == (False, True)
    assert "locale" not in rita
    listed = [user["name"] for user in (await client.users_list())["members"]]
    assert "anna" in listed
    assert not {"rita", "sven"} & set(listed)
    assert (await client.team_info(team=rita["team_id"]))["team"]["name"] == "Partner Ltd"
    assert await error_of(client.team_info(team="T0NOBODY")) == "team_not_found"


async def test_bot_of_the_other_side_posts_without_a_user(slack: LocalSlack) -> None:
    helper: Any = web_client(slack, 1)
    await helper.chat_postMessage(channel=slack.admin.channel("with-partner").id, text="Ticket RCR-1 was opened")
    [envelope] = await envelopes(slack, "message")
    event, app = envelope["event"], slack.apps[1]
    assert (event["bot_id"], event["team"]) == (app.bot_id, app.external_team)
    assert "user" not in event
    assert event["bot_profile"]["team_id"] == app.external_team
    assert (await helper.auth_test())["team"] == "Partner Ltd"


async def test_app_of_the_other_side_is_not_offered_here(slack: LocalSlack) -> None:
    state = await slack.person("anna").state()
    assert [app["name"] for app in state["apps"]] == ["Bot"]


async def test_click_of_an_external_person_names_both_workspaces(slack: LocalSlack) -> None:
    await web_client(slack).chat_postMessage(channel="#with-partner", text="x", blocks=[actions_block(take="Take it")])
    rita = slack.person("rita")
    slack.switches.ack_seconds = 0.1  # no app is connected
    await rita.click((await rita.messages("#with-partner"))[-1], "Take it")
    [payload] = [row.request for row in slack.services.traffic.rows() if row.kind == "block_actions"]
    assert payload["team"]["id"] == slack.services.workspace.team.id
    assert payload["user"]["team_id"] == slack.admin.member("rita").team_id


async def test_private_channel_gets_a_new_id_when_it_is_shared(slack: LocalSlack) -> None:
    anna, client = slack.person("anna"), web_client(slack)
    posted = await anna.post("#secret", "before")
    await anna.control("POST", "channels/secret/share", **{"with": "Partner Ltd"})
    [changed] = await envelopes(slack, "channel_id_changed")
    [shared] = await envelopes(slack, "channel_shared")
    assert changed["event"]["old_channel_id"] == "G0SECRET"
    new = changed["event"]["new_channel_id"]
    assert shared["event"]["channel"] == new
    assert shared["event"]["connected_team_id"] == slack.admin.member("rita").team_id
    assert await error_of(client.chat_postMessage(channel="G0SECRET", text="x")) == "channel_not_found"
    found: Any = await client.conversations_replies(channel=new, ts=posted["ts"])
    assert found["messages"][0]["text"] == "before"


async def test_ended_connection_is_reported_and_takes_the_people_along(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    await anna.control("POST", "channels/with-partner/unshare")
    [envelope] = await envelopes(slack, "channel_unshared")
    channel, rita = slack.admin.channel("with-partner"), slack.admin.member("rita")
    event = {key: envelope["event"][key] for key in ("channel", "previously_connected_team_id", "is_ext_shared")}
    assert event == {"channel": channel.id, "previously_connected_team_id": rita.team_id, "is_ext_shared": False}
    assert rita.id not in channel.members
    assert (await web_client(slack).chat_postMessage(channel=channel.id, text="alone"))["ok"]
    with pytest.raises(Refusal, match="not shared"):
        await anna.control("POST", "channels/with-partner/unshare")


async def test_guest_is_left_with_a_frozen_copy_under_another_id(slack: LocalSlack) -> None:
    anna, client = slack.person("anna"), web_client(slack)
    old = slack.admin.channel("with-partner").id
    await anna.post("#with-partner", "kept")
    await anna.control("POST", "channels/with-partner/unshare", guest=True)
    new = slack.admin.channel("with-partner").id
    assert await error_of(client.chat_postMessage(channel=old, text="x")) == "channel_not_found"
    assert await error_of(client.chat_postMessage(channel=new, text="x")) == "restricted_action_read_only_channel"
    info: Any = (await client.conversations_info(channel=new))["channel"]
    assert (info["is_frozen"], info["frozen_reason"]) == (True, "connection_severed")
    assert [message["text"] for message in await anna.messages("#with-partner")] == ["kept"]
    with pytest.raises(Refusal, match="only be read"):
        await anna.post("#with-partner", "more")


async def test_connected_workspaces_are_named_by_info_and_not_by_list(slack: LocalSlack) -> None:
    client: Any = web_client(slack)
    shared = slack.admin.channel("with-partner").id
    info = (await client.conversations_info(channel=shared))["channel"]
    listed = next(found for found in (await client.conversations_list())["channels"] if found["id"] == shared)
    assert info["connected_team_ids"] == [slack.admin.member("rita").team_id]
    assert "connected_team_ids" not in listed
    assert listed["is_ext_shared"] is True


async def test_stranger_of_this_workspace_is_refused() -> None:
    with pytest.raises(SeedError, match="stranger"):
        await LocalSlack(Seed(people=[SeedPerson(handle="anna", stranger=True)])).start()


async def test_new_id_takes_files_and_private_answers_along(slack: LocalSlack) -> None:
    anna, client = slack.person("anna"), web_client(slack)
    uploaded = await anna.upload("plan.txt", b"words", "#desk")
    answer: Any = await client.chat_postEphemeral(channel="#desk", user=slack.admin.member("anna").id, text="for you")
    old = slack.admin.channel("desk").id
    new = slack.connect.change_id("#desk").id
    messages = await anna.messages("#desk")
    assert [message["text"] for message in messages if message.get("is_ephemeral")] == ["for you"]
    assert answer["message_ts"] in [message["ts"] for message in messages]
    file: Any = (await client.files_info(file=uploaded["files"][0]["id"]))["file"]
    assert file["channels"] == [new]
    assert new in file["shares"]["public"]
    assert await error_of(client.conversations_info(channel=old)) == "channel_not_found"


async def test_response_url_of_a_channel_that_moved_is_refused(slack: LocalSlack) -> None:
    desk = slack.admin.channel("desk")
    url = slack.services.urls.issue(slack.apps[0].id, slack.admin.member("anna").id, desk.id)
    slack.connect.change_id("#desk")
    answer = await AsyncWebhookClient(url).send(text="late")
    assert (answer.status_code, "channel_not_found" in answer.body) == (400, True)
