"""What happens while it is measured? Envelopes as Slack sends them, and the sign that each one has had its effect."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from bench.slack import TEAM, USER, Envelope

COMMAND = "/retarus-incident"

_number = count(1)
_WORDS = "Outbound mail is rejected with 550 since the connector update of this morning."


@dataclass(frozen=True)
class Scenario:
    """One kind of interaction."""

    name: str
    envelope: Callable[[], Envelope]
    """A new one, as from another click."""
    posts: int
    """Messages that follow from each."""


def command() -> Scenario:
    """Somebody types the slash command, until the form arrives at Slack."""
    payload = {
        "token": "-",
        "team_id": TEAM,
        "team_domain": "bench",
        "channel_id": "C0BENCH0",
        "channel_name": "partner-desk",
        "user_id": USER,
        "user_name": "anna",
        "command": COMMAND,
        "text": "",
        "api_app_id": "A0BENCH",
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.example/commands/1",
        "trigger_id": "{id}",
    }
    text = _envelope("slash_commands", payload)

    def envelope() -> Envelope:
        ident = f"cmd{next(_number)}"
        return Envelope(text.replace("{id}", ident), f"views.open {ident}")

    return Scenario("command → form at Slack", envelope, posts=0)


def submission(view: dict[str, Any]) -> Scenario:
    """Somebody fills in what the form needs and submits it, until Slack has the acknowledgement."""
    payload = {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "bench"},
        "user": {"id": USER, "username": "anna", "name": "anna", "team_id": TEAM},
        "api_app_id": "A0BENCH",
        "token": "-",
        "trigger_id": "{id}",
        "view": {**view, "id": "{id}", "team_id": TEAM, "hash": "1.a", "state": {"values": _filled(view)}},
        "response_urls": [],
        "is_enterprise_install": False,
    }
    text = _envelope("interactive", payload)

    def envelope() -> Envelope:
        ident = f"sub{next(_number)}"
        return Envelope(text.replace("{id}", ident), f"ack {ident}")

    return Scenario("submission → acknowledgement at Slack", envelope, posts=1)


def _envelope(kind: str, payload: dict[str, Any]) -> str:
    return json.dumps({"envelope_id": "{id}", "type": kind, "accepts_response_payload": True, "payload": payload})


def _filled(view: dict[str, Any]) -> dict[str, Any]:
    return {
        block["block_id"]: {block["element"]["action_id"]: _answer(block)}
        for block in view["blocks"]
        if block["type"] == "input"
    }


def _answer(block: dict[str, Any]) -> dict[str, Any]:
    """What is prefilled stays, what is needed is answered, the rest is left out."""
    element = block["element"]
    answer: dict[str, Any] = {"type": element["type"]}
    if element["type"] == "datetimepicker":
        return {**answer, "selected_date_time": int(time.time()) - 3600}
    if element["type"] == "multi_static_select":
        return {**answer, "selected_options": element["options"][:1]}
    if element["type"] == "external_select":
        return {**answer, "selected_option": {"text": {"type": "plain_text", "text": _WORDS}, "value": _WORDS}}
    if "options" in element:
        return {**answer, "selected_option": element["options"][0]}
    return {**answer, "value": element.get("initial_value") or (None if block["optional"] else _WORDS)}
