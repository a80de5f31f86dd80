"""Payloads have the same keys as Slack's."""

from collections.abc import Callable, Iterator

import pytest

from tests.localslack.running import Json, LocalSlackProcess
from tests.localslack.socket_app import INPUT_BLOCK, PLAIN_TEXT, SEED, Connection, modal

ALWAYS = {"type", "token", "team", "user", "is_enterprise_install", "enterprise"}
EXTERNAL_SELECT_INPUT: Json = {
    "type": "input",
    "block_id": "s",
    "label": PLAIN_TEXT,
    "optional": True,
    "element": {"type": "external_select", "action_id": "pick", "min_query_length": 0},
}
CLICKABLE_ACTIONS: Json = {
    "type": "actions",
    "block_id": "do",
    "elements": [
        {"type": "button", "action_id": "go", "text": PLAIN_TEXT, "value": "7"},
        {
            "type": "static_select",
            "action_id": "choose",
            "options": [{"text": PLAIN_TEXT, "value": "a"}, {"text": PLAIN_TEXT, "value": "b"}],
        },
    ],
}


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[LocalSlackProcess, Connection]]:
    with LocalSlackProcess(SEED) as slack:
        app = Connection(slack)
        yield slack, app
        app.close()


@pytest.fixture
def slack(running: tuple[LocalSlackProcess, Connection]) -> LocalSlackProcess:
    running[0].reset()
    return running[0]


@pytest.fixture
def app(slack: LocalSlackProcess, running: tuple[LocalSlackProcess, Connection]) -> Connection:
    running[1].reset()
    return running[1]


def event(app: Connection, kind: str) -> Json:
    """The next event of this type; skips others."""
    while True:
        payload = app.next_payload("events_api")
        if payload["event"]["type"] == kind:
            return payload


def message(app: Connection, subtype: str, fits: Callable[[Json], bool] = lambda _: True) -> Json:
    """The next message event of this subtype that fulfils the condition."""
    while True:
        received: Json = event(app, "message")["event"]
        if received.get("subtype") == subtype and fits(received):
            return received


def posted(slack: LocalSlackProcess, app: Connection, *blocks: Json) -> Json:
    ts = app.web.chat_postMessage(channel=slack.channel_id("desk"), text="Look", blocks=list(blocks))["ts"]
    return {"type": "message", "channel": slack.channel_id("desk"), "ts": ts}


def opened(slack: LocalSlackProcess, app: Connection, *blocks: Json) -> str:
    slack.act("anna", "command", channel="#desk", command="/go", text="")
    trigger = app.next_payload("slash_commands")["trigger_id"]
    view = modal(blocks=list(blocks), notify_on_close=True)
    return str(app.web.views_open(trigger_id=trigger, view=view)["view"]["id"])


def test_slash_command_payload(slack: LocalSlackProcess, app: Connection) -> None:
    slack.act("anna", "command", channel="#desk", command="/go", text="there")
    payload = app.next_payload("slash_commands")
    assert set(payload) >= {
        "token", "team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name", "command", "text",
        "api_app_id", "is_enterprise_install", "response_url", "trigger_id",
    }  # fmt: skip
    assert payload["is_enterprise_install"] in ("false", False)


def test_message_click_payload(slack: LocalSlackProcess, app: Connection) -> None:
    where = posted(slack, app, CLICKABLE_ACTIONS)
    slack.act("anna", "action", container=where, block_id="do", action_id="go")
    payload = app.next_payload("interactive")
    assert set(payload) >= ALWAYS | {
        "api_app_id", "container", "trigger_id", "channel", "message", "state", "response_url", "actions"
    }  # fmt: skip
    assert payload["container"] == {
        "type": "message", "message_ts": where["ts"], "channel_id": where["channel"], "is_ephemeral": False
    }  # fmt: skip
    assert payload["channel"] == {"id": where["channel"], "name": "desk"}
    assert set(payload["user"]) >= {"id", "username", "name", "team_id"}
    [action] = payload["actions"]
    assert set(action) == {"action_id", "block_id", "text", "value", "type", "action_ts"}
    assert payload["message"]["blocks"][0]["block_id"] == "do"


def test_message_select_payload(slack: LocalSlackProcess, app: Connection) -> None:
    where = posted(slack, app, CLICKABLE_ACTIONS)
    slack.act("anna", "action", container=where, block_id="do", action_id="choose", value="b")
    payload = app.next_payload("interactive")
    assert payload["actions"][0]["selected_option"]["value"] == "b"
    assert payload["state"]["values"]["do"]["choose"]["selected_option"]["value"] == "b"


def test_modal_and_home_click_payloads(slack: LocalSlackProcess, app: Connection) -> None:
    view_id = opened(slack, app, CLICKABLE_ACTIONS, INPUT_BLOCK)
    home = app.web.views_publish(user_id=slack.person_id("anna"), view={"type": "home", "blocks": [CLICKABLE_ACTIONS]})[
        "view"
    ]
    for surface, kind in ((view_id, "modal"), (home["id"], "home")):
        where = {"type": "view", "view_id": surface}
        slack.act("anna", "action", container=where, block_id="do", action_id="go")
        payload = app.next_payload("interactive")
        assert set(payload) >= ALWAYS | {"api_app_id", "container", "trigger_id", "view", "actions"}
        assert payload["container"] == where
        assert (payload["view"]["type"], payload["view"]["id"]) == (kind, surface)
        assert not {"channel", "message", "response_url"} & set(payload)


def test_view_submission_and_view_closed_payloads(slack: LocalSlackProcess, app: Connection) -> None:
    view_id = opened(slack, app, INPUT_BLOCK)
    slack.act("anna", "submit", view_id=view_id, values={"b": {"a": "x"}})
    submitted = app.next_payload("interactive")
    assert submitted["type"] == "view_submission"
    assert set(submitted) >= ALWAYS | {"api_app_id", "trigger_id", "view", "response_urls"}
    assert set(submitted["view"]) >= {
        "id", "team_id", "type", "blocks", "private_metadata", "callback_id", "state", "hash", "title",
        "clear_on_close", "notify_on_close", "close", "submit", "previous_view_id", "root_view_id", "app_id",
        "external_id", "app_installed_team_id", "bot_id",
    }  # fmt: skip
    slack.act("anna", "close", view_id=opened(slack, app, INPUT_BLOCK))
    closed = app.next_payload("interactive")
    assert closed["type"] == "view_closed"
    assert set(closed) >= ALWAYS | {"api_app_id", "view", "is_cleared"}


def test_block_suggestion_payload(slack: LocalSlackProcess, app: Connection) -> None:
    where = {"type": "view", "view_id": opened(slack, app, EXTERNAL_SELECT_INPUT)}
    app.answer = lambda _: {"options": [{"text": PLAIN_TEXT, "value": "a"}]}
    offered = slack.act("anna", "options", container=where, block_id="s", action_id="pick", query="wo")
    assert offered["options"][0]["value"] == "a"
    payload = app.next_payload("interactive")
    assert payload["type"] == "block_suggestion"
    assert set(payload) >= ALWAYS | {"api_app_id", "container", "view", "action_id", "block_id", "value"}
    assert payload["value"] == "wo"


def test_shortcut_payloads(slack: LocalSlackProcess, app: Connection) -> None:
    slack.act("anna", "shortcut", callback_id="new")
    assert set(app.next_payload("interactive")) >= ALWAYS | {"action_ts", "callback_id", "trigger_id"}
    ts = slack.act("ben", "post", channel="#desk", text="note me")["message"]["ts"]
    event(app, "message")
    slack.act("anna", "message_shortcut", callback_id="note", channel="#desk", ts=ts)
    payload = app.next_payload("interactive")
    assert payload["type"] == "message_action"
    assert set(payload) >= ALWAYS | {
        "action_ts", "channel", "callback_id", "trigger_id", "response_url", "message_ts", "message"
    }  # fmt: skip
    assert (payload["message_ts"], payload["message"]["text"]) == (ts, "note me")


ENVELOPE = {
    "token", "team_id", "api_app_id", "event", "type", "event_id", "event_time", "authorizations",
    "is_ext_shared_channel", "event_context",
}  # fmt: skip


def test_message_event_payloads(slack: LocalSlackProcess, app: Connection) -> None:
    desk = slack.channel_id("desk")
    ts = slack.act("anna", "post", channel="#desk", text="hello")["message"]["ts"]
    first = event(app, "message")
    assert set(first) >= ENVELOPE
    assert set(first["event"]) >= {
        "type", "channel", "user", "text", "ts", "event_ts", "channel_type", "team", "blocks", "client_msg_id"
    }  # fmt: skip
    assert (first["event"]["channel_type"], first["event"]["channel"]) == ("channel", desk)

    slack.act("ben", "post", channel="#desk", text="reply", thread_ts=ts, broadcast=True)
    reply = event(app, "message")["event"]
    assert reply["thread_ts"] == ts
    slack.act("anna", "edit", channel="#desk", ts=ts, text="hello again")
    changed = message(app, "message_changed", lambda it: "edited" in it["message"])
    assert set(changed) >= {
        "type", "subtype", "message", "previous_message", "channel", "hidden", "ts", "event_ts", "channel_type"
    }  # fmt: skip
    assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("hello again", "hello")
    assert set(changed["message"]["edited"]) == {"user", "ts"}

    other = slack.act("anna", "post", channel="#desk", text="away")["message"]["ts"]
    slack.act("anna", "delete", channel="#desk", ts=other)
    deleted = message(app, "message_deleted")
    assert set(deleted) >= {"type", "subtype", "channel", "hidden", "deleted_ts", "previous_message", "ts", "event_ts"}
    assert deleted["deleted_ts"] == other


def test_own_posts_arrive_as_bot_message_events(slack: LocalSlackProcess, app: Connection) -> None:
    posted(slack, app, CLICKABLE_ACTIONS)
    received = event(app, "message")["event"]
    assert set(received) >= {"bot_id", "app_id", "user", "text", "ts", "blocks", "bot_profile"}


def test_people_and_channel_event_payloads(slack: LocalSlackProcess, app: Connection) -> None:
    ts = slack.act("anna", "post", channel="#desk", text="@socket look")["message"]["ts"]
    mention = event(app, "app_mention")["event"]
    assert set(mention) >= {"type", "user", "text", "ts", "channel", "event_ts", "team"}

    slack.act("ben", "react", channel="#desk", ts=ts, name="eyes")
    reaction = event(app, "reaction_added")["event"]
    assert set(reaction) == {"type", "user", "reaction", "item", "item_user", "event_ts"}
    assert reaction["item"] == {"type": "message", "channel": slack.channel_id("desk"), "ts": ts}

    slack.act("anna", "open_home", app_id=slack.app["id"])
    home = event(app, "app_home_opened")["event"]
    assert set(home) >= {"type", "user", "channel", "event_ts", "tab"}

    slack.act("ben", "profile", status_text="Away", title="Lead")
    changed = event(app, "user_change")["event"]
    assert changed["user"]["profile"]["status_text"] == "Away"

    made = slack.act("anna", "create_channel", name="new-one")["channel"]["id"]
    app.web.conversations_join(channel=made)
    slack.act("ben", "join", channel="#new-one")
    joined = event(app, "member_joined_channel")["event"]
    assert set(joined) >= {"type", "user", "channel", "channel_type", "team", "event_ts"}


def test_direct_message_event_payload(slack: LocalSlackProcess, app: Connection) -> None:
    direct = slack.act("anna", "open_dm", users=[slack.app["bot_user"]])["channel"]["id"]
    slack.act("anna", "post", channel=direct, text="just us")
    received = event(app, "message")["event"]
    assert (received["channel_type"], received["channel"], received["text"]) == ("im", direct, "just us")
