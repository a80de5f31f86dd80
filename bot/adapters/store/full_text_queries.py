"""Queries of the full-text index: one round trip to the database per question."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from bot.adapters.store import sql
from bot.adapters.store.connection_protocol import Connection
from bot.adapters.store.full_text_index import matching, table_of, wanted
from bot.adapters.store.rows import Row, ms
from bot.search import documents, ranking, tokens
from bot.search.documents import DocumentKind, IndexEntry, LookBack
from bot.search.ranking import Candidate, Candidates, QueryTerm, SearchFilter

_LOOKED_AT = 3000
"""Words of the vocabulary that are compared, for each word of a query."""
Queries = Sequence[Sequence[Iterable[str]]]

_FEW = 6
"""Number of words from which a query is specific enough."""


def candidates(db: Connection, shelf: DocumentKind, asked: Sequence[QueryTerm], narrow: SearchFilter) -> Candidates:
    """The documents worth comparing with the query, with all their words."""
    newest, total, waiting = (number or 0 for number in db.execute(sql.EXTENT[shelf]).fetchone())
    is_building = shelf is DocumentKind.TICKETS and waiting > 0
    oldest = newest - total + 1
    since = ms(narrow.since) if narrow.since else 0
    first = oldest
    if since and shelf is DocumentKind.TICKETS:
        first = db.execute(sql.FIRST_SINCE, {"since": since}).fetchone()[0]
    if not total or first is None:
        return Candidates(is_building=is_building)

    def look(queries: Queries) -> list[list[int]]:
        is_quick = narrow.customer or (db.walks_back and all(len(query) == 1 for query in queries))
        nearest = None if is_quick else documents.STRETCHES[0]
        return _newest(db, table_of(shelf), queries, LookBack(newest, oldest, first, nearest))

    def newest_first(queries: Queries) -> list[list[int]]:
        back = LookBack(newest, oldest, first, documents.TOGETHER)
        return _within(db, table_of(shelf), [(query, back) for query in queries])

    gathered = ranking.gather(asked, narrow.groups(shelf), total, look, newest_first)
    values: Row = {"numbers": json.dumps(list(gathered.numbers)), "since": since}
    found = db.execute(sql.entries(shelf, since, narrow.open), values).fetchall()
    wanted_tokens = frozenset(token for clause in asked for token in clause.tokens)
    results = [Candidate(number, IndexEntry.unpack(entry, wanted_tokens)) for number, entry in found]
    return gathered.among(asked, results, total, is_building=is_building)


def _newest(db: Connection, table: str, queries: Queries, back: LookBack) -> list[list[int]]:
    """Searched for among the newest, and only rare words further back: no engine reads more than it must."""
    found: list[list[int]] = [[] for _ in queries]
    looking: dict[int, LookBack] = dict.fromkeys(range(len(queries)), back)
    while looking:
        results = _within(db, table, [(queries[place], each) for place, each in looking.items()])
        further: dict[int, LookBack] = {}
        for (place, each), numbers in zip(looking.items(), results, strict=True):
            found[place] = numbers
            more = each.further(len(numbers), ranking.CANDIDATES) if len(numbers) < ranking.CANDIDATES else None
            further |= {place: more} if more else {}
        looking = further
    return found


def _within(db: Connection, table: str, asked: Sequence[tuple[Sequence[Iterable[str]], LookBack]]) -> list[list[int]]:
    """Takes one round trip. An empty query finds nothing."""
    first = min((back.reaches for _, back in asked), default=0)
    queries = [[*([back.tokens] if query and back.tokens else []), *query] for query, back in asked]
    return matching(db, table, queries, first=first, limit=ranking.CANDIDATES)


def alike(db: Connection, asked: Sequence[str]) -> dict[str, list[str]]:
    """For each word: itself and its halves; for an unknown one also what begins like it or is spelt like it; and
    where few words are asked, the longer ones it stands in."""
    parts = {word: {word, *tokens.cuts(word)} for word in asked}
    listed = json.dumps(sorted(set().union(*parts.values())))
    known = {row[0] for row in db.execute(sql.KNOWN, {"listed": listed}).fetchall()}
    found = {word: parts[word] & known for word in asked}
    unknown = [word for word in asked if word not in known]
    within = {**({word: word for word in asked} if len(asked) <= _FEW else {}), **{word[2:]: word for word in unknown}}
    for part, other in _resembling(db, unknown, list(within)):
        found[within.get(part, part)].add(other)
    return {word: sorted(others) for word, others in found.items()}


def _resembling(db: Connection, unknown: Sequence[str], within: Sequence[str]) -> list[tuple[str, str]]:
    """Most typing errors leave the first two letters, or all after them, intact: words sharing either are compared."""
    values: Row = {"first": 0, "most": _LOOKED_AT}
    for number, word in enumerate(unknown):
        values |= {f"from{number}": word[:2], f"to{number}": f"{word[:2]}\U0010ffff"}
        values |= {f"shortest{number}": len(word) - 2, f"longest{number}": len(word) + 2}
    letters = [part for part in dict.fromkeys(within) if tokens.grams(part)]
    for number, part in enumerate(letters):
        values |= wanted([[gram] for gram in tokens.grams(part)], number)
    if not unknown and not letters:
        return []
    results = [*unknown, *letters]
    found = db.execute(sql.similar_words(len(unknown), len(letters)), values).fetchall()
    return [(results[number], word) for number, word in found]
