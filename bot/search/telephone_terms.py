"""Finds telephone numbers in texts and queries: each is one word, with or without its country, however it is divided.

The token is the number within its country: `089 5555 1234` and `+49 89 55551234` are both `tel8955551234`. Which
country a desk is in is no matter here, so that its index stays valid when that setting changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers

from bot.search.tokens import Term

_NUMBER = re.compile(r"(?<![\w+/@.:-])(?:\+|\(?0|(?=[1-9]\d{9,14}(?!\d)))[\d\s()/.-]{5,24}\d(?![\w@])")
"""With a country code, with the zero of a city or mobile network, or in one run of at least ten digits."""
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}\.\d{1,2}\b")
_TRUNK_ZERO = re.compile(r"\(\s?0\s?\)")
_NO_DIGIT = re.compile(r"\D+")
_FEWEST = 6
"""Digits of a number within its country."""


def telephone_terms(text: str) -> Iterator[Term]:
    """The telephone numbers of a text that is `plain`, in its order."""
    for found in _NUMBER.finditer(text):
        national = _national(found[0])
        if national:
            yield Term(found.start(), found.end(), f"tel{national}", (f"tel{national}",), is_code=True)


@lru_cache(maxsize=10_000)
def _national(written: str) -> str:
    """The number within its country; empty when this is none."""
    if _DATE.match(written):
        return ""
    digits = _NO_DIGIT.sub("", _TRUNK_ZERO.sub("", written))
    if not written.startswith("+") and digits.startswith("0") and not digits.startswith("00"):
        national = digits.lstrip("0")
        return national if _FEWEST <= len(national) <= 13 else ""  # noqa: PLR2004 (E.164 has 15 with the country)
    return _without_country(digits.removeprefix("00"))


def _without_country(digits: str) -> str:
    try:
        number = phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException:
        return ""
    return str(number.national_number) if phonenumbers.is_possible_number(number) else ""
