"""The shape of a rich text block."""

from typing import Final

from localslack.blockkit.objects import ID
from localslack.blockkit.schema import TYPE, Boolean, Choice, Integer, Items, Kinds, Rule, Shape, String

_STYLE: Final = Shape(
    optional={
        name: Boolean()
        for name in ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
    },
)


def _inline(required: dict[str, Rule], optional: dict[str, Rule] | None = None) -> Shape:
    return Shape(TYPE | required, {"style": _STYLE} | (optional or {}))


INLINE: Final = Kinds(
    {
        "text": _inline({"text": String(1)}),
        "link": _inline({"url": String(1, 3000)}, {"text": String(), "unsafe": Boolean()}),
        "emoji": _inline({"name": String(1)}, {"skin_tone": Integer(1, 6), "unicode": String(), "url": String()}),
        "user": _inline({"user_id": String(1)}),
        "channel": _inline({"channel_id": String(1)}),
        "usergroup": _inline({"usergroup_id": String(1)}),
        "team": _inline({"team_id": String(1)}),
        "broadcast": _inline({"range": Choice(("here", "channel", "everyone"))}),
        "color": _inline({"value": String(1)}),
        "date": _inline({"timestamp": Integer(), "format": String(1)}, {"url": String(), "fallback": String()}),
    },
)

_BORDER: Final = {"border": Integer(0, 1)}
_SECTION: Final = Shape(TYPE | {"elements": Items(INLINE)})

PARTS: Final = Kinds(
    {
        "rich_text_section": _SECTION,
        "rich_text_quote": Shape(TYPE | {"elements": Items(INLINE)}, _BORDER),
        "rich_text_preformatted": Shape(TYPE | {"elements": Items(INLINE)}, _BORDER | {"language": String()}),
        "rich_text_list": Shape(
            TYPE
            | {
                "elements": Items(Kinds({"rich_text_section": _SECTION})),
                "style": Choice(("bullet", "ordered")),
            },
            _BORDER | {"indent": Integer(0, 8), "offset": Integer(0)},
        ),
    },
)

RICH_TEXT: Final = Kinds({"rich_text": Shape(TYPE | {"elements": Items(PARTS)}, {"block_id": ID})})
