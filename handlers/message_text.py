"""The words of a message, wherever they stand: in its text, its blocks, its attachments, or a message it shares.

Alerts and forwarded messages often have no `text`, or a short summary of what their blocks and attachments say. All of
it is given as Slack marks text up, so that one function decodes it: `handlers.slack_text.as_typed`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from handlers.slack_text import LONGEST, encoded

_MOST = 200
"""Blocks, attachments and elements that are read on each level; Slack has fewer."""
_DEEPEST = 8
_PARTS = 500
_WORD = re.compile(r"\w+")

Part = Mapping[str, Any]


def words_of(message: Part) -> str:
    """All words of a message, part by part. A part that repeats another one is left out."""
    said: dict[str, str] = {}
    for text in islice(_parts(message, _DEEPEST), _PARTS):
        part = text.strip()[:LONGEST]
        words = f" {' '.join(_WORD.findall(part.casefold()))} "
        if part and not any(words in each for each in said):
            said = {each: kept for each, kept in said.items() if each not in words}
            said[words] = part
    return "\n".join(said.values())[:LONGEST]


def _parts(message: Part, depth: int) -> Iterator[str]:
    yield _string(message, "text")
    yield "\n".join(filter(None, (_block(each, depth) for each in _list(message, "blocks"))))
    for attachment in _list(message, "attachments"):
        yield from _attachment(attachment, depth - 1)


def _attachment(attachment: Part, depth: int) -> Iterator[str]:
    if depth <= 0:
        return
    for key in ("pretext", "author_name", "title", "text"):
        yield _string(attachment, key)
    for each in _list(attachment, "fields"):
        yield ": ".join(filter(None, (_string(each, "title"), _string(each, "value"))))
    yield "\n".join(filter(None, (_block(each, depth) for each in _list(attachment, "blocks"))))
    for shared in _list(attachment, "message_blocks"):
        message = shared.get("message")
        if isinstance(message, Mapping):
            yield from _parts(message, depth)
    if not any(attachment.get(key) for key in ("title", "text", "fields", "blocks", "message_blocks")):
        yield _string(attachment, "fallback")


def _block(block: Part, depth: int) -> str:
    """A block's words, line by line."""
    if block.get("type") == "rich_text":
        return "\n".join(_rich(each, depth - 1) for each in _list(block, "elements"))
    if block.get("type") == "table":
        rows = block.get("rows")
        rows = rows if isinstance(rows, list) else []
        return "\n".join(" | ".join(_cell(cell, depth) for cell in _only_parts(row)) for row in rows[:_MOST])
    texts = [_object(block.get("text")), *(_object(each) for each in _list(block, "fields"))]
    texts += [_object(each) for each in _list(block, "elements") if block.get("type") == "context"]
    texts += [encoded(_string(block, "alt_text"))] if block.get("type") == "image" else []
    return "\n".join(filter(None, texts))


def _cell(cell: Part, depth: int) -> str:
    return _block(cell, depth - 1) if cell.get("type") == "rich_text" else encoded(_string(cell, "text"))


def _object(value: object) -> str:
    """A text object's words: those of `mrkdwn` are marked up already, those of `plain_text` are not."""
    if isinstance(value, str):  # a markdown block
        return encoded(value)
    if not isinstance(value, Mapping):
        return ""
    text = _string(value, "text")
    return text if value.get("type") == "mrkdwn" else encoded(text)


def _rich(element: Part, depth: int) -> str:
    if depth <= 0:
        return ""
    inner = _list(element, "elements")
    match element.get("type"):
        case "rich_text_list":
            marks = (f"{number}." if element.get("style") == "ordered" else "•" for number in range(1, _MOST + 1))
            indent = "  " * min(int(element.get("indent") or 0), 8)
            return "\n".join(
                f"{indent}{mark} {_rich(each, depth - 1)}" for mark, each in zip(marks, inner, strict=False)
            )
        case "rich_text_quote":
            return "\n".join(f"&gt; {line}" for line in "".join(map(_inline, inner)).split("\n"))
    return "".join(map(_inline, inner))


def _inline(element: Part) -> str:
    draw = _INLINE.get(_string(element, "type"))
    return draw(element) if draw else ""


def _link(element: Part) -> str:
    address, label = encoded(_string(element, "url")).replace("|", "%7C"), encoded(_string(element, "text"))
    return f"<{address}|{label}>" if label else f"<{address}>"


_INLINE: Mapping[str, Callable[[Part], str]] = {
    "text": lambda part: encoded(_string(part, "text")),
    "link": _link,
    "emoji": lambda part: f":{_string(part, 'name')}:",
    "user": lambda part: f"<@{_string(part, 'user_id')}>",
    "channel": lambda part: f"<#{_string(part, 'channel_id')}>",
    "usergroup": lambda part: f"<!subteam^{_string(part, 'usergroup_id')}>",
    "broadcast": lambda part: f"<!{_string(part, 'range')}>",
    "date": lambda part: encoded(_string(part, "fallback")),
    "color": lambda part: _string(part, "value"),
}


def _list(part: Part, key: str) -> list[Part]:
    return list(_only_parts(part.get(key)))


def _only_parts(value: object) -> Iterator[Part]:
    found = value if isinstance(value, list) else []
    return islice((each for each in found if isinstance(each, Mapping)), _MOST)


def _string(part: Part, key: str) -> str:
    value = part.get(key)
    return value[:LONGEST] if isinstance(value, str) else ""
