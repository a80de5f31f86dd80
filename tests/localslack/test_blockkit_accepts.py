"""The validator accepts what Slack accepts, on the surfaces where Slack accepts it."""

import pytest

from localslack import blockkit
from localslack.blockkit import Surface
from tests.localslack.blockkit_parts import (
    ANYWHERE,
    CARD,
    CONFIRM,
    IMAGE,
    TASK,
    VIDEO,
    Json,
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

VALID_BLOCKS: list[tuple[tuple[Surface, ...], Json]] = [
    (ANYWHERE, section(expand=True, block_id="b")),
    (ANYWHERE, {"type": "section", "fields": [plain("x" * 2000)] * 10}),
    (ANYWHERE, section(text=mrkdwn("x" * 3000) | {"verbatim": True})),
    (ANYWHERE, section(accessory=IMAGE)),
    (
        ANYWHERE,
        section(accessory=button(value="x" * 2000, url="https://example.com", style="primary", confirm=CONFIRM)),
    ),
    (ANYWHERE, section(accessory={"type": "overflow", "options": [option(url="https://example.com")] * 5})),
    (ANYWHERE, {"type": "header", "text": plain("x" * 150) | {"emoji": False}}),
    (ANYWHERE, {"type": "divider"}),
    (ANYWHERE, IMAGE | {"title": plain(), "block_id": "i"}),
    (ANYWHERE, {"type": "image", "slack_file": {"id": "F1"}, "alt_text": ""}),
    (ANYWHERE, {"type": "context", "elements": [plain(), mrkdwn(), IMAGE] * 3}),
    (ANYWHERE, actions(*[button(action_id=str(n)) for n in range(25)])),
    (ANYWHERE, actions(button(), button())),  # Slack generates missing action ids
    (ANYWHERE, VIDEO | {"description": plain(), "author_name": "x" * 49}),
    (ANYWHERE, CARD),
    (ANYWHERE, input_block(select(placeholder=plain("x" * 150), focus_on_load=True), hint=plain(), optional=True)),
    (ANYWHERE, input_block({"type": "plain_text_input", "min_length": 1, "max_length": 5, "initial_value": "abcde"})),
    (
        ANYWHERE,
        input_block({"type": "checkboxes", "options": [{"text": mrkdwn(), "value": "a", "description": mrkdwn()}]}),
    ),
    (ANYWHERE, input_block({"type": "radio_buttons", "options": [option()] * 10, "initial_option": option()})),
    (ANYWHERE, input_block({"type": "datepicker", "initial_date": "2024-02-29"})),
    (ANYWHERE, input_block({"type": "timepicker", "initial_time": "23:59", "timezone": "Europe/Berlin"})),
    (ANYWHERE, input_block({"type": "users_select", "initial_user": "U1"})),
    (ANYWHERE, input_block({"type": "multi_users_select", "initial_users": ["U1", "U2"], "max_selected_items": 2})),
    (ANYWHERE, input_block({"type": "external_select", "min_query_length": 0, "initial_option": option("anything")})),
    (ANYWHERE, input_block({"type": "conversations_select", "filter": {"include": ["im"], "exclude_bot_users": True}})),
    (ANYWHERE, input_block(select(initial_option=option("a") | {"text": plain("a") | {"emoji": True}}))),
    (
        ANYWHERE,
        input_block(
            {
                "type": "multi_static_select",
                "option_groups": [
                    {"label": plain("1"), "options": [option("a")]},
                    {"label": plain("2"), "options": [option("b")]},
                ],
                "initial_options": [option("a"), option("b")],
            }
        ),
    ),
    (("message", "modal"), input_block({"type": "datetimepicker", "initial_date_time": 1_628_633_820})),
    (
        ("modal", "home"),
        input_block({"type": "rich_text_input", "initial_value": rich_text(paragraph()), "min_lines": 3}),
    ),
    (("modal",), input_block({"type": "file_input", "filetypes": ["pdf"], "max_files": 10})),
    (
        ("modal",),
        input_block({"type": "number_input", "is_decimal_allowed": False, "min_value": "-1", "initial_value": "7"}),
    ),
    (("modal",), input_block({"type": "email_text_input", "initial_value": "a@b.c"}, dispatch_action=True)),
    (
        ("modal",),
        input_block({"type": "url_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}}),
    ),
    (("modal",), input_block({"type": "channels_select", "response_url_enabled": True})),
    (("modal",), {"type": "alert", "text": plain(), "level": "warning"}),
    (("message",), {"type": "markdown", "text": "# x" * 4000}),
    (("message",), {"type": "file", "external_id": "x", "source": "remote"}),
    (("message",), {"type": "plan", "title": "Plan", "tasks": [TASK]}),
    (
        ("message",),
        TASK | {"output": rich_text(paragraph()), "sources": [{"type": "url", "url": "https://e.org", "text": "e"}]},
    ),
    (("message",), {"type": "container", "title": plain(), "child_blocks": [section(), {"type": "divider"}]}),
    (
        ("message",),
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "positive_button": {"text": plain(), "value": "1"},
                    "negative_button": {"text": plain(), "value": "0"},
                },
                {"type": "icon_button", "icon": "trash", "text": plain()},
            ],
        },
    ),
    (("message", "home"), {"type": "carousel", "elements": [CARD]}),
    (("message", "home"), table(100, 20, column_settings=[None, {"align": "right", "is_wrapped": True}])),
    (
        ("message", "home"),
        {
            "type": "data_table",
            "caption": "Numbers",
            "rows": [[{"type": "raw_text", "text": "n"}], [{"type": "raw_number", "value": 1.5, "text": "1.5"}]],
            "page_size": 10,
        },
    ),
    (
        ANYWHERE,
        rich_text(
            paragraph(
                {"type": "text", "text": "a", "style": {"bold": True, "code": False}},
                {"type": "link", "url": "https://example.com", "text": "here"},
                {"type": "emoji", "name": "wave", "skin_tone": 2},
                {"type": "user", "user_id": "U1"},
                {"type": "channel", "channel_id": "C1"},
                {"type": "usergroup", "usergroup_id": "S1"},
                {"type": "broadcast", "range": "here"},
                {"type": "color", "value": "#ff0000"},
                {"type": "date", "timestamp": 1_700_000_000, "format": "{date_num}", "fallback": "then"},
            ),
            {
                "type": "rich_text_list",
                "style": "ordered",
                "indent": 8,
                "offset": 2,
                "border": 1,
                "elements": [paragraph()],
            },
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "q"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "p"}], "border": 0},
        ),
    ),
]


@pytest.mark.parametrize(
    ("surfaces", "block"), VALID_BLOCKS, ids=lambda value: value["type"] if isinstance(value, dict) else ""
)
def test_valid_block_is_accepted_only_on_its_surfaces(surfaces: tuple[Surface, ...], block: Json) -> None:
    for surface in ANYWHERE:
        text = blockkit.validate_blocks([block], surface)
        if surface in surfaces:
            assert text == []
        else:
            assert text != [] or "response_url_enabled" in str(block)
