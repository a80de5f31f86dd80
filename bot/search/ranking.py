"""Ranking of a search: meanings of its words, and the order of the tickets and notes that were found.

The database's full-text index gives candidates, the newest first; they are ranked here, alike for every database.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.characters import plain
from bot.core.cleaning import clean_line
from bot.core.identifiers import references
from bot.model.technical_note import PREFIX
from bot.search import documents
from bot.search import tokens as words
from bot.search.documents import ANY_SERVICE, DocumentKind, IndexEntry, customer_tag, name_tag, service_tag
from bot.search.error_codes import code_terms, is_error_code
from bot.search.telephone_terms import telephone_terms
from bot.search.tokens import Term

CANDIDATES = 200
"""Documents that are looked at per word, the newest first: bounds the time a common word takes."""
RANKED = 120
"""Documents whose words are compared with the query."""
_MAX_WORDS = 12
"""Number of words of a long text that are searched for: the most specific …"""
_MAX_LOOKUPS = 40
"""… of this many: its ids and codes, then the words at its beginning."""

# --- the query


@dataclass(frozen=True)
class QueryTerm:
    """One word of a query, with its possible meanings."""

    word: str
    tokens: Mapping[str, float]
    """Token → its certainty, 1 at most."""
    is_code: bool = False

    @property
    def needed(self) -> list[str]:
        """Enough of the tokens to find the same documents: who holds a word's spelling, holds its stems too."""
        stems = {token: set(words.forms(token)[1:]) for token in self.tokens if token.isalpha()}
        all_stems = set[str]().union(*stems.values())
        own = words.forms(self.word)
        return [
            token
            for token in self.tokens
            if token in own or token in all_stems or self.tokens.keys().isdisjoint(stems.get(token, ()))
        ]


@dataclass(frozen=True)
class SearchFilter:
    """Filter of a search. Empty fields do not filter."""

    service: str = ""
    customer: str = ""
    since: datetime | None = None
    """Tickets raised at or after this moment."""
    open: bool | None = None

    def groups(self, shelf: DocumentKind) -> list[Sequence[str]]:
        """Groups of tokens, of each of which one must be there. A note without a service matches all of them."""
        of_all = [ANY_SERVICE] if shelf is DocumentKind.NOTES else []
        return [
            *([[service_tag(self.service), *of_all]] if self.service else []),
            *([[customer_tag(self.customer)]] if self.customer else []),
        ]


@dataclass(frozen=True)
class Candidate:
    """A document the index found."""

    number: int
    entry: IndexEntry
    """The entry with those of its tokens that were searched for."""


@dataclass(frozen=True)
class Candidates:
    """Documents of one kind that the index found."""

    found: Sequence[Candidate] = ()
    spread: Mapping[str, float] = field(default_factory=dict)
    """Word of the query → in about how many documents it is."""
    total: int = 0
    """Number of all documents."""
    is_bounded: bool = False
    """True if a word is in so many documents that only the newest were examined."""
    is_building: bool = False
    """True if older documents are not in the index yet: the desk was upgraded, and is about to read them."""


def terms_of(query: str, prefix: str = "") -> list[Term]:
    """The words of a query, each once, and ids as one word however they are divided. `prefix`: of tickets' names."""
    query = plain(query)
    found = [Term(0, 0, number, (number,), is_code=True) for number in words.numbers_in(query)]
    named = list(_named(query, prefix))
    found += [Term(0, 0, word, (tag, word), is_code=True) for word, tag in named]
    found += _replies(query)
    dialled = list(telephone_terms(query))
    named_ids = {part for each in found for part in _ID.findall(each.word)}
    named_ids |= {part for each in dialled for part in _ID.findall(query[each.start : each.end])}
    found += [*dialled, *code_terms(query)]
    for term in words.terms(query):
        if term.word in named_ids or set(term.tokens) & {each.word for each in found}:
            continue
        found.append(term)
    return list({term.word: term for term in found}.values())


_ID = re.compile(r"[a-z]+|\d+")


_REPLY = re.compile(r"(?<![\w.])(\d{3})[-_ ]([245]\.\d{1,3}\.\d{1,3})(?![\w.])")
"""A mail server's code with its enhanced one: `550-5.7.1`, `550 5.7.1`."""


def _replies(query: str) -> Iterator[Term]:
    """Enhanced status codes behind a code, found whether a text has a dash or a blank between the two."""
    for code, enhanced in _REPLY.findall(query):
        yield from (Term(0, 0, word, (word,), is_code=True) for word in (enhanced, f"{code}-{enhanced}"))


def _named(query: str, prefix: str) -> Iterator[tuple[str, str]]:
    """Tickets and notes that are called by their names, with the token of each: `pd1001`, `tickets:1001`."""
    for shelf, called in ((DocumentKind.TICKETS, prefix), (DocumentKind.NOTES, PREFIX)):
        numbers = references(query, called) if called else ()
        yield from ((f"{called.casefold()}{number}", name_tag(shelf, number)) for number in numbers)


def to_look_up(terms: Sequence[Term]) -> list[str]:
    """Words whose similar words are looked up in the vocabulary."""
    return [term.word for term in terms if not term.is_code and words.is_plain(term.word)]


def clauses(terms: Sequence[Term], known: Mapping[str, Sequence[str]], *, typing: bool = False) -> list[QueryTerm]:
    """`known`: word → words of the vocabulary that resemble it. `typing`: the last word may not be at its end."""
    last = terms[-1].word if typing and terms else ""
    return [_clause(term, known.get(term.word, ()), is_last=term.word == last) for term in terms]


_SYNONYM = 0.75
_PART_OF_CODE = 0.6
_PART_OF_COMPOUND = 0.4
"""Part of a compound that is in the thesaurus, or its synonym: `Sendeprotokoll` is a `Bericht` too."""


def _clause(term: Term, known: Sequence[str], *, is_last: bool) -> QueryTerm:
    if term.is_code:
        whole, *parts = term.tokens
        return QueryTerm(term.word, {whole: 1.0, **dict.fromkeys(parts, _PART_OF_CODE)}, is_code=True)
    tokens = dict.fromkeys(term.tokens, 1.0)
    if words.is_plain(term.word) or known:
        for word, sure in words.meant(term.word, known, is_last=is_last).items():
            for token in words.forms(word) if word != term.word else ():
                tokens[token] = max(tokens.get(token, 0.0), sure)
    for part in words.known_parts(term.word):
        for other in (part, *words.same((part,))):
            tokens.setdefault(other, _PART_OF_COMPOUND)
    for token, sure in list(tokens.items()):
        if sure >= _SYNONYM - 0.1:
            for other in words.same((token,)):
                tokens.setdefault(other, _SYNONYM * sure)
    return QueryTerm(term.word, tokens)


# --- candidates

Look = Callable[[Sequence[Sequence[Iterable[str]]]], list[list[int]]]
"""For each query the numbers of the newest documents, `CANDIDATES` at most, that hold some token of each group."""


@dataclass(frozen=True)
class CandidateNumbers:
    """The documents worth comparing with the query."""

    numbers: Sequence[int]
    spread: Mapping[str, float] | None
    """See `Candidates`; None where these are all there are, to be counted in them."""
    is_bounded: bool

    def among(
        self, asked: Sequence[QueryTerm], found: Sequence[Candidate], total: int, *, is_building: bool
    ) -> Candidates:
        """With the words of those documents; `total`: how many there are on the shelf."""
        spread = counted(asked, found) if self.spread is None else self.spread
        return Candidates(found, spread, total, is_bounded=self.is_bounded, is_building=is_building)


def gather(
    asked: Sequence[QueryTerm], must: Sequence[Sequence[str]], total: int, look: Look, lately: Look
) -> CandidateNumbers:
    """Word by word, and those that hold all common words together. No word is followed beyond its newest documents.
    What few documents the search is narrowed to are all compared.

    `must`: of each group some token must be there. `lately`: looks only among the newest of all, see `TOGETHER`.
    """
    within = look([must])[0] if must else []
    if not asked or (must and len(within) < CANDIDATES):
        return CandidateNumbers(within, None, is_bounded=False)
    looked_up = sorted(asked, key=lambda each: not each.is_code)[:_MAX_LOOKUPS]
    found = look([[*must, each.needed] for each in looked_up])
    postings = {each.word: numbers for each, numbers in zip(looked_up, found, strict=True)}
    spread = {word: _spread(numbers, total) for word, numbers in postings.items()}
    specific = most_specific(looked_up, spread)
    common = [each for each in specific if len(postings[each.word]) == CANDIDATES]
    rarest_first = sorted(common, key=lambda each: spread[each.word])
    together = lately([[*must, *(each.needed for each in rarest_first)]])[0] if len(common) > 1 else []
    numbers = [*(postings[each.word] for each in specific), *(together for _ in common)]
    counts = [spread[each.word] for each in (*specific, *common)]
    exact = frozenset(
        number for each in specific if each.is_code and each not in common for number in postings[each.word]
    )
    return CandidateNumbers(rough(numbers, counts, total, RANKED, exact), spread, is_bounded=bool(common))


def counted(asked: Sequence[QueryTerm], found: Sequence[Candidate]) -> dict[str, float]:
    """Word of the query → in how many of these documents it is."""
    meant = _meant(asked)
    spread = dict.fromkeys((each.word for each in asked), 0.0)
    for candidate in found:
        for place in {place for token in candidate.entry.tokens & meant.keys() for place, _ in meant[token]}:
            spread[asked[place].word] += 1
    return spread


def _spread(numbers: Sequence[int], total: int) -> float:
    """In about how many documents a word is, judged by how far back its newest go."""
    if len(numbers) < CANDIDATES:
        return len(numbers)
    return max(len(numbers), len(numbers) * total / (numbers[0] - numbers[-1] + 1))


def most_specific(asked: Sequence[QueryTerm], spread: Mapping[str, float]) -> list[QueryTerm]:
    """The most specific words of a long text; unknown ones are left out."""
    held = [each for each in asked if spread.get(each.word, 0) > 0]
    rarest = sorted(held, key=lambda each: (not each.is_code, spread[each.word]))[:_MAX_WORDS]
    return [each for each in asked if each in rarest]


# --- order

_TITLE, _BODY, _STORY_WEIGHT = 1.0, 0.75, 0.7
_FEW = 12
"""Documents with the same error code, up to which the code alone is reason enough to suggest them."""
_CODE = 2.0
"""Weight of an id or an error code, which is more specific than a word."""


def rough(
    postings: Sequence[Sequence[int]],
    spread: Sequence[float],
    total: int,
    limit: int,
    first: frozenset[int] = frozenset(),
) -> list[int]:
    """The documents that hold the most telling words: those worth comparing. `postings`: by word; `first`: those that
    hold a rare id or code, compared whatever else they hold."""
    scores: dict[int, float] = {}
    for numbers, count in zip(postings, spread, strict=True):
        weight = rarity(count, total)
        for number in numbers:
            scores[number] = scores.get(number, 0.0) + weight
    return sorted(scores, key=lambda number: (number in first, scores[number], number), reverse=True)[:limit]


def rarity(count: float, total: int) -> float:
    """Weight of a word: low for one that is in many documents."""
    return math.log1p((total + 1) / (count + 0.5))


@dataclass(frozen=True)
class Ranked:
    """A candidate with how well it fits: 1 when it holds every word, as asked, in its title."""

    number: int
    score: float
    tokens: frozenset[str]
    """Words by which it was found, to be marked."""
    words: int
    """Number of words of the query it holds; an id or error code counts as two."""
    is_exact: bool = False
    """True if it holds an id or error code that was searched for, whole."""
    is_story: bool = False
    """True when only its history holds the words of the query."""
    has_error_code: bool = False
    """True if it holds an error code that was searched for, and few others do."""


def ranked(asked: Sequence[QueryTerm], candidates: Candidates) -> list[Ranked]:
    """Ranks candidates: exact ids and codes first, then by score, then the newest."""
    weights = [rarity(candidates.spread.get(each.word, 0), candidates.total) * _boost(each) for each in asked]
    meant = _meant(asked)
    spread = candidates.spread.items()
    rare = frozenset(word for word, count in spread if count <= _FEW and is_error_code(word))
    found = [_scored(candidate, asked, weights, meant, rare) for candidate in candidates.found]
    return sorted(
        (each for each in found if each.words),
        key=lambda each: (each.is_exact, round(each.score, 6), each.number),
        reverse=True,
    )


def _meant(asked: Sequence[QueryTerm]) -> dict[str, list[tuple[int, float]]]:
    """Token → which of the words may mean it, and how surely."""
    meant: dict[str, list[tuple[int, float]]] = {}
    for place, clause in enumerate(asked):
        for token, sure in clause.tokens.items():
            meant.setdefault(token, []).append((place, sure))
    return meant


def _boost(clause: QueryTerm) -> float:
    return _CODE if clause.is_code else 1.0


def _scored(
    candidate: Candidate,
    asked: Sequence[QueryTerm],
    weights: Sequence[float],
    meant: Mapping[str, Sequence[tuple[int, float]]],
    rare: frozenset[str],
) -> Ranked:
    entry = candidate.entry
    places = ((entry.title, _TITLE), (entry.body, _BODY), (entry.tags, _BODY), (entry.story, _STORY_WEIGHT))
    best = [0.0] * len(asked)  # how surely each word of the query is there, at its best place
    matched = set[str]()
    for tokens, worth in places:
        for token in tokens & meant.keys():
            matched.add(token)
            for place, sure in meant[token]:
                best[place] = max(best[place], worth * sure)
    total = sum(weights) or 1.0
    score = sum(weight * each for weight, each in zip(weights, best, strict=True))
    count = sum(1 + clause.is_code for clause, each in zip(asked, best, strict=True) if each)
    whole = {token for clause in asked if clause.is_code for token, sure in clause.tokens.items() if sure == 1}
    is_exact = bool(matched & whole)
    is_story = matched.isdisjoint(entry.title | entry.body | entry.tags)
    has_code = not matched.isdisjoint(rare)
    return Ranked(candidate.number, score / total, frozenset(matched), count, is_exact, is_story, has_code)


# --- excerpt


def marked(text: str, tokens: frozenset[str], limit: int = 220) -> list[tuple[str, bool]]:
    """The part of a text that holds most of what was found, in pieces: those that were found are true."""
    text = clean_line(text)
    every = (*words.terms(text), *telephone_terms(text), *code_terms(text))
    found = sorted(term for term in every if tokens & set(term.tokens))
    start = _best_window(found, limit) if len(text) > limit else 0
    end = min(len(text), start + limit)
    pieces: list[tuple[str, bool]] = [("…", False)] if start else []
    at = start
    for term in found:
        if start <= term.start and term.end <= end and term.start >= at:
            pieces += [(text[at : term.start], False), (text[term.start : term.end], True)]
            at = term.end
    return [piece for piece in (*pieces, (text[at:end], False), ("…" if end < len(text) else "", False)) if piece[0]]


def _best_window(found: Sequence[Term], limit: int) -> int:
    """Start of the excerpt, some words before the densest group of found words, which are in the text's order."""
    starts = [term.start for term in found]
    best = max(starts, key=lambda at: bisect_left(starts, at + limit - 60) - bisect_left(starts, at), default=0)
    return max(0, best - 40)


def best_text(texts: Iterable[str], tokens: frozenset[str]) -> str:
    """The text in which most of what was found stands."""
    texts_given = [text for text in texts if text]
    return max(texts_given, key=lambda text: len(tokens & documents.tokens_of(text)), default="")
