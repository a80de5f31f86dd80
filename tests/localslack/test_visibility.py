"""The control interface shows each person what they may see, and pushes live updates."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from localslack import LocalSlack, Mailbox, Refusal, SeedChannel, SeedPerson
from tests.localslack.embedded import Json, actions_block, error_of, input_block, modal, plain, seed, web_client
from tests.timeouts import TIMEOUT, long_timeouts

PEOPLE = [
    SeedPerson(handle="anna", admin=True),
    SeedPerson(handle="ben"),
    SeedPerson(handle="gus", guest="multi"),
    SeedPerson(handle="eve", external="Partner"),
    SeedPerson(handle="old", deactivated=True),
]
CHANNELS = [
    SeedChannel(name="desk", members=["anna", "ben", "Bot"]),
    SeedChannel(name="lounge", members=["anna", "gus"]),
    SeedChannel(name="secret", members=["anna"], private=True),
    SeedChannel(name="shared", members=["anna", "eve", "Bot"], shared_with="Partner"),
]


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(
        seed(people=PEOPLE, channels=CHANNELS), mailbox=Mailbox(), switches=long_timeouts()
    ) as running:
        yield running


class LivePage:
    """The websocket of a page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def next_frame(self, kind: str) -> Json:
        """The next frame of this type; skips others."""
        async with asyncio.timeout(TIMEOUT):
            while True:
                frame: Json = await self._socket.receive_json()
                if frame["type"] == kind:
                    return frame


@pytest.fixture
async def ben_page(slack: LocalSlack) -> AsyncIterator[LivePage]:
    url = f"{slack.control_url}live?person=ben&traffic=1&mail=1"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        page = LivePage(socket)
        await page.next_frame("hello")
        yield page


@pytest.mark.parametrize(
    ("person", "channels"),
    [
        ("anna", ["desk", "lounge", "secret", "shared"]),
        ("ben", ["desk", "lounge", "shared"]),
        ("gus", ["lounge"]),
        ("eve", ["shared"]),
    ],
)
async def test_channels_are_visible_to_the_right_people(slack: LocalSlack, person: str, channels: list[str]) -> None:
    assert [it["name"] for it in (await slack.person(person).state())["channels"]] == channels


async def test_guests_external_and_deactivated_people_are_marked(slack: LocalSlack) -> None:
    people = {it["handle"]: it for it in (await slack.person("anna").state())["people"]}
    assert [name for name, it in people.items() if it["is_guest"]] == ["gus"]
    assert [name for name, it in people.items() if it["is_external"]] == ["eve"]
    assert [name for name, it in people.items() if it["deleted"]] == ["old"]
    assert (people["anna"]["is_admin"], people["anna"]["initials"], people["anna"]["presence"]) == (True, "A", "active")
    users = {it["name"]: it for it in (await web_client(slack).users_list())["members"]}
    assert (users["gus"]["is_restricted"], users["gus"]["is_ultra_restricted"]) == (True, False)
    assert "eve" not in users
    assert people["eve"]["team_id"] != people["anna"]["team_id"]
    assert ("tz" in users["old"], users["old"]["deleted"]) == (False, True)


@pytest.mark.parametrize(
    ("person", "verb", "arguments", "error"),
    [
        ("ben", "post", {"channel": "#secret", "text": "x"}, "channel_not_found"),
        ("ben", "post", {"channel": "#lounge", "text": "x"}, "not_in_channel"),
        ("gus", "create_channel", {"name": "mine"}, "restricted_action"),
        ("gus", "invite", {"channel": "#lounge", "users": ["ben"]}, "restricted_action"),
        ("eve", "command", {"channel": "#shared", "command": "/x"}, "not_installed"),
        ("eve", "shortcut", {"callback_id": "x"}, "not_installed"),
        ("old", "post", {"channel": "#desk", "text": "x"}, "deactivated"),
        ("ben", "invite", {"channel": "#desk", "users": ["old"]}, "user_not_found"),
        ("ben", "rename", {"channel": "#desk", "text": "UPPER"}, "invalid_name"),
        ("ben", "create_channel", {"name": "desk"}, "name_taken"),
        ("ben", "dance", {}, "unknown_verb"),
    ],
)
async def test_forbidden_actions_are_refused(
    slack: LocalSlack, person: str, verb: str, arguments: Json, error: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await slack.person(person).act(verb, **arguments)
    assert refused.value.error == error


async def test_an_external_person_can_press_buttons(slack: LocalSlack) -> None:
    await web_client(slack).chat_postMessage(channel="shared", text="x", blocks=[actions_block(go="Go")])
    eve = slack.person("eve")
    pressed = await eve.click(await eve.message("#shared", "Go"), "Go")
    assert pressed["outcome"] == "not_connected"  # it was sent to the app, which is not connected
    row = (await eve.control("GET", "traffic"))["rows"][-1]
    assert row["request"]["user"]["team_id"] != row["request"]["team"]["id"]


async def test_deactivated_people_are_unreachable_for_apps(slack: LocalSlack) -> None:
    client, workspace = web_client(slack), slack.services.workspace
    old = workspace.person_named("old")
    assert old is not None
    assert await error_of(client.conversations_open(users=old.id)) == "user_disabled"
    assert await error_of(client.users_lookupByEmail(email=old.email)) == "users_not_found"


async def test_message_is_pushed_with_unread_and_mention_counts(slack: LocalSlack, ben_page: LivePage) -> None:
    anna, ben = slack.person("anna"), slack.person("ben")
    await anna.post("#desk", "hello @ben")
    message = (await ben_page.next_frame("message"))["message"]
    counts = await ben_page.next_frame("unread")
    assert (message["blocks"][0]["elements"][0]["elements"][1]["type"], counts["unread"], counts["mentions"]) == (
        "user",
        1,
        1,
    )
    await anna.post("#desk", "in the thread", thread=message)
    assert (await ben_page.next_frame("message"))["message"]["thread_ts"] == message["ts"]
    assert (await ben_page.next_frame("message_changed"))["message"]["reply_count"] == 1
    await ben.act("read", channel="#desk")
    assert (await ben_page.next_frame("unread"))["unread"] == 0


async def test_edits_reactions_pins_and_deletions_are_pushed(slack: LocalSlack, ben_page: LivePage) -> None:
    anna = slack.person("anna")
    message = await anna.post("#desk", "first")
    place = {"channel": "#desk", "ts": message["ts"]}
    await anna.act("edit", **place, text="second")
    assert (await ben_page.next_frame("message_changed"))["message"]["text"] == "second"
    await anna.react(message, "eyes")
    assert (await ben_page.next_frame("message_changed"))["message"]["reactions"][0]["count"] == 1
    await anna.act("pin", **place)
    assert (await ben_page.next_frame("channel"))["channel"]["pins"] == [message["ts"]]
    await anna.act("delete", **place)
    assert (await ben_page.next_frame("message_deleted"))["ts"] == message["ts"]


async def test_a_deleted_root_leaves_a_tombstone(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    root = await anna.post("#desk", "root")
    await anna.post("#desk", "reply", thread=root)
    await anna.act("delete", channel="#desk", ts=root["ts"])
    [left] = await anna.messages("#desk")
    assert (left["subtype"], [it["text"] for it in (await anna.thread(left))[1:]]) == ("tombstone", ["reply"])


async def test_channel_membership_and_archiving_are_pushed(slack: LocalSlack, ben_page: LivePage) -> None:
    anna = slack.person("anna")
    await anna.act("invite", channel="#secret", users=["ben"])
    assert (await ben_page.next_frame("channel"))["channel"]["name"] == "secret"
    await anna.act("kick", channel="#secret", user="ben")
    assert await ben_page.next_frame("channel_gone")
    await anna.act("archive", channel="#desk")
    frame = await ben_page.next_frame("channel")
    assert (frame["channel"]["name"], frame["channel"]["is_archived"]) == ("desk", True)


async def test_views_homes_clock_people_traffic_and_mail_are_pushed(slack: LocalSlack, ben_page: LivePage) -> None:
    client, workspace, anna = web_client(slack), slack.services.workspace, slack.person("anna")
    ben = workspace.person_named("ben")
    assert ben is not None
    home = {"type": "home", "blocks": [{"type": "section", "text": plain("x")}]}
    await client.views_publish(user_id=ben.id, view=home)
    assert (await ben_page.next_frame("traffic"))["row"]["kind"] == "views.publish"
    assert (await ben_page.next_frame("home"))["app_id"] == slack.apps[0].id
    trigger = slack.services.triggers.issue(slack.apps[0].id, ben.id)
    view = (await client.views_open(trigger_id=trigger, view=modal(input_block())))["view"]
    opened = await ben_page.next_frame("modals")
    assert (opened["why"], opened["view_id"], [it["id"] for it in opened["modals"]]) == (
        "opened",
        view["id"],
        [view["id"]],
    )
    await anna.advance(60)
    assert 59 < (await ben_page.next_frame("clock"))["offset"] < 61
    await anna.control("POST", "people", handle="new", name="New Person")
    assert (await ben_page.next_frame("person"))["person"]["handle"] == "new"
    assert slack.mailbox is not None
    slack.mailbox.add(b"From: a@b.example\r\nTo: c@d.example\r\nSubject: Hi\r\n\r\nText\r\n")
    assert (await ben_page.next_frame("mail"))["mail"]["subject"] == "Hi"
    assert (await anna.mail("Hi"))["text"].strip() == "Text"
    await anna.control("POST", "reset")
    assert await ben_page.next_frame("reset")


async def test_built_in_commands_work(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    await anna.command("#desk", "/me waves")
    await anna.command("#desk", "/invite @gus")
    await anna.command("#desk", "/topic all quiet")
    await anna.command("#desk", "/dm @ben psst")
    messages = await anna.messages("#desk")
    assert [it.get("subtype") for it in messages] == ["me_message", "channel_join", "channel_topic"]
    assert (await slack.person("ben").messages("@anna"))[0]["text"] == "psst"


async def test_typed_text_is_converted_as_by_slacks_composer(slack: LocalSlack) -> None:
    message = await slack.person("anna").post(
        "#desk", "*bold* <b> & `x<y` @ben #lounge @here https://a.example/x?y=1. :eyes:"
    )
    ben, lounge = slack.services.workspace.person_named("ben"), slack.services.workspace.channel_named("lounge")
    assert ben is not None
    assert lounge is not None
    assert message["text"] == (
        f"*bold* &lt;b&gt; &amp; `x&lt;y` <@{ben.id}> <#{lounge.id}|> <!here> <https://a.example/x?y=1>. :eyes:"
    )
    inline = message["blocks"][0]["elements"][0]["elements"]
    assert inline[0] == {"type": "text", "text": "bold", "style": {"bold": True}}
    assert [it["type"] for it in inline] == [
        "text", "text", "text", "text", "user", "text", "channel", "text", "broadcast", "text", "link", "text", "emoji",
    ]  # fmt: skip


async def test_requests_of_other_sites_are_refused(slack: LocalSlack) -> None:
    async with aiohttp.ClientSession() as session:
        for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}):
            for url in (f"{slack.control_url}info", f"{slack.control_url}live?person=anna", f"{slack.api_url}api.test"):
                async with session.get(url, headers=headers) as response:
                    assert (response.status, (await response.json())["error"]) == (403, "forbidden")


async def test_the_page_comes_with_a_strict_policy(slack: LocalSlack) -> None:
    async with aiohttp.ClientSession() as session, session.get(slack.page_url) as response:
        policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_a_file_is_shared_shown_and_deleted(slack: LocalSlack) -> None:
    anna, client = slack.person("anna"), web_client(slack)
    shared = await anna.upload("note <x>.html", b"<script>alert(1)</script>", "#desk", "see this")
    file = shared["files"][0]
    assert (shared["message"]["subtype"], shared["message"]["text"]) == ("file_share", "see this")
    async with aiohttp.ClientSession() as session:
        url = f"{slack.control_url}people/ben/files/{file['id']}"
        async with session.get(url) as response:
            assert response.headers["Content-Disposition"].startswith("attachment")
            assert await response.read() == b"<script>alert(1)</script>"
        for headers, status in (({}, 302), ({"Authorization": f"Bearer {slack.apps[0].bot_token}"}, 200)):
            async with session.get(file["url_private"], headers=headers, allow_redirects=False) as response:
                assert response.status == status
    assert await error_of(client.files_delete(file=file["id"])) == "cant_delete_file"


async def test_an_app_uploads_and_deletes(slack: LocalSlack) -> None:
    client, anna = web_client(slack), slack.person("anna")
    desk: Any = slack.services.workspace.channel_named("desk")
    done = await client.files_upload_v2(channel=desk.id, filename="a.csv", content="a,b", initial_comment="numbers")
    message = await anna.message("#desk", "numbers")
    assert (message["files"][0]["name"], message["files"][0]["size"]) == ("a.csv", 3)
    await client.files_delete(file=done["file"]["id"])
    assert (await anna.again(message))["files"] == [{"id": done["file"]["id"], "mode": "tombstone"}]


async def test_slack_file_image_is_visible_to_readers_without_being_shared(slack: LocalSlack) -> None:
    client, anna = web_client(slack), slack.person("anna")
    done = await client.files_upload_v2(filename="chart.png", content=b"\x89PNG", alt_txt="A chart")
    file_id = done["file"]["id"]
    async with aiohttp.ClientSession() as session:

        async def status_for_anna() -> int:
            async with session.get(f"{slack.control_url}people/anna/files/{file_id}") as response:
                return response.status

        assert await status_for_anna() == 404
        shown = {"type": "image", "slack_file": {"id": file_id}, "alt_text": "A chart"}
        title = {"type": "header", "text": {"type": "plain_text", "text": "Chart"}}
        await client.chat_postMessage(channel="#desk", text="Chart", blocks=[title, shown])
        assert (await anna.message("#desk", "Chart"))["blocks"][1]["slack_file"] == {"id": file_id}
        assert await status_for_anna() == 200


async def test_image_block_refuses_a_file_that_is_no_image(slack: LocalSlack) -> None:
    client = web_client(slack)
    text = (await client.files_upload_v2(filename="a.csv", content="a,b"))["file"]["id"]
    for file_id in (text, "F0NOWHERE00"):
        shown = {"type": "image", "slack_file": {"id": file_id}, "alt_text": "x"}
        assert await error_of(client.chat_postMessage(channel="#desk", text="x", blocks=[shown])) == "invalid_blocks"


async def test_timeout_message_quotes_the_content_found_instead(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    anna.timeout = 0.2
    await anna.post("#desk", "something else")
    with pytest.raises(TimeoutError, match=r"anna waited 0.2 s in vain for .*'words'.*something else"):
        await anna.message("#desk", "words")
    with pytest.raises(TimeoutError, match="a modal"):
        await anna.modal("Title")
