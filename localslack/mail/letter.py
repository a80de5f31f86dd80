"""A received mail: headers, text, HTML and attachments, whatever its shape.

Reading never fails: the mailbox shows as much of a malformed mail as it can.
"""

import email
import email.errors
import email.header
import email.utils
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from functools import cached_property
from typing import Any, Final

Json = dict[str, Any]

SNIPPET: Final = 140
_UNREADABLE: Final = (LookupError, ValueError, email.errors.MessageError)


@dataclass(frozen=True)
class Attachment:
    name: str
    type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One mail as it was received. `received` is Unix seconds, used where the mail itself names no date."""

    id: str
    raw: bytes
    received: float

    @cached_property
    def message(self) -> Message:
        return email.message_from_bytes(self.raw)

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, _decoded(value)) for name, value in self.message.items()]

    def header(self, name: str) -> str:
        """The first header of that name, decoded; empty if there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def subject(self) -> str:
        return " ".join(self.header("Subject").split())

    @property
    def sender(self) -> str:
        return next(iter(self._addresses("From")), "") or self.header("Return-Path").strip("<>")

    @property
    def to(self) -> list[str]:
        """All recipients: those named in the mail, then those it was delivered to without being named."""
        return list(dict.fromkeys(self._addresses("To", "Cc", "Delivered-To")))

    @property
    def date(self) -> float:
        try:
            return email.utils.parsedate_to_datetime(self.header("Date")).timestamp()
        except (ValueError, OverflowError, TypeError):
            return self.received

    @cached_property
    def text(self) -> str:
        return next((_text(part) for part in self._bodies("text/plain")), "")

    @cached_property
    def html(self) -> str | None:
        return next((_text(part) for part in self._bodies("text/html")), None)

    @cached_property
    def attachments(self) -> list[Attachment]:
        return [
            Attachment(_decoded(part.get_filename() or ""), part.get_content_type(), _bytes(part))
            for part in self._leaves()
            if _is_attached(part)
        ]

    def listed(self) -> Json:
        """The mail as a list of mails shows it."""
        snippet = " ".join(self.text.split())[:SNIPPET]
        shown = {"id": self.id, "date": self.date, "from": self.sender, "to": self.to}
        return shown | {"subject": self.subject, "snippet": snippet}

    def full(self) -> Json:
        attached = [{"name": it.name, "type": it.type, "size": len(it.content)} for it in self.attachments]
        body = {"text": self.text, "html": self.html, "raw": self.raw.decode("utf-8", "replace")}
        return self.listed() | body | {"headers": [list(pair) for pair in self.headers], "attachments": attached}

    def _addresses(self, *names: str) -> list[str]:
        """The bare addresses. Read before decoding, so that an encoded comma in a name divides nothing."""
        values = [str(value) for name in names for value in self.message.get_all(name, [])]
        return [address for _, address in email.utils.getaddresses(values) if address]

    def _leaves(self) -> Iterator[Message]:
        return (part for part in self.message.walk() if not part.is_multipart())

    def _bodies(self, kind: str) -> Iterator[Message]:
        return (part for part in self._leaves() if part.get_content_type() == kind and not _is_attached(part))


def received(raw: bytes, id: str, at: float | None = None) -> Mail:
    return Mail(id, raw, time.time() if at is None else at)


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Message) -> str:
    content = _bytes(part)
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except _UNREADABLE:
        return content.decode("latin-1")


def _decoded(value: object) -> str:
    try:
        return str(email.header.make_header(email.header.decode_header(str(value))))
    except _UNREADABLE:
        return str(value)
