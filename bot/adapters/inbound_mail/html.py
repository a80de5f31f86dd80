"""HTML body to plain text. Quotations become lines that begin with `>`, so that one rule finds them in every mail."""

from __future__ import annotations

import logging
import re
from html import unescape
from typing import Any, Final

from inscriptis.annotation import Annotation
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml.etree import LxmlError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from bot.adapters.inbound_mail.headers import MALFORMED

LENGTH: Final = 500_000
"""Characters of HTML that are read, without styles, scripts, comments and embedded pictures."""
_DEPTH: Final = 200
_TAGS: Final = 40_000
"""More tags than this take the renderer more than a second."""
_DATA: Final = re.compile(r"data:[a-z]{1,20}/[^\s\"'>]*", re.IGNORECASE)
_BREAK: Final = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/h[1-6]|/?blockquote)\b[^>]{0,500}>", re.IGNORECASE)
_TAG: Final = re.compile(r"<[a-zA-Z/!][^<>]*(?:>|\Z)")
_OPENING: Final = re.compile(r"<(/?)(div|span|table|font|b|i|u|blockquote|ul|ol|center|section)\b", re.IGNORECASE)
_BLANKS: Final = re.compile(r"\n[ \t\xa0]*(?:\n[ \t\xa0]*){2,}")
_BREAKS: Final = re.compile(r"<br\s{0,3}/?>\s{0,20}", re.IGNORECASE)
_ROUNDS: Final = 24
_LINK: Final = 500
_QUOTED: Final = "quoted"
_RULES: Final[dict[str, Any]] = {"blockquote": [_QUOTED]}
_CONFIG: Final = ParserConfig(
    css=CSS_PROFILES["strict"], display_links=False, display_anchors=False, annotation_rules=_RULES
)

logging.getLogger("inscriptis").setLevel(logging.CRITICAL)


def html_text(html: str) -> tuple[str, bool]:
    """The text a reader sees, and whether the HTML was cut at the limit."""
    small = _few_breaks(_DATA.sub("", _without(html[: LENGTH * 20])))
    is_cut = len(small) > LENGTH
    small = small[:LENGTH]
    is_simple = small.count("<") <= _TAGS and _depth(small) <= _DEPTH
    text = _rendered(small) if is_simple else ""
    if not text.strip():
        text = _stripped(small)
    return _BLANKS.sub("\n\n", text.replace("\r\n", "\n")).strip("\n"), is_cut


def _few_breaks(html: str) -> str:
    """Halves runs of line breaks until they are short."""
    html = _BREAKS.sub("<br>", html)
    for _ in range(_ROUNDS):
        shorter = html.replace("<br>" * 8, "<br>" * 4)
        if len(shorter) == len(html):
            break
        html = shorter
    return html


def _without(html: str) -> str:
    """HTML without comments, styles and scripts. Searches for each kind of end once: a missing one costs nothing."""
    if "-->" in html:
        html = _cut_out(html, "<!--", "-->")
    for name in ("style", "script"):
        html = _cut_out(html, f"<{name}", f"</{name}>")
    return html


def _cut_out(html: str, opening: str, closing: str) -> str:
    low, out, at = html.lower(), list[str](), 0
    if len(low) != len(html):
        low = html
    while (start := low.find(opening, at)) >= 0:
        end = low.find(closing, start + len(opening))
        if end < 0:
            break
        out.append(html[at:start])
        at = end + len(closing)
    return "".join(out) + html[at:]


def _depth(html: str) -> int:
    """Approximate nesting depth of the elements; libxml2 silently returns nothing below 256 levels."""
    depth = deepest = 0
    for match in _OPENING.finditer(html):
        depth = max(0, depth + (-1 if match[1] else 1))
        deepest = max(deepest, depth)
    return deepest


def _rendered(html: str) -> str:
    try:
        tree = document_fromstring(html, parser=HTMLParser(huge_tree=False))
        _show_links(tree)
        rendered = Inscriptis(tree, _CONFIG)
        return _quoted(rendered.get_text(), rendered.get_annotations())
    except (LxmlError, AssertionError, *MALFORMED):
        return ""


def _show_links(tree: HtmlElement) -> None:
    """Writes the address of a link behind its words, where the words are not the address itself."""
    for link in tree.iter("a"):
        target = (link.get("href") or "").strip()[:_LINK]
        words = (link.text_content() or "").strip()
        if words and target.startswith(("http:", "https:")) and not _is_same(words, target):
            link.tail = f" <{target}>{link.tail or ''}"


def _is_same(words: str, target: str) -> bool:
    return words.rstrip("/") in {target.rstrip("/"), target.partition("://")[2].rstrip("/")}


def _quoted(text: str, annotations: list[Annotation]) -> str:
    """Puts `>` before each line of a quotation."""
    spans = sorted((each.start, each.end) for each in annotations if each.metadata == _QUOTED and each.end > each.start)
    if not spans:
        return text
    out, at, number, end = list[str](), 0, 0, -1
    for line in text.split("\n"):
        while number < len(spans) and spans[number][0] <= at + len(line):
            end = max(end, spans[number][1])
            number += 1
        out.append(f"> {line.strip()}" if at < end and line.strip() else line)
        at += len(line) + 1
    return "\n".join(out)


def _stripped(html: str) -> str:
    """Plain text without a parser: for HTML that is nested too deeply."""
    text = _TAG.sub("", _BREAK.sub("\n", html))
    return "\n".join(" ".join(line.split()) for line in unescape(text).split("\n"))
