"""Fold identifiers to one spelling: ticket numbers, customer IDs, and names, however they were typed or copied."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.core.characters import plain, with_few_marks, without_invisible

EMAIL_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
"""An e-mail address in a text; found in linear time."""
_LEGAL_FORM = re.compile(
    r"\s(?:g\.?m\.?b\.?h|a\.?g|k\.?g|s\.?e|u\.?g|o\.?h\.?g|gbr|eg|e\.? ?k|ltd|limited|plc|inc|incorporated|corp|"
    r"corporation|l\.?l\.?c|s\.?a|b\.?v|& co\.? ?k\.?g|mbh|e\.? ?v)\.?(?:\s.*)?$"
)
_SPACE = re.compile(r"\s+")
_OPENS, _CLOSES = " \"'([{<.,;:#", " \"')]}>.,;:"
_CALLED = r"(?:[-\s#:_]*(?:no|nr|numbers?|nummern?)[-\s.#:_]+)?"
RCR_PATTERN = rf"RCR{_CALLED}[-\s#:_]*\d+"
"""Default of `[retarus] rcr_pattern`: `RCR-88123`, `RCR #88123`, `RCR-Nr. 88123`."""
_TO_THE_DIGITS = re.compile(rf"(?<=[A-Z]){_CALLED}[-\s#:_]*(?=\d)", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_JOINT = r"(?:[,;|/&+、،·•]|(?<![^\W_])(?:and|und|or|oder|sowie)(?![^\W_]))"
_APART = re.compile(rf"(?:{_JOINT}|\s)+", re.IGNORECASE)
_FOLLOWING = re.compile(
    rf"\s{{0,5}}(?:{_JOINT}\s{{0,5}}|\n){{1,3}}#?(\d{{2,12}})(?=\s{{0,5}}(?:{_JOINT}|\n|[.)\]]{{0,3}}\s{{0,5}}\Z))",
    re.IGNORECASE,
)
"""The next number of a list, without its letters."""
_LAST_DIGITS = re.compile(r"\d+(?=\D*\Z)")
_BULLET = re.compile(r"^[^\S\n]*(?:[-*•·]|\d{1,2}[.)])\s+", re.MULTILINE)
_DASHED = re.compile(r"^(\d{5})-([A-Z]{2})$")
_SUFFIX = re.compile(r"(?<![^\W_])(\d{5})[ \t]+((?!OR)[A-Z]{2})(?![^\W_])")
"""The two letters of an ID, apart from its digits. A small word after a blank is a word: `12345 de`."""


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """The key by which two spellings of an identifier are the same: a number, an ID, a reference, a name.

    Case, look-alike dashes, full-width digits, invisible characters, composed or decomposed letters, surrounding
    brackets and trailing dots make no difference. Idempotent, and linear in the length of the text.
    """
    text = plain(unicodedata.normalize("NFD", with_few_marks(without_invisible(text))).casefold())
    text = plain(unicodedata.normalize("NFKD", with_few_marks(text)).casefold())
    text = _SPACE.sub(" ", text)
    return unicodedata.normalize("NFC", text.rstrip(_CLOSES).lstrip(_OPENS)) or text.strip()


def without_legal_form(folded: str) -> str:
    """A folded company name up to its legal form: `müller gmbh & co. kg` → `müller`."""
    return _LEGAL_FORM.sub("", folded)


def words_in(text: str) -> tuple[str, ...]:
    """The words of a name or of a query, folded."""
    return tuple(_WORD.findall(fold(text)))


def canonical_id(text: str) -> str:
    """The saved form of a customer ID or a tenant: `12345RS`, without blanks, in capitals."""
    return _DASHED.sub(r"\1\2", unicodedata.normalize("NFC", fold(_SPACE.sub("", fold(text))).upper()))


def split_ids(text: str) -> tuple[str, ...]:
    """The IDs in a list by comma, semicolon, slash, blank, line or “and”, bullets or none: canonical, each once."""
    whole = _SUFFIX.sub(r"\1\2", without_bullets(plain(text)))
    parts = filter(_WORD.search, _APART.split(whole))
    return tuple(dict.fromkeys(filter(None, map(canonical_id, parts))))


def without_bullets(text: str) -> str:
    """The lines of a list without their bullets or numbers: `1. RCR-88123`."""
    return _BULLET.sub("", text)


def rcr_numbers(text: str, pattern: str) -> tuple[str, ...]:
    """All of Retarus's ticket numbers in a text, canonical (`RCR-88123`), each once. `pattern`: how they look."""
    found = (canonical_rcr(each[0]) for each in _pattern(_whole(pattern)).finditer(plain(text)))
    return tuple(dict.fromkeys(filter(None, found)))


def listed_rcr_numbers(text: str, pattern: str) -> tuple[str, ...]:
    """`rcr_numbers` of a field that takes a list: one without letters has those of the number before it.

    `RCR-88123, 77901 und 77902` are three numbers.
    """
    text = plain(text)
    found = list[str]()
    for each in _pattern(_whole(pattern)).finditer(text):
        number, end = canonical_rcr(each[0]), each.end()
        found.append(number)
        while following := _FOLLOWING.match(text, end):
            found.append(_LAST_DIGITS.sub(following[1], number))
            end = following.end(1)
    return tuple(dict.fromkeys(filter(None, found)))


def _whole(pattern: str) -> str:
    """The pattern for a number that is neither the end of a word nor the beginning of a longer number."""
    return rf"(?<![^\W_])(?:{pattern})(?!\d)"


def canonical_rcr(number: str) -> str:
    """The saved and compared form of one number: capitals, and one dash between letters and digits."""
    return _TO_THE_DIGITS.sub("-", plain(number).upper().rstrip(_CLOSES).lstrip(_OPENS))


def references(text: str, prefix: str) -> tuple[int, ...]:
    """The numbers of all our own tickets a text names, such as `PD-1001`, each once. `prefix`: `PD`."""
    return tuple(dict.fromkeys(int(each[1]) for each in _pattern(_own(prefix)).finditer(plain(text))))


def _own(prefix: str) -> str:
    return rf"(?<![^\W_]){re.escape(prefix)}[\s#:_-]{{0,5}}(\d{{1,9}})(?![^\W_])"


def with_canonical_numbers(text: str, rcr_pattern: str, prefix: str) -> str:
    """The text with each ticket number in it, Retarus's and our own, in its one spelling. Idempotent."""
    if not (rcr_numbers(text, rcr_pattern) or references(text, prefix)):
        return text
    normalised = _pattern(_whole(rcr_pattern)).sub(lambda found: canonical_rcr(found[0]), plain(text))
    return _pattern(_own(prefix)).sub(lambda found: f"{prefix}-{int(found[1])}", normalised)


@lru_cache(maxsize=64)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
