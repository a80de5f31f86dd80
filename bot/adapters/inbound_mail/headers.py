"""Header block of a mail or of one part. Every length is bounded, and nothing raises on malformed input."""

from __future__ import annotations

import binascii
import codecs
import quopri
import re
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Final

from bot.core.characters import without_surrogates

BLOCK: Final = 256 * 1024
"""Bytes of a header block that are read; the rest is dropped."""
VALUE: Final = 4000
"""Bytes of one header value that are decoded."""
_LONG: Final = 64 * 1024
_IDS: Final = 50
_FIELD: Final = re.compile(rb"([!-9;-~]{1,100})[ \t]*:(.*)", re.DOTALL)
_LINE: Final = re.compile(rb"\r\n|\r|\n")
_WORD: Final = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN: Final = re.compile(r"(\?=)[ \t\r\n]+(?==\?)")
_ID: Final = re.compile(r"<[^<>\s\x00-\x1f\x7f]{1,500}>")
_BARE_ID: Final = re.compile(r"[^<>\s\x00-\x1f\x7f]{1,400}@[^<>\s\x00-\x1f\x7f]{1,100}")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
_ALIASES: Final = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
}
_UNSAFE: Final = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
MALFORMED: Final = (
    ValueError,  # UnicodeError and binascii.Error are ValueErrors
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
    MessageError,
)
"""Errors that the standard library raises on malformed mail."""


class Headers:
    """The header fields in their order, as bytes, unfolded."""

    def __init__(self, block: bytes) -> None:
        self._fields = list(_fields(block[:BLOCK]))

    def raw(self, name: str) -> list[bytes]:
        """Values of all headers of that lower-case name, topmost first."""
        return [value for found, value in self._fields if found == name]

    def all(self, name: str) -> list[str]:
        """The same, decoded."""
        return [decoded(value) for value in self.raw(name)]

    def first(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    def ids(self, name: str) -> tuple[str, ...]:
        """Message-IDs in the header, in their order: the first one and the last ones of a long list."""
        text = b" ".join(value[:_LONG] + b" " + value[_LONG:][-_LONG:] for value in self.raw(name)[:5])
        plain = text.decode("ascii", "replace")
        found = list(dict.fromkeys(_ID.findall(plain))) or [f"<{each}>" for each in _BARE_ID.findall(plain[:VALUE])]
        return tuple(found if len(found) <= _IDS else [found[0], *found[1 - _IDS :]])


def _fields(block: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and unfolded value of each field; a line that is none ends the block, an mbox line before it does not."""
    name, parts = "", list[bytes]()
    for number, line in enumerate(_LINE.split(block)):
        if line[:1] in {b" ", b"\t"} and name:
            parts.append(line)
            continue
        if name:
            yield name, b"".join(parts).strip()
        match = _FIELD.fullmatch(line)
        if not match:
            name = ""
            if number == 0 and line.startswith(b"From "):
                continue
            return
        name, parts = match[1].decode("ascii").lower(), [match[2]]
    if name:
        yield name, b"".join(parts).strip()


def charset_text(data: bytes, charset: str) -> str:
    """Decodes with the charset where it is a known text encoding; else as UTF-8, else as Windows-1252. Never raises."""
    name = charset.strip().strip("'\"").lower()[:40]
    codec = _codec(_ALIASES.get(name, name))
    if codec not in {"", "ascii", "utf-8"}:
        try:
            return without_surrogates(data.decode(codec, "replace"))
        except MALFORMED:
            pass
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        is_truncated = error.end == len(data) and error.start >= len(data) - 3 and error.start > 0
        is_utf8 = codec == "utf-8" or is_truncated
        return data.decode("utf-8" if is_utf8 else "cp1252", "replace")


def _codec(name: str) -> str:
    """Python's name of a text encoding; empty for what is none or may not be used on foreign data."""
    try:
        found = codecs.lookup(name)
    except MALFORMED:
        return ""
    is_text = bool(getattr(found, "_is_text_encoding", True))
    return found.name if is_text and found.name.replace("-", "_") not in _UNSAFE else ""


def decoded(value: bytes) -> str:
    """A header value as text: encoded words (RFC 2047) and raw 8-bit text, on one line, at most `VALUE` bytes."""
    text = charset_text(value[:VALUE], "utf-8" if _is_utf8(value[:VALUE]) else "cp1252")
    return _CONTROL.sub(" ", _decode_words(text)).strip() if "=?" in text else _CONTROL.sub(" ", text).strip()


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end == len(value)
    return True


def _decode_words(text: str) -> str:
    """Adjacent words of one charset are joined as bytes: some programs split a character between two words."""
    text = _BETWEEN.sub(r"\1", text)
    out, pending, charset, end = list[str](), b"", "", 0
    for match in _WORD.finditer(text):
        if pending and (match.start() != end or match[1].lower() != charset):
            out.append(charset_text(pending, charset))
            pending = b""
        out.append(text[end : match.start()])
        charset, end = match[1].lower().partition("*")[0], match.end()
        pending += _word_bytes(match[2], match[3])
    out.append(charset_text(pending, charset) if pending else "")
    return "".join(out) + text[end:]


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("ascii", "replace")
    try:
        if encoding in "bB":
            return b64decode(data + b"=" * (-len(data) % 4))
        return quopri.decodestring(data, header=True)
    except (binascii.Error, ValueError):
        return data


def date_of(value: str) -> datetime | None:
    """The date in UTC; none for what is no date or a year no calendar has."""
    try:
        found = parsedate_to_datetime(value[:100])
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except MALFORMED:
        return None


class ContentType:
    """Content-Type and Content-Disposition of one part."""

    def __init__(self, headers: Headers, default: str = "text/plain") -> None:
        self._message: Message[str, str] = Message()
        for name in ("content-type", "content-disposition"):
            for value in headers.raw(name)[:1]:
                self._message[name] = _CONTROL.sub(" ", charset_text(value[:VALUE], ""))
        written = self._message.get("content-type", "").partition(";")[0].strip().lower()
        self.type = written if re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,100}", written) else default
        self.is_attachment = self._disposition() == "attachment"

    def param(self, name: str) -> str:
        """A parameter of Content-Type; empty when it is missing or cannot be read."""
        try:
            found = self._message.get_param(name)
            return _collapsed(found)[:200]
        except MALFORMED:
            return ""

    def filename(self) -> str:
        """The file name as the sender wrote it; decoded, not yet safe."""
        try:
            return _decode_words((self._message.get_filename("") or "")[:1000])
        except MALFORMED:
            return ""

    def _disposition(self) -> str:
        try:
            return (self._message.get_content_disposition() or "").lower()
        except MALFORMED:
            return ""


def _collapsed(found: object) -> str:
    """A parameter as text; by RFC 2231 it is a tuple of charset, language and value."""
    if isinstance(found, tuple):
        return charset_text(str(found[2]).encode("latin-1", "replace"), str(found[0] or ""))
    return found if isinstance(found, str) else ""
