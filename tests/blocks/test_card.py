"""The card shows a ticket's stage, its owner, its missing answers, and the next step."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from blocks import card, transitions, urgency
from blocks.card import MORE, action_of, steps
from bot.core.i18n import Language, speaking
from bot.model.ticket import Nudge, Stage, Ticket, Times
from bot.model.transitions import MOVES, Move, can
from tests.blocks.surfaces import parts
from tests.factories import ANNA, BEN, END, HANDED_OFF, NOW, PEOPLE, RAISED, a_config, an_incident
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


@pytest.mark.parametrize("stage", [Stage.SECOND, Stage.RETARUS])
def test_closing_without_remedy_is_offered_in_the_form_of_resolve(stage: Stage) -> None:
    ticket = an_incident(stage)
    assert action_of(Move.WITHDRAW) not in everything_offered(ticket)
    form = transitions.modal(Move.RESOLVE, ticket, "PD-1042", a_config())
    assert [part["action_id"] for part in parts(form) if part.get("type") == "button"] == [action_of(Move.WITHDRAW)]


@pytest.mark.parametrize("stage", [Stage.FIRST_ASKED, Stage.SECOND_ASKED])
def test_resume_without_an_answer_is_in_the_menu_and_not_hit_by_mistake(stage: Stage) -> None:
    shown = [button["action_id"] for button in buttons(an_incident(stage))]
    assert len(shown) == 2
    assert action_of(Move.GO_ON) in set(everything_offered(an_incident(stage))) - set(shown)


@pytest.mark.parametrize("priority", ["P1", "P2", ""])
@pytest.mark.parametrize(
    ("stage", "times"), [*((stage, Times()) for stage in Stage), (Stage.RETARUS, Times(customer_asked=NOW))]
)
def test_card_has_at_most_three_buttons_and_a_menu_of_five(stage: Stage, times: Times, priority: str) -> None:
    ticket = an_incident(stage, answers={"priority": priority}, times=times)
    menus = [part for part in drawn(ticket) if part.get("type") == "overflow"]
    assert len(buttons(ticket)) <= 3
    assert [len(menu["options"]) <= 5 for menu in menus] == [True]
    rest = [str(button["action_id"]) for button in card.further(ticket, a_config())]
    offered = [*everything_offered(ticket), *rest]
    assert len(set(offered)) == len(offered)
    assert not {action_of(Move.TAKE), action_of(Move.TAKE_OVER), action_of(Move.ACCEPT)} & set(rest)


def test_buttons_differ_for_a_screen_reader() -> None:
    labels = [button["accessibility_label"] for button in buttons(an_incident(Stage.HANDED_OFF))]
    assert labels == ["Accept: PD-1042", "Send back: PD-1042"]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("stage", [stage for stage in Stage if stage.is_open])
def test_menu_does_not_stand_alone_in_a_row_of_a_phone(language: Language, stage: Stage) -> None:
    with speaking(language):
        labels = [button["text"]["text"] for button in buttons(an_incident(stage))]
    assert len(labels) == 2 or not 20 <= sum(map(len, labels)) <= 31


def test_new_ticket_of_the_highest_priority_is_taken_at_either_level_in_one_glance() -> None:
    assert [button["text"]["text"] for button in buttons(an_incident(Stage.NEW))] == ["Take", "Take at 2nd level"]


def test_closed_card_has_two_lines_and_its_menu() -> None:
    ticket = an_incident(Stage.CLOSED, rcr=("RCR-1",), also={"remedy": "The policy was corrected"})
    (block,) = card.card(ticket, a_config(), who).blocks
    assert block["text"] == {
        "type": "plain_text",
        "text": "✅ PD-1042 · P1 · RCR-1 · Müller GmbH · Email Security\n"
        "Closed: Outbound mail is rejected with 550 since the connector update. → The policy was corrected",
        "emoji": False,
    }
    assert buttons(ticket) == []
    assert len(everything_offered(ticket)) == 3


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
    possible = {move for at, move in MOVES if at is stage and can(ticket, move)}
    assert moves | (others & possible) == possible
    offered = [*everything_offered(ticket), *(str(each["action_id"]) for each in card.further(ticket, a_config()))]
    expected = [action_of(step) for step in steps(ticket, a_config())]
    assert sorted(each for each in offered if each != action_of(Move.COMPRESS)) == sorted(expected)


def test_card_with_retarus_offers_the_customers_answer_first_while_they_are_asked() -> None:
    ticket = an_incident(Stage.RETARUS, rcr=("RCR-1",), times=Times(customer_asked=NOW))
    moves = {step for step in steps(ticket, a_config()) if isinstance(step, Move)}
    possible = {move for at, move in MOVES if at is Stage.RETARUS and can(ticket, move)}
    assert moves | {Move.WITHDRAW, Move.HAND_ON} == possible
    assert buttons(ticket)[0]["text"]["text"] == "Customer answered"
    assert "with Retarus: Ben Brandt · waiting on: end-customer" in words(ticket)


@pytest.mark.parametrize("move", [Move.RESOLVE, Move.WITHDRAW])
def test_form_that_ends_a_ticket_with_retarus_says_that_they_are_not_told(move: Move) -> None:
    remark = "This does not inform Retarus"
    assert remark in str(transitions.modal(move, an_incident(Stage.RETARUS), "PD-1042", a_config()))
    assert remark not in str(transitions.modal(move, an_incident(Stage.SECOND), "PD-1042", a_config()))


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


@pytest.mark.parametrize(
    ("priority", "shown"), [("P1", "🔴 P1"), ("P2", "🟠 P2"), ("P7", "⚪️ P7"), ("", "⚪️ no priority")]
)
def test_card_begins_with_priority_customer_and_service(priority: str, shown: str) -> None:
    ticket = an_incident(answers=RAISED | {"priority": priority})
    assert words(ticket).startswith(f"{shown} · Müller GmbH · Email Security")


def test_lowest_priority_is_not_red_where_there_are_only_two() -> None:
    ticket = an_incident(answers={"priority": "P2"})
    assert [urgency.sign(ticket, a_config()), urgency.sign(an_incident(), a_config())] == ["🟠", "🔴"]


def test_card_of_a_ticket_that_was_sent_back_says_why() -> None:
    ticket = an_incident(Stage.FIRST, sent_back="The tenants are wrong")
    assert "↩️ Sent back: The tenants are wrong" in words(ticket)
    assert "Sent back" not in words(an_incident(Stage.FIRST))


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"priorities": {"P1": NOW}}, "⌛ plan due "),
        ({"priorities": {"P1": NOW}, "waits": ((NOW, None),)}, "⏸️ SLA paused: waiting for the customer"),
        ({"priorities": {"P1": NOW}, "nudges": {"plan": Nudge(at=NOW, unanswered=1)}}, "⌛ plan due "),
        (
            {"priorities": {"P1": NOW}, "nudges": {"plan": Nudge(at=NOW + timedelta(hours=2), unanswered=0)}},
            "⚠️ past the SLA since ",
        ),
        (
            {"touched": NOW, "nudges": {"progress": Nudge(at=NOW + timedelta(hours=9), unanswered=1)}},
            "⚠️ overdue: no progress (",
        ),
    ],
)
def test_card_shows_what_is_due_and_what_is_overdue(times: dict[str, Any], expected: str) -> None:
    config = a_config(sla={"P1": {"action_plan": 120}})
    ticket = an_incident(Stage.SECOND, times=Times(**times))
    shown = card.card(ticket, config, who)
    assert expected in " ".join(part["text"] for part in parts(shown.blocks) if isinstance(part.get("text"), str))


def test_age_of_the_trouble_is_kept_true_by_slack() -> None:
    dates = [part for part in drawn(an_incident()) if part.get("type") == "date"]
    assert [part["format"] for part in dates] == ["{date_short_pretty} {time}", "{ago}"]
    raised = [part for part in drawn(an_incident(answers={"customer": "Müller GmbH"})) if part.get("type") == "date"]
    assert [(part["format"], part["timestamp"]) for part in raised] == [("{ago}", int(NOW.timestamp()))]


@pytest.mark.parametrize(
    ("stage", "owner", "expected"),
    [
        (Stage.NEW, ANNA, "PD-1042 · not taken yet · raised by Anna Arnold"),
        (Stage.HANDED_OFF, ANNA, "PD-1042 · offered to the 2nd level: Anna Arnold"),
        (Stage.SECOND_ASKED, BEN, "PD-1042 · waiting for the end-customer: Ben Brandt"),
        (Stage.RETARUS, BEN, "PD-1042 · with Retarus: Ben Brandt"),
        (Stage.RESOLVED, ANNA, "PD-1042 · to be confirmed: Anna Arnold"),
    ],
)
def test_card_shows_stage_ball_and_owner(stage: Stage, owner: str, expected: str) -> None:
    assert expected in words(an_incident(stage, owner=owner))


def test_card_shows_the_known_facts_of_the_incident() -> None:
    text = words(an_incident(rcr=("RCR-1", "RCR-2")))
    for fact in (
        "P1 · Müller GmbH · Email Security",
        "no outbound mail",
        "RCR-1, RCR-2",
        "Outbound mail is",
    ):
        assert fact in text


def test_card_with_retarus_and_their_number_offers_their_answer_their_update_and_the_remedy_first() -> None:
    buttons = [part for part in drawn(an_incident(Stage.RETARUS, rcr=("RCR-1",))) if part.get("type") == "button"]
    assert [each["text"]["text"] for each in buttons] == ["Retarus answered", "Log Retarus update", "Resolve"]


def test_times_are_shown_in_each_readers_own_zone() -> None:
    assert {part["timestamp"] for part in drawn(an_incident()) if part.get("type") == "date"} == {1566896400}


def test_missing_answers_for_retarus_are_named_and_counted() -> None:
    text = words(an_incident(Stage.SECOND, answers=RAISED | HANDED_OFF))
    assert "Start checks" in text
    assert "Missing for Retarus: tenants, interface and 8 more" in text


def test_complete_ticket_says_so() -> None:
    assert "Nothing missing for Retarus" in words(an_incident(Stage.SECOND))


def test_notification_says_which_ticket_and_what_happens() -> None:
    text = card.card(an_incident(), a_config(), who).text
    assert text == "🔴 P1 · PD-1042 · Müller GmbH: Outbound mail is rejected with 550 since the connector update."


def test_card_looks_as_approved() -> None:
    shown = card.card(an_incident(Stage.SECOND, answers=RAISED | HANDED_OFF), a_config(), who)
    agrees(json.dumps(shown.blocks, indent=1, ensure_ascii=False) + "\n", GOLDEN / "card.json")


def test_trouble_that_is_over_says_until_when_it_lasted() -> None:
    text = words(an_incident(Stage.FIRST, also={"end": END}))
    assert "until" in text


def test_card_shows_known_cause_and_solution() -> None:
    known = {"cause": "A wrong policy", "workaround": "Send by DE2", "plan": "Ben at 12:00", "caused_by": "retarus"}
    text = words(an_incident(Stage.RETARUS, also=known))
    for line in ("Root cause : A wrong policy", "Workaround : Send by DE2", "Retarus found : Caused by Retarus"):
        assert line in text
    assert "Workaround" not in words(an_incident(Stage.SECOND, also={"workaround": "none"}))


def test_remaining_checks_are_the_next_step_with_their_progress() -> None:
    at_first = an_incident(Stage.FIRST, answers=RAISED)
    assert buttons(at_first)[0]["text"]["text"] == "Start checks"
    begun = an_incident(Stage.FIRST, answers=RAISED | {"info": "correct"})
    assert buttons(begun)[0]["text"]["text"] == "Continue checks (1/7)"
    assert "Hand off to 2nd level" in [button["text"]["text"] for button in buttons(begun)]
    done = an_incident(Stage.FIRST, answers=RAISED | HANDED_OFF)
    assert buttons(done)[0]["text"]["text"] == "Hand off to 2nd level"


def test_card_names_the_people_on_duty() -> None:
    named = str(card.card(an_incident(), a_config(), who, ["Bea Bauer", "Ben Brandt"]).blocks)
    assert "On duty: Bea Bauer, Ben Brandt" in named
    assert "On duty" not in str(card.card(an_incident(), a_config(), who).blocks)
