"""What may stand in a text a person typed?"""

from __future__ import annotations

import re

_BROKEN = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Without NUL and lone surrogates, which break JSON columns and encoders; line ends as `\\n`; ends trimmed."""
    if text.isprintable():
        return text.strip()
    return _BROKEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def capital(words: str) -> str:
    """The words as a sentence or a label begins."""
    return words[:1].upper() + words[1:]


def one_line(text: str, limit: int = 0) -> str:
    """On one line, without control and direction characters, cut to `limit` with an ellipsis (0: not cut).

    Safe in an e-mail header and in a one-line summary.
    """
    flat = _SPACE.sub(" ", _CONTROL.sub(" ", clean(text))).strip()
    return flat if not limit or len(flat) <= limit else flat[: limit - 1].rstrip() + "…"
