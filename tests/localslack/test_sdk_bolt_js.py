"""Apps written with Bolt for JavaScript, and with its Socket Mode client alone, work with the local Slack."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.localslack.node_side import NODE, NodeProcess
from tests.localslack.running import Json, LocalSlackProcess
from tests.ports import free_port

MANIFEST: Json = {
    "display_information": {"name": "Bolt App"},
    "features": {
        "bot_user": {"display_name": "bolt"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/raise", "description": "Raise something", "usage_hint": "[title]"}],
        "shortcuts": [{"type": "message", "callback_id": "note", "name": "Note", "description": "Note it"}],
    },
    "oauth_config": {
        "scopes": {
            "bot": ["commands", "chat:write", "app_mentions:read", "channels:history", "im:history", "channels:read"]
        }
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["app_mention", "app_home_opened", "message.channels", "message.im"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def workspace(request_url: str = "") -> Json:
    return {
        "people": [{"handle": "anna", "name": "Anna Albrecht"}, {"handle": "ben"}],
        "channels": [{"name": "desk", "members": ["anna", "ben", "Bolt App"]}],
        "apps": [{"name": "Bolt App", "manifest": MANIFEST, "request_url": request_url}],
    }


@pytest.fixture(params=["socket", "http"])
def slack_and_app(
    request: pytest.FixtureRequest, node_modules: Path
) -> Iterator[tuple[LocalSlackProcess, NodeProcess]]:
    port = free_port()
    seed = workspace(f"http://127.0.0.1:{port}/slack/events" if request.param == "http" else "")
    with LocalSlackProcess(seed) as slack:
        settings = {"API_URL": slack.api_url, "BOT_TOKEN": slack.app["bot_token"], "CHANNEL": slack.channel_id("desk")}
        if request.param == "http":
            settings |= {"SIGNING_SECRET": slack.app["signing_secret"], "PORT": str(port)}
        else:
            settings |= {"APP_TOKEN": slack.app["app_token"]}
        with NodeProcess(node_modules, "app.mjs", **settings) as app:
            yield slack, app


def test_a_command_a_modal_a_button_and_events_work_from_end_to_end(
    slack_and_app: tuple[LocalSlackProcess, NodeProcess],
) -> None:
    slack, app = slack_and_app

    assert slack.act("anna", "command", channel="#desk", command="/raise", text="No")["outcome"] == "ack"
    assert app.expect("command")["text"] == "No"
    [modal] = slack.state("anna")["modals"]
    assert modal["callback_id"] == "raise"

    inside = {"container": {"type": "view", "view_id": modal["id"]}, "block_id": "fruit", "action_id": "pick"}
    offered = slack.act("anna", "options", **inside, query="an")["options"]
    assert [option["value"] for option in offered] == ["banana"]

    refused = slack.act("anna", "submit", view_id=modal["id"], values={"title": {"text": "No"}})
    assert (refused["outcome"], refused["errors"]) == ("errors", {"title": "Too short"})
    values = {"title": {"text": "Nothing works"}, "fruit": {"pick": offered[0]}}
    assert slack.act("anna", "submit", view_id=modal["id"], values=values)["outcome"] == "closed"
    assert app.expect("submitted") == {"what": "submitted", "title": "Nothing works", "fruit": "banana"}

    posted = slack.messages("ben", "desk")[-1]
    where = {"type": "message", "channel": slack.channel_id("desk"), "ts": posted["ts"]}
    assert slack.act("ben", "action", container=where, block_id="do", action_id="done")["outcome"] == "ack"
    assert app.expect("clicked")["value"] == "Nothing works"
    assert slack.messages("anna", "desk")[-1]["text"] == "Nothing works: done"

    mention = slack.act("ben", "post", channel="#desk", text="@bolt hello")["message"]
    assert app.expect("mentioned")["user"] == slack.person_id("ben")
    thread = slack.get(f"people/ben/channels/desk/messages/{mention['ts']}/replies")["messages"]
    assert thread[1]["text"].startswith("You said: ")

    slack.act("anna", "message_shortcut", callback_id="note", channel="#desk", ts=mention["ts"])
    app.expect("noted")

    home = slack.act("anna", "open_home", app_id=slack.app["id"])
    app.expect("home")
    assert home["channel"]
    assert slack.state("anna")["homes"][slack.app["id"]]["blocks"][0]["text"]["text"] == "At home"


def test_failing_call_raises_slacks_error_in_the_app(slack_and_app: tuple[LocalSlackProcess, NodeProcess]) -> None:
    slack, app = slack_and_app
    slack.post("faults", {"method": "views.open", "fault": "expired_trigger_id", "times": 1})
    slack.act("anna", "command", channel="#desk", command="/raise", text="late")
    event: dict[str, Any] = app.expect("error")
    assert event["data"]["error"] == "expired_trigger_id"
    assert slack.state("anna")["modals"] == []


def test_socket_mode_client_alone_receives_responds_and_reconnects(node_modules: Path) -> None:
    with LocalSlackProcess(workspace()) as slack:
        settings = {"API_URL": slack.api_url, "APP_TOKEN": slack.app["app_token"]}
        with NodeProcess(node_modules, "sockets.mjs", **settings) as app:
            slack.act("anna", "command", channel="#desk", command="/raise", text="one")
            assert app.expect("command")["text"] == "one"
            assert slack.messages("anna", "desk")[-1]["text"] == "Heard one"
            for reason in ("warning", "refresh_requested", "abrupt"):
                slack.post(f"apps/{slack.app['id']}/disconnect", {"reason": reason})
                app.expect("ready")
                slack.act("ben", "post", channel="#desk", text=reason)
                assert app.expect("message")["text"] == reason


def test_the_lock_file_names_versions_and_checksums_but_no_registry() -> None:
    lock = json.loads((NODE / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all("integrity" in entry and "resolved" not in entry for entry in packages.values())
