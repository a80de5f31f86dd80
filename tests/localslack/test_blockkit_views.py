"""Are views, attachments and totals held to their limits?"""

import pytest

from localslack import blockkit
from tests.localslack.blockkit_parts import Json, asks, modal, mrkdwn, option, plain, section, select


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
            {"type": "modal", "title": plain(), "blocks": [section(), asks(select())]},
            "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/1/input]",
        ),
        (
            {"type": "home", "blocks": [{"type": "alert", "text": plain()}]},
            "unsupported type: alert [json-pointer:/view/blocks/0/type]",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_view_is_refused_in_slacks_words(view: object, line: str) -> None:
    assert f"[ERROR] {line}" in blockkit.validate_view(view)


@pytest.mark.parametrize(
    "view",
    [
        modal(),
        modal(asks(select()), private_metadata="x" * 3000, notify_on_close=True, close=plain("Cancel")),
        {"type": "modal", "title": plain("x" * 24), "blocks": [section()] * 100},
        {"type": "home", "blocks": [asks(select())]},
        {"type": "home", "title": plain("Home"), "blocks": []},
    ],
)
def test_a_good_view_is_accepted(view: Json) -> None:
    assert blockkit.validate_view(view) == []


def test_every_problem_is_named_at_once() -> None:
    assert blockkit.validate_view(
        {"type": "modal", "title": plain("x" * 25), "blocks": [{"type": "foo"}, section(text=plain(""))]}
    ) == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
        "[ERROR] unsupported type: foo [json-pointer:/view/blocks/0/type]",
        "[ERROR] must be more than 0 characters [json-pointer:/view/blocks/1/text/text]",
    ]


def test_attachments_are_taken_as_they_come_but_their_blocks_are_checked() -> None:
    legacy = {"fallback": "x", "color": "#fff", "ts": 1, "anything": True}
    assert blockkit.validate_attachments([legacy, {"blocks": [section()]}]) == []
    assert blockkit.validate_attachments([legacy, {"blocks": [{"type": "foo"}]}]) == [
        "[ERROR] unsupported type: foo [json-pointer:/attachments/1/blocks/0/type]"
    ]
    assert blockkit.validate_attachments([legacy] * 101) == [
        "[ERROR] no more than 100 items allowed [json-pointer:/attachments]"
    ]
    assert blockkit.validate_attachments("text") == ["[ERROR] must provide an array [json-pointer:/attachments]"]


def test_a_message_may_not_be_too_long_in_total_although_each_block_is_good() -> None:
    assert not blockkit.is_too_long([section(text=plain("x" * 3000))] * 4)
    assert blockkit.is_too_long([section(text=plain("x" * 3000))] * 5)


def test_a_view_may_not_weigh_more_than_250_kilobytes() -> None:
    heavy = section(fields=[plain("ü" * 2000)] * 10)
    assert not blockkit.is_too_large(modal(*[heavy] * 6))
    assert blockkit.is_too_large(modal(*[heavy] * 7))


def test_blocks_validate_is_told_more_of_each_problem() -> None:
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
def test_the_options_an_app_suggests_are_held_to_the_same_limits(answer: object, lines: list[str]) -> None:
    assert blockkit.validate_options(answer) == lines
