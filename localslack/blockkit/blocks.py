"""The shapes of Block Kit's blocks."""

from typing import Final

from localslack.blockkit import rules
from localslack.blockkit.elements import BUTTONS, IN_ACTIONS, IN_CONTEXT_ACTIONS, IN_INPUT, IN_SECTION, Fields
from localslack.blockkit.objects import HTTPS, ICON, ID, IMAGE_ELEMENT, IMAGE_FIELDS, WEB, any_text, plain_text
from localslack.blockkit.richtext import RICH_TEXT
from localslack.blockkit.schema import (
    TYPE,
    AlsoRule,
    Boolean,
    Choice,
    Integer,
    Items,
    Kinds,
    Nullable,
    Number,
    Shape,
    String,
)


def _block(required: Fields | None = None, optional: Fields | None = None, *also: AlsoRule) -> Shape:
    return Shape(TYPE | (required or {}), {"block_id": ID} | (optional or {}), also)


_CELL: Final = Kinds(
    {
        "raw_text": Shape(TYPE | {"text": String(1)}),
        "raw_number": Shape(TYPE | {"value": Number(), "text": String(1)}),
        **RICH_TEXT.shapes,
    },
)
_COLUMN: Final = Shape(optional={"align": Choice(("left", "center", "right")), "is_wrapped": Boolean()})

_TASK: Final[Fields] = {
    "task_id": String(1),
    "title": String(1),
    "status": Choice(("pending", "in_progress", "complete", "error")),
}
_TASK_MORE: Final[Fields] = {
    "details": RICH_TEXT,
    "output": RICH_TEXT,
    "sources": Items(Kinds({"url": Shape(TYPE | {"url": WEB, "text": String(1)})})),
    "icon": ICON,
}
_TASK_CARD: Final = _block(_TASK, _TASK_MORE)
_PLANNED_TASK: Final = Shape(_TASK, {"type": Choice(("task_card",)), "block_id": ID, **_TASK_MORE})

_CARD: Final = _block(
    {},
    {
        "hero_image": IMAGE_ELEMENT,
        "icon": IMAGE_ELEMENT,
        "slack_icon": ICON,
        "title": any_text(150),
        "subtitle": any_text(150),
        "body": any_text(200),
        "subtext": any_text(200),
        "actions": Items(BUTTONS, 1, 3),
    },
    rules.one_of("title", "body", "hero_image", "actions"),
)

_SIMPLE: Final = {
    "actions": _block({"elements": Items(IN_ACTIONS, 1, 25)}, {}, rules.unique_action_ids("elements")),
    "context": _block({"elements": Items(Kinds({**any_text().shapes, **IMAGE_ELEMENT.shapes}), 1, 10)}),
    "divider": _block(),
    "file": _block({"external_id": String(1), "source": Choice(("remote",))}),
    "header": _block({"text": plain_text(150)}),
    "image": _block(
        {"alt_text": String(maximum=2000)},
        IMAGE_FIELDS | {"title": plain_text(2000)},
        rules.exactly_one_image,
    ),
    "input": _block(
        {"label": plain_text(2000), "element": IN_INPUT},
        {"hint": plain_text(2000), "optional": Boolean(), "dispatch_action": Boolean()},
        rules.no_dispatch_of_files,
    ),
    **RICH_TEXT.shapes,
    "section": _block(
        {},
        {
            "text": any_text(),
            "fields": Items(any_text(2000), 1, 10),
            "accessory": IN_SECTION,
            "expand": Boolean(),
        },
        rules.one_of("text", "fields"),
    ),
    "table": _block({"rows": Items(Items(_CELL, 1, 20), 1, 100)}, {"column_settings": Items(Nullable(_COLUMN), 0, 20)}),
    "video": _block(
        {
            "alt_text": String(maximum=2000),
            "title": plain_text(199),
            "thumbnail_url": WEB,
            "video_url": HTTPS,
        },
        {
            "title_url": HTTPS,
            "author_name": String(maximum=49),
            "provider_name": String(),
            "provider_icon_url": WEB,
            "description": plain_text(200),
        },
    ),
}

BLOCKS: Final = Kinds(
    {
        **_SIMPLE,
        "alert": _block(
            {"text": any_text(200)},
            {"level": Choice(("default", "info", "warning", "error", "success"))},
        ),
        "card": _CARD,
        "carousel": _block({"elements": Items(Kinds({"card": _CARD}), 1, 10)}),
        "container": _block(
            {"child_blocks": Items(Kinds(_SIMPLE), 1, 10)},
            {
                "title": plain_text(150),
                "rich_text_title": RICH_TEXT,
                "subtitle": any_text(150),
                "icon": IMAGE_ELEMENT,
                "width": Choice(("narrow", "standard", "wide", "full")),
                "is_collapsible": Boolean(),
                "default_collapsed": Boolean(),
                "has_header_divider": Boolean(),
            },
            rules.one_of("title", "rich_text_title"),
        ),
        "context_actions": _block(
            {"elements": Items(IN_CONTEXT_ACTIONS, 1, 5)}, {}, rules.unique_action_ids("elements")
        ),
        "data_table": _block(
            {"rows": Items(Items(_CELL, 1, 20), 2, 101), "caption": String(1)},
            {"page_size": Integer(1, 100), "row_header_column_index": Integer(0, 19)},
            rules.even_rows,
        ),
        "markdown": _block({"text": String(1, 12_000)}),
        "plan": _block({"title": String(1)}, {"tasks": Items(_PLANNED_TASK)}),
        "task_card": _TASK_CARD,
    },
)
