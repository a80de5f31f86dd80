"""Tokens of German and English support texts for the search: word forms, spellings, and ids.

Every word is known by a few tokens: how it is spelt, and its stems by the rules of both languages, because one
text mixes them. What holds a digit, or is an address, is an id: it is taken as it is, whole and in its parts.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import NamedTuple

import Stemmer
from rapidfuzz.distance import OSA

from bot.core.identifiers import RCR_PATTERN, rcr_numbers
from bot.search.synonyms import GROUPS

_RUN = re.compile(r"[^\W_]+(?:[.\-:/@_#+=]+[^\W_]+)*")
"""Letters and digits, with what stands between the parts of an id, an address or a compound."""
_PARTS = re.compile(r"[.\-:/@_#+=]+")
_SIGN = re.compile(r"[a-z0-9.\-:/@_#+=]").match
_CODE_PAIR = re.compile(r"[a-z]{1,5}[-#:]+\d+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_LETTERS = str.maketrans({
    "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŋ": "n", "ŧ": "t",
})  # fmt: skip
"""Letters of Latin alphabets that are no letter with an accent to Unicode, as they are typed without them."""

SHORTEST, LONGEST = 4, 24
"""Letters of a word that may be misspelt, or found within a longer one."""
_MAX_TERMS = 400
"""Words of one text that are examined: a log extract may hold thousands."""
_LONG_TOKEN = 64
_REMEMBERED = 20_000
"""Words each step remembers: four steps take some 17 MB with that many. A word that is forgotten costs 18 µs."""

_STOP = frozenset(
    "a about after again all also am an and any are as at be because been before being but by can could did do does "
    "doing down during each few for from further had has have having he her here hers him his how i if in into is it "
    "its itself just me more most my no nor not now of off on once only or other our out over own same she should so "
    "some such than that the their them then there these they this those through to too under until up very was we "
    "were what when where which while who whom why will with would you your since get gets got yet still "
    "ab aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis bist da damit dann das dass dem "
    "den denn der des dessen die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer "
    "eines er es etwas euer fuer für gegen hab habe haben hat hatte hier ich ihm ihn ihr ihre ihrem ihren ihrer im in "
    "ins ist ja jede jedem jeden jeder jedes kann kein keine keinen keiner man mehr mein meine mit nach nicht noch nur "
    "ob oder ohne sehr sein seine seit sich sie sind so soll sowie über ueber um und uns unser unsere unter vom von "
    "vor war waren was weil wenn wer werden wie wieder will wir wird wo wurde wurden zu zum zur".split()
)

_lock = threading.Lock()
"""A stemmer serves one thread at a time."""
_GERMAN, _ENGLISH = Stemmer.Stemmer("german"), Stemmer.Stemmer("english")


class Term(NamedTuple):
    """One word of a text."""

    start: int
    end: int
    """End position in the text."""
    word: str
    """The folded spelling."""
    tokens: tuple[str, ...]
    """Tokens it is found by."""
    is_code: bool


@lru_cache(_REMEMBERED)
def folded(word: str) -> str:
    """A text in lower case without accents; umlauts as two letters."""
    word = word.casefold().translate(_UMLAUTS)
    return word if word.isascii() else _bare(word)


def _bare(word: str) -> str:
    """Without accents, and without signs some letters are made of: a token is one to every engine."""
    parts = unicodedata.normalize("NFKD", word).casefold()  # a letter such as 𝐴 decomposes to a capital
    parts = parts.translate(_LETTERS)
    return "".join(each for each in parts if not unicodedata.combining(each) and (not each.isascii() or _SIGN(each)))


@lru_cache(_REMEMBERED)
def forms(word: str) -> tuple[str, ...]:
    """The tokens of one word of letters, as it was typed: its spelling first."""
    small = word.casefold()
    with _lock:
        stems = _GERMAN.stemWord(small), _ENGLISH.stemWord(small)
    spellings_found = (folded(small), *map(folded, stems), _bare(small))
    return tuple(filter(None, dict.fromkeys(spellings_found)))  # some signs are nothing but accents


def terms(text: str) -> Iterator[Term]:
    """The words of a text, in its order; stop words are left out."""
    for found in _RUN.finditer(text):
        run = found[0]
        tokens, is_code = _of_run(run)
        if tokens:
            yield Term(found.start(), found.end(), folded(run), tokens, is_code)


@lru_cache(_REMEMBERED)
def _of_run(run: str) -> tuple[tuple[str, ...], bool]:
    if run.isalpha():
        return ((), False) if run.casefold() in _STOP else (forms(run[:_LONG_TOKEN]), False)
    whole = folded(run)[:_LONG_TOKEN]
    parts = [part for part in _PARTS.split(run) if part]
    is_code = "@" in run or "." in run or any(each.isdigit() for each in run)
    tokens = [whole]
    if len(parts) > 1:
        if not is_code or _CODE_PAIR.fullmatch(whole):
            tokens.append("".join(map(folded, parts))[:_LONG_TOKEN])
        tokens += [token for part in parts if len(part) > 1 for token in _of_run(part[:_LONG_TOKEN])[0]]
    return tuple(dict.fromkeys(tokens)), is_code


def numbers_in(text: str) -> tuple[str, ...]:
    """Retarus's ticket numbers, however they are divided: `rcr88123`."""
    return tuple(number.lower().replace("-", "") for number in rcr_numbers(text, RCR_PATTERN))


def indexed(text: str) -> list[str]:
    """Every token a text that is `plain` is found by, once."""
    found = islice(filter(None, map(_of_indexed_run, _RUN.findall(text))), _MAX_TERMS)
    return list(dict.fromkeys(chain(numbers_in(text), *found)))


@lru_cache(_REMEMBERED)
def _of_indexed_run(run: str) -> tuple[str, ...]:
    tokens, _ = _of_run(run)
    return (*tokens, *known_parts(folded(run))) if tokens else ()


def known_parts(word: str) -> tuple[str, ...]:
    """The words of `GROUPS` a compound ends or begins with, so that synonyms find it: `versand|bericht`."""
    thesaurus = _thesaurus()
    halves = [half for pair in _halves(word) for half in pair if len(half) > SHORTEST and half in thesaurus]
    return tuple(token for half in halves for token in forms(half))


def is_plain(token: str) -> bool:
    """True for a word that may be misspelt, and so belongs to the vocabulary."""
    return token.isalpha() and SHORTEST <= len(token) <= LONGEST


def spellings(text: str) -> set[str]:
    """The words of a text in their spelling, for the vocabulary."""
    found = set()
    for run in set(_RUN.findall(text)):
        (tokens, is_code), word = _of_run(run), folded(run)
        found |= {word} if tokens and not is_code else set()
        if tokens and not word.isalpha():
            found |= {folded(part) for part in _PARTS.split(word)}
    return {word for word in found if is_plain(word)}


# --- similar words


def cuts(word: str) -> list[str]:
    """Both halves of a compound, wherever it may be divided."""
    return [part for halves in _halves(word) for part in halves]


def _halves(word: str) -> list[tuple[str, str]]:
    """`mail|versand`, and with the letter German puts between: `störung(s)|meldung`."""
    if not is_plain(word):
        return []
    plain = [(word[:at], word[at:]) for at in range(SHORTEST - 1, len(word) - SHORTEST + 2)]
    joined = [(head[:-1], tail) for head, tail in plain if head.endswith("s") and len(head) >= SHORTEST]
    return plain + joined


def grams(word: str) -> list[str]:
    """Trigrams, by which a vocabulary is searched."""
    return list(dict.fromkeys(word[at : at + 3] for at in range(len(word) - 2)))


def meant(word: str, known: Iterable[str], *, is_last: bool) -> dict[str, float]:
    """Words of the vocabulary that may be meant by this one, each with how surely, 1 at most.

    `known`: words of the vocabulary that resemble it. `is_last`: the word may not be typed to its end yet.
    """
    words = set(known)
    resembling = {each: _resembles(word, each, is_prefix=is_last) for each in words - {word}}
    if word in words:  # it is a word: what differs by a letter is another one
        resembling = {each: sure for each, sure in resembling.items() if sure != _MISSPELT}
    likeliest = sorted(resembling, key=lambda each: (resembling[each], -len(each), each), reverse=True)[:_MAX_MEANT]
    found = {word: 1.0, **{each: resembling[each] for each in likeliest if resembling[each]}}
    for head, tail in _halves(word):
        if tail in words and (head in words or len(tail) > SHORTEST):
            found[tail] = max(found.get(tail, 0.0), _PART)
        if head in words and tail in words:
            found[head] = max(found.get(head, 0.0), _PART / 2)
    return found


_MAX_MEANT = 10
"""Words that may be meant by one: the likeliest, and of those the shortest."""
_PREFIX, _WITHIN, _MISSPELT, _PART = 0.8, 0.55, 0.7, 0.5


def _resembles(word: str, other: str, *, is_prefix: bool) -> float:
    if is_prefix and len(word) >= SHORTEST - 1 and other.startswith(word):
        return _PREFIX
    if len(word) > SHORTEST and word in other:
        return _WITHIN
    allowed = 0 if len(word) < SHORTEST else 1 if len(word) < 8 else 2  # noqa: PLR2004 (a long word takes two slips)
    if not allowed or abs(len(word) - len(other)) > allowed:
        return 0.0
    return _MISSPELT if OSA.distance(word, other, score_cutoff=allowed) <= allowed else 0.0


@lru_cache(maxsize=1)
def _thesaurus() -> dict[str, tuple[str, ...]]:
    """Token → the tokens of all its synonyms, in either language."""
    found: dict[str, dict[str, None]] = {}
    for group in GROUPS:
        tokens = [token for word in group for token in forms(word)]
        for token in tokens:
            found.setdefault(token, {}).update(dict.fromkeys(tokens))
    return {token: tuple(others) for token, others in found.items()}


def same(tokens: Sequence[str]) -> list[str]:
    """Tokens of the synonyms."""
    thesaurus = _thesaurus()
    return [other for token in tokens for other in thesaurus.get(token, ()) if other not in tokens]
