"""The parts of a mail: its headers, what was written, delivery reports, and the headers of a returned message."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email import message_from_string
from email.message import Message
from html import unescape

from bot.intake.message_headers import decoded

_BOUNDARY = re.compile(r"boundary\s?=", re.IGNORECASE)
_MAX_PARTS = 50
_DEEPEST = 10
_TAG = re.compile(r"<[^<>]{0,4000}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li)\b[^<>]{0,400}>", re.IGNORECASE)
_UNSEEN = re.compile(r"<(/?)(?:style|script)\b[^<>]{0,400}>", re.IGNORECASE)


@dataclass
class MailContents:
    """Parts of a mail."""

    headers: str
    subject: str
    words: list[str] = field(default_factory=list)
    """Text of each part for people."""
    reports: list[str] = field(default_factory=list)
    """Parts of the type `message/delivery-status`."""
    originals: list[str] = field(default_factory=list)
    """Headers of the messages that came back, or that are attached."""
    tables: list[str] = field(default_factory=list)
    """Attached text and CSV files."""


def read_mail(text: str) -> MailContents | None:
    """The mail; None when its parts are too many to be read, so that it is read as plain text."""
    if len(_BOUNDARY.findall(text)) > _MAX_PARTS:
        return None
    try:
        message = message_from_string(text)
    except (ValueError, LookupError, RecursionError):
        return None
    mail = MailContents(_headers_of(message), decoded(str(message.get("subject", ""))))
    _collect(message, mail, 0)
    return mail


def _headers_of(message: Message) -> str:
    return "\n".join(f"{name}: {' '.join(decoded(str(value)).split())}" for name, value in message.items())


def _collect(message: Message, mail: MailContents, depth: int) -> None:
    kind = message.get_content_type()
    if depth > _DEEPEST:
        return
    if kind == "message/delivery-status":
        mail.reports.append("\n\n".join(map(_headers_of, _parts(message))) or str(message.get_payload()))
    elif kind == "message/rfc822":
        _attached(message, mail, depth)
    elif kind == "text/rfc822-headers":
        mail.originals.append(_text(message))
    elif parts := _parts(message):
        plain = [each for each in parts if each.get_content_type() == "text/plain"]
        alternatives = (plain or parts)[:1]
        for each in alternatives if kind == "multipart/alternative" else parts[:_MAX_PARTS]:
            _collect(each, mail, depth + 1)
    else:
        _leaf(message, kind, mail)


def _parts(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _attached(message: Message, mail: MailContents, depth: int) -> None:
    """Reads an attached message: the one that came back, an example, or a bounce that was forwarded."""
    for each in _parts(message):
        if each.get_content_type() == "multipart/report":
            _collect(each, mail, depth + 1)
        else:
            mail.originals.append(_headers_of(each))


def _leaf(message: Message, kind: str, mail: MailContents) -> None:
    if kind in {"text/csv", "application/vnd.ms-excel"} or (kind == "text/plain" and message.get_filename()):
        mail.tables.append(_text(message))
    elif kind == "text/html":
        mail.words.append(without_tags(_text(message)))
    elif kind == "text/plain":
        mail.words.append(_text(message))


def _text(message: Message) -> str:
    if not message.get("Content-Transfer-Encoding") or message["Content-Transfer-Encoding"].strip().casefold() in {
        "7bit",
        "8bit",
    }:
        return str(message.get_payload())
    content = message.get_payload(decode=True)
    if not isinstance(content, bytes):
        return str(message.get_payload())
    try:
        return content.decode(message.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def without_tags(html: str) -> str:
    """The words of a page."""
    pieces = _UNSEEN.split(html)  # text, "" or "/", text, …
    seen = [text for text, opens in zip(pieces[::2], ("/", *pieces[1::2]), strict=True) if opens == "/"]
    return unescape(_TAG.sub(" ", _BREAK.sub("\n", " ".join(seen))))
