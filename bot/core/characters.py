"""Tables of characters that are invisible, look like a dash, or break encoders, and their removal.

Everything here takes time linear in the length of the text: long runs of combining marks, for which the standard
library's normalization is quadratic, are cut first.
"""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE_RANGES = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Soft hyphen, zero-width and direction characters, Hangul fillers, tags, rare variation selectors."""
_JOINERS = "\u200c\u200d\ufe0e\ufe0f"
"""Invisible, but part of emoji and of some scripts: joiners, and the choice between emoji and text."""
_CONTROL_RANGES = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
_NONCHARACTERS = "\ufdd0-\ufdef\ufffe\uffff"
_DASH_RANGES = (
    "\u02d7\u058a\u05be\u1806\u2010-\u2015\u2043\u207b\u208b\u2212\u2500\u2796\u2e17\u2e1a\u2e3a\u2e3b\u2e40"
    "\ufe31\ufe32\ufe58\ufe63\uff0d"
)

_NOTHING = re.compile(f"[{_INVISIBLE_RANGES}{_CONTROL_RANGES}{_NONCHARACTERS}]")
_INVISIBLE = re.compile(f"[{_INVISIBLE_RANGES}{_JOINERS}{_CONTROL_RANGES}{_NONCHARACTERS}]")
_DASH = re.compile(f"[{_DASH_RANGES}]")
_PLAIN = re.compile("[\t\n -~]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAY_BE_MARKS = re.compile("[^\x00-\u02ff]{31,}")
_MAX_MARKS = 30
"""Combining marks on one letter; no language has that many."""

_PICTURE = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001fbff"
_SCRIPT = "\u0600-\u1fff\u2190-\u2bff\u2e80-\ud7ff\uf900-\ufaff\ufe0f\U0001f000-\U0001fbff"
_NO_PICTURE_BEFORE = re.compile(f"(?<![{_PICTURE}])(?!\ufe0f\u20e3)[\ufe0e\ufe0f]")
_NOTHING_TO_JOIN = re.compile(f"(?<![{_SCRIPT}])[\u200c\u200d]|[\u200c\u200d](?![{_SCRIPT}])")
_BLANK = str.maketrans({"\u2800": " "})
"""A Braille cell without dots looks like a blank, and is none."""
_QUOTES = str.maketrans("‘’‚‛′´`“”„‟″«»‹›", "''''''" + "'" + '"""""""' + "''")


def without_surrogates(text: str) -> str:
    """Pairs become the character they mean; lone ones, which no encoder takes, are dropped."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def without_invisible(text: str) -> str:
    """Removes invisible characters for comparisons: line ends and tabs stay."""
    return _INVISIBLE.sub("", without_surrogates(text)).translate(_BLANK)


def without_disguise(text: str) -> str:
    """Removes invisible characters for display: joiners stay where emoji and scripts need them."""
    seen = _NOTHING.sub("", without_surrogates(text)).translate(_BLANK)
    return _NOTHING_TO_JOIN.sub("", _NO_PICTURE_BEFORE.sub("", seen))


def with_few_marks(text: str) -> str:
    """Limits combining marks to thirty in a row: more are no language, and make normalization slow."""
    return _MAY_BE_MARKS.sub(lambda found: _fewer(found[0]), text)


def _fewer(run: str) -> str:
    remaining, row = list[str](), 0
    for each in run:
        row = row + 1 if unicodedata.category(each)[0] == "M" or each in "\uff9e\uff9f" else 0
        if row <= _MAX_MARKS:
            remaining.append(each)
    return "".join(remaining)


def plain(text: str) -> str:
    """One spelling of each character: dashes that look alike, full-width letters, digits of any script, quotes."""
    if text.isascii():
        return text if _PLAIN.fullmatch(text) else without_invisible(text)
    text = unicodedata.normalize("NFKC", with_few_marks(without_invisible(text)))
    text = _DASH.sub("-", text).translate(_QUOTES)
    return text if text.isascii() else "".join(map(_ascii_digit, text))


def _ascii_digit(character: str) -> str:
    return character if character.isascii() or not character.isdecimal() else str(unicodedata.decimal(character))
