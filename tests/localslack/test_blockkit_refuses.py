"""The validator refuses what Slack refuses, with Slack's message and JSON pointer."""

import pytest

from localslack import blockkit
from localslack.blockkit import Surface
from tests.localslack.blockkit_parts import (
    CONFIRM,
    IMAGE,
    VIDEO,
    actions,
    button,
    input_block,
    mrkdwn,
    option,
    paragraph,
    plain,
    rich_text,
    section,
    select,
    table,
)

INVALID_BLOCKS: list[tuple[Surface, object, str]] = [
    # the list of blocks
    ("message", "blocks", "must provide an array [json-pointer:/blocks]"),
    ("message", [3], "must provide an object [json-pointer:/blocks/0]"),
    ("message", [{}], "missing required field: type [json-pointer:/blocks/0]"),
    ("message", [{"type": 1}], "must provide a string [json-pointer:/blocks/0/type]"),
    ("message", [{"type": "foo"}], "unsupported type: foo [json-pointer:/blocks/0/type]"),
    ("message", [section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ("home", [section()] * 101, "no more than 100 items allowed [json-pointer:/blocks]"),
    # properties
    ("message", [{"type": "divider", "text": plain()}], "invalid additional property: text [json-pointer:/blocks/0]"),
    (
        "message",
        [section(accessory=select(block_id="x"))],
        "invalid additional property: block_id [json-pointer:/blocks/0/accessory]",
    ),
    (
        "message",
        [section(text=mrkdwn() | {"emoji": True})],
        "invalid additional property: emoji [json-pointer:/blocks/0/text]",
    ),
    ("message", [section(block_id="x" * 256)], "must be less than 256 characters [json-pointer:/blocks/0/block_id]"),
    # texts
    ("message", [{"type": "section"}], "missing required field: text [json-pointer:/blocks/0]"),
    ("message", [section(text="bare")], "must provide an object [json-pointer:/blocks/0/text]"),
    ("message", [section(text=plain(""))], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    (
        "message",
        [section(text=plain("x" * 3001))],
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        "message",
        [section(text={"type": "markdown", "text": "x"})],
        "must be a valid enum value [json-pointer:/blocks/0/text/type]",
    ),
    (
        "message",
        [section(fields=[plain("x" * 2001)])],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    ("message", [section(fields=[plain()] * 11)], "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    (
        "message",
        [{"type": "header", "text": mrkdwn()}],
        "must be a valid enum value [json-pointer:/blocks/0/text/type]",
    ),
    (
        "message",
        [{"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        "message",
        [{"type": "context", "elements": []}],
        "must provide at least 1 items [json-pointer:/blocks/0/elements]",
    ),
    (
        "message",
        [{"type": "context", "elements": [plain()] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        "message",
        [{"type": "context", "elements": [button()]}],
        "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        "message",
        [{"type": "markdown", "text": "x" * 12_001}],
        "must be less than 12001 characters [json-pointer:/blocks/0/text]",
    ),
    # images
    ("message", [{"type": "image", "alt_text": "a"}], "missing required field: image_url [json-pointer:/blocks/0]"),
    (
        "message",
        [{"type": "image", "image_url": "https://e.org/a"}],
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    ("message", [IMAGE | {"image_url": "a.png"}], "invalid url [json-pointer:/blocks/0/image_url]"),
    (
        "message",
        [IMAGE | {"alt_text": "x" * 2001}],
        "must be less than 2001 characters [json-pointer:/blocks/0/alt_text]",
    ),
    ("message", [VIDEO | {"video_url": "http://e.org"}], "invalid url [json-pointer:/blocks/0/video_url]"),
    # actions
    ("message", [actions()], "must provide at least 1 items [json-pointer:/blocks/0/elements]"),
    ("message", [actions(*[button()] * 26)], "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
    (
        "message",
        [actions({"type": "plain_text_input"})],
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        "message",
        [actions(button(action_id="a"), button(action_id="a"))],
        '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ),
    (
        "message",
        [actions(button(action_id="x" * 256))],
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    (
        "message",
        [actions(button(text=plain("x" * 76)))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        "message",
        [actions(button(value="x" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        "message",
        [actions(button(url="x" * 3001))],
        "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]",
    ),
    ("message", [actions(button(url="example"))], "invalid url [json-pointer:/blocks/0/elements/0/url]"),
    (
        "message",
        [actions(button(style="default"))],
        "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
    ),
    ("message", [actions(button(style=None))], "must provide a string [json-pointer:/blocks/0/elements/0/style]"),
    (
        "message",
        [actions(button(confirm=CONFIRM | {"title": plain("x" * 101)}))],
        "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
    ),
    (
        "message",
        [actions(button(confirm=CONFIRM | {"deny": plain("x" * 31)}))],
        "must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/deny/text]",
    ),
    (
        "message",
        [section(accessory={"type": "overflow", "options": [option()] * 6})],
        "no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]",
    ),
    (
        "message",
        [section(accessory={"type": "datetimepicker"})],
        "unsupported type: datetimepicker [json-pointer:/blocks/0/accessory/type]",
    ),
    # choices
    (
        "modal",
        [input_block({"type": "static_select"})],
        "`options` or `option_groups` must be specified [json-pointer:/blocks/0/element]",
    ),
    (
        "modal",
        [input_block(select(options=[]))],
        "must provide at least 1 items [json-pointer:/blocks/0/element/options]",
    ),
    (
        "modal",
        [input_block(select(options=[option()] * 101))],
        "no more than 100 items allowed [json-pointer:/blocks/0/element/options]",
    ),
    (
        "modal",
        [input_block(select(options=[option(text=mrkdwn())]))],
        "must be a valid enum value [json-pointer:/blocks/0/element/options/0/text/type]",
    ),
    (
        "modal",
        [input_block(select(options=[{"text": plain(), "value": "x" * 151}]))],
        "must be less than 151 characters [json-pointer:/blocks/0/element/options/0/value]",
    ),
    (
        "modal",
        [input_block(select(options=[option(description=plain("x" * 76))]))],
        "must be less than 76 characters [json-pointer:/blocks/0/element/options/0/description/text]",
    ),
    (
        "modal",
        [input_block(select(options=[option(url="https://e.org")]))],
        "invalid additional property: url [json-pointer:/blocks/0/element/options/0]",
    ),
    (
        "modal",
        [input_block(select(initial_option=None))],
        "must provide an object [json-pointer:/blocks/0/element/initial_option]",
    ),
    (
        "modal",
        [input_block(select(initial_option=option("z")))],
        "must be one of the provided options [json-pointer:/blocks/0/element/initial_option]",
    ),
    (
        "modal",
        [input_block(select(placeholder=plain("x" * 151)))],
        "must be less than 151 characters [json-pointer:/blocks/0/element/placeholder/text]",
    ),
    (
        "modal",
        [input_block({"type": "checkboxes", "options": [option()] * 11})],
        "no more than 10 items allowed [json-pointer:/blocks/0/element/options]",
    ),
    (
        "modal",
        [input_block({"type": "checkboxes", "options": [option()], "initial_options": []})],
        "must be one of the provided options [json-pointer:/blocks/0/element/initial_options]",
    ),
    (
        "modal",
        [input_block({"type": "multi_users_select", "max_selected_items": 0})],
        "must be greater than 1 [json-pointer:/blocks/0/element/max_selected_items]",
    ),
    (
        "modal",
        [input_block({"type": "multi_users_select", "initial_users": ["U1", "U2"], "max_selected_items": 1})],
        "no more than 1 items allowed [json-pointer:/blocks/0/element/initial_users]",
    ),
    (
        "modal",
        [input_block({"type": "conversations_select", "filter": {"include": []}})],
        "must provide at least 1 items [json-pointer:/blocks/0/element/filter/include]",
    ),
    (
        "message",
        [section(accessory={"type": "conversations_select", "response_url_enabled": True})],
        (
            "`response_url_enabled` can only be used in `input` blocks in modals "
            "[json-pointer:/blocks/0/accessory/response_url_enabled]"
        ),
    ),
    # typed inputs
    ("modal", [{"type": "input", "label": plain()}], "missing required field: element [json-pointer:/blocks/0]"),
    ("modal", [{"type": "input", "element": select()}], "missing required field: label [json-pointer:/blocks/0]"),
    ("modal", [input_block(button())], "unsupported type: button [json-pointer:/blocks/0/element/type]"),
    (
        "modal",
        [input_block(select(), label=plain("x" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/label/text]",
    ),
    ("modal", [input_block(select(), hint=mrkdwn())], "must be a valid enum value [json-pointer:/blocks/0/hint/type]"),
    ("modal", [input_block(select(), optional="yes")], "must be a boolean [json-pointer:/blocks/0/optional]"),
    (
        "modal",
        [input_block({"type": "plain_text_input", "max_length": 3001})],
        "must be less than 3000 [json-pointer:/blocks/0/element/max_length]",
    ),
    (
        "modal",
        [input_block({"type": "plain_text_input", "max_length": True})],
        "must provide an integer [json-pointer:/blocks/0/element/max_length]",
    ),
    (
        "modal",
        [input_block({"type": "plain_text_input", "min_length": 5, "max_length": 4})],
        "`min_length` must be less than or equal to `max_length` [json-pointer:/blocks/0/element/min_length]",
    ),
    (
        "modal",
        [input_block({"type": "plain_text_input", "max_length": 4, "initial_value": "abcde"})],
        "must be less than 5 characters [json-pointer:/blocks/0/element/initial_value]",
    ),
    (
        "modal",
        [input_block({"type": "number_input"})],
        "missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]",
    ),
    (
        "modal",
        [input_block({"type": "number_input", "is_decimal_allowed": True, "min_value": "x"})],
        "must be a number [json-pointer:/blocks/0/element/min_value]",
    ),
    (
        "modal",
        [input_block({"type": "number_input", "is_decimal_allowed": True, "min_value": "2", "max_value": "1"})],
        "`min_value` must be less than or equal to `max_value` [json-pointer:/blocks/0/element/min_value]",
    ),
    (
        "modal",
        [input_block({"type": "datepicker", "initial_date": "31.01.2024"})],
        r"input must match regex pattern: ^\d{4}-\d{2}-\d{2}$ [json-pointer:/blocks/0/element/initial_date]",
    ),
    (
        "modal",
        [input_block({"type": "datepicker", "initial_date": "2023-02-29"})],
        "invalid date [json-pointer:/blocks/0/element/initial_date]",
    ),
    (
        "modal",
        [input_block({"type": "timepicker", "timezone": "Berlin"})],
        "invalid timezone [json-pointer:/blocks/0/element/timezone]",
    ),
    (
        "modal",
        [input_block({"type": "datetimepicker", "initial_date_time": 12})],
        "must be greater than 1000000000 [json-pointer:/blocks/0/element/initial_date_time]",
    ),
    (
        "modal",
        [input_block({"type": "file_input", "max_files": 11})],
        "must be less than 10 [json-pointer:/blocks/0/element/max_files]",
    ),
    (
        "modal",
        [input_block({"type": "file_input"}, dispatch_action=True)],
        "unsupported type: file_input [json-pointer:/blocks/0/element/type]",
    ),
    (
        "modal",
        [input_block(select(focus_on_load=True)), input_block(select(focus_on_load=True))],
        "only one element can have `focus_on_load` set to true [json-pointer:/blocks/1/element/focus_on_load]",
    ),
    # placement
    ("message", [{"type": "alert", "text": plain()}], "unsupported type: alert [json-pointer:/blocks/0/type]"),
    (
        "message",
        [input_block({"type": "file_input"})],
        "unsupported type: file_input [json-pointer:/blocks/0/element/type]",
    ),
    (
        "home",
        [input_block({"type": "number_input", "is_decimal_allowed": True})],
        "unsupported type: number_input [json-pointer:/blocks/0/element/type]",
    ),
    ("modal", [{"type": "markdown", "text": "x"}], "unsupported type: markdown [json-pointer:/blocks/0/type]"),
    (
        "message",
        [{"type": "container", "title": plain(), "child_blocks": [{"type": "markdown", "text": "x"}]}],
        "unsupported type: markdown [json-pointer:/blocks/0/child_blocks/0/type]",
    ),
    # across blocks
    (
        "message",
        [section(block_id="b"), section(block_id="b")],
        '`block_id` "b" already exists [json-pointer:/blocks/1/block_id]',
    ),
    ("message", [table(), table()], "only_one_table_allowed [json-pointer:/blocks/1]"),
    (
        "message",
        [{"type": "markdown", "text": "x" * 7000}] * 2,
        "markdown blocks must be less than 12001 characters in total [json-pointer:/blocks]",
    ),
    ("message", [table(101)], "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
    (
        "message",
        [{"type": "table", "rows": [[{"type": "raw_number", "text": "1"}]]}],
        "missing required field: value [json-pointer:/blocks/0/rows/0/0]",
    ),
    # rich text
    (
        "message",
        [rich_text({"type": "text", "text": "x"})],
        "unsupported type: text [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        "message",
        [rich_text(paragraph() | {"style": "bullet"})],
        "invalid additional property: style [json-pointer:/blocks/0/elements/0]",
    ),
    (
        "message",
        [rich_text({"type": "rich_text_list", "elements": [paragraph()]})],
        "missing required field: style [json-pointer:/blocks/0/elements/0]",
    ),
    (
        "message",
        [rich_text(paragraph({"type": "text", "text": "x", "style": {"big": True}}))],
        "invalid additional property: big [json-pointer:/blocks/0/elements/0/elements/0/style]",
    ),
]


@pytest.mark.parametrize(
    ("surface", "blocks", "line"), INVALID_BLOCKS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_invalid_block_is_refused_with_slacks_error(surface: Surface, blocks: object, line: str) -> None:
    assert f"[ERROR] {line}" in blockkit.validate_blocks(blocks, surface)
