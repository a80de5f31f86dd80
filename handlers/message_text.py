"""The words of a message, wherever they stand: in its text, its blocks, its attachments, or a message it shares.

Alerts and forwarded messages often have no `text`, or a short summary of what their blocks and attachments say. All of
it is given as Slack marks text up, so that one function decodes it: `handlers.slack_text.as_typed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from handlers.message_blocks import address, link, parts_of, string, words_of_blocks
from handlers.slack_text import LONGEST

_DEEPEST = 14
_PARTS = 500
_MARKUP = str.maketrans("", "", "*_~`")
_AROUND = "\"'“”„‚‘’«»:;,()[]{}|•"
"""Characters around a word that a summary may leave out or add. Signs are not among them: -5 is not 5."""

Part = Mapping[str, Any]


def words_of(message: Part) -> str:
    """All words of a message, part by part. A part that repeats another one is left out."""
    return "\n".join(_different(islice(_parts(message, _DEEPEST), _PARTS)))[:LONGEST]


def _different(texts: Iterable[str]) -> Iterator[str]:
    """Each text once."""
    found = set[str]()
    for text in texts:
        part = text.strip()[:LONGEST]
        same = " ".join(part.split())
        if part and same not in found:
            found.add(same)
            yield part


def _parts(message: Part, depth: int) -> Iterator[str]:
    """The message's own words, then those of each attachment."""
    shown = words_of_blocks(message.get("blocks"), depth)
    yield from _unless_contained(string(message, "text"), shown)
    yield shown
    for attachment in parts_of(message.get("attachments")):
        yield "\n".join(_different(_attachment(attachment, depth - 1)))


def _unless_contained(summary: str, shown: str) -> Iterator[str]:
    """The summary of what is shown, when it says more."""
    if f" {_essence(summary)} " not in f" {_essence(shown)} ":
        yield summary


def _essence(text: str) -> str:
    """A text without styles and without punctuation around its words."""
    words = (each.strip(_AROUND).rstrip(".!?") for each in text.translate(_MARKUP).casefold().split())
    return " ".join(filter(None, words))


def _attachment(attachment: Part, depth: int) -> Iterator[str]:
    if depth <= 0:
        return
    shown = "\n".join(filter(None, (words_of_blocks(attachment.get("blocks"), depth), *_shared(attachment, depth))))
    yield string(attachment, "pretext")
    yield _author(attachment)
    yield link(string(attachment, "title"), address(attachment, "title_link"))
    yield from _unless_contained(string(attachment, "text"), shown)
    yield "\n".join(filter(None, map(_field, parts_of(attachment.get("fields")))))
    yield shown
    yield "\n".join(_opened(each) for each in parts_of(attachment.get("actions")) if each.get("url"))
    yield string(attachment, "footer")
    if not any(attachment.get(key) for key in ("title", "text", "fields", "blocks", "message_blocks")):
        yield string(attachment, "fallback")


def _author(attachment: Part) -> str:
    names = filter(None, (string(attachment, "author_name"), string(attachment, "author_subname")))
    return link(" ".join(names), address(attachment, "author_link"))


def _field(field: Part) -> str:
    return ": ".join(filter(None, (string(field, "title"), string(field, "value"))))


def _opened(button: Part) -> str:
    return link(string(button, "text"), address(button, "url"))


def _shared(attachment: Part, depth: int) -> Iterator[str]:
    for shared in parts_of(attachment.get("message_blocks")):
        message = shared.get("message")
        if isinstance(message, Mapping):
            yield "\n".join(_different(_parts(message, depth)))
