"""MIME structure of a mail: offsets into the raw bytes, found in linear time without recursion.

The standard library's parser recurses into nested parts (5,000 levels: RecursionError) and makes one object of every
line (25 MB of short lines: 700 MB). Here the bytes stay where they are; a part is decoded only when it is needed.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bot.adapters.inbound_mail.headers import BLOCK, ContentType, Headers

DEPTH: Final = 12
PARTS: Final = 500
_HITS: Final = 5000
_PART_BLOCK: Final = 32 * 1024
_BLANK: Final = re.compile(rb"\r?\n[ \t]*\r?\n|\A\r?\n")
_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64: Final = bytes(sorted(set(range(256)) - set(_BASE64)))
_LINE_END: Final = re.compile(rb"[ \t]*(?:\r?\n|\Z)")
_CHUNK: Final = 4 * 1024 * 1024


@dataclass
class MimePart:
    """One part: its headers and where its body lies in the raw bytes."""

    headers: Headers
    content: ContentType
    start: int
    end: int
    parent: MimePart | None = None
    children: list[MimePart] = field(default_factory=list)
    is_closed: bool = True
    """False when the multipart's closing boundary is missing or the mail was cut inside."""

    @property
    def type(self) -> str:
        return self.content.type

    @property
    def depth(self) -> int:
        return self.parent.depth + 1 if self.parent else 0

    def leaves(self) -> Iterator[MimePart]:
        """All parts without children, in their order."""
        pending = [self]
        while pending:
            part = pending.pop()
            if not part.children:
                yield part
            pending.extend(reversed(part.children))


@dataclass
class Structure:
    """The whole mail."""

    raw: bytes
    root: MimePart
    defects: list[str]

    def body(self, part: MimePart, limit: int | None = None) -> bytes:
        """The part's bytes without its transfer encoding; at most about that many."""
        end = part.end if limit is None else min(part.end, part.start + limit * 2)
        return decoded_body(self.raw[part.start : end], part.headers.first("content-transfer-encoding"))

    def size(self, part: MimePart) -> int:
        """Bytes after decoding; counted by chunk, so that no copy of a large file is made."""
        encoding = part.headers.first("content-transfer-encoding").strip().lower()
        if encoding != "base64":
            return part.end - part.start if encoding != "quoted-printable" else len(self.body(part))
        count = sum(
            len(self.raw[at : min(at + _CHUNK, part.end)].translate(None, _NOT_BASE64))
            for at in range(part.start, part.end, _CHUNK)
        )
        return count * 3 // 4


def structure(raw: bytes) -> Structure:
    """Splits the mail into parts. Beyond `DEPTH` levels or `PARTS` parts the rest stays one file."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    root = _part(raw, 0, len(raw), None, BLOCK)
    found = Structure(raw, root, [])
    pending, count, hits = [root], 1, _HITS
    while pending:
        part = pending.pop()
        if not part.type.startswith("multipart/"):
            continue
        if part.depth >= DEPTH or count >= PARTS:
            found.defects.append("too many parts" if count >= PARTS else "nested too deeply")
            continue
        spans, part.is_closed, used = _spans(raw, part, PARTS - count, hits)
        hits -= used
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        part.children = [_part(raw, start, end, part, _PART_BLOCK, default) for start, end in spans]
        count += len(part.children)
        pending.extend(part.children)
        if not part.children:
            found.defects.append("multipart without parts")
    return found


def _part(
    raw: bytes, start: int, end: int, parent: MimePart | None, limit: int, default: str = "text/plain"
) -> MimePart:
    """Headers up to the first blank line; where there is none within the limit, a body without headers."""
    if raw[start : start + 1] == b"\n" or raw[start : start + 2] == b"\r\n":
        block, body = b"", start + (1 if raw[start : start + 1] == b"\n" else 2)
    else:
        block = raw[start : min(start + limit, end)]
        blank = _BLANK.search(block)
        if blank:
            block, body = block[: blank.start()], start + blank.end()
        else:
            body = _after_blank(raw, start + len(block) - 4, end)
    headers = Headers(block)
    return MimePart(headers, ContentType(headers, default), min(body, end), end, parent)


def _after_blank(raw: bytes, start: int, end: int) -> int:
    """Start of the body after a header block longer than the limit."""
    found = (raw.find(blank, start, end) + len(blank) for blank in (b"\n\n", b"\n\r\n"))
    return min((each for each in found if each > len(b"\n\r\n")), default=end)


def _spans(raw: bytes, part: MimePart, limit: int, hits: int) -> tuple[list[tuple[int, int]], bool, int]:
    """Spans of the parts between boundary lines, whether the last one is closed, and the number of lines examined."""
    boundary = part.content.param("boundary").rstrip().encode("latin-1", "replace")
    if not boundary:
        return [], False, 0
    mark, spans, start, at, used = b"--" + boundary, list[tuple[int, int]](), -1, part.start, 0
    while used < hits:
        at = raw.find(mark, at, part.end)
        if at < 0:
            break
        used += 1
        after = at + len(mark)
        is_last = raw[after : after + 2] == b"--"
        line = _LINE_END.match(raw, after + 2 * is_last, min(part.end, after + 200))
        if line and (at == part.start or raw[at - 1 : at] == b"\n"):
            if start >= 0:
                spans.append((start, max(start, _before(raw, at))))
            if is_last or len(spans) >= limit:
                return spans, is_last, used
            start = line.end()
        at = after
    if start >= 0:
        spans.append((start, part.end))
    return spans, False, used


def _before(raw: bytes, at: int) -> int:
    """The line end before a boundary belongs to the boundary."""
    return at - 2 if raw[at - 2 : at] == b"\r\n" else at - 1


def decoded_body(body: bytes, encoding: str) -> bytes:
    """Removes base64 or quoted-printable; garbage between is skipped, unknown encodings are left as they are."""
    name = encoding.strip().strip("\"'").lower()
    if name == "base64":
        return _base64(body)
    if name == "quoted-printable":
        return quopri.decodestring(body)
    return body


def _base64(body: bytes) -> bytes:
    """Decodes the parts that are base64; a body without any is returned as it is."""
    stripped = body.translate(None, _NOT_BASE64)
    stripped = stripped[: len(stripped) - (len(stripped) % 4 == 1)]
    try:
        return binascii.a2b_base64(stripped + b"=" * (-len(stripped) % 4))
    except (binascii.Error, ValueError):
        return body
