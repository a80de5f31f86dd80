"""Decodes the text of an uploaded table, in whichever coding a spreadsheet program writes it."""

from __future__ import annotations

import codecs

_CODINGS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


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
