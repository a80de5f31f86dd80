"""Is what Slack accepts accepted, on the surfaces where it belongs and only there?"""

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
    asks,
    button,
    mrkdwn,
    option,
    paragraph,
    plain,
    rich_text,
    section,
    select,
    table,
)

GOOD: list[tuple[tuple[Surface, ...], Json]] = [
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
    (ANYWHERE, actions(button(), button())),  # Slack invents the missing action ids
    (ANYWHERE, VIDEO | {"description": plain(), "author_name": "x" * 49}),
    (ANYWHERE, CARD),
    (ANYWHERE, asks(select(placeholder=plain("x" * 150), focus_on_load=True), hint=plain(), optional=True)),
    (ANYWHERE, asks({"type": "plain_text_input", "min_length": 1, "max_length": 5, "initial_value": "abcde"})),
    (ANYWHERE, asks({"type": "checkboxes", "options": [{"text": mrkdwn(), "value": "a", "description": mrkdwn()}]})),
    (ANYWHERE, asks({"type": "radio_buttons", "options": [option()] * 10, "initial_option": option()})),
    (ANYWHERE, asks({"type": "datepicker", "initial_date": "2024-02-29"})),
    (ANYWHERE, asks({"type": "timepicker", "initial_time": "23:59", "timezone": "Europe/Berlin"})),
    (ANYWHERE, asks({"type": "users_select", "initial_user": "U1"})),
    (ANYWHERE, asks({"type": "multi_users_select", "initial_users": ["U1", "U2"], "max_selected_items": 2})),
    (ANYWHERE, asks({"type": "external_select", "min_query_length": 0, "initial_option": option("anything")})),
    (ANYWHERE, asks({"type": "conversations_select", "filter": {"include": ["im"], "exclude_bot_users": True}})),
    (ANYWHERE, asks(select(initial_option=option("a") | {"text": plain("a") | {"emoji": True}}))),
    (
        ANYWHERE,
        asks(
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
    (("message", "modal"), asks({"type": "datetimepicker", "initial_date_time": 1_628_633_820})),
    (("modal", "home"), asks({"type": "rich_text_input", "initial_value": rich_text(paragraph()), "min_lines": 3})),
    (("modal",), asks({"type": "file_input", "filetypes": ["pdf"], "max_files": 10})),
    (("modal",), asks({"type": "number_input", "is_decimal_allowed": False, "min_value": "-1", "initial_value": "7"})),
    (("modal",), asks({"type": "email_text_input", "initial_value": "a@b.c"}, dispatch_action=True)),
    (
        ("modal",),
        asks({"type": "url_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}}),
    ),
    (("modal",), asks({"type": "channels_select", "response_url_enabled": True})),
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
    ("surfaces", "block"), GOOD, ids=lambda value: value["type"] if isinstance(value, dict) else ""
)
def test_a_good_block_is_accepted_where_it_belongs_and_only_there(surfaces: tuple[Surface, ...], block: Json) -> None:
    for surface in ANYWHERE:
        said = blockkit.validate_blocks([block], surface)
        if surface in surfaces:
            assert said == []
        else:
            assert said != [] or "response_url_enabled" in str(block)
