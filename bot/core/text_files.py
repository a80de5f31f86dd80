"""Decodes the text of an uploaded file, in whichever coding a program writes it."""

from __future__ import annotations

import codecs

_CODINGS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
_MOST_CONTROLS = 0.02
"""Share of control characters in a text; a picture or an archive has about a tenth."""


def decoded(content: bytes) -> str:
    """The text of a file; `ValueError` for content that is no text, such as a workbook."""
    for mark, coding in _CODINGS:
        if content.startswith(mark):
            return content.decode(coding)
    if b"\0" in content:
        raise ValueError("no text")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def readable_text(content: bytes) -> str:
    """The text of a file whatever its coding; empty for content that is no text, such as a picture or an archive."""
    coding = next((name for mark, name in _CODINGS if content.startswith(mark)), _wide_coding(content))
    if coding:
        return content.decode(coding, "replace")
    if len(content) - len(content.translate(None, _CONTROLS)) > len(content) * _MOST_CONTROLS:
        return ""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _wide_coding(content: bytes) -> str:
    """The UTF-16 that has no byte order mark: every other byte is mostly zero, and no other is."""
    even, odd = content[::2], content[1::2]
    for coding, letters, zeros in (("utf-16-le", even, odd), ("utf-16-be", odd, even)):
        if zeros.count(0) * 2 > len(zeros) and 0 not in letters:
            return coding
    return ""
