"""Forms: values survive a round trip, and required fields are marked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as anything
from hypothesis import strategies as st

from blocks import create, escalation_form, fill_in, handoff, transitions
from blocks.evidence import ALL_OFFERED, OFFERED, offered
from blocks.form_state import FormState
from blocks.kit import Json
from bot.core.cleaning import clean_text
from bot.forms.field_table import fields_of, fitting
from bot.forms.pasted_transactions import MODE, PASTED, TABLE_FILE
from bot.forms.template_fields import BY_KEY, InputType, Need
from bot.forms.validation import checked
from bot.model.ticket import Attachment, Kind, Stage, Ticket
from bot.model.transitions import Step
from bot.tickets.attachments import written
from handlers.payload import typed
from tests.blocks.surfaces import parts, submitted
from tests.factories import COMPLETE, HANDED_OFF, SECOND, START, a_config, an_incident, given, without

CONFIG = a_config()
INCIDENT = Kind.INCIDENT


def inputs(view: Json) -> dict[str, Any]:
    """The inputs of a view, by their block id."""
    blocks: Any = view["blocks"]
    return {block["block_id"]: block for block in blocks if block["type"] == "input"}


def everything(ticket: Ticket) -> Json:
    return fill_in.modal(ticket, "PD-1042", CONFIG, everything=True)


def read(view: Json, **answers: str) -> dict[str, str]:
    """The answers as they are kept when this view is submitted."""
    back = typed(submitted(view, **answers))
    fields = [field for field in fields_of(INCIDENT, CONFIG) if field.key in back]
    return checked(fields, back, INCIDENT, given(), Need.RAISE)


def test_form_submitted_unchanged_changes_nothing() -> None:
    back = read(everything(an_incident(Stage.SECOND)))
    assert {key: text for key, text in back.items() if text} == COMPLETE


LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60)
TYPED = LINES.map(lambda text: clean_text(f"Mail {text} fails"))
SHOWN = inputs(everything(an_incident(Stage.SECOND)))
TEXTS = [
    key
    for key in SHOWN
    if key in BY_KEY and BY_KEY[key].input_type is InputType.TEXT and "." not in key and key != "contact"
]


@anything(st.dictionaries(st.sampled_from(TEXTS), TYPED))
def test_form_gives_back_the_answers_it_shows(texts: dict[str, str]) -> None:
    back = read(everything(an_incident(Stage.SECOND, also=texts)))
    assert {key: back[key] for key in texts} == texts


@anything(st.sampled_from(TEXTS), TYPED)
def test_typed_answer_is_kept_as_typed(key: str, text: str) -> None:
    assert read(everything(an_incident(Stage.SECOND)), **{key: text})[key] == text


def test_input_is_named_after_its_field_so_that_an_error_lands_beside_it() -> None:
    shown = inputs(everything(an_incident(Stage.SECOND)))
    assert shown.pop("files")["element"]["type"] == "file_input"
    assert shown.pop(PASTED)["optional"]
    assert shown.pop(TABLE_FILE)["optional"]
    assert shown.pop(MODE)["element"]["initial_option"]["value"] == "add"
    for key, block in shown.items():
        assert block["label"]["text"] == fitting(BY_KEY[key], COMPLETE, CONFIG).called(Kind.INCIDENT)
        assert block["element"].get("max_length", 1) <= BY_KEY[key].max_length


def test_question_is_plain_and_the_guides_words_are_its_hint() -> None:
    shown = inputs(everything(an_incident(Stage.SECOND)))
    shown_words = {key: (shown[key]["label"]["text"], shown[key].get("hint", {}).get("text")) for key in shown}
    assert shown_words["triage"] == (
        "What was tried, and what came of it?",
        "Each step with its result · Guide: Perform initial triage to solve issue",
    )
    assert shown_words["known"] == ("Is it a known issue?", "Guide: Is this issue is already known?")
    assert shown_words["tenants"][0] == "Affected tenants"
    assert shown_words["tenants"][1].endswith(" · Guide: Tenant(s) or Dedicated Customer ID(s):")
    assert shown_words["happens"] == ("What happens?", "In the customer's words, with what they expect")


@pytest.mark.parametrize(
    ("key", "shape"),
    [
        ("services", "multi_static_select"),
        ("priority", "static_select"),
        ("test", "radio_buttons"),
        ("start", "datetimepicker"),
        ("end", "datetimepicker"),
        ("happens", "plain_text_input"),
    ],
)
def test_fields_with_few_options_and_times_are_picked(key: str, shape: str) -> None:
    assert inputs(everything(an_incident(Stage.SECOND)))[key]["element"]["type"] == shape


def test_permission_to_test_has_no_default() -> None:
    shown = inputs(escalation_form.modal(an_incident(Stage.SECOND, answers={}), "PD-1042", CONFIG))["test"]
    assert "initial_option" not in shown["element"]


# --- raising


def test_short_form_asks_only_for_what_is_known_on_the_phone() -> None:
    shown = inputs(create.modal(FormState(INCIDENT), CONFIG, {}))
    asked = ["customer", "services", "happens", "impact", "priority", "start_choice", "start", "main_id", "contact"]
    assert list(shown) == [*asked, "left_to_others"]
    optional = [key for key, block in shown.items() if block["optional"]]
    assert optional == ["priority", "start_choice", "start", "left_to_others"]


def test_short_form_hides_the_fields_that_have_a_default() -> None:
    known = create.FormContext(defaults={"main_id": "73125", "contact": "Anna, +49 89 1", "tenants": "12345RS"})
    shown = inputs(create.modal(FormState(INCIDENT), CONFIG, {}, known))
    assert not {"main_id", "contact", "tenants"} & shown.keys()
    assert "contact" in inputs(create.modal(FormState(INCIDENT), CONFIG, {"contact": ""}, known))
    every = inputs(create.modal(FormState(INCIDENT, more=True), CONFIG, {}, known))
    assert every["main_id"]["element"]["initial_value"] == "73125"
    assert every["tenants"]["element"]["initial_value"] == "12345RS"


def test_field_that_was_read_is_shown_and_says_so() -> None:
    form = FormState(INCIDENT, read=("tenants", "services"))
    shown = inputs(create.modal(form, CONFIG, {"tenants": "12345RS", "services": "FAX", "happens": "Fax fails"}))
    assert [key for key, block in shown.items() if "Read from the message" in str(block.get("hint"))] == [
        "services",
        "tenants",
    ]


def test_inputs_have_new_ids_after_the_desk_filled_them_in() -> None:
    shown = inputs(create.modal(FormState(INCIDENT, filled=2), CONFIG, {"impact": "No mail"}))
    assert {block["element"]["action_id"] for block in shown.values()} == {"form.answer~2"}


@pytest.mark.parametrize(("key", "limit"), [("happens", 3000), ("priority_reason", 500), ("tenants", 3000)])
def test_answer_too_long_for_its_input_is_cut_with_an_ellipsis(key: str, limit: int) -> None:
    block = inputs(everything(an_incident(Stage.SECOND, also={key: "word " * 1000})))[key]
    offered_text = block["element"]["initial_value"]
    assert len(offered_text) == limit
    assert offered_text.endswith("…")


def test_word_too_long_for_its_input_is_cut_with_an_ellipsis() -> None:
    view = transitions.modal(Step.NOTE, an_incident(), "PD-1042", CONFIG, word="word " * 1000)
    assert inputs(view)[transitions.WORD]["element"]["initial_value"].endswith("…")


def test_customer_too_long_for_the_list_is_not_chosen_in_part() -> None:
    shown = inputs(create.modal(FormState(INCIDENT), CONFIG, {"customer": "Müller " * 30}))
    assert "initial_option" not in shown["customer"]["element"]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (FormState(INCIDENT, "https://x.slack.com/1", cut=3700), "The ticket links to the whole message."),
        (FormState(INCIDENT, "", is_hidden=True, cut=3700), "and the rest is not kept."),
        (FormState(INCIDENT, cut=3700), "and the rest is not kept."),
        (FormState(INCIDENT, rows=17), "17 transactions of the message are not in the table below"),
    ],
)
def test_form_says_truly_what_of_the_message_is_not_taken_over(form: FormState, words: str) -> None:
    assert words in str(create.modal(form, CONFIG, {"happens": "Mail fails"})["blocks"])


def test_form_state_is_packed_and_unpacked() -> None:
    files = ("trace.log (larger than 1 MB)", "a|b&c.png (no text)")
    form = FormState(INCIDENT, "https://x.slack.com/1", more=True, read=("start", "tenants"), rows=17, unread=files)
    assert FormState.unpack(form.pack()) == form
    assert FormState.unpack(FormState(INCIDENT, filled=3).pack()).filled == 3


def test_form_state_with_the_longest_names_of_unread_files_fits_into_the_metadata_of_a_view() -> None:
    state = FormState(INCIDENT, f"https://x.slack.com/{'x' * 100}", read=tuple(BY_KEY), more=True)
    named = [f"{'📎' * 30} (kein Protokoll, keine Mail: .eml, .txt, .csv, .tsv, .log)"] * 10
    assert len(replace(state, unread=tuple(named)).pack()) <= 3000


@pytest.mark.parametrize(
    ("key", "value", "also"),
    [
        ("services", "SMS\nOther", "service_other"),
        ("info", "wrong", "info_note"),
        ("remote", "failed", "remote_note"),
        ("known", "yes", "known_as"),
        ("test", "yes", "test_terms"),
    ],
)
def test_question_that_follows_from_an_answer_is_shown_with_it_only(key: str, value: str, also: str) -> None:
    without_it = {**COMPLETE, key: "", also: ""}
    assert also not in inputs(everything(an_incident(Stage.SECOND, answers=without_it)))
    shown = inputs(everything(an_incident(Stage.SECOND, answers={**without_it, key: value})))
    assert also in shown
    assert shown[key]["dispatch_action"]


def test_long_form_offers_every_heading_and_row_and_requires_nothing_more() -> None:
    few, all_ = create.modal(FormState(INCIDENT), CONFIG, {}), create.modal(FormState(INCIDENT, more=True), CONFIG, {})
    assert inputs(all_).keys() > inputs(few).keys()
    assert inputs(all_).keys() >= {
        "tenants",
        "end",
        "error",
        "example.1.when",
        "related",
        "reproduced",
        "done",
        "test",
        "known",
    }
    required = [[key for key, block in inputs(view).items() if not block["optional"]] for view in (few, all_)]
    assert set(required[0]) == set(required[1])


def test_known_answers_are_prefilled() -> None:
    shown = inputs(create.modal(FormState(INCIDENT), CONFIG, {"main_id": "73125", "contact": "Anna, +49 89 1"}))
    assert shown["main_id"]["element"]["initial_value"] == "73125"
    assert shown["contact"]["element"]["initial_value"] == "Anna, +49 89 1"


def test_inputs_keep_their_ids_when_redrawn_so_that_typed_text_stays() -> None:
    def ids(view: Json) -> set[tuple[str, str]]:
        return {(key, block["element"]["action_id"]) for key, block in inputs(view).items()}

    assert ids(create.modal(FormState(INCIDENT), CONFIG, {})) <= ids(
        create.modal(FormState(INCIDENT, more=True), CONFIG, {})
    )


# --- filling in


@pytest.mark.parametrize(
    ("missing", "asked"),
    [
        (["affected"], ["affected"]),
        (["tenants", "error"], ["tenants", "error"]),
        (["steps"], ["reproduced", "steps"]),
        (["priority_reason"], ["priority", "priority_reason"]),
    ],
)
def test_filling_in_asks_for_what_is_missing_and_belongs_together(missing: list[str], asked: list[str]) -> None:
    ticket = an_incident(answers=without(COMPLETE, *missing))
    assert list(inputs(fill_in.modal(ticket, "PD-1042", CONFIG))) == [*asked, "files"]
    escalating = inputs(escalation_form.modal(ticket, "PD-1042", CONFIG))
    optional = ["access", "cause", "workaround", "help_desk_second"]
    assert [key for key in escalating if key not in optional] == [*asked, "files"]


def test_form_of_the_escalation_asks_nothing_that_is_answered() -> None:
    shown = inputs(escalation_form.modal(an_incident(Stage.SECOND), "PD-1042", CONFIG))
    assert list(shown) == ["access", "cause", "workaround", "help_desk_second", "files"]
    everything = inputs(escalation_form.modal(an_incident(Stage.SECOND), "PD-1042", CONFIG, everything=True))
    ours = {*HANDED_OFF, "customer"} - {"known"}
    assert set(everything) >= set(COMPLETE) - ours
    assert not ours & set(everything)


def test_second_levels_tasks_are_not_asked_of_the_first() -> None:
    assert "system" not in inputs(fill_in.modal(an_incident(Stage.FIRST, answers={}), "PD-1042", CONFIG))
    assert "system" in inputs(fill_in.modal(an_incident(Stage.SECOND, answers={}), "PD-1042", CONFIG))


def test_every_answer_can_be_corrected_when_nothing_is_missing() -> None:
    assert "happens" in inputs(fill_in.modal(an_incident(Stage.SECOND), "PD-1042", CONFIG))


@pytest.mark.parametrize("number", range(1, 6))
def test_form_shows_the_requested_number_of_transactions(number: int) -> None:
    ticket = an_incident(answers={})
    shown = inputs(fill_in.modal(ticket, "PD-1042", CONFIG, transactions=number))
    assert len({key.split(".")[1] for key in shown if key.startswith("example.")}) == number


def test_transactions_that_were_given_are_shown() -> None:
    ticket = an_incident(answers={"example.3.when": START})
    shown = inputs(fill_in.modal(ticket, "PD-1042", CONFIG))
    assert shown["example.3.when"]["element"]["initial_date_time"] == int(START)


@pytest.mark.parametrize("everything", [True, False])
@pytest.mark.parametrize("number", [1, 4])
def test_redrawn_form_keeps_its_state(everything: bool, number: int) -> None:
    ticket = an_incident(answers=without(COMPLETE, *(key for key in COMPLETE if key.startswith("example."))))
    view = fill_in.modal(ticket, "PD-1042", CONFIG, everything=everything, transactions=number)
    assert fill_in.drawn(typed(submitted(view))) == (number, everything)


# --- handing off and escalating


def test_handoff_asks_the_first_levels_tasks_and_begins_the_summary() -> None:
    ticket = an_incident(Stage.FIRST, answers={key: COMPLETE[key] for key in ("happens", "impact", "start", "error")})
    keys = ["summary_first", "info", "priority", "priority_reason", "triage", "remote", "known", "searched"]
    shown = inputs(handoff.modal(ticket, "PD-1042", CONFIG))
    assert list(shown) == keys
    assert shown["summary_first"]["element"]["initial_value"].startswith("Symptom: Outbound mail is rejected")
    assert [key for key, block in shown.items() if block["optional"]] == []
    shown = inputs(handoff.modal(ticket, "PD-1042", CONFIG, everything=True))
    assert list(shown) == [*keys, "help_desk_first"]
    assert [key for key, block in shown.items() if block["optional"]] == ["help_desk_first"]


def test_summary_a_person_wrote_is_not_replaced_by_a_draft() -> None:
    shown = inputs(handoff.modal(an_incident(Stage.FIRST), "PD-1042", CONFIG))
    assert shown["summary_first"]["element"]["initial_value"] == COMPLETE["summary_first"]


def test_escalating_asks_the_second_levels_tasks_and_begins_what_can_be_begun() -> None:
    ticket = an_incident(Stage.SECOND, answers=without(COMPLETE, *SECOND))
    shown = inputs(escalation_form.modal(ticket, "PD-1042", CONFIG))
    assert list(shown) == [
        "summary_second", "reproduced", "steps", "done", "test", "system", "access", "cause", "workaround",
        "help_desk_second", "why_retarus", "files",
    ]  # fmt: skip
    assert shown["done"]["element"]["initial_value"].startswith("Triage: Restarted the connector: no change\n")
    assert shown["summary_second"]["element"]["initial_value"].startswith("1st level: Connector 4.2 was updated")


@pytest.mark.parametrize("modal", [escalation_form.modal, fill_in.modal])
def test_typed_answer_stays_in_the_form_when_somebody_else_gave_one_meanwhile(modal: Any) -> None:
    ticket = an_incident(Stage.SECOND, answers=without(COMPLETE, "error", "done"))
    shown = inputs(modal(ticket, "PD-1042", CONFIG, typed={"affected": "77", "interface": "", "error": ""}))
    assert shown["affected"]["element"]["initial_value"] == "77"
    assert "interface" not in shown


@pytest.mark.parametrize("modal", [handoff.modal, escalation_form.modal, fill_in.modal])
def test_form_about_a_ticket_keeps_its_id_and_version_and_nothing_else(modal: Any) -> None:
    assert modal(an_incident(Stage.SECOND, version=7), "PD-1042", CONFIG)["private_metadata"] == "t1|7"


# --- what the desk asks besides


@pytest.mark.parametrize(
    ("needed", "view"),
    [
        ("raise", lambda config: create.modal(FormState(INCIDENT), config, {})),
        ("never", lambda config: create.modal(FormState(INCIDENT, more=True), config, {})),
        ("handoff", lambda config: handoff.modal(an_incident(Stage.FIRST), "PD-1042", config)),
        ("escalate", lambda config: escalation_form.modal(an_incident(Stage.SECOND), "PD-1042", config)),
        ("escalate", lambda config: fill_in.modal(an_incident(Stage.FIRST), "PD-1042", config)),
    ],
)
def test_field_of_the_desks_own_is_in_the_form_that_asks_for_it(needed: str, view: Any) -> None:
    own = {"key": "job", "label": "Job ID", "hint": "As the portal shows it", "needed": needed, "level": "second"}
    shown = inputs(view(a_config(fields=[own])))["own.job"]
    assert (shown["label"]["text"], shown["hint"]["text"]) == ("Job ID", "As the portal shows it")


def test_definitions_of_the_priorities_are_in_words_beside_the_choice() -> None:
    view = handoff.modal(an_incident(Stage.FIRST), "PD-1042", CONFIG, everything=True)
    notes = [part["text"] for part in parts(view) if part.get("type") == "plain_text"]
    assert any(text.startswith("P1: A service is down · P2: not set: see your contract") for text in notes)


def test_priority_may_be_left_empty_with_a_matrix_and_shows_its_proposal() -> None:
    matrix = {"impacts": ["Wide", "Narrow"], "urgencies": ["Now", "Later"], "priorities": [["P1", "P2"], ["P2", "P2"]]}
    config = a_config(matrix=matrix)
    ticket = an_incident(
        Stage.FIRST, also={"extent": "Wide", "urgency": "Now", "priority_reason": "from impact and urgency"}
    )
    shown = inputs(handoff.modal(ticket, "PD-1042", config, everything=True))
    assert shown["extent"]["dispatch_action"]
    assert shown["priority"]["optional"]
    assert "initial_option" not in shown["priority"]["element"]
    assert "initial_value" not in shown["priority_reason"]["element"]
    assert shown["priority"]["hint"]["text"].startswith("Impact and urgency give P1.")


def test_file_of_the_message_that_is_not_chosen_stays_offered_and_those_that_do_not_fit_are_counted() -> None:
    lines = written([Attachment(id=f"F{number}", name=f"{number}.log") for number in range(13)]).splitlines()
    answers = {ALL_OFFERED: "\n".join(lines), OFFERED: lines[1]}
    asked, more = offered(answers[ALL_OFFERED], answers[OFFERED], 3)
    element: Any = asked["element"]
    assert [option["value"] for option in element["options"]] == lines[:10]
    assert [option["value"] for option in element["initial_options"]] == [lines[1]]
    assert "3 more" in str(more)
    assert FormState.unpack(FormState(INCIDENT, "", left=3).pack()).left == 3
    assert OFFERED in str(create.modal(FormState(INCIDENT, ""), CONFIG, {ALL_OFFERED: lines[0]}))
