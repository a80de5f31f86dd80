"""The command starts, prints its URLs, keeps its state, and reports errors clearly."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from localslack import LocalSlack, Refusal, Seed, SeedApp, SeedChannel, SeedPerson, StateError
from localslack.seed import SeedError
from tests.localslack.embedded import actions_block, plain, seed, web_client
from tests.localslack.running import ROOT
from tests.timeouts import TIMEOUT

Process = subprocess.Popen[str]


class Command:
    """Runs `python -m localslack` and kills the remaining processes at the end."""

    def __init__(self) -> None:
        self.running: list[Process] = []

    def __call__(self, *arguments: str) -> Process:
        process = subprocess.Popen(
            [sys.executable, "-m", "localslack", *arguments],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.running.append(process)
        return process

    def end(self) -> None:
        for process in self.running:
            process.kill()
            process.communicate()


@pytest.fixture
def command() -> Iterator[Command]:
    commands = Command()
    yield commands
    commands.end()


def first_line(process: Process) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def test_first_output_line_names_all_urls_and_tokens(command: Command) -> None:
    info = first_line(command("--port", "0", "--json"))
    assert set(info) == {"api_url", "page_url", "control_url", "apps"}
    [app] = info["apps"]
    assert {"name", "bot_token", "app_token", "signing_secret"} <= set(app)
    client = WebClient(app["bot_token"], base_url=info["api_url"])
    assert client.auth_test()["user"] == "test-app"
    channels = client.conversations_list()["channels"]
    assert sorted(it["is_member"] for it in channels) == [False, True]
    assert len([it for it in client.users_list()["members"] if not it["is_bot"] and it["id"] != "USLACKBOT"]) == 4


def test_sigterm_exits_with_status_zero(command: Command) -> None:
    process = command("--port", "0", "--json")
    first_line(process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(TIMEOUT) == 0


def test_taken_port_is_reported_in_one_line(command: Command) -> None:
    port = first_line(command("--port", "0", "--json"))["page_url"].rsplit(":", 1)[1].strip("/")
    second = command("--port", port)
    _, output = second.communicate(timeout=TIMEOUT)
    assert (second.returncode, output.count("\n")) == (1, 1)
    assert output.startswith(f"localslack: port {port} cannot be used:")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("people = [", "Invalid value"),
        ("[[poeple]]\nhandle = 'a'", "unknown key 'poeple'"),
        ("[[people]]\nhandel = 'a'", "unknown key 'handel'"),
        ("[[people]]\nhandle = 3", "valid string"),
        ("[[channels]]\nname = 'a'\nmembers = ['nobody']", "no person or app 'nobody'"),
        ("[[apps]]\nname = 'a'\nmanifest = 'nowhere.yml'", "nowhere.yml"),
    ],
)
def test_invalid_seed_is_refused_with_its_location(command: Command, tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "seed.toml"
    file.write_text(text, encoding="utf-8")
    process = command("--port", "0", "--seed", str(file))
    _, errors = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, expected in errors, errors.count("\n")) == (1, True, 1), errors


def test_seed_file_refers_to_a_manifest_beside_it(tmp_path: Path) -> None:
    (tmp_path / "manifest.yml").write_text(
        "features:\n  bot_user: {display_name: Desk Bot}\noauth_config: {scopes: {bot: [chat:write]}}\n",
        encoding="utf-8",
    )
    (tmp_path / "seed.toml").write_text(
        '[team]\nname = "Acme"\n[[people]]\nhandle = "eva"\nadmin = true\n'
        '[[channels]]\nname = "desk"\nmembers = ["eva", "Desk"]\n[[apps]]\nname = "Desk"\nmanifest = "manifest.yml"\n',
        encoding="utf-8",
    )
    found = Seed.from_file(tmp_path / "seed.toml")
    assert (found.team, found.people[0].admin, found.apps[0].manifest is not None) == ("Acme", True, True)
    with pytest.raises(SeedError):
        Seed.from_file(tmp_path / "nowhere.toml")


def test_acknowledged_messages_survive_a_kill(command: Command, tmp_path: Path) -> None:
    arguments = ("--port", "0", "--json", "--state", str(tmp_path))
    process = command(*arguments)
    info = first_line(process)
    client = WebClient(info["apps"][0]["bot_token"], base_url=info["api_url"])
    sent = [client.chat_postMessage(channel="#general", text=str(number))["ts"] for number in range(20)]
    os.kill(process.pid, signal.SIGKILL)
    process.wait(TIMEOUT)
    again = first_line(command(*arguments))
    client = WebClient(again["apps"][0]["bot_token"], base_url=again["api_url"])
    channel = next(it["id"] for it in client.conversations_list()["channels"] if it["name"] == "general")
    found = client.conversations_history(channel=channel)["messages"]
    assert [it["ts"] for it in reversed(found)] == sent


def _without_urls(messages: list[Any]) -> list[Any]:
    """Messages without URLs, which change with the port."""
    return [{k: v for k, v in it.items() if k not in ("bot_profile", "files")} for it in messages]


async def test_workspace_survives_a_restart(tmp_path: Path) -> None:
    async with LocalSlack(seed(), state=tmp_path) as slack:
        anna, client = slack.person("anna"), web_client(slack)
        message = await anna.post("#desk", "hello")
        await anna.post("#desk", "reply", thread=message)
        await anna.react(message, "eyes")
        await client.chat_postMessage(channel="desk", text="x", blocks=[actions_block(go="Go")])
        me = (await anna.state())["me"]["id"]
        home = {"type": "home", "blocks": [{"type": "section", "text": plain("home")}]}
        await client.views_publish(user_id=me, view=home)
        uploaded = await anna.upload("a.txt", b"content", "#desk")
        before = [_without_urls(await anna.messages("#desk")), _without_urls(await anna.thread(message))]
        homes = (await anna.state())["homes"]
    async with LocalSlack(seed(), state=tmp_path):
        pass  # a start alone must not lose anything either
    async with LocalSlack(seed(), state=tmp_path) as slack:
        anna = slack.person("anna")
        assert [_without_urls(await anna.messages("#desk")), _without_urls(await anna.thread(message))] == before
        assert (await anna.state())["homes"] == homes
        assert await slack.services.blobs.get(uploaded["files"][0]["id"]) == b"content"
        await anna.control("POST", "reset")
        assert await anna.messages("#desk") == []


async def test_unusable_state_folder_is_reported(tmp_path: Path) -> None:
    async with LocalSlack(seed(), state=tmp_path / "mine"):
        with pytest.raises(StateError, match="mine cannot be used: database is locked"):
            await LocalSlack(seed(), state=tmp_path / "mine").start()
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="cannot be used"):
        await LocalSlack(seed(), state=tmp_path / "file").start()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "workspace.sqlite3").write_bytes(b"this is no database, whatever its name says" * 50)
    with pytest.raises(StateError, match="not a database"):
        await LocalSlack(seed(), state=tmp_path / "broken").start()


async def test_reset_restores_the_seed_with_the_same_tokens() -> None:
    async with LocalSlack(seed()) as slack:
        anna, before = slack.person("anna"), slack.services.info()
        await anna.post("#desk", "x")
        await anna.control("POST", "reset")
        assert slack.services.info() == before
        other = {"people": [{"handle": "eva"}], "channels": [{"name": "new", "members": ["eva"]}]}
        await anna.control("POST", "seed", **other)
        assert [it["name"] for it in (await slack.person("eva").state())["channels"]] == ["new"]


async def test_two_apps_live_side_by_side() -> None:
    people, apps = [SeedPerson(handle="anna")], [SeedApp(name="One"), SeedApp(name="Two")]
    channels = [SeedChannel(name="desk", members=["anna", "One", "Two"])]
    async with LocalSlack(Seed(people=people, channels=channels, apps=apps)) as slack:
        names = [(await web_client(slack, number).auth_test())["user"] for number in range(2)]
        assert names == ["one", "two"]
        assert slack.app("Two").bot_token != slack.app("One").bot_token


async def test_read_only_messages_tab_can_be_read_and_not_answered() -> None:
    tabs = {"messages_tab_enabled": True, "messages_tab_read_only_enabled": True}
    app = SeedApp(name="Quiet", manifest={"display_information": {"name": "Quiet"}, "features": {"app_home": tabs}})
    async with LocalSlack(Seed(people=[SeedPerson(handle="anna")], apps=[app])) as slack:
        anna = slack.person("anna")
        shown = (await anna.state())["apps"][0]
        assert (shown["has_messages"], shown["takes_messages"]) == (True, False)
        with pytest.raises(Refusal, match="turned off"):
            await anna.post("@quiet", "hello")


async def test_existing_workspace_adopts_additions_of_its_seed(tmp_path: Path) -> None:
    first = {
        "people": [{"handle": "eva"}],
        "channels": [{"name": "desk", "members": ["eva"]}],
        "apps": [{"name": "Bot"}],
    }
    command_ = {"command": "/new", "description": "New"}
    manifest = {"features": {"slash_commands": [command_]}, "oauth_config": {"scopes": {"bot": ["commands"]}}}
    second = {
        "people": [{"handle": "eva"}, {"handle": "new"}],
        "channels": [{"name": "desk", "members": ["eva", "new"]}, {"name": "more", "members": ["new"]}],
        "groups": [{"handle": "all", "members": ["eva", "new"]}],
        "apps": [{"name": "Bot", "manifest": manifest}],
    }
    async with LocalSlack(Seed.from_dict(first), state=tmp_path) as slack:
        eva = slack.person("eva")
        await eva.post("#desk", "kept")
        await eva.act("topic", channel="#desk", text="changed by a person")
        await eva.advance(3600)
        tokens = slack.apps[0].bot_token
    async with LocalSlack(Seed.from_dict(second), state=tmp_path) as slack:
        state = await slack.person("new").state()
        assert [it["name"] for it in state["channels"]] == ["desk", "more"]
        assert state["channels"][0]["topic"] == "changed by a person"
        assert [it["command"] for it in state["apps"][0]["commands"]] == ["/new"]
        assert (slack.apps[0].bot_token, slack.clock.offset) == (tokens, 3600)
        assert (await slack.person("eva").messages("#desk"))[0]["text"] == "kept"


@pytest.mark.parametrize(
    "apps",
    [
        [{"name": "Twin"}, {"name": "Twin"}],
        [{"name": "Bot", "manifest": {"features": [1]}}],
        [{"name": "Bot", "manifest": {"features": {"slash_commands": [{}]}}}],
        [{"name": "Bot", "manifest": {"settings": {"interactivity": "yes"}}}],
    ],
)
async def test_invalid_app_in_a_seed_changes_nothing(apps: list[Any]) -> None:
    async with LocalSlack(seed()) as slack:
        anna = slack.person("anna")
        with pytest.raises(Refusal) as refused:
            await anna.control("POST", "seed", people=[{"handle": "anna"}], apps=apps)
        assert refused.value.error == "invalid_seed"
        assert [it["name"] for it in (await anna.state())["channels"]] == ["desk", "lounge"]
