"""The words of Block Kit blocks, as Slack marks text up: every block type, and blocks within blocks.

Blocks are read by the names of their properties, so that a block type added by Slack later is read as well. As in the
text Slack itself makes of blocks, what a button or a menu offers is left out; the address of a button that opens one
is kept. Nothing here raises, whatever the blocks are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from handlers.slack_text import LONGEST, encoded, encoded_once

_LIMIT = 200
"""Blocks, attachments and elements that are read on each level; Slack has fewer."""
_WORDS = (
    "rich_text_title title subtitle caption label text fields description author_name provider_name body subtext "
    "alt_text hint details output sources tasks rows elements child_blocks element accessory options initial_option "
    "initial_options initial_value initial_date initial_time actions"
).split()
"""Properties that hold words, in the order in which Slack shows them."""
_OFFERING = frozenset({"button", "workflow_button", "icon_button", "feedback_buttons", "overflow"})
_MENUS = frozenset({"static_select", "multi_static_select"})
_MENU_OFFERS = frozenset({"options"})
_CHOSEN = frozenset({"initial_option", "initial_options"})
"""Left out where all options are shown."""
_INDENTS = 8
_LAST_SECOND = 10**11

Part = Mapping[str, Any]


def words_of_blocks(blocks: object, depth: int) -> str:
    """The words of a list of blocks, line by line."""
    return _lines(_words(each, depth) for each in parts_of(blocks))


def parts_of(value: object) -> Iterator[Part]:
    """The objects of a list."""
    return (each for each in _list(value) if isinstance(each, Mapping))


def string(part: Part, key: str) -> str:
    value = part.get(key)
    return value[:LONGEST] if isinstance(value, str) else ""


def link(label: str, address: str) -> str:
    """A label and the address behind it; both are marked up already."""
    if not address or address in label:
        return label
    return f"{label} ({address})" if label else address


def address(part: Part, key: str) -> str:
    return encoded_once(string(part, key).strip())


def _list(value: object) -> list[Any]:
    return value[:_LIMIT] if isinstance(value, list) else []


def _lines(texts: Iterator[str]) -> str:
    return "\n".join(filter(None, texts))


def _words(value: object, depth: int) -> str:
    if isinstance(value, str):
        return encoded_once(value[:LONGEST])
    if isinstance(value, list):
        return _lines(_words(each, depth - 1) for each in _list(value)) if depth > 0 else ""
    return _of_part(value, depth) if isinstance(value, Mapping) and depth > 0 else ""


def _of_part(part: Part, depth: int) -> str:
    kind = string(part, "type")
    if kind in _OFFERING:
        return link(_words(part.get("text"), 1), address(part, "url")) if part.get("url") else ""
    if kind == "mrkdwn":
        return string(part, "text")
    if kind == "rich_text":
        return _lines(_rich(each, depth) for each in parts_of(part.get("elements")))
    if kind == "url":
        return link(_words(part.get("text"), 1), address(part, "url"))
    hidden = _MENU_OFFERS if kind in _MENUS else _CHOSEN if part.get("options") else frozenset[str]()
    found = {key: _property(part, key, depth) for key in _WORDS if key not in hidden and key in part}
    if found.get("alt_text") == found.get("title"):
        found.pop("alt_text", None)
    return _lines(iter((*found.values(), _pictured(part))))


def _property(part: Part, key: str, depth: int) -> str:
    value = part.get(key)
    if key == "rows":
        return _lines(_row(row, depth) for row in _list(value))
    if key == "title" and part.get("title_url"):
        return link(_words(value, depth - 1), address(part, "title_url"))
    return _words(value, depth - 1)


def _pictured(part: Part) -> str:
    """The alternative texts of the pictures of a card or container."""
    images = (part.get(key) for key in ("hero_image", "icon"))
    return _lines(_words(string(each, "alt_text"), 1) for each in images if isinstance(each, Mapping))


def _row(row: object, depth: int) -> str:
    cells = (_words(cell, depth - 1).replace("\n", " ") for cell in parts_of(row))
    return " | ".join(cells)


def _rich(element: Part, depth: int) -> str:
    if depth <= 0:
        return ""
    inner = list(parts_of(element.get("elements")))
    match element.get("type"):
        case "rich_text_list":
            return "\n".join(_item(element, place, _rich(each, depth - 1)) for place, each in enumerate(inner, 1))
        case "rich_text_quote":
            return "\n".join(f"&gt; {line}" for line in "".join(map(_inline, inner)).split("\n"))
    return "".join(map(_inline, inner))


def _item(of: Part, place: int, words: str) -> str:
    number = place + _number(of.get("offset"))
    mark = f"{number}." if of.get("style") == "ordered" else "•"
    return f"{'  ' * min(_number(of.get('indent')), _INDENTS)}{mark} {words}"


def _number(value: object) -> int:
    return min(max(value, 0), 1_000_000) if isinstance(value, int) else 0


def _inline(element: Part) -> str:
    draw = _INLINE.get(string(element, "type"))
    return draw(element) if draw else ""


def _link(element: Part) -> str:
    label, target = encoded(string(element, "text")), encoded(string(element, "url")).replace("|", "%7C")
    return f"<{target}|{label}>" if label else f"<{target}>"


def _emoji(element: Part) -> str:
    return f":{encoded(string(element, 'name'))}:"


def _date(element: Part) -> str:
    """The date as its author's program put it for those who cannot show dates; else the moment in UTC."""
    seconds = element.get("timestamp")
    if contained := string(element, "fallback"):
        return encoded(contained)
    return f"<!date^{seconds:d}^>" if isinstance(seconds, int) and 0 <= seconds < _LAST_SECOND else ""


_INLINE: Mapping[str, Callable[[Part], str]] = {
    "text": lambda part: encoded(string(part, "text")),
    "link": _link,
    "emoji": _emoji,
    "user": lambda part: f"<@{string(part, 'user_id')}>",
    "channel": lambda part: f"<#{string(part, 'channel_id')}>",
    "usergroup": lambda part: f"<!subteam^{string(part, 'usergroup_id')}>",
    "team": lambda part: f"@{encoded(string(part, 'team_id'))}",
    "broadcast": lambda part: f"<!{string(part, 'range')}>",
    "date": _date,
    "color": lambda part: encoded(string(part, "value")),
}
