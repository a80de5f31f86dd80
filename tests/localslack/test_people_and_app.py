"""A person and a Bolt app interact as in Slack, over Socket Mode and over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from localslack import LocalSlack, Refusal
from localslack.visible import text_of
from tests.localslack.embedded import (
    Json,
    actions_block,
    bolt_app,
    input_block,
    modal,
    over_http,
    over_socket_mode,
    plain,
    seed,
)
from tests.timeouts import long_timeouts

TRANSPORTS = {"socket": over_socket_mode, "http": over_http}


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(seed(), switches=long_timeouts()) as running:
        yield running


@pytest.fixture(params=TRANSPORTS)
async def app(slack: LocalSlack, request: pytest.FixtureRequest) -> AsyncIterator[AsyncApp]:
    """A connected app to which tests add listeners."""
    async with TRANSPORTS[request.param](slack, bolt_app(slack)) as running:
        yield running


def open_on_command(app: AsyncApp, view: Json) -> None:
    """Makes `/open` open this view."""

    @app.command("/open")
    async def show(ack: Any, client: Any, body: Json) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)


async def test_command_response_is_ephemeral(slack: LocalSlack, app: AsyncApp) -> None:
    @app.command("/hello")
    async def hello(ack: Any, command: Json) -> None:
        await ack(f"Hello {command['user_name']}, you said {command['text']}")

    anna, ben = slack.person("anna"), slack.person("ben")
    assert (await anna.command("#desk", "/hello", "a < b"))["outcome"] == "ack"
    answer = await anna.message("#desk", "you said a &lt; b")
    assert answer["is_ephemeral"] is True
    assert await ben.messages("#desk") == []


async def test_modal_is_opened_refused_and_accepted(slack: LocalSlack, app: AsyncApp) -> None:
    open_on_command(app, modal())

    @app.view("m")
    async def taken(ack: Any, view: Json, client: Any, body: Json) -> None:
        value = view["state"]["values"]["b"]["a"]["value"]
        if value == "vague":
            await ack(response_action="errors", errors={"b": "Please be exact."})
        else:
            await ack()
            await client.chat_postMessage(channel="#desk", text=f"<@{body['user']['id']}>: {value}")

    anna = slack.person("anna")
    await anna.command("#desk", "/open")
    shown = await anna.modal("Title")
    assert await anna.submit(shown, {}) == {
        "ok": True,
        "outcome": "errors",
        "source": "slack",
        "errors": {"b": "Please complete this required field."},
    }
    refused = await anna.submit(shown, {"b": "vague"})
    assert (refused["outcome"], refused["source"], refused["errors"]) == ("errors", "app", {"b": "Please be exact."})
    assert (await anna.submit(shown, {"b": "exact"}))["outcome"] == "closed"
    assert (await anna.message("#desk", "exact"))["text"].endswith(": exact")
    await anna.no_modal()


async def test_response_action_updates_pushes_and_clears_modals(slack: LocalSlack, app: AsyncApp) -> None:
    open_on_command(app, modal())

    @app.view("m")
    async def answer(ack: Any, view: Json) -> None:
        action = view["state"]["values"]["b"]["a"]["value"]
        if action == "clear":
            await ack(response_action="clear")
        else:
            await ack(response_action=action, view=modal(title=action))

    anna = slack.person("anna")
    await anna.command("#desk", "/open")
    outcomes = [
        (await anna.submit(await anna.modal(title), {"b": word}))["outcome"]
        for title, word in (("Title", "update"), ("update", "push"), ("push", "push"), ("push", "push"))
    ]
    assert outcomes == ["updated", "pushed", "pushed", "failed"]  # the stack is limited to three modals
    assert [it.title for it in await anna.modals()] == ["update", "push", "push"]
    assert (await anna.submit(await anna.modal(), {"b": "clear"}))["outcome"] == "cleared"
    assert await anna.modals() == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors", "errors": {"not there": "x"}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
    ],
)
async def test_invalid_response_action_leaves_the_modal_open(slack: LocalSlack, app: AsyncApp, answer: Json) -> None:
    open_on_command(app, modal())

    @app.view("m")
    async def wrong(ack: Any) -> None:
        await ack(**answer)

    anna = slack.person("anna")
    await anna.command("#desk", "/open")
    shown = await anna.modal()
    await anna.control("POST", "switches", ack_seconds=1)  # Bolt sends no acknowledgement with empty errors
    failed = await anna.submit(shown, {"b": "x"})
    assert (failed["outcome"], failed["message"]) == ("failed", "We had some trouble connecting. Try again?")
    assert [it.title for it in await anna.modals()] == ["Title"]


async def test_missing_acknowledgement_times_out(slack: LocalSlack, app: AsyncApp) -> None:
    open_on_command(app, modal())
    released = asyncio.Event()

    @app.view("m")
    async def late(ack: Any) -> None:
        await released.wait()
        await ack()

    @app.command("/late")
    async def late_too(ack: Any) -> None:
        await released.wait()
        await ack()

    anna = slack.person("anna")
    await anna.control("POST", "switches", ack_seconds=0.2, redeliver_seconds=30)
    await anna.command("#desk", "/open")
    assert (await anna.submit(await anna.modal(), {"b": "x"}))["outcome"] == "failed"
    assert (await anna.command("#desk", "/late"))["outcome"] == "timeout"
    assert await anna.message("#desk", '/late failed with the error "operation_timeout"')
    released.set()


async def test_a_button_in_a_message_replaces_it(slack: LocalSlack, app: AsyncApp) -> None:
    @app.command("/card")
    async def card(ack: Any, say: Any) -> None:
        await ack()
        await say(text="card", blocks=[actions_block(take="Take", drop="Drop")])

    @app.action("take")
    async def take(ack: Any, respond: Any, body: Json) -> None:
        await ack()
        await respond(text=f"taken by {body['user']['username']}", replace_original=True)

    anna, ben = slack.person("anna"), slack.person("ben")
    await anna.command("#desk", "/card")
    shown = await ben.message("#desk", "Take")
    assert (await ben.click(shown, "Take"))["outcome"] == "ack"
    replaced = await anna.message("#desk", "taken by ben")
    assert (replaced["ts"], replaced.get("blocks")) == (shown["ts"], None)


async def test_block_actions_carry_the_state_of_all_inputs(slack: LocalSlack, app: AsyncApp) -> None:
    received: asyncio.Queue[Json] = asyncio.Queue()
    options = [{"text": plain(it), "value": it} for it in ("red", "green")]
    chooser = input_block("colour", type="static_select", action_id="pick", options=options) | {"dispatch_action": True}
    menu = {"type": "overflow", "action_id": "menu", "options": options}
    section = {"type": "section", "block_id": "more", "text": plain("More"), "accessory": menu}
    open_on_command(app, modal(input_block("name", initial_value="first"), chooser, section))

    @app.action({"action_id": "pick"})
    @app.action({"action_id": "menu"})
    async def receive(ack: Any, body: Json) -> None:
        await ack()
        await received.put(body)

    anna = slack.person("anna")
    await anna.command("#desk", "/open")
    shown = await anna.modal()
    anna.fill(shown, {"name": "typed"})
    await anna.choose(shown, "pick", "green")
    body = await received.get()
    assert body["actions"][0]["selected_option"]["value"] == "green"
    assert body["view"]["state"]["values"]["name"]["a"]["value"] == "typed"
    assert body["view"]["state"]["values"]["colour"]["pick"]["selected_option"]["value"] == "green"
    await anna.click(shown, "red")  # an option of the overflow menu
    assert (await received.get())["actions"][0]["selected_option"]["value"] == "red"


async def test_an_external_select_is_filled_by_the_app(slack: LocalSlack, app: AsyncApp) -> None:
    open_on_command(app, modal(input_block("who", type="external_select", action_id="find", min_query_length=0)))
    taken: asyncio.Queue[Json] = asyncio.Queue()

    @app.options("find")
    async def find(ack: Any, payload: Json) -> None:
        await ack(options=[{"text": plain(f"{payload['value']} {n}"), "value": str(n)} for n in range(3)])

    @app.view("m")
    async def take(ack: Any, view: Json) -> None:
        await ack()
        await taken.put(view["state"]["values"]["who"]["find"])

    anna = slack.person("anna")
    await anna.command("#desk", "/open")
    shown = await anna.modal()
    offered = await anna.suggestions(shown, "find", "Mü")
    assert [it["text"]["text"] for it in offered] == ["Mü 0", "Mü 1", "Mü 2"]
    await anna.submit(shown, {"who": offered[1]})
    assert (await taken.get())["selected_option"] == offered[1]


async def test_view_closed_is_sent_to_apps_with_notify_on_close(slack: LocalSlack, app: AsyncApp) -> None:
    open_on_command(app, modal(notify_on_close=True))
    received: asyncio.Queue[Json] = asyncio.Queue()

    @app.view_closed("m")
    async def closed(ack: Any, body: Json) -> None:
        await ack()
        await received.put(body)

    anna = slack.person("anna")
    await anna.command("#desk", "/open")
    await anna.dismiss(await anna.modal())
    assert (await received.get())["is_cleared"] is False
    await anna.no_modal()


async def test_action_on_its_way_while_its_form_is_closed_is_late_and_no_error(
    slack: LocalSlack, app: AsyncApp
) -> None:
    open_on_command(app, modal())
    anna = slack.person("anna")
    await anna.command("#desk", "/open")
    shown = await anna.modal()
    used = {"container": {"type": "view", "view_id": shown.id}, "block_id": "gone", "action_id": "a"}
    assert await anna.act("action", **used, may_be_late=True) == {"ok": True, "outcome": "late"}
    await anna.dismiss(shown)
    assert await anna.act("action", **used, may_be_late=True) == {"ok": True, "outcome": "late"}
    with pytest.raises(Refusal, match="not open any more"):
        await anna.act("action", **used)


async def test_a_home_is_opened_and_published(slack: LocalSlack, app: AsyncApp) -> None:
    @app.event("app_home_opened")
    async def publish(event: Json, client: Any) -> None:
        section = {"type": "section", "text": plain(f"For {event['user']} in {event['tab']}")}
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section]})

    ben = slack.person("ben")
    home = await ben.home("Bot", "in home")
    assert (await ben.state())["me"]["id"] in text_of(home)


async def test_shortcuts_reach_the_app(slack: LocalSlack, app: AsyncApp) -> None:
    received: asyncio.Queue[Json] = asyncio.Queue()

    @app.shortcut("new")
    @app.message_shortcut("note")
    async def receive(ack: Any, body: Json) -> None:
        await ack()
        await received.put(body)

    anna = slack.person("anna")
    message = await anna.post("#desk", "look at this")
    await anna.shortcut("new")
    await anna.shortcut("note", message)
    first, second = await received.get(), await received.get()
    assert (first["type"], second["type"]) == ("shortcut", "message_action")
    assert second["message"]["text"] == "look at this"


async def test_events_are_sent_only_for_channels_of_the_app(slack: LocalSlack, app: AsyncApp) -> None:
    received: asyncio.Queue[Json] = asyncio.Queue()

    @app.event("message")
    @app.event("app_mention")
    async def receive(event: Json) -> None:
        await received.put(event)

    anna = slack.person("anna")
    await anna.post("#lounge", "nobody listens, @bot")
    await anna.post("#desk", "do you hear, @bot?")
    bot = slack.apps[0].bot_user
    found = {it["type"]: it["text"] for it in (await received.get(), await received.get())}
    assert found == dict.fromkeys(("message", "app_mention"), f"do you hear, <@{bot}>?")


async def test_missing_app_is_reported_to_the_person(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    assert (await anna.command("#desk", "/hello"))["outcome"] == "not_connected"
    assert await anna.message("#desk", '/hello failed with the error "dispatch_failed"')
    message = await anna.post("#desk", "no button here")
    target = {"type": "message", "channel": message["channel"], "ts": message["ts"]}
    with pytest.raises(Refusal, match="No app listens"):
        await anna.act("action", container=target, block_id="b", action_id="a")
