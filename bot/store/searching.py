"""How is the full-text index asked? One trip to the database per question."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bot import search, words
from bot.search import Candidate, Candidates, Clause, Entry, Narrow, Shelf
from bot.store import sql
from bot.store.indexing import matching
from bot.store.rows import Row, ms

if TYPE_CHECKING:
    from bot.store.changes import Connection

_BEGINNING, _LIKE, _NEAR = 20, 60, 4000
"""Words of the vocabulary that are looked at."""


def candidates(db: Connection, shelf: Shelf, asked: Sequence[Clause], narrow: Narrow) -> Candidates:
    """The documents worth comparing with the query, with all their words."""
    total = db.execute(sql.TOTAL[shelf]).fetchone()[0] or 0
    since = ms(narrow.since) if narrow.since else 0
    first = db.execute(sql.FIRST_SINCE, {"since": since}).fetchone()[0] if since and shelf is Shelf.TICKETS else 0
    if not total or first is None:
        return Candidates(is_building=_is_building(db, shelf))

    def look(all_of: Sequence[Iterable[str]]) -> list[int]:
        return matching(db, sql.MATCHES[shelf], all_of, first=first)

    gathered = search.gather(asked, narrow.tags, total, look)
    values: Row = {"numbers": json.dumps(list(gathered.numbers)), "since": since}
    found = db.execute(sql.entries(shelf, narrow.open), values).fetchall()
    return Candidates(
        found=[Candidate(number, Entry.unpack(entry)) for number, entry in found],
        spread=gathered.spread,
        total=total,
        is_bounded=gathered.is_bounded,
        is_building=_is_building(db, shelf),
    )


def _is_building(db: Connection, shelf: Shelf) -> bool:
    return shelf is Shelf.TICKETS and bool(db.execute(sql.UNINDEXED).fetchone()[0])


def alike(db: Connection, asked: Sequence[str]) -> dict[str, list[str]]:
    return {word: _alike(db, word) for word in asked}


def _alike(db: Connection, word: str) -> list[str]:
    """Itself, the halves of a compound, what begins with it, what it stands in, and what is spelt alike.

    A slip mostly leaves the first two letters or all after them as they were: what shares either is looked at.
    """
    halves = json.dumps(sorted({word, *words.cuts(word)}))
    found = [row[0] for row in db.execute(sql.KNOWN, {"listed": halves}).fetchall()]
    longer = {**_span(word), "shortest": len(word), "longest": words.LONGEST, "limit": _BEGINNING}
    found += [row[0] for row in db.execute(sql.BEGINNING, longer).fetchall()]
    near = {**_span(word[:2]), "shortest": len(word) - 2, "longest": len(word) + 2, "limit": _NEAR}
    found += [row[0] for row in db.execute(sql.BEGINNING, near).fetchall()]
    for part in dict.fromkeys((word, word[2:])):
        numbers = matching(db, sql.WORD_MATCHES, [[gram] for gram in words.grams(part)], most=_LIKE)
        found += [row[0] for row in db.execute(sql.WORDS_NUMBERED, {"numbers": json.dumps(numbers)}).fetchall()]
    return sorted(set(found))


def _span(beginning: str) -> Row:
    return {"from": beginning, "to": f"{beginning}\U0010ffff"}
