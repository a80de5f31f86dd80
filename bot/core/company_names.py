"""Spellings of a company name that mean the same company: umlauts, accents, `und`, and spellings of the legal form."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.core.identifiers import fold

_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "æ": "ae"})
_ABBREVIATED = {"limited": "ltd", "incorporated": "inc", "corporation": "corp", "aktiengesellschaft": "ag"}
"""Legal forms in full → as most write them."""
_WITH_DOTS = (
    "ggmbh", "gmbh", "mbh", "ag", "kgaa", "kg", "se", "ohg", "gbr", "eg", "ek", "ev", "ltd", "plc", "inc", "llc",
    "llp", "sarl", "srl", "spa", "sas", "sa", "bv", "nv",
)  # fmt: skip
"""Legal forms that some write letter by letter: `A.G.`, `e. K.`"""
_LETTERS = re.compile(
    r"(?:(?<=[^\W_] )|(?<=[^\W_]\. )|(?<=& ))"
    rf"(?:{'|'.join('[. ]{1,2}'.join(each) for each in _WITH_DOTS)}|u\.g|{'|'.join(_ABBREVIATED)})(?![^\W_]|\.[^\W_])"
)
"""A legal form behind another word, letter by letter or in full."""
_COMMA = re.compile(r"[\s,]+")
_AND = re.compile(r"(?<![^\W_])(?:und|and|u)(?![^\W_])|[&+]")
_APART = re.compile(r"[^\w&]+|_+")
_SPACED = re.compile(r"(?<=\w)(?=&)|(?<=&)(?=\w)")


@lru_cache(maxsize=20_000)
def spelling_key(name: str) -> str:
    """The key that all spellings of a name share: `Müller und Söhne GmbH & Co.KG`, `Mueller & Soehne GmbH u. Co KG`.

    Never shorter than a word: a name without letters has its folded form.
    """
    text = _LETTERS.sub(_legal_form, _COMMA.sub(" ", written_out(fold(name))))
    text = _AND.sub(" & ", text)
    return " ".join(_SPACED.sub(" ", _APART.sub(" ", text)).split()) or fold(name)


def _legal_form(found: re.Match[str]) -> str:
    letters = re.sub(r"[. ]", "", found[0])
    return _ABBREVIATED.get(letters, letters)


def written_out(folded: str) -> str:
    """A folded name with its umlauts as two letters and without accents: `café müller` → `cafe mueller`."""
    apart = unicodedata.normalize("NFKD", folded.translate(_WRITTEN_OUT))
    return "".join(each for each in apart if not unicodedata.combining(each))


def spellings(name: str) -> set[tuple[str, ...]]:
    """The name's words as they may stand in a text, in each spelling of a legal form at its end."""
    *words, last = spelling_key(name).split() or [""]
    ends: set[tuple[str, ...]] = {(last,)}
    if words:
        ends |= {(full,) for full, short in _ABBREVIATED.items() if short == last}
        ends |= {tuple(last)} if last in _WITH_DOTS else set()
    return {(*words, *end) for end in ends if last}


def spelling_word(name: str) -> str:
    """The search word by which a customer is found in every spelling; no name contains it."""
    return f"={spelling_key(name)}="
