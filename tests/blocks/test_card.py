"""The card shows a ticket's stage, its owner, its missing answers, and the next step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from blocks import card, transitions
from blocks.card import MORE, action_of, steps
from bot.model.ticket import Stage, Ticket, Times
from bot.model.transitions import MOVES, Move, can
from tests.blocks.surfaces import parts
from tests.factories import ANNA, BEN, HANDED_OFF, NOW, PEOPLE, RAISED, a_config, an_incident
from tests.golden import agrees

GOLDEN = Path(__file__).parent / "golden"
FIRST_STEP = {
    Stage.NEW: "Take",
    Stage.FIRST: "Hand off to 2nd level",
    Stage.FIRST_ASKED: "Customer answered",
    Stage.HANDED_OFF: "Accept",
    Stage.SECOND: "Escalate to Retarus",
    Stage.SECOND_ASKED: "Customer answered",
    Stage.RETARUS: "RCR number",
    Stage.RESOLVED: "Confirm and close",
}


def who(user: str) -> str:
    return PEOPLE[user].name


def drawn(ticket: Ticket) -> list[dict[str, Any]]:
    return list(parts(card.card(ticket, a_config(), who).blocks))


def words(ticket: Ticket) -> str:
    return " ".join(part["text"] for part in drawn(ticket) if isinstance(part.get("text"), str))


def buttons(ticket: Ticket) -> list[dict[str, Any]]:
    return [part for part in drawn(ticket) if part.get("type") == "button"]


def everything_offered(ticket: Ticket) -> list[str]:
    menus = [part for part in drawn(ticket) if part.get("type") == "overflow"]
    return [part["action_id"] for part in buttons(ticket)] + [
        option["value"].partition("|")[0] for menu in menus for option in menu["options"]
    ]


@pytest.mark.parametrize(("stage", "first"), FIRST_STEP.items())
def test_next_sensible_step_is_the_one_primary_button(stage: Stage, first: str) -> None:
    shown = buttons(an_incident(stage))
    assert shown[0]["text"]["text"] == first
    assert [button.get("style") for button in shown] == ["primary", *[None] * (len(shown) - 1)]


@pytest.mark.parametrize(("stage", "count"), [(Stage.SECOND, 5), (Stage.RETARUS, 7)])
def test_resolve_form_offers_closing_without_remedy(stage: Stage, count: int) -> None:
    ticket = an_incident(stage)
    assert len(buttons(ticket)) == count
    assert action_of(Move.WITHDRAW) not in everything_offered(ticket)
    form = transitions.modal(Move.RESOLVE, ticket, "PD-1042", a_config())
    assert [part["action_id"] for part in parts(form) if part.get("type") == "button"] == [action_of(Move.WITHDRAW)]


@pytest.mark.parametrize("stage", [Stage.FIRST_ASKED, Stage.SECOND_ASKED])
def test_resume_without_an_answer_is_in_the_menu_and_not_hit_by_mistake(stage: Stage) -> None:
    shown = [button["action_id"] for button in buttons(an_incident(stage))]
    assert len(shown) == 3
    assert action_of(Move.GO_ON) in set(everything_offered(an_incident(stage))) - set(shown)


def test_closed_ticket_offers_no_next_step() -> None:
    assert {button.get("style") for button in buttons(an_incident(Stage.CLOSED))} == {None}


def test_next_step_is_to_resolve_after_retarus_answered() -> None:
    ticket = an_incident(Stage.SECOND, sent_by=BEN, sent_at=NOW)
    assert buttons(ticket)[0]["text"]["text"] == "Resolve"


def test_next_step_is_their_answer_once_their_number_is_known() -> None:
    ticket = an_incident(Stage.RETARUS, rcr=("RCR-1",))
    assert buttons(ticket)[0]["text"]["text"] == "Retarus answered"


@pytest.mark.parametrize("stage", Stage)
def test_card_offers_what_can_be_done_at_its_stage_and_nothing_else(stage: Stage) -> None:
    ticket = an_incident(stage)
    moves = {step for step in steps(ticket, a_config()) if isinstance(step, Move)}
    others = {Move.HAND_OFF, Move.ESCALATE, Move.HAND_ON, Move.COMPRESS}  # by a form, or only for some
    others |= {Move.WITHDRAW} if stage in {Stage.SECOND, Stage.RETARUS} else set()  # in the form of Resolve
    possible = {what for at, what in MOVES if at is stage and can(ticket, what)}
    assert moves | (others & possible) == possible
    offered = [each for each in everything_offered(ticket) if each != action_of(Move.COMPRESS)]
    assert offered == [action_of(step) for step in steps(ticket, a_config())]


def test_card_with_retarus_offers_the_customers_answer_first_while_they_are_asked() -> None:
    ticket = an_incident(Stage.RETARUS, rcr=("RCR-1",), times=Times(customer_asked=NOW))
    moves = {step for step in steps(ticket, a_config()) if isinstance(step, Move)}
    possible = {what for at, what in MOVES if at is Stage.RETARUS and can(ticket, what)}
    assert moves | {Move.WITHDRAW, Move.HAND_ON} == possible
    assert buttons(ticket)[0]["text"]["text"] == "Customer answered"
    assert "With Retarus  · owner Ben Brandt · waiting on: end-customer" in words(ticket)


@pytest.mark.parametrize("what", [Move.RESOLVE, Move.WITHDRAW])
def test_form_that_ends_a_ticket_with_retarus_says_that_they_are_not_told(what: Move) -> None:
    told = "Retarus is not told by this"
    assert told in str(transitions.modal(what, an_incident(Stage.RETARUS), "PD-1042", a_config()))
    assert told not in str(transitions.modal(what, an_incident(Stage.SECOND), "PD-1042", a_config()))


def test_highest_priority_alone_can_skip_the_handoff() -> None:
    assert action_of(Move.COMPRESS) in everything_offered(an_incident(Stage.FIRST, answers={"priority": "P1"}))
    assert action_of(Move.COMPRESS) not in everything_offered(an_incident(Stage.FIRST, answers={"priority": "P2"}))
    assert action_of(Move.COMPRESS) not in everything_offered(an_incident(Stage.FIRST, answers={}))


@pytest.mark.parametrize("stage", Stage)
def test_click_names_the_ticket_and_nothing_more(stage: Stage) -> None:
    for part in drawn(an_incident(stage)):
        if part.get("type") == "button":
            assert part["value"] == "t1"
        if part.get("type") == "overflow":
            assert part["action_id"] == MORE
            assert all(option["value"].endswith("|t1") for option in part["options"])


def test_title_is_number_kind_and_priority() -> None:
    assert drawn(an_incident())[0]["text"] == {"type": "plain_text", "text": "PD-1042 · Incident · P1", "emoji": False}


@pytest.mark.parametrize(
    ("stage", "owner", "said"),
    [
        (Stage.NEW, ANNA, "New at the 1st level  · owner Anna Arnold · waiting on: 1st level"),
        (Stage.HANDED_OFF, ANNA, "Handed off to the 2nd level  · owner Anna Arnold · waiting on: 2nd level"),
        (Stage.SECOND_ASKED, BEN, "Waiting for the end-customer  · owner Ben Brandt · waiting on: end-customer"),
        (Stage.RETARUS, BEN, "With Retarus  · owner Ben Brandt · waiting on: Retarus"),
        (Stage.CLOSED, ANNA, "Closed  · owner Anna Arnold"),
    ],
)
def test_card_shows_stage_ball_and_owner(stage: Stage, owner: str, said: str) -> None:
    assert said in words(an_incident(stage, owner=owner))


def test_card_shows_the_known_facts_of_the_incident() -> None:
    said = words(an_incident(rcr=("RCR-1", "RCR-2")))
    for fact in (
        "Email Security · Müller GmbH (12345RS, 23456RS)",
        "no outbound mail",
        "RCR-1, RCR-2",
        "Outbound mail is",
    ):
        assert fact in said


def test_times_are_shown_in_each_readers_own_zone() -> None:
    assert [part["timestamp"] for part in drawn(an_incident()) if part.get("type") == "date"] == [1566896400]


def test_progress_is_counted_and_what_is_missing_is_named() -> None:
    said = words(an_incident(Stage.SECOND, answers=RAISED | HANDED_OFF))
    assert "1st-level checks 7/7 · 2nd-level checks 0/6" in said
    assert "missing for Retarus: " in said
    assert " and 6 more" in said


def test_complete_ticket_says_so() -> None:
    assert "nothing missing for Retarus" in words(an_incident(Stage.SECOND))


def test_notification_says_which_ticket_and_what_happens() -> None:
    text = card.card(an_incident(), a_config(), who).text
    assert text == "PD-1042 · Incident · P1: Outbound mail is rejected with 550 since the connector update."


def test_card_looks_as_approved() -> None:
    shown = card.card(an_incident(Stage.SECOND, answers=RAISED | HANDED_OFF), a_config(), who)
    agrees(json.dumps(shown.blocks, indent=1, ensure_ascii=False) + "\n", GOLDEN / "card.json")


def test_closed_ticket_is_not_called_ongoing() -> None:
    assert "ongoing" in str(drawn(an_incident(Stage.FIRST)))
    assert "ongoing" not in str(drawn(an_incident(Stage.CLOSED)))


def test_card_shows_known_cause_and_solution() -> None:
    known = {"cause": "A wrong policy", "workaround": "Send by DE2", "plan": "Ben at 12:00", "caused_by": "retarus"}
    said = words(an_incident(Stage.RETARUS, also=known))
    for line in ("Root cause : A wrong policy", "Workaround : Send by DE2", "Retarus found : Caused by Retarus"):
        assert line in said
    assert "Workaround" not in words(an_incident(Stage.SECOND, also={"workaround": "none"}))


def test_remaining_checks_are_the_next_step_with_their_progress() -> None:
    at_first = an_incident(Stage.FIRST, answers=RAISED)
    assert buttons(at_first)[0]["text"]["text"] == "Start checks"
    begun = an_incident(Stage.FIRST, answers=RAISED | {"info": "correct"})
    assert buttons(begun)[0]["text"]["text"] == "Continue checks"
    assert "Hand off to 2nd level" in [button["text"]["text"] for button in buttons(begun)]
    done = an_incident(Stage.FIRST, answers=RAISED | HANDED_OFF)
    assert buttons(done)[0]["text"]["text"] == "Hand off to 2nd level"
