"""Views, attachments and total sizes are validated against Slack's limits."""

import pytest

from localslack import blockkit
from tests.localslack.blockkit_parts import Json, input_block, modal, mrkdwn, option, plain, section, select


@pytest.mark.parametrize(
    ("view", "line"),
    [
        ("view", "must provide an object [json-pointer:/view]"),
        ({}, "missing required field: title [json-pointer:/view]"),
        ({}, "missing required field: blocks [json-pointer:/view]"),
        ({"type": "popup"}, "must be a valid enum value [json-pointer:/view/type]"),
        (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(title=mrkdwn()), "must be a valid enum value [json-pointer:/view/title/type]"),
        (modal(submit=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
        (modal(close=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        (modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
        (modal(external_id="x" * 256), "must be less than 256 characters [json-pointer:/view/external_id]"),
        (modal(state={}), "invalid additional property: state [json-pointer:/view]"),
        (modal(submit_disabled=True), "invalid additional property: submit_disabled [json-pointer:/view]"),
        (modal(clear_on_close="no"), "must be a boolean [json-pointer:/view/clear_on_close]"),
        (modal(*[section()] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal({"type": "foo"}), "unsupported type: foo [json-pointer:/view/blocks/0/type]"),
        (
            {"type": "modal", "title": plain(), "blocks": [section(), input_block(select())]},
            "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/1/input]",
        ),
        (
            {"type": "home", "blocks": [{"type": "alert", "text": plain()}]},
            "unsupported type: alert [json-pointer:/view/blocks/0/type]",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_invalid_view_is_refused_with_slacks_error(view: object, line: str) -> None:
    assert f"[ERROR] {line}" in blockkit.validate_view(view)


@pytest.mark.parametrize(
    "view",
    [
        modal(),
        modal(input_block(select()), private_metadata="x" * 3000, notify_on_close=True, close=plain("Cancel")),
        {"type": "modal", "title": plain("x" * 24), "blocks": [section()] * 100},
        {"type": "home", "blocks": [input_block(select())]},
        {"type": "home", "title": plain("Home"), "blocks": []},
    ],
)
def test_valid_view_is_accepted(view: Json) -> None:
    assert blockkit.validate_view(view) == []


def test_validation_lists_all_problems_at_once() -> None:
    assert blockkit.validate_view(
        {"type": "modal", "title": plain("x" * 25), "blocks": [{"type": "foo"}, section(text=plain(""))]}
    ) == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
        "[ERROR] unsupported type: foo [json-pointer:/view/blocks/0/type]",
        "[ERROR] must be more than 0 characters [json-pointer:/view/blocks/1/text/text]",
    ]


def test_legacy_attachment_fields_are_accepted_and_blocks_are_checked() -> None:
    legacy = {"fallback": "x", "color": "#fff", "ts": 1, "anything": True}
    assert blockkit.validate_attachments([legacy, {"blocks": [section()]}]) == []
    assert blockkit.validate_attachments([legacy, {"blocks": [{"type": "foo"}]}]) == [
        "[ERROR] unsupported type: foo [json-pointer:/attachments/1/blocks/0/type]"
    ]
    assert blockkit.validate_attachments([legacy] * 101) == [
        "[ERROR] no more than 100 items allowed [json-pointer:/attachments]"
    ]
    assert blockkit.validate_attachments("text") == ["[ERROR] must provide an array [json-pointer:/attachments]"]


def test_message_total_length_is_limited() -> None:
    assert not blockkit.is_too_long([section(text=plain("x" * 3000))] * 4)
    assert blockkit.is_too_long([section(text=plain("x" * 3000))] * 5)


def test_view_is_limited_to_250_kilobytes() -> None:
    heavy = section(fields=[plain("ü" * 2000)] * 10)
    assert not blockkit.is_too_large(modal(*[heavy] * 6))
    assert blockkit.is_too_large(modal(*[heavy] * 7))


def test_blocks_validate_explains_each_problem_in_detail() -> None:
    wrong = [
        {"type": "header"},
        {"type": "header", "text": plain("x" * 151)},
        {"type": "header", "text": plain(), "x": 1},
    ]
    assert blockkit.explain(wrong, "blocks") == [
        {"code": "missing_field", "message": "missing required field: text", "pointer": "/0", "field": "text"},
        {
            "code": "failed_constraint",
            "message": "must be less than 151 characters",
            "pointer": "/1/text/text",
            "constraint": {"type": "max_length", "expected": 150, "got": 151},
        },
        {
            "code": "failed_constraint",
            "message": "invalid additional property: x",
            "pointer": "/2",
            "constraint": {"type": "additional_properties", "got": "x"},
        },
    ]
    assert [it["pointer"] for it in blockkit.explain({"blocks": [{}], "attachments": [1]}, "message")] == [
        "/blocks/0",
        "/attachments/0",
    ]
    assert [it["pointer"] for it in blockkit.explain(modal({}), "view")] == ["/blocks/0"]
    assert [it["code"] for it in blockkit.explain([], "message")] == ["invalid_type"]


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        ({"options": []}, []),
        ({"options": [option()] * 100}, []),
        ({"option_groups": [{"label": plain(), "options": [option()]}]}, []),
        ({"options": [option()] * 101}, ["[ERROR] no more than 100 items allowed [json-pointer:/options]"]),
        (
            {"options": [{"text": plain("x" * 76), "value": "a"}]},
            ["[ERROR] must be less than 76 characters [json-pointer:/options/0/text/text]"],
        ),
        ({}, ["[ERROR] `options` or `option_groups` must be specified [json-pointer:]"]),
        (None, ["[ERROR] must provide an object [json-pointer:]"]),
    ],
)
def test_suggested_options_have_the_same_limits(answer: object, lines: list[str]) -> None:
    assert blockkit.validate_options(answer) == lines
