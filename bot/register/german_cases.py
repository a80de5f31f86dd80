"""Grammatical cases of the words that replace a name in a German text, by the preposition before them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from bot.core.i18n import Language, mark, spoken, t

_DATIVE: Final[Mapping[str, str]] = {
    mark("our team"): mark("our team (dative)"),
    mark("the operator"): mark("the operator (dative)"),
    mark("the operator's ticket"): mark("the operator's ticket (dative)"),
    mark("the operator's website"): mark("the operator's website (dative)"),
    mark("another customer"): mark("another customer (dative)"),
    mark("another report"): mark("another report (dative)"),
}
_ACCUSATIVE: Final[Mapping[str, str]] = {
    mark("the operator"): mark("the operator (accusative)"),
    mark("another customer"): mark("another customer (accusative)"),
}
"""The others are as in the nominative."""
_WITH_DATIVE: Final = "aus|außer|bei|dank|gegenüber|laut|mit|nach|samt|seit|von|wegen|zu"
_WITH_ACCUSATIVE: Final = "an|auf|durch|für|gegen|ohne|um|über"
_CONTRACTED: Final = {"beim": "bei", "vom": "von", "zum": "zu", "zur": "zu"}


def in_case(text: str) -> str:
    """A German text with these words in the case that the preposition before them asks for; others unchanged."""
    if spoken() is not Language.GERMAN:
        return text
    contracted = "|".join(_CONTRACTED)
    for prepositions, forms in ((f"{_WITH_DATIVE}|{contracted}", _DATIVE), (_WITH_ACCUSATIVE, _ACCUSATIVE)):
        in_german = {t(words): t(form) for words, form in forms.items()}
        longest = "|".join(map(re.escape, sorted(in_german, key=len, reverse=True)))
        found = re.compile(rf"(?<!\w)({prepositions})(\s+)({longest})(?!\w)", re.IGNORECASE)
        text = found.sub(lambda each, of=in_german: _inflected(each, of), text)  # type: ignore[misc]
    return text


def _inflected(found: re.Match[str], forms: Mapping[str, str]) -> str:
    before, words = found[1], found[3]
    plain = _CONTRACTED.get(before.lower(), before)
    preposition = plain.capitalize() if before[0].isupper() else plain
    return f"{preposition}{found[2]}{forms.get(words, words)}"
