"""The running local Slack supports what docs/local-slack.md lists, and refuses what is listed as unsupported."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.localslack.running import Json, LocalSlackProcess
from tests.localslack.test_docs import rows

SEED: Json = {
    "people": [{"handle": "anna"}, {"handle": "ben"}, {"handle": "carla"}],
    "channels": [
        {"name": "desk", "members": ["anna", "ben", "App"]},
        {"name": "secret", "members": ["anna", "App"], "private": True},
    ],
    "apps": [{"name": "App"}],  # an app without a manifest has all scopes
}


@pytest.fixture
def slack() -> Iterator[LocalSlackProcess]:
    with LocalSlackProcess(SEED) as running:
        yield running


def listed(table: str, status: str) -> set[str]:
    return {row[0] for row in rows(table, "status", "difference") if row[1] == status}


def test_unsupported_methods_answer_unknown_method(slack: LocalSlackProcess) -> None:
    client = WebClient(token=slack.app["bot_token"], base_url=slack.api_url)
    for name in listed("method", "not"):
        with pytest.raises(SlackApiError, match="unknown_method"):
            client.api_call(name.strip("`"))


def test_documented_events_are_sent(slack: LocalSlackProcess) -> None:
    client = WebClient(token=slack.app["bot_token"], base_url=slack.api_url)
    _trigger_all_events(slack, client)
    delivered = {row["kind"].removeprefix("event:") for row in slack.get("traffic?limit=2000")["rows"]}
    delivered |= {f"message.{kind}" for kind in _message_kinds(slack)}
    events = {name.removeprefix("event `").strip("`") for name in listed("payload", "supported") if "event `" in name}
    assert events - delivered == set()


def _message_kinds(slack: LocalSlackProcess) -> set[str]:
    plural = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
    rows_ = [row for row in slack.get("traffic?limit=2000")["rows"] if row["kind"] == "event:message"]
    return {plural[row["request"]["event"]["channel_type"]] for row in rows_}


def _trigger_all_events(slack: LocalSlackProcess, client: WebClient) -> None:
    anna, bot, desk = slack.person_id("anna"), slack.app["bot_user"], slack.channel_id("desk")
    ts = slack.act("anna", "post", channel="#desk", text="@app hello")["message"]["ts"]
    for members in ([bot], [bot, "ben"]):
        talk = slack.act("anna", "open_dm", users=members)["channel"]["id"]
        slack.act("anna", "post", channel=talk, text="hello")
    slack.act("anna", "post", channel="#secret", text="hello")
    for verb in ("react", "unreact"):
        slack.act("anna", verb, channel="#desk", ts=ts, name="eyes")
    for verb in ("pin", "unpin"):
        slack.act("anna", verb, channel="#desk", ts=ts)
    slack.act("anna", "open_home", app_id=slack.app["id"])
    slack.act("anna", "profile", title="Lead")
    slack.act("carla", "join", channel="#desk")
    slack.act("carla", "leave", channel="#desk")
    slack.act("anna", "create_channel", name="new")
    client.conversations_join(channel=slack.channel_id("new"))
    slack.act("anna", "rename", channel="#desk", text="desk-2")
    for verb in ("archive", "unarchive"):
        slack.act("anna", verb, channel=desk)
    file = client.files_upload_v2(channel=desk, content="x", filename="x.txt")["file"]["id"]
    client.files_delete(file=file)
    group = client.usergroups_create(name="Group", handle="group")["usergroup"]["id"]
    client.usergroups_update(usergroup=group, name="Groups")
    client.usergroups_users_update(usergroup=group, users=[anna])
    slack.post("people", {"handle": "dora", "name": "Dora"})
    slack.post("channels/new/share", {"with": "Partner"})
    slack.post("channels/new/unshare", {})
    slack.post("channels/secret/new_id", {})
    talk = slack.act("anna", "open_assistant", app_id=slack.app["id"], context="#new")
    place = {"app_id": slack.app["id"], "channel": talk["channel"], "thread_ts": talk["thread_ts"]}
    slack.act("anna", "assistant_context", **place, context="#secret")
    client.conversations_leave(channel=desk)
    slack.post(f"apps/{slack.app['id']}/uninstall", {})
