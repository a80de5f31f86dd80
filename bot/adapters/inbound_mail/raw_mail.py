"""Raw bytes of a mail: how many are read, and what identifies them. Loads no parser: only its process does."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

LIMIT: Final = 25 * 1024 * 1024
"""Bytes of a raw mail that are kept and read."""
READY: Final = b"ready\n"
"""First line of the parser's process, once it can read."""
_CHUNK: Final = 1024 * 1024
_TAIL: Final = 4096


def raw_identity(raw: bytes) -> str:
    """Deduplication key of a mail that has no Message-ID or could not be parsed."""
    return f"<> {body_digest(memoryview(raw)[:LIMIT])}"


def body_digest(data: memoryview) -> str:
    """SHA-256 over the bytes without CR and without line ends at the end, by chunk."""
    tail = bytes(data[-_TAIL:])
    end = len(data) - len(tail) + len(tail.rstrip(b"\r\n"))
    digest = sha256()
    for at in range(0, end, _CHUNK):
        digest.update(bytes(data[at : min(at + _CHUNK, end)]).replace(b"\r", b""))
    return digest.hexdigest()
