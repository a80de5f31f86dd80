"""Spellings of a company name that mean the same company: umlauts, `und`, and the punctuation of the legal form."""

from __future__ import annotations

import re
import unicodedata

from bot.core.identifiers import fold, words_in

_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "æ": "ae"})
_UMLAUTS = (("ae", "ä"), ("oe", "ö"), ("ue", "ü"))
_AND = re.compile(r"(?<![^\W_])(?:und|and|u)(?![^\W_])|[&+]")
_APART = re.compile(r"[^\w&]+|_+")
_SPACED = re.compile(r"(?<=\w)(?=&)|(?<=&)(?=\w)")


def spelling_key(name: str) -> str:
    """The key that all spellings of a name share: `Müller und Söhne GmbH & Co.KG`, `Mueller & Soehne GmbH u. Co KG`."""
    text = _AND.sub(" & ", fold(name).translate(_WRITTEN_OUT))
    apart = unicodedata.normalize("NFKD", text)
    text = "".join(each for each in apart if not unicodedata.combining(each))
    return " ".join(_SPACED.sub(" ", _APART.sub(" ", text)).split())


def first_words(name: str) -> tuple[str, ...]:
    """The name's first word in each spelling that it may be saved with: `mueller`, `müller`."""
    first = next(iter(words_in(name)), "")
    written = first.translate(_WRITTEN_OUT)
    found = {first, written}
    for letters, umlaut in _UMLAUTS:
        found |= {each.replace(letters, umlaut) for each in found}
    return tuple(sorted(filter(None, found)))
