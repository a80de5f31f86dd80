"""Rich text blocks as Slack's composer makes them of what was typed: styles, links, quotes, lists, code."""

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from localslack.ids import random_secret
from localslack.records import Json

_STYLED = re.compile(
    r"(?P<code>`(?P<code_text>[^`\n]+)`)"
    r"|(?<!\w)\*(?P<bold>[^*\n]+)\*(?!\w)|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)|(?<!\w)~(?P<strike>[^~\n]+)~(?!\w)"
    r"|<(?P<target>[^<>|]+)(?:\|(?P<label>[^<>]*))?>|:(?P<emoji>[a-z0-9_+'-]+):"
)
_CODE_BLOCK = re.compile(r"\n?```\n?(.+?)\n?```\n?", re.DOTALL)
_FENCED = re.compile(r"(```.+?```)", re.DOTALL)
_DASH = re.compile(r"^([ \t]*)[-*]([ \t]+)(?=\S)", re.MULTILINE)
_QUOTE = re.compile(r"&gt; ?(.*)")
_BULLET = re.compile(r"(?<![ \t])([ \t]*)[•◦▪\-*][ \t]+(.*)")
_NUMBER = re.compile(r"(?<![ \t])([ \t]*)(\d{1,3})\.[ \t]+(.*)")
_DEEPEST = 8


class Line(NamedTuple):
    """A typed line."""

    kind: str
    words: str
    indent: int = 0
    number: int = 0  # of an entry of a numbered list


def unescape(text: str) -> str:
    """Typed characters of Slack's three escapes."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def with_bullets(text: str) -> str:
    """The text with the same sign before each entry of a list, as Slack writes it. Code stays as it is."""
    parts = _FENCED.split(text)
    return "".join(part if number % 2 else _DASH.sub(r"\1•\2", part) for number, part in enumerate(parts))


def rich_text(wire: str) -> Json:
    """The block Slack's composer would have made of this wire text."""
    elements: list[Json] = []
    parts = _CODE_BLOCK.split(wire)
    for number, part in enumerate(parts):
        if number % 2:
            code = {"type": "text", "text": unescape(part)}
            elements.append({"type": "rich_text_preformatted", "elements": [code], "border": 0})
        elif part or len(parts) == 1:
            elements += _groups(part)
    return {"type": "rich_text", "block_id": random_secret(5), "elements": elements}


def _groups(text: str) -> Iterator[Json]:
    """Neighbouring lines of one kind, together: a section, a quote, a list."""
    lines = [_line(line) for line in text.split("\n")]
    for (kind, indent), group in itertools.groupby(lines, key=lambda line: (line.kind, line.indent)):
        same = list(group)
        words = "\n".join(line.words for line in same)
        if kind in ("bullet", "ordered"):
            items = [{"type": "rich_text_section", "elements": _elements(line.words)} for line in same]
            begin = {"offset": same[0].number - 1} if same[0].number > 1 else {}
            yield {"type": "rich_text_list", "style": kind, "indent": indent, **begin, "border": 0, "elements": items}
        elif kind == "quote":
            yield {"type": "rich_text_quote", "elements": _elements(words)}
        elif any(line.words for line in same) or len(lines) == 1:
            yield {"type": "rich_text_section", "elements": _elements(words)}


def _line(line: str) -> Line:
    if quoted := _QUOTE.fullmatch(line):
        return Line("quote", quoted[1])
    if found := _BULLET.fullmatch(line):
        return Line("bullet", found[2], _indent(found[1]))
    if found := _NUMBER.fullmatch(line):
        return Line("ordered", found[3], _indent(found[1]), int(found[2]))
    return Line("section", line)


def _indent(spaces: str) -> int:
    return min(_DEEPEST, len(spaces.expandtabs(4)) // 4)


def _elements(wire: str, style: str | None = None) -> list[Json]:
    parts: list[Json] = []
    end = 0
    for found in _STYLED.finditer(wire):
        parts += _plain(wire[end : found.start()], style)
        parts += _styled(found, style)
        end = found.end()
    return parts + _plain(wire[end:], style)


def _plain(text: str, style: str | None) -> list[Json]:
    if not text:
        return []
    element: Json = {"type": "text", "text": unescape(text)}
    return [element | {"style": {style: True}} if style else element]


def _styled(found: re.Match[str], style: str | None) -> list[Json]:
    if found["code"]:
        return _plain(found["code_text"], "code")
    for name in ("bold", "italic", "strike"):
        if found[name]:
            return _elements(found[name], name)
    if found["emoji"]:
        return [{"type": "emoji", "name": found["emoji"]}]
    return [_target(found["target"], found["label"])]


def _target(target: str, label: str | None) -> Json:
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.removeprefix("!subteam^")}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    link: Json = {"type": "link", "url": unescape(target)}
    return link | {"text": unescape(label)} if label else link
