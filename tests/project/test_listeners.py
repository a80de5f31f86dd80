"""Every button, input and form has a listener, and the manifest declares what the bot handles."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from blocks.form import ANSWER
from bot.model.ticket import Stage, Ticket
from handlers.capabilities import listen
from handlers.dispatch import Dispatcher
from runtime.background_tasks import BackgroundTasks
from tests.blocks import conversed, homes, reported
from tests.blocks.surfaces import longest, messages, parts, views
from tests.factories import COMPLETE, NOW, RAISED, a_config, a_world, an_incident

ROOT = Path(__file__).parents[2]
CONFIG = a_config()


@pytest.fixture
async def dispatcher() -> Dispatcher:
    """The boundary with all listeners registered, as in the program."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1")

    client = AsyncWebClient()
    dispatcher = Dispatcher(client, (await a_world()).desk, BackgroundTasks())
    listen(dispatcher, AsyncApp(client=client, signing_secret="-", authorize=authorize))
    return dispatcher


def tickets() -> Iterator[Ticket]:
    for stage in Stage:
        for answers in (RAISED, COMPLETE):
            yield an_incident(stage, answers=answers)
            yield an_incident(stage, answers=answers, sent_at=NOW, rcr=("RCR-1",))
    yield longest()


def surfaces() -> Iterator[object]:
    """Messages and views of tickets in all stages, with few and with all answers."""
    for ticket in tickets():
        for _, message in messages(ticket, CONFIG, str):
            yield message.blocks
        for _, view in views(ticket, CONFIG):
            yield view
    for _, view in homes.views(longest(), CONFIG):
        yield view
    for _, message in homes.messages():
        yield message.blocks
    for _, message in reported.messages(reported.a_paper(CONFIG)):
        yield message.blocks
    for _, view in reported.views():
        yield view
    for message in conversed.messages(longest(), CONFIG):
        yield message.blocks
    yield from conversed.views(longest(), CONFIG)


@cache
def all_parts() -> list[dict[str, Any]]:
    """Every part of every surface, made once, by the first test that asks; collecting the tests makes none."""
    return [part for surface in surfaces() for part in parts(surface)]


def clickable() -> set[str]:
    """Action ids of buttons, of menu options, of lists among buttons, and of inputs that dispatch actions."""
    found = {part["action_id"] for part in all_parts() if part.get("type") == "button" and "url" not in part}
    for part in all_parts():
        if part.get("type") == "overflow":
            found |= {option["value"].partition("|")[0] for option in part["options"]}
        if part.get("type") == "actions":
            found |= {each["action_id"] for each in part["elements"] if each["type"] == "static_select"}
        if part.get("dispatch_action"):
            found.add(part["element"]["action_id"])
    return found


@pytest.mark.long
async def test_clickable_parts_and_click_listeners_are_the_same(
    dispatcher: Dispatcher,
) -> None:
    assert not set(dispatcher.clicks) & set(dispatcher.saving_clicks)
    assert clickable() == {*dispatcher.clicks, *dispatcher.saving_clicks}


@pytest.mark.long
async def test_submittable_modals_and_submission_listeners_are_the_same(
    dispatcher: Dispatcher,
) -> None:
    submittable = {part["callback_id"] for part in all_parts() if part.get("type") == "modal" and "submit" in part}
    assert submittable == set(dispatcher.submissions)


async def test_forms_with_dependent_fields_can_be_redrawn(dispatcher: Dispatcher) -> None:
    deciding = {
        part["callback_id"]
        for part in all_parts()
        if part.get("type") == "modal" and any(block.get("dispatch_action") for block in part["blocks"])
    }
    assert deciding == set(dispatcher.redraws)
    assert ANSWER in dispatcher.clicks


async def test_manifest_offers_exactly_the_registered_listeners(dispatcher: Dispatcher) -> None:
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    assert {each["command"] for each in manifest["features"]["slash_commands"]} == {
        *dispatcher.commands,
        *dispatcher.saving_commands,
    }
    assert manifest["settings"]["interactivity"]["is_enabled"]
    assert manifest["features"]["app_home"]["home_tab_enabled"]
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert {each.partition(".")[0] for each in events} == set(dispatcher.events)
    assert "commands" in manifest["oauth_config"]["scopes"]["bot"]
