"""Answers are checked together, and missing ones are listed together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import given as anything
from hypothesis import strategies as st

from bot.core.errors import Invalid
from bot.forms.field_table import fields_of
from bot.forms.template_fields import FIELDS, Need
from bot.forms.validation import checked, examples, has_example, missing
from bot.model.ticket import Kind, Level, Stage
from tests.factories import COMPLETE, END, HANDED_OFF, NOW, RAISED, START, a_config, an_incident, given, without

INCIDENT = Kind.INCIDENT
CONFIG = a_config()
ONE = {"example.1.when": START, "example.1.status": "550", "example.1.sender": "a@mueller.example"}


def faults(typed: Mapping[str, str], border: Need = Need.RAISE, kind: Kind = INCIDENT) -> dict[str, str]:
    """The errors of a form that shows these fields."""
    fields = [field for field in fields_of(kind, CONFIG) if field.key in typed]
    try:
        checked(fields, typed, kind, given(), border)
    except Invalid as error:
        return error.errors
    return {}


def missing_keys(border: Need, *keys: str, **also: str) -> list[str]:
    ticket = an_incident(answers=without(COMPLETE, *keys), also=also)
    return [each.key for each in missing(ticket, border, CONFIG)]


# --- checking a form


def test_good_answers_come_back_as_they_are_kept() -> None:
    typed = {"tenants": "12345rs, 23456rs", "end": END, "start": START, "contact": "Anna Arnold, 089 1234 5678"}
    found = checked(
        [field for field in fields_of(INCIDENT, CONFIG) if field.key in typed],
        typed,
        INCIDENT,
        given(now=NOW + timedelta(days=1)),
        Need.RAISE,
    )
    assert found == {
        "tenants": "12345RS\n23456RS",
        "start": START,
        "end": END,
        "contact": "Anna Arnold, +49 89 12345678",
    }


@pytest.mark.parametrize("border", [Need.RAISE, Need.HANDOFF, Need.ESCALATE])
def test_stored_answers_are_valid_when_given_again(border: Need) -> None:
    fields = [field for field in fields_of(INCIDENT, CONFIG) if field.key in COMPLETE]
    assert checked(fields, COMPLETE, INCIDENT, given(), border) == COMPLETE


@anything(st.dictionaries(st.sampled_from([field.key for field in FIELDS]), st.text(max_size=40)))
def test_any_typed_text_gives_valid_answers_or_a_sentence_beside_a_field_that_was_shown(
    typed: dict[str, str],
) -> None:
    fields = [field for field in fields_of(INCIDENT, CONFIG) if field.key in typed]
    try:
        found = checked(fields, typed, INCIDENT, given(), Need.RAISE)
    except Invalid as error:
        assert error.errors.keys() <= typed.keys()  # noqa: PT017 (either way is right)
        assert all(error.errors.values())  # noqa: PT017
    else:
        assert checked(fields, found, INCIDENT, given(), Need.RAISE) == found


def test_every_wrong_field_is_named_at_once() -> None:
    wrong = {"main_id": "12", "start": "", "happens": "tbd", "impact": "-", "contact": "Anna", "services": "Telex"}
    assert faults(wrong).keys() == wrong.keys()


def test_empty_field_is_required_only_from_its_border_on() -> None:
    assert faults({"triage": ""}, Need.RAISE) == {}
    assert faults({"triage": ""}, Need.HANDOFF) == {"triage": "This is needed now."}
    assert faults({"system": ""}, Need.HANDOFF) == {}
    assert faults({"system": ""}, Need.ESCALATE) == {"system": "This is needed now."}


def test_missing_choice_asks_to_pick_one() -> None:
    assert faults({"info": "", "start": ""}, Need.HANDOFF) == {"info": "Pick one.", "start": "Pick one."}


def test_an_answer_that_is_no_longer_offered_is_refused() -> None:
    assert "any more" in faults({"services": "Email Security\nTelex"})["services"]


def test_a_text_that_is_too_long_says_how_long_it_is() -> None:
    assert faults({"impact": "x" * 1001}) == {"impact": "This is 1001 characters long; at most 1000 fit."}


@pytest.mark.parametrize(
    ("key", "value", "also", "asked"),
    [
        ("info", "wrong", "info_note", True),
        ("info", "missing", "info_note", True),
        ("info", "correct", "info_note", False),
        ("remote", "not_applicable", "remote_note", True),
        ("remote", "failed", "remote_note", True),
        ("remote", "ok", "remote_note", False),
        ("known", "yes", "known_as", True),
        ("known", "no", "known_as", False),
        ("services", "Email Security\nOther", "service_other", True),
        ("services", "Email Security", "service_other", False),
    ],
)
def test_a_follow_up_question_is_needed_only_after_the_answer_that_raises_it(
    key: str, value: str, also: str, asked: bool
) -> None:
    assert (also in faults({key: value, also: ""}, Need.ESCALATE)) is asked


def test_the_end_is_held_against_the_start_of_the_same_form() -> None:
    assert "before the start" in faults({"start": str(int(START) + 60), "end": START})["end"]


# --- transactions


def test_a_transaction_that_was_begun_is_finished() -> None:
    assert faults({"example.1.when": "", "example.1.status": "550", "example.1.sender": ""}).keys() == {
        "example.1.when",
        "example.1.sender",
    }
    assert faults({"example.2.when": START, "example.2.status": "", "example.2.inbound": "+49 89 1"}).keys() == {
        "example.2.status"
    }


@pytest.mark.parametrize("who", ["sender", "recipient", "inbound"])
def test_any_of_the_three_addresses_is_enough(who: str) -> None:
    assert faults({"example.1.when": START, "example.1.status": "550", f"example.1.{who}": "a@mueller.example"}) == {}


def test_empty_transaction_is_no_fault() -> None:
    assert faults(dict.fromkeys(ONE, "")) == {}


def test_an_example_that_is_not_available_for_a_reason_counts() -> None:
    answers = {"example.1.status": "not available because the customer is offline"}
    assert faults(answers) == {}
    assert has_example(answers)
    assert not has_example({"example.1.status": "550"})


def test_transactions_keep_their_numbers() -> None:
    assert examples({"example.1.log": "x", "example.3.status": "550"}) == {1: {"log": "x"}, 3: {"status": "550"}}


def test_any_complete_transaction_is_enough() -> None:
    second = {key.replace(".1.", ".2."): text for key, text in ONE.items()}
    keys = [key for key in COMPLETE if key.startswith("example.")]
    assert "example" in missing_keys(Need.ESCALATE, *keys)
    assert "example" not in missing_keys(Need.ESCALATE, *keys, **second)


# --- what is missing


def test_a_complete_ticket_misses_nothing() -> None:
    assert missing_keys(Need.ESCALATE) == []


@pytest.mark.parametrize(
    "key", without(COMPLETE, "test_terms", *(key for key in COMPLETE if key.startswith("example.")))
)
def test_each_single_answer_that_is_taken_away_is_missed(key: str) -> None:
    assert key in missing_keys(Need.ESCALATE, key)


def test_missing_items_are_named_at_once_in_the_guides_order() -> None:
    ticket = an_incident(answers=RAISED)
    keys = [each.key for each in missing(ticket, Need.ESCALATE, CONFIG)]
    assert keys == [
        "tenants", "interface", "error", "affected", "example", "related", "reproduced", "steps", "done", "test",
        "info", "priority", "priority_reason", "triage", "remote", "known", "searched", "summary_first",
        "system", "why_retarus", "summary_second",
    ]  # fmt: skip


def test_handoff_misses_the_first_levels_tasks_only() -> None:
    assert [each.key for each in missing(an_incident(answers=RAISED), Need.HANDOFF, CONFIG)] == list(HANDED_OFF)


def test_a_missing_item_says_what_it_is_whose_it_is_and_where_the_guide_asks_for_it() -> None:
    lines = {each.key: each.line for each in missing(an_incident(answers=RAISED), Need.ESCALATE, CONFIG)}
    assert lines["error"] == "DESCRIPTION: Error pattern(s) / message(s) · 1st level · guide sections 4 and 5"
    assert lines["example"].startswith("EXAMPLE: Details of affected transactions (timestamp / status")
    assert lines["done"].startswith("What has already been done by the customer support")
    assert lines["done"].endswith(" · 2nd level · guide section 5")
    assert lines["system"] == "Verify end-customer's system customization · 2nd level · guide section 3, 2nd level"


def test_missing_item_names_the_level_that_usually_knows_it() -> None:
    levels = {each.key: each.level for each in missing(an_incident(answers={}), Need.ESCALATE, CONFIG)}
    assert (levels["happens"], levels["steps"]) == (Level.FIRST, Level.SECOND)


@pytest.mark.parametrize("kind", [Kind.SERVICE_REQUEST, Kind.CHANGE])
def test_a_kind_misses_only_what_the_matrix_asks_of_it(kind: Kind) -> None:
    keys = {each.key for each in missing(an_incident(kind=kind, answers={}), Need.ESCALATE, CONFIG)}
    assert ("example" in keys) is (kind is Kind.SERVICE_REQUEST)
    assert ("test" in keys) is (kind is Kind.CHANGE)
    assert keys.isdisjoint({"start", "end", "reproduced", "steps", "done", "known", "interface", "related"})
    assert keys >= {"main_id", "services", "happens", "impact", "contact"}


@anything(st.sets(st.sampled_from(sorted(COMPLETE))), st.sampled_from([Need.RAISE, Need.HANDOFF]))
def test_items_missing_early_are_missing_later_too(gone: set[str], border: Need) -> None:
    ticket = an_incident(Stage.SECOND, answers=without(COMPLETE, *gone))
    early = {each.key for each in missing(ticket, border, CONFIG)}
    assert early <= {each.key for each in missing(ticket, Need.ESCALATE, CONFIG)}
