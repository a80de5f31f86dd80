"""How is the full-text index asked? One trip to the database per question."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bot import search, words
from bot.search import Candidate, Candidates, Clause, Entry, Narrow, Shelf
from bot.store import sql
from bot.store.indexing import matching, table_of, wanted
from bot.store.rows import Row, ms

if TYPE_CHECKING:
    from bot.store.changes import Connection

_LOOKED_AT = 3000
"""Words of the vocabulary that are looked at, for each that is asked."""
Queries = Sequence[Sequence[Iterable[str]]]

_FEW = 6
"""A query of more words says enough by itself."""


def candidates(db: Connection, shelf: Shelf, asked: Sequence[Clause], narrow: Narrow) -> Candidates:
    """The documents worth comparing with the query, with all their words."""
    newest, total = (number or 0 for number in db.execute(sql.TOTAL[shelf]).fetchone())
    since = ms(narrow.since) if narrow.since else 0
    first = db.execute(sql.FIRST_SINCE, {"since": since}).fetchone()[0] if since and shelf is Shelf.TICKETS else 0
    if not total or first is None:
        return Candidates(is_building=_is_building(db, shelf))

    recent = max(first, newest - search.RECENT)

    def lately(queries: Queries) -> list[list[int]]:
        return matching(db, table_of(shelf), queries, first=recent, most=search.CANDIDATES)

    def look(queries: Queries) -> list[list[int]]:
        """Of what is not everywhere, all there is."""
        found = lately(queries)
        if recent > first:
            rare = [place for place, numbers in enumerate(found) if len(numbers) < search.CANDIDATES]
            wanted_whole = [queries[place] for place in rare]
            whole = matching(db, table_of(shelf), wanted_whole, first=first, most=search.CANDIDATES)
            for place, numbers in zip(rare, whole, strict=True):
                found[place] = numbers
        return found

    gathered = search.gather(asked, narrow.tags, total, look, lately)
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
    if shelf is not Shelf.TICKETS:
        return False
    return bool(db.execute(sql.UNINDEXED).fetchone()[0]) or db.execute(sql.MARKED).fetchone() is not None


def alike(db: Connection, asked: Sequence[str]) -> dict[str, list[str]]:
    """For each word: itself and its halves; for one nobody knows also what begins like it or is spelt like it; and
    where few words are asked, the longer ones it stands in."""
    parts = {word: {word, *words.cuts(word)} for word in asked}
    listed = json.dumps(sorted(set().union(*parts.values())))
    known = {row[0] for row in db.execute(sql.KNOWN, {"listed": listed}).fetchall()}
    found = {word: parts[word] & known for word in asked}
    unknown = [word for word in asked if word not in known]
    within = {**({word: word for word in asked} if len(asked) <= _FEW else {}), **{word[2:]: word for word in unknown}}
    for part, other in _resembling(db, unknown, list(within)):
        found[within.get(part, part)].add(other)
    return {word: sorted(others) for word, others in found.items()}


def _resembling(db: Connection, unknown: Sequence[str], within: Sequence[str]) -> list[tuple[str, str]]:
    """A slip mostly leaves the first two letters, or all after them, as they were: what shares either is looked at."""
    values: Row = {"first": 0, "most": _LOOKED_AT}
    for number, word in enumerate(unknown):
        values |= {f"from{number}": word[:2], f"to{number}": f"{word[:2]}\U0010ffff"}
        values |= {f"shortest{number}": len(word) - 2, f"longest{number}": len(word) + 2}
    letters = [part for part in dict.fromkeys(within) if words.grams(part)]
    for number, part in enumerate(letters):
        values |= wanted([[gram] for gram in words.grams(part)], number)
    if not unknown and not letters:
        return []
    told = [*unknown, *letters]
    found = db.execute(sql.spelt_alike(len(unknown), len(letters)), values).fetchall()
    return [(told[number], word) for number, word in found]
