"""Every change is in the store when Slack receives its acknowledgement, for all registered listeners.

`kill -9` at the acknowledgement leaves the files as they are at that moment. So the test copies them at that moment and
starts a new desk on the copy, which delivers all notices of the change.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from blocks.form_state import FormState, mark_of
from blocks.tickets import SCOPES
from bot.bulk import BulkAction
from bot.core.errors import Invalid, Refused, StoreDown
from bot.core.saves import noting_saves
from bot.model.ticket import Kind
from bot.tickets.one_line import Verb
from handlers.capabilities import CAPABILITIES
from handlers.dispatch import Dispatcher
from handlers.payload import Emoji
from runtime.background_tasks import BackgroundTasks
from tests.doubles.agreeable_slack import AgreeableSlack, agreeable_slack
from tests.factories import ALEX, ANNA, BEN, CARLA, DESK, GUS, RAISED, MemoryDrafts, World, a_world
from tests.handlers.listener_scene import Scene, a_scene, copied, delivered, desk_on, without_failures
from tests.handlers.listener_steps import SHOWS, STEPS, Step
from tests.handlers.test_permissions import listeners, names, payload
from tests.timeouts import TIMEOUT

Content = Mapping[str, list[Any]]
"""Table → its rows."""
SHOWING = ("views.", "chat.postEphemeral", "/response", "conversations.replies")
"""Calls that show something to one person, or only ask."""


REMEMBERED = {"command /retarus-ticket", *(f"click tickets.scope.{scope}" for scope in SCOPES)}
"""They remember which list a person looked at last."""
ELSEWHERE = {f"click {name}" for name in ("canned_answers.choose", "raising.template", "thread_offer.take_in")}
ELSEWHERE |= {"shortcut send_to_retarus"}
"""They need settings or a thread that this scene does not have."""
DERIVED = ("tickets_index", "notes_index", "to_index", "vocabulary", "sqlite_sequence")
"""Tables of the search index, which follows by itself."""


def content(folder: Path) -> Content:
    """Everything in the files, read by another connection."""
    found = {}
    for name in ("desk", "desk-drafts"):
        with closing(sqlite3.connect(folder / f"{name}.sqlite3")) as db:
            tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for table in [name for (name,) in tables if not name.startswith(DERIVED)]:
                found[table] = sorted(db.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
    return found


def differing(one: Content, other: Content) -> list[str]:
    return [table for table in one if one[table] != other[table]]


@dataclass
class Seen:
    """The content of the files when the step was acknowledged, and afterwards."""

    before: Content
    at_ack: Content = field(default_factory=dict)
    after: Content = field(default_factory=dict)
    answer: str = ""
    called_after: list[str] = field(default_factory=list)


class CopyingAck(AsyncAck):
    """Acknowledgement that copies the files of the desk at that moment."""

    def __init__(self, folder: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # as in Bolt's
        self.folder = folder
        self.copy = folder.with_name(f"{folder.name}-killed")

    async def __call__(self, *arguments: Any, **values: Any) -> BoltResponse:
        if self.response is None:
            copied(self.folder, self.copy)
        return await super().__call__(*arguments, **values)


def an_ack() -> AsyncAck:
    return AsyncAck()  # type: ignore[no-untyped-call]  # as in Bolt's


def body_of(listener: str, step: Step, names: Mapping[str, object], slack: AgreeableSlack) -> dict[str, Any]:
    """Slack's payload of this step."""
    kind, _, name = listener.partition(":")[0].rpartition(" ")
    answers = {key: text.format_map(names) for key, text in step.typed.items()}
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": name,
        "private_metadata": step.about.format_map(names),
        "previous_view_id": "V0",
        "state": {"values": {block: {"form.answer": {"value": text}} for block, text in answers.items()}},
    }
    user, there = {"id": step.user}, {"trigger_id": "T1", "response_url": f"{slack.url}/response"}
    match kind:
        case "click":
            clicked = {"action_id": name, "value": step.value.format_map(names), "action_ts": "1.1", "block_id": "b"}
            return {"type": "block_actions", "user": user, "actions": [clicked], "view": view, **there}
        case "submission":
            return {"type": "view_submission", "user": user, "view": view}
        case "saving command":
            text = step.text.format_map(names)
            return {"command": name, "user_id": step.user, "text": text, "channel_id": "C1", **there}
    return {"type": "event_callback", "event_id": "E1", "event": filled(step.event, names)}


def filled(value: Any, names: Mapping[str, object]) -> Any:
    if isinstance(value, dict):
        return {key: filled(each, names) for key, each in value.items()}
    return value.format_map(names) if isinstance(value, str) else value


async def carried_out(listener: str, scene: Scene, folder: Path, slack: AgreeableSlack) -> Seen:
    """Carries out a step on a copy of the scene, and looks at the files on the way."""
    step = STEPS[listener]
    copied(scene.folder, folder)
    slack.thread = str(scene.names(step.ticket)["card"])
    async with desk_on(folder) as (w, _):
        dispatcher = a_dispatcher(w, slack)
        if step.after:
            await given(dispatcher, step.after, scene, slack, an_ack())
        found, ack = Seen(content(folder)), CopyingAck(folder)
        await given(dispatcher, listener, scene, slack, ack)
        found.after = content(folder)
    found.at_ack = content(ack.copy)
    found.answer = f"{ack.response.body if ack.response else None}"
    found.called_after = [each for each in slack.called if not each.startswith(SHOWING)]
    return found


def a_dispatcher(w: World, slack: AgreeableSlack) -> Dispatcher:
    client = AsyncWebClient(token="xoxb-1", base_url=f"{slack.url}/api/")
    dispatcher = Dispatcher(client, w.desk, BackgroundTasks())
    for capability in CAPABILITIES:
        capability.register(w.desk, dispatcher)
    return dispatcher


async def given(dispatcher: Dispatcher, listener: str, scene: Scene, slack: AgreeableSlack, ack: AsyncAck) -> None:
    """Gives the payload of a step to its listener, and waits for all that follows."""
    step = STEPS[listener]
    body = body_of(listener, step, scene.names(step.ticket), slack)
    found = dispatcher.listener(body)
    assert found
    slack.called.clear()
    with noting_saves():
        await found(ack, body)
    for _ in range(3):  # tasks start tasks
        await dispatcher.tasks.drain(TIMEOUT)


async def restarted(copy: Path) -> tuple[set[str], set[str]]:
    """The keys of the notices that wait in the files, and of those that a desk started on them delivers."""
    async with desk_on(copy) as (_, store):
        waiting = {each.notice.key for each in await store.letters(state="waiting", limit=1000)}
        return waiting, set(await delivered(store, without_failures))


def different(steps: Mapping[str, Step]) -> list[str]:
    """One of each group of listeners that do the very same."""
    return list({id(step): listener for listener, step in steps.items()}.values())


@pytest.mark.long
async def test_every_step_is_in_the_store_when_it_is_acknowledged_and_all_that_follows_is_delivered_after_a_kill(
    tmp_path: Path,
) -> None:
    scene, wrong = await a_scene(tmp_path / "scene"), dict[str, object]()
    async with agreeable_slack() as slack:
        for number, listener in enumerate(different(STEPS)):
            found = await carried_out(listener, scene, tmp_path / f"step-{number}", slack)
            waiting, sent = await restarted(tmp_path / f"step-{number}-killed")
            if not differing(found.before, found.at_ack):
                wrong[listener] = f"saved nothing before it was acknowledged: {found.answer[:300]}"
            elif late := differing(found.at_ack, found.after):
                wrong[listener] = f"saved after it was acknowledged: {late}"
            elif found.called_after:
                wrong[listener] = f"was to be told after it was acknowledged, and saved nowhere: {found.called_after}"
            elif waiting != sent:
                wrong[listener] = f"is not delivered after a kill: {waiting - sent}"
    assert wrong == {}


async def test_listeners_that_only_show_something_change_nothing(tmp_path: Path) -> None:
    """They are acknowledged first: what one of them saved would be lost by a kill."""
    scene = await a_scene(tmp_path / "scene")
    before, failed = content(scene.folder), dict[str, object]()
    async with agreeable_slack() as slack, desk_on(scene.folder) as (w, _):
        dispatcher = a_dispatcher(w, slack)
        for listener in sorted(SHOWS - REMEMBERED):
            failed |= await shown(dispatcher, listener, scene)
            assert differing(before, content(scene.folder)) == [], listener
    assert set(failed) == ELSEWHERE


async def shown(dispatcher: Dispatcher, listener: str, scene: Scene) -> dict[str, object]:
    """Lets people use a listener on tickets until it shows something; gives the last refusal where it never does."""
    kind, _, name = listener.rpartition(" ")
    refusal: object = None
    for user in (BEN, ANNA, CARLA):
        for ticket in scene.tickets.values():
            used = payload(kind, name, user, ticket, scene.ids["note"])
            if name.startswith("conversation."):
                used = replace(used, value=scene.ids["unknown" if name.endswith("assign") else "known"])
            try:
                await listeners(dispatcher)[listener](used)
            except (Refused, Invalid) as error:
                refusal = error
            else:
                await dispatcher.tasks.drain(TIMEOUT)
                return {}
    return {listener: refusal}


class LockedDrafts(MemoryDrafts):
    """Drafts that cannot be deleted."""

    async def drop(self, key: str) -> None:
        raise StoreDown(f"{key} is locked")


async def test_draft_that_cannot_be_deleted_does_not_make_its_form_fail() -> None:
    w = (await a_world()).at(drafts=LockedDrafts())
    await w.desk.tickets.save_draft(ANNA, Kind.INCIDENT, RAISED)
    draft = await w.desk.queries.draft(ANNA, Kind.INCIDENT)
    about = FormState(Kind.INCIDENT, draft=Kind.INCIDENT, mark=mark_of(draft)).pack()
    async with agreeable_slack() as slack:
        dispatcher, ack = a_dispatcher(w, slack), an_ack()
        step = Step(about=about, typed=RAISED)
        await dispatcher._on_submission(ack, body_of("submission raising.raise", step, {}, slack))
    assert ack.response
    assert ack.response.body == ""
    assert await w.store.numbered(1001)


async def test_handover_whose_message_was_not_redrawn_before_a_kill_is_redrawn_at_the_next_click() -> None:
    w = await a_world()
    await w.taken()
    await w.desk.handovers.offer(ANNA, "", "form")
    (key,) = await w.drafts.keys()
    await w.desk.handovers.accept(key, ALEX)
    step = Step(user=BEN, value=key, about="")
    async with agreeable_slack() as slack:
        dispatcher = a_dispatcher(w, slack)
        await dispatcher._on_click(an_ack(), body_of("click handover.accept", step, {}, slack))
        await dispatcher.tasks.drain(TIMEOUT)
    assert sorted(slack.called) == ["/response", "views.push"]


async def test_guest_who_joins_while_the_database_is_down_is_reported_at_the_next_delivery() -> None:
    """An event that fails has no recipient for an error message, so Slack delivers it again."""
    w = await a_world()
    joined = {"type": "member_joined_channel", "user": GUS, "channel": DESK}
    body = {"type": "event_callback", "event_id": "E1", "event": joined}
    async with agreeable_slack() as slack:
        listener = a_dispatcher(w, slack).listener(body)
        assert listener
        first, second = an_ack(), an_ack()
        w.store.down = True
        await listener(first, body)
        w.store.down = False
        await listener(second, body)
    assert (first.response, bool(second.response)) == (None, True)
    assert [each.notice.body["joined"] for each in await w.store.letters()] == [GUS]


async def test_every_listener_has_a_step_or_only_shows_something() -> None:
    steps = {each.partition(":")[0] for each in STEPS}
    assert not steps & SHOWS
    assert set(await names()) == steps | SHOWS


def test_every_action_of_one_listener_has_a_step() -> None:
    kinds = {"saving command /retarus-ticket": Verb, "event reaction_added": Emoji, "submission bulk.open": BulkAction}
    for listener, kind in kinds.items():
        assert {f"{listener}: {each.name}" for each in kind} == {each for each in STEPS if each.startswith(listener)}
