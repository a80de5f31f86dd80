"""The shapes of Block Kit's interactive elements, and the blocks that may contain each."""

from typing import Final

from localslack.blockkit import rules
from localslack.blockkit.objects import (
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    GROUP_OPTION,
    ID,
    IMAGE_ELEMENT,
    MENU_OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    STYLE,
    WORKFLOW,
    plain_text,
)
from localslack.blockkit.richtext import RICH_TEXT
from localslack.blockkit.schema import TYPE, AlsoRule, Boolean, Choice, Integer, Items, Kinds, Rule, Shape, String, Url

Fields = dict[str, Rule]

_ACTION: Final[Fields] = {"action_id": ID}
_CONFIRM: Final[Fields] = {"confirm": CONFIRM}
_FOCUS: Final[Fields] = {"focus_on_load": Boolean()}
_PLACEHOLDER: Final[Fields] = {"placeholder": plain_text(150)}
_MENU: Final[Fields] = _ACTION | _CONFIRM | _FOCUS | _PLACEHOLDER
_MULTI: Final[Fields] = _MENU | {"max_selected_items": Integer(1)}
_TYPED: Final[Fields] = _ACTION | _FOCUS | _PLACEHOLDER | {"dispatch_action_config": DISPATCH_CONFIG}
_LABEL: Final[Fields] = {"accessibility_label": String(maximum=75)}
_STATIC: Final[Fields] = {"options": Items(MENU_OPTION, 1, 100), "option_groups": Items(OPTION_GROUP, 1, 100)}
_CONVERSATIONS: Final[Fields] = {"default_to_current_conversation": Boolean(), "filter": CONVERSATION_FILTER}
_QUERY: Final[Fields] = {"min_query_length": Integer(0)}
_RESPONSE_URL: Final[Fields] = {"response_url_enabled": Boolean()}
_IDS: Final = Items(String(1))


def _element(optional: Fields, required: Fields | None = None, *also: AlsoRule) -> Shape:
    return Shape(TYPE | (required or {}), optional, also)


_FEEDBACK: Final = Shape({"text": plain_text(75), "value": String(maximum=2000)}, _LABEL)

ELEMENTS: Final = Kinds(
    {
        "button": _element(
            _ACTION
            | _CONFIRM
            | _LABEL
            | {
                "url": Url(),
                "value": String(maximum=2000),
                "style": STYLE,
                "agent_prompt": String(maximum=4000),
                "agent_prompt_display": String(),
                "visible_to_user_ids": _IDS,
            },
            {"text": plain_text(75)},
        ),
        "workflow_button": _element(
            _ACTION | _CONFIRM | _LABEL | {"style": STYLE},
            {"text": plain_text(75), "workflow": WORKFLOW},
        ),
        "overflow": _element(_ACTION | _CONFIRM, {"options": Items(OVERFLOW_OPTION, 1, 5)}),
        "checkboxes": _element(
            _ACTION | _CONFIRM | _FOCUS | {"initial_options": Items(GROUP_OPTION)},
            {"options": Items(GROUP_OPTION, 1, 10)},
            rules.initial_options_exist,
        ),
        "radio_buttons": _element(
            _ACTION | _CONFIRM | _FOCUS | {"initial_option": GROUP_OPTION},
            {"options": Items(GROUP_OPTION, 1, 10)},
            rules.initial_option_exists,
        ),
        "datepicker": _element(_MENU | {"initial_date": String(pattern=r"^\d{4}-\d{2}-\d{2}$")}, {}, rules.real_date),
        "timepicker": _element(
            _MENU | {"initial_time": String(pattern=r"^([01]\d|2[0-3]):[0-5]\d$"), "timezone": String(1)},
            {},
            rules.known_timezone,
        ),
        "datetimepicker": _element(
            _ACTION | _CONFIRM | _FOCUS | {"initial_date_time": Integer(1_000_000_000, 9_999_999_999)},
        ),
        "static_select": _element(
            _MENU | _STATIC | {"initial_option": MENU_OPTION}, {}, rules.some_options, rules.initial_option_exists
        ),
        "external_select": _element(_MENU | _QUERY | {"initial_option": MENU_OPTION}),
        "users_select": _element(_MENU | {"initial_user": String(1)}),
        "conversations_select": _element(
            _MENU | _CONVERSATIONS | _RESPONSE_URL | {"initial_conversation": String(1)},
            {},
            rules.filter_says_something,
        ),
        "channels_select": _element(_MENU | _RESPONSE_URL | {"initial_channel": String(1)}),
        "multi_static_select": _element(
            _MULTI | _STATIC | {"initial_options": Items(MENU_OPTION)},
            {},
            rules.some_options,
            rules.initial_options_exist,
            rules.not_more_than_selectable,
        ),
        "multi_external_select": _element(
            _MULTI | _QUERY | {"initial_options": Items(MENU_OPTION)}, {}, rules.not_more_than_selectable
        ),
        "multi_users_select": _element(_MULTI | {"initial_users": _IDS}, {}, rules.not_more_than_selectable),
        "multi_conversations_select": _element(
            _MULTI | _CONVERSATIONS | {"initial_conversations": _IDS},
            {},
            rules.filter_says_something,
            rules.not_more_than_selectable,
        ),
        "multi_channels_select": _element(_MULTI | {"initial_channels": _IDS}, {}, rules.not_more_than_selectable),
        "plain_text_input": _element(
            _TYPED
            | {
                "initial_value": String(maximum=3000),
                "multiline": Boolean(),
                "min_length": Integer(0, 3000),
                "max_length": Integer(1, 3000),
            },
            {},
            rules.text_length_in_order,
        ),
        "number_input": _element(
            _TYPED | {name: String(1) for name in ("initial_value", "min_value", "max_value")},
            {"is_decimal_allowed": Boolean()},
            rules.numbers_in_order,
        ),
        "email_text_input": _element(_TYPED | {"initial_value": String()}),
        "url_text_input": _element(_TYPED | {"initial_value": String()}),
        "rich_text_input": _element(
            _TYPED | {"initial_value": RICH_TEXT, "min_lines": Integer(1, 100), "max_lines": Integer(1, 100)},
            {},
            rules.lines_in_order,
        ),
        "file_input": _element(_ACTION | {"filetypes": Items(String(1), 1), "max_files": Integer(1, 10)}),
        "feedback_buttons": _element(_ACTION, {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}),
        "icon_button": _element(
            _ACTION | _CONFIRM | _LABEL | {"value": String(maximum=2000), "visible_to_user_ids": _IDS},
            {"icon": Choice(("trash",)), "text": plain_text(75)},
        ),
        **IMAGE_ELEMENT.shapes,
    },
)

_SELECTS: Final = tuple(
    f"{many}{source}_select"
    for many in ("", "multi_")
    for source in ("static", "external", "users", "conversations", "channels")
)
_PICKED: Final = ("checkboxes", "radio_buttons", "datepicker", "timepicker", *_SELECTS)

IN_SECTION: Final = ELEMENTS.only("button", "workflow_button", "overflow", "image", *_PICKED)
IN_ACTIONS: Final = ELEMENTS.only(
    "button", "workflow_button", "overflow", "datetimepicker", "rich_text_input", *_PICKED
)
IN_INPUT: Final = ELEMENTS.only(
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
    "file_input",
    "datetimepicker",
    *_PICKED,
)
IN_CONTEXT_ACTIONS: Final = ELEMENTS.only("feedback_buttons", "icon_button")
BUTTONS: Final = ELEMENTS.only("button")
