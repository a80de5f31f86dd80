"""The measured interactions: payloads as Slack sends them, and the call that completes each of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlencode

from bench.bots import Bot
from bench.slack import TEAM, USER, Stimulus

COMMAND = "/retarus-incident"
BUTTON = "checks.ask"
"""action_id of the button on a new ticket's card that opens a modal."""
MOVE = "moving.take"
"""action_id of the button on a new ticket's card that makes a move at once."""

_number = count(1)
_WORDS = "Outbound mail of IDENT is rejected with 550 since the connector update of this morning."
"""Each click has its own words, so that no cache of texts is hit."""
_CUSTOMER = "Nordlicht Logistik GmbH"
_PRIORITY = "P2"
"""An ordinary priority: P1 sends several more messages, to all leads."""
Json = dict[str, Any]


@dataclass(frozen=True)
class Scenario:
    """A kind of interaction."""

    short: str
    name: str
    """Start and end of the measured time."""
    stimuli: Callable[[str, str], Stimulus]
    """Makes a stimulus with this id, about this ticket."""
    follow_up: str = ""
    """Start and end of a second measured time: until the card."""
    is_about_a_ticket: bool = False
    """True if each click is about another ticket: one that nobody has taken."""

    def stimulus(self, ticket: str = "") -> Stimulus:
        """A new stimulus, as from another click."""
        return self.stimuli(f"{self.short}{next(_number)}", ticket)

    def fixed_stimulus(self) -> Stimulus:
        """The same stimulus each time."""
        return self.stimuli(f"{self.short}0", "")


def command() -> Scenario:
    """A slash command, until the form arrives at Slack."""
    payload = _command(COMMAND)
    return Scenario("command", "slash command → form", _stimuli("slash_commands", payload, payload, "views.open"))


def report(month: str, url: str) -> Scenario:
    """The command that orders the report of a month, such as `2026-10`, until Slack has the acknowledgement.

    `url`: the Web API's, which also takes the reply.
    """
    payload = {**_command("/retarus-report", month), "response_url": f"{url}response"}
    return Scenario("report", "report → acknowledgement", _stimuli("slash_commands", payload, payload, "ack"))


def _command(name: str, text: str = "") -> dict[str, str]:
    return {
        "token": "-",
        "team_id": TEAM,
        "team_domain": "bench",
        "channel_id": "C0BENCH0",
        "channel_name": "partner-desk",
        "user_id": USER,
        "user_name": "anna",
        "command": name,
        "text": text,
        "api_app_id": "A0BENCH",
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.example/commands/1",
        "trigger_id": "IDENT",
    }


def button(card: Json) -> Scenario:
    """A click on a button of a card, until the modal arrives at Slack."""
    payload = _click(card, _element(card, BUTTON))
    form = {"payload": json.dumps(payload)}
    return Scenario("button", "button → modal", _stimuli("interactive", payload, form, "views.open"))


def move(card: Json) -> Scenario:
    """A click that takes a ticket, until Slack has the acknowledgement: the desk has saved it by then."""
    payload = _click(card, {**_element(card, MOVE), "value": "TICKET"})
    form = {"payload": json.dumps(payload)}
    stimuli = _stimuli("interactive", payload, form, "ack")
    return Scenario("move", "one-click move → acknowledgement", stimuli, is_about_a_ticket=True)


def _element(card: Json, action: str) -> Json:
    parts: list[Json] = [part for block in card["blocks"] for part in block.get("elements", ())]
    return next(part for part in parts if part.get("action_id") == action)


def _click(card: Json, element: Json) -> Json:
    return {
        "type": "block_actions",
        "user": _person(),
        "api_app_id": "A0BENCH",
        "token": "-",
        "container": {"type": "message", "message_ts": "1700000000.000001", "channel_id": "C0BENCH0"},
        "trigger_id": "IDENT",
        "team": {"id": TEAM, "domain": "bench"},
        "channel": {"id": "C0BENCH0", "name": "partner-desk"},
        "message": {"type": "message", "user": "U0BOT", "ts": "1700000000.000001", "blocks": card["blocks"]},
        "response_url": "https://hooks.slack.example/actions/1",
        "actions": [{**element, "block_id": "card", "action_ts": "IDENT"}],
    }


def submission(view: Json) -> Scenario:
    """A submission with the required fields filled in, until Slack has the acknowledgement, and until the card."""
    payload = {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "bench"},
        "user": _person(),
        "api_app_id": "A0BENCH",
        "token": "-",
        "trigger_id": "IDENT",
        "view": {**view, "id": "IDENT", "team_id": TEAM, "hash": "1.a", "state": {"values": _filled(view)}},
        "response_urls": [],
        "is_enterprise_install": False,
    }
    form = {"payload": json.dumps(payload)}
    stimuli = _stimuli("interactive", payload, form, "ack")
    return Scenario("submission", "submission → acknowledgement", stimuli, follow_up="submission → card in the channel")


async def opened_submission(desk: Bot) -> Scenario:
    """The submission of an incident, with the fields of the form that this desk opens."""
    await desk.slack.burst([command().stimulus()])
    return submission(desk.opened_view())


def _stimuli(kind: str, payload: Json, form: Mapping[str, str], response: str) -> Callable[[str, str], Stimulus]:
    """A factory of stimuli: payloads are serialised once, only the ids are replaced for each click."""
    envelope = {"envelope_id": "IDENT", "type": kind, "accepts_response_payload": True, "payload": payload}
    text, body = json.dumps(envelope), urlencode(form).encode()
    return lambda name, ticket: Stimulus(
        name,
        text.replace("IDENT", name).replace("TICKET", ticket),
        body.replace(b"IDENT", name.encode()).replace(b"TICKET", ticket.encode()),
        f"{response} {name}",
    )


def _person() -> Json:
    return {"id": USER, "username": "anna", "name": "anna", "team_id": TEAM}


def _filled(view: Json) -> Json:
    return {
        block["block_id"]: {block["element"]["action_id"]: _answer(block)}
        for block in view["blocks"]
        if block["type"] == "input"
    }


def _answer(block: Json) -> Json:
    """Answer to an input block: the initial value, a value if it is required, or none."""
    element = block["element"]
    answer: Json = {"type": element["type"]}
    if element["type"] == "datetimepicker":
        return {**answer, "selected_date_time": int(time.time()) - 3600}
    if element["type"] == "multi_static_select":
        return {**answer, "selected_options": element["options"][:1]}
    if element["type"] == "external_select":
        return {**answer, "selected_option": {"text": {"type": "plain_text", "text": _CUSTOMER}, "value": _CUSTOMER}}
    if "options" in element:
        usual = (each for each in element["options"] if each["value"] == _PRIORITY)
        return {**answer, "selected_option": next(usual, element["options"][0])}
    return {**answer, "value": element.get("initial_value") or (None if block["optional"] else _WORDS)}
