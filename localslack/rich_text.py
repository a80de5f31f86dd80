"""Rich text blocks as Slack's composer makes them of what was typed: styles, links, quotes, lists, code."""

import itertools
import re
from collections.abc import Iterator

from localslack.ids import random_secret
from localslack.records import Json

_STYLED = re.compile(
    r"(?P<code>`(?P<code_text>[^`\n]+)`)"
    r"|(?<!\w)\*(?P<bold>[^*\n]+)\*(?!\w)|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)|(?<!\w)~(?P<strike>[^~\n]+)~(?!\w)"
    r"|<(?P<target>[^<>|]+)(?:\|(?P<label>[^<>]*))?>|:(?P<emoji>[a-z0-9_+'-]+):"
)
_CODE_BLOCK = re.compile(r"\n?```\n?(.+?)\n?```\n?", re.DOTALL)
_QUOTE = re.compile(r"&gt; ?(.*)")
_BULLET = re.compile(r"(?<![ \t])([ \t]*)[•◦▪\-*][ \t]+(.*)")
_NUMBER = re.compile(r"(?<![ \t])([ \t]*)\d{1,3}\.[ \t]+(.*)")
_DEEPEST = 8
Line = tuple[str, int, str]  # kind, indent, the words


def unescape(text: str) -> str:
    """Typed characters of Slack's three escapes."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def with_bullets(text: str) -> str:
    """The text with the same sign before each entry of a list, as Slack writes it."""
    return "\n".join(re.sub(r"^([ \t]*)[-*]([ \t]+)(?=\S)", r"\1•\2", line) for line in text.split("\n"))


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
    for (kind, indent), group in itertools.groupby(lines, key=lambda line: line[:2]):
        words = [line[2] for line in group]
        if kind in ("bullet", "ordered"):
            items = [{"type": "rich_text_section", "elements": _elements(entry)} for entry in words]
            yield {"type": "rich_text_list", "style": kind, "indent": indent, "border": 0, "elements": items}
        elif kind == "quote":
            yield {"type": "rich_text_quote", "elements": _elements("\n".join(words))}
        elif any(words) or len(lines) == 1:
            yield {"type": "rich_text_section", "elements": _elements("\n".join(words))}


def _line(line: str) -> Line:
    if quoted := _QUOTE.fullmatch(line):
        return "quote", 0, quoted[1]
    for kind, pattern in (("bullet", _BULLET), ("ordered", _NUMBER)):
        if found := pattern.fullmatch(line):
            return kind, min(_DEEPEST, len(found[1].expandtabs(4)) // 4), found[2]
    return "section", 0, line


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
