"""Mailboxes of an address header, read in linear time and strictly: an ambiguous element is no mailbox.

The standard library's parser is quadratic, recurses, and returns `a@allowed` for `a@allowed <b@evil>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bot.adapters.inbound_mail.headers import Headers, charset_text, decoded
from bot.conversation.mail import MailAddress

_LENGTH: Final = 16 * 1024
_LIMIT: Final = 50
_EMAIL: Final = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,128}@[^\s@<>()\[\],;:\"\\]{1,255}")
_NAME: Final = 200
_TOKEN: Final = re.compile(
    r"""
    "(?P<quoted>(?:[^"\\]|\\.)*)"?
    | <(?P<angle>[^<>]*)>?
    | (?P<special>[(),;:])
    | \\.? | >
    | [^"<>(),;:\\]+
    """,
    re.VERBOSE | re.DOTALL,
)


def mailboxes(headers: Headers, *names: str) -> tuple[MailAddress, ...]:
    """Every mailbox of all headers of these names. A part that holds text but no clear address counts as one, empty."""
    found = [
        mailbox
        for name in names
        for value in headers.raw(name)[:10]
        for mailbox in _read(charset_text(value[:_LENGTH], ""))
    ]
    return tuple(found[:_LIMIT])


def _read(text: str) -> Iterator[MailAddress]:
    for element in _split(text):
        if element.angles or element.outside.strip():
            yield _mailbox(element.outside.strip(), element.angles, re.sub(r"\\(.)", r"\1", element.quoted))


def _mailbox(outside: str, angles: list[str], name: str) -> MailAddress:
    """`name <address>` or a bare address; a display name without quotes may not look like another address."""
    if len(angles) == 1:
        email = angles[0].strip()
        is_clear = bool(_EMAIL.fullmatch(email)) and "@" not in outside
    else:
        email, is_clear = outside, not angles and bool(_EMAIL.fullmatch(outside))
    shown = decoded((name or (outside if angles else "")).encode("utf-8", "replace"))
    return MailAddress(email=email.lower() if is_clear else "", name=shown.strip(" \"'")[:_NAME])


@dataclass
class _Element:
    """One element of the list: what stands outside of quotes, comments and brackets; the brackets; the quotes."""

    outside: str = ""
    angles: list[str] = field(default_factory=list)
    quoted: str = ""


def _split(text: str) -> Iterator[_Element]:
    element, depth = _Element(), 0
    for token in _TOKEN.finditer(text):
        char = token["special"] or ""
        if depth or char == "(":
            depth += {"(": 1, ")": -1}.get(char, 0)
        elif char in {",", ";"}:
            yield element
            element = _Element()
        elif char == ":" and "@" not in element.outside:
            element.outside = ""  # the name of a group
        elif token["quoted"] is not None:
            element.quoted += token["quoted"]
        elif token["angle"] is not None:
            element.angles.append(token["angle"])
        else:
            element.outside += token[0]
    yield element
