"""The table of fields has the guide's words."""

from __future__ import annotations

import pytest

from bot.forms import template_fields
from bot.forms.field_table import fields_of
from bot.forms.template_fields import BY_KEY, EXAMPLE, FIELDS, Field, GuidePart, Heading, InputType, Need, is_asked_for
from bot.model.ticket import Kind, Level
from tests.factories import a_config

INCIDENT, REQUEST, CHANGE = Kind.INCIDENT, Kind.SERVICE_REQUEST, Kind.CHANGE

MATRIX = {
    "Partners' Main Customer ID": (template_fields.MAIN_ID, "/", "/", "/"),
    "Contact person(s) including telephone number": (template_fields.CONTACT, "/", "/", "/"),
    "Description of the request, change, problem and impact": (template_fields.DESCRIPTION, "/", "/", "/"),
    "Details of affected transactions (timestamp / status / inbound number / termination address / sending account)": (
        template_fields.EXAMPLE,
        "/",
        "/",
        "",
    ),
    "Was it possible to reproduce the error and what steps were taken to reproduce it?": (
        template_fields.REPRODUCED,
        "/",
        "",
        "",
    ),
    "What has already been done by the customer support to identify and/or fix the problem?": (
        template_fields.DONE,
        "/",
        "",
        "",
    ),
    "Is Retarus permitted to send test transactions?": (template_fields.TEST, "/", "", "/"),
    "Is this issue is already known?": (template_fields.KNOWN, "/", "", ""),
}
"""Section 5, copied: a tick reads “/”."""

CELLS = [
    pytest.param(heading, kind, bool(tick), id=f"{kind}: {row[:40]}")
    for row, (heading, *ticks) in MATRIX.items()
    for kind, tick in zip((INCIDENT, REQUEST, CHANGE), ticks, strict=True)
]


@pytest.mark.parametrize(("heading", "kind", "ticked"), CELLS)
def test_required_fields_are_those_ticked_in_the_matrix(heading: Heading, kind: Kind, ticked: bool) -> None:
    assert is_asked_for(heading, kind) is ticked


def test_the_matrix_has_sixteen_ticks_and_eight_blanks() -> None:
    asked = [is_asked_for(heading, kind) for heading, *_ in MATRIX.values() for kind in Kind]
    assert (sum(asked), len(asked) - sum(asked)) == (16, 8)


@pytest.mark.parametrize(("heading", "kind", "ticked"), CELLS)
def test_fields_left_blank_in_the_matrix_are_offered_all_the_same(heading: Heading, kind: Kind, ticked: bool) -> None:
    assert any(field.heading is heading for field in fields_of(kind, a_config()))


def test_rows_are_the_guides_own_words() -> None:
    texts = {heading.text for heading in (*template_fields.PREQUALIFICATION,)} | {
        template_fields.TRANSACTIONS,
        template_fields.REQUEST,
    }
    assert texts == set(MATRIX) - {"Partners' Main Customer ID"}  # the template's first heading asks for that


def test_rows_without_a_heading_of_the_template_stand_in_the_matrixs_order() -> None:
    order = [row for row, (heading, *_) in MATRIX.items() if heading in template_fields.PREQUALIFICATION]
    assert [heading.text for heading in template_fields.PREQUALIFICATION] == order


def test_the_templates_headings_are_verbatim_and_in_order() -> None:
    assert [heading.text for heading in template_fields.TEMPLATE] == [
        "PARTNERS' MAIN CUSTOMER ID",
        "AFFECTED SERVICE",
        "START OF INCIDENT",
        "END OF INCIDENT (OPTIONAL)",
        "DESCRIPTION",
        "EXAMPLE",
        "ADDITIONAL INFORMATION",
    ]


@pytest.mark.parametrize("kind", [REQUEST, CHANGE])
def test_incident_alone_has_a_start_and_an_end(kind: Kind) -> None:
    headings = {field.heading for field in fields_of(kind, a_config())}
    assert headings.isdisjoint({template_fields.START, template_fields.END})
    assert headings >= {*template_fields.TEMPLATE} - {template_fields.START, template_fields.END}


def test_the_end_is_the_only_heading_of_the_incident_template_that_is_optional() -> None:
    optional = [heading for heading in template_fields.TEMPLATE if not is_asked_for(heading, INCIDENT)]
    assert optional == [template_fields.END]


def test_the_guides_examples_are_hints() -> None:
    assert BY_KEY["main_id"].hint == "e.g. 73125"
    assert "12345RS, 23456RS" in BY_KEY["tenants"].hint
    assert BY_KEY["services"].hint == "e.g. Email Security, Transactional Email, SMS, FAX"
    assert BY_KEY["tenants"].label == "Tenant(s) or Dedicated Customer ID(s):"


@pytest.mark.parametrize(
    ("task", "sheet"),
    [
        ("Check information provided by end-customer (incl. correct/ missing/ wrong information)", GuidePart.FIRST),
        ("Check priority based on given definition", GuidePart.FIRST),
        ("Perform initial triage to solve issue", GuidePart.FIRST),
        ("Check functionality of end-customer's remote connection", GuidePart.FIRST),
        ("Search in partners' support database (e.g. technical notes, end-customer history)", GuidePart.FIRST),
        ("Summarize status before forwarding to next level", GuidePart.FIRST),
        ("Verify end-customer's system customization", GuidePart.SECOND),
        ("Access end-customer's system, if necessary for problem analysis", GuidePart.SECOND),
        ("Summarize status before forwarding to next level", GuidePart.SECOND),
    ],
)
def test_the_tasks_of_both_levels_are_asked_in_the_guides_words(task: str, sheet: GuidePart) -> None:
    assert any(field.heading.text == task for field in fields_of(INCIDENT, a_config(), sheet))


def test_required_fields_at_once_are_those_known_on_the_phone() -> None:
    needed = {
        field.key
        for field in fields_of(INCIDENT, a_config())
        if field.need[INCIDENT] is Need.RAISE and not field.only_if
    }
    assert needed == {"customer", "main_id", "services", "start", "happens", "impact", "contact"}


def test_permission_for_tests_is_asked_without_a_default() -> None:
    field = BY_KEY["test"]
    assert field.input_type is InputType.DECISION
    assert [option.value for option in field.options(a_config())] == ["yes", "no"]


# --- the table holds together


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_a_row_of_the_table_is_whole(field: Field) -> None:
    assert BY_KEY[field.key] is field  # no key twice
    assert field.need
    assert field.name
    assert field.heading.section.startswith(("3", "4", "5"))
    assert 0 < field.max_length <= 3000
    assert field.printed.count("{}") == (1 if field.printed else 0)
    assert bool(field.options(a_config())) == (
        field.input_type in {InputType.CHOICE, InputType.CHOICES, InputType.DECISION}
    )
    if field.heading.guide_part is GuidePart.SECOND:
        assert (field.level is Level.SECOND) == (field.key != "workaround_helps")  # only the 1st level can tell that


@pytest.mark.parametrize("field", [field for field in FIELDS if field.only_if], ids=lambda field: field.key)
def test_a_condition_names_a_field_asked_before_and_answers_it_can_have(field: Field) -> None:
    assert field.only_if
    key, values = field.only_if
    assert FIELDS.index(BY_KEY[key]) < FIELDS.index(field)
    assert values or not BY_KEY[key].options(a_config())
    assert values <= {option.value for option in BY_KEY[key].options(a_config())}
    assert BY_KEY[key].need.keys() >= field.need.keys()


def test_five_transactions_can_be_given_each_in_the_parts_the_guide_names() -> None:
    groups = [field.group for field in FIELDS if field.heading is EXAMPLE]
    assert [groups.count(f"example.{number}") for number in range(1, 6)] == [7] * 5  # and which way it went
    assert len(groups) == 35
