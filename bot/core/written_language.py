"""Language of a text, guessed by its common words."""

from __future__ import annotations

import re
from typing import Final

from bot.core.i18n import Language

_COMMON: Final = {
    Language.GERMAN: frozenset(
        (
            "aber alle auch auf aus bei beim bis bitte da das dass dem den der des ein eine einen einer es für "
            "haben ich im ist kann kein keine mehr mit nach nicht noch nur ob oder sehr sein seit sich sie sind "
            "über um und uns unser von vor weil wenn werden wie wir wird wurde zu zum zur"
        ).split()
    ),
    Language.ENGLISH: frozenset(
        (
            "a after all and are as at be been but by can cannot does for from had has have he is it no not of on "
            "only or our please she since some than that the their them there they this to until we were when "
            "which will with would you your"
        ).split()
    ),
}
"""Common words of each language that are no word of the other."""
_LETTERS: Final = re.compile(r"[äöüß]", re.IGNORECASE)


def language_in(text: str) -> Language | None:
    """The language with more common words in the text; None where neither has more. An umlaut counts as a word."""
    words = re.findall(r"\w+", text.casefold())
    counts = {language: sum(word in common for word in words) for language, common in _COMMON.items()}
    counts[Language.GERMAN] += bool(_LETTERS.search(text))
    german, english = counts[Language.GERMAN], counts[Language.ENGLISH]
    if german == english:
        return None
    return Language.GERMAN if german > english else Language.ENGLISH
