"""Clean text that people typed or pasted, decode Slack's entities, and shorten labels for display."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.core.characters import with_few_marks, without_disguise

_LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_ENTITY = re.compile("&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_ORDINARY = re.compile(r"[\n -~\u00a1-\u00ac\u00ae-\u024f\u2013\u2014\u2018-\u201e\u2022\u2026\u20ac]*")
"""Text in which there is nothing to clean: most of what a European desk types, and by far the quickest test."""
_ENDING = re.compile(r"\.\w{1,10}\Z")
_ELLIPSIS = "…"


def clean_text(text: str) -> str:
    """Text as it is saved: without control, direction, zero-width and surrogate characters; `\n` line ends; NFC.

    Idempotent, and linear in the length of the text.
    """
    if _ORDINARY.fullmatch(text):
        return text.strip()
    seen = without_disguise(_LINE_END.sub("\n", text).replace("\x1f", " "))
    return unicodedata.normalize("NFC", with_few_marks(seen)).strip()


def clean_line(text: str) -> str:
    """`clean_text` on one line, with single blanks: safe in a header, a label and a cell of a table."""
    return " ".join(clean_text(text).split())


def decode_slack_entities(text: str) -> str:
    """Decodes the three entities Slack escapes text with, once. Call it where a payload enters, and nowhere else."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[1]], text)


def excerpt(text: str, limit: int) -> str:
    """The beginning of running text on one line, for display: cut at its end with an ellipsis.

    Names and labels are cut by `shorten_middle`.
    """
    return beginning(clean_line(text), limit)


def beginning(text: str, limit: int) -> str:
    """The beginning of a text with its lines: cut at its end with an ellipsis."""
    return text if len(text) <= limit else _whole_head(text, limit - 1).rstrip() + _ELLIPSIS


def fitting(texts: Iterable[str], limit: int) -> str:
    """The longest prefix of these texts that fits, each whole and on lines of its own.

    A first text that does not fit by itself is cut at its end, with an ellipsis that shows it.
    """
    remaining = list[str]()
    left = limit
    for text in filter(None, texts):
        length = len(text) + bool(remaining)
        if length <= left:
            remaining.append(text)
            left -= length
        elif not remaining:
            return _whole_head(text, limit - 1) + _ELLIPSIS
    return "\n".join(remaining)


def capital(words: str) -> str:
    """The words with a capital letter first, as a sentence or a label begins."""
    return words[:1].upper() + words[1:]


def shorten_middle(text: str, limit: int) -> str:
    """The text on one line, for display; longer than `limit` it loses its middle, so that both ends can be told apart.

    A file's ending stays. Never used on what is kept or sent.
    """
    text = clean_line(text)
    if len(text) <= limit:
        return text
    if limit <= 1:
        return _ELLIPSIS[:limit]
    ending = _ENDING.search(text)
    tail = max((limit - 1) // 2, min(len(ending[0]), limit - 2) if ending else 0)
    return _whole_head(text, limit - 1 - tail).rstrip() + _ELLIPSIS + _whole_tail(text, tail).lstrip()


def _whole_head(text: str, length: int) -> str:
    """At most that many characters, without separating a letter from its marks."""
    while length > 0 and _belongs_to_the_one_before(text[length]):
        length -= 1
    return text[:length]


def _whole_tail(text: str, length: int) -> str:
    start = len(text) - length
    while start < len(text) and _belongs_to_the_one_before(text[start]):
        start += 1
    return text[start:]


def _belongs_to_the_one_before(character: str) -> bool:
    return (
        unicodedata.category(character)[0] == "M" or character == "\u200d" or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
