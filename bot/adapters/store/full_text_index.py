"""Maintains the full-text index. A ticket is marked by the change that saves it, and indexed soon after,
or before the next search: it is found as soon as it is saved, and whoever saves it does not wait for the index, which
takes longer than the change. What is erased is gone from it within the change; notes are indexed within theirs.

The engine keeps its index equal to the table of entries by itself; here the entries are written, and the vocabulary
of all words, by which misspelt ones are understood. An entry whose text has not changed is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from bot.adapters.store import rows, sql
from bot.adapters.store.connection_protocol import Connection
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Event, Ticket
from bot.search import documents
from bot.search import tokens as words
from bot.search.documents import DocumentKind, IndexEntry, SearchDocument
from bot.tickets.ports import Batch

_AT_ONCE = 50
"""Words that are asked for in one statement."""


def index(db: Connection, batch: Batch, notes: Sequence[TechnicalNote]) -> None:
    """Updates the index for this batch, whose tickets are saved; the vocabulary last, and sorted: changes that learn
    the same words cannot deadlock."""
    learnt = set[str]()
    new = {ticket.id for ticket in batch.tickets if ticket.version == 1}
    for ticket in {each.id: each for each in batch.tickets}.values():
        rewritten = [event for event in batch.rewritten if event.ticket_id == ticket.id]
        events = [event for event in batch.events if event.ticket_id == ticket.id]
        if rewritten:
            marked = db.execute(sql.MARK, {"id": ticket.id}).fetchone()  # a concurrent indexing run repeats it
            document, story = documents.document_of(ticket), documents.story_of((*rewritten, *events))
            found = _entry(db, DocumentKind.TICKETS, marked[0])
            learnt |= _put(db, DocumentKind.TICKETS, marked[0], document, story, found)
        elif ticket.id in new or documents.story_of(events):
            db.send(sql.MARK, {"id": ticket.id})
        else:  # a reminder, for example, adds no word
            db.send(sql.MARK_IF_CHANGED, {"id": ticket.id, "print": documents.document_of(ticket).fingerprint})
    for note in notes:
        learnt |= _put_note(db, note)
    _learn(db, learnt)


def index_notes(db: Connection, notes: Iterable[TechnicalNote]) -> None:
    """Indexes these notes in an empty index."""
    learnt = set[str]()
    for note in notes:
        learnt |= _put_note(db, note)
    _learn(db, learnt)


def index_marked(db: Connection, limit: int) -> int:
    """Indexes at most that many marked tickets; returns how many."""
    numbers = sorted(row[0] for row in db.execute(sql.UNMARK, {"limit": limit}).fetchall())
    found = db.execute(sql.TICKETS_CALLED, {"numbers": json.dumps(numbers)}).fetchall() if numbers else []
    _learn(db, _index_all(db, [rows.ticket(row) for row in found]))
    return len(numbers)


def _index_all(db: Connection, tickets: Sequence[Ticket]) -> set[str]:
    """Indexes tickets with their histories. Returns the words they are spelt with, to be learnt."""
    if not tickets:
        return set()
    stories: dict[str, list[Event]] = {ticket.id: [] for ticket in tickets}
    for row in db.execute(sql.HISTORIES, {"listed": json.dumps([*stories])}).fetchall():
        event = rows.event(row)
        stories[event.ticket_id].append(event)
    listed = json.dumps([ticket.number for ticket in tickets])
    entries = {number: found for number, *found in db.execute(sql.TICKET_ENTRIES, {"numbers": listed}).fetchall()}
    learnt = set[str]()
    for ticket in tickets:
        document, story = documents.document_of(ticket), documents.story_of(stories[ticket.id])
        learnt |= _put(db, DocumentKind.TICKETS, ticket.number, document, story, entries.get(ticket.number))
    return learnt


def _put_note(db: Connection, note: TechnicalNote) -> set[str]:
    found = _entry(db, DocumentKind.NOTES, note.number)
    return _put(db, DocumentKind.NOTES, note.number, documents.document_of_note(note), "", found)


def _entry(db: Connection, shelf: DocumentKind, number: int) -> Sequence[str] | None:
    """The fingerprint and the tokens of a document in the index."""
    found: Sequence[str] | None = db.execute(sql.ENTRY[shelf], {"number": number}).fetchone()
    return found


def _put(
    db: Connection, shelf: DocumentKind, number: int, document: SearchDocument, story: str, found: Sequence[str] | None
) -> set[str]:
    """Replaces the entry that was `found`. Returns the words it is spelt with, to be learnt."""
    entry = IndexEntry.of(document, story).numbered(number, shelf)
    row: rows.Row = {"number": number, "print": document.fingerprint, "entry": entry.pack()}
    if found and tuple(found) == (row["print"], row["entry"]):
        return set()
    before = IndexEntry.unpack(found[1]) if found else None
    db.send(sql.SAVE_ENTRY[shelf], row)
    if before:
        _unlearn(db, before.tokens - entry.tokens)
    return words.spellings(f"{document.title}\n{document.body}\n{story}") if document.is_found else set()


def _learn(db: Connection, learnt: set[str]) -> None:
    if not learnt:
        return
    unknown = db.execute(sql.UNKNOWN, {"listed": json.dumps(sorted(learnt))}).fetchall()
    for (word,) in sorted(unknown):
        db.send(sql.LEARN, {"word": word, "grams": " ".join(words.grams(word))})


def _unlearn(db: Connection, tokens: Iterable[str]) -> None:
    """Forgets a word that occurs nowhere any more: it may have been somebody's name."""
    plain = sorted(token for token in tokens if words.is_plain(token))
    for asked in (plain[at : at + _AT_ONCE] for at in range(0, len(plain), _AT_ONCE)):
        held = {asked[place] for shelf in DocumentKind for place in _held(db, table_of(shelf), asked)}
        for word in (each for each in asked if each not in held):
            db.send(sql.UNLEARN, {"word": word})


def _held(db: Connection, table: str, asked: Sequence[str]) -> list[int]:
    """The positions of those words that some document holds."""
    values: rows.Row = {}
    for place, word in enumerate(asked):
        values |= wanted([[word]], place)
    return [row[0] for row in db.execute(sql.held(table, len(asked)), values).fetchall()]


def index_older(db: Connection, limit: int) -> int:
    """The next tickets that are not in the index yet, the newest of them first."""
    last: int = db.execute(sql.UNINDEXED).fetchone()[0]
    if not last:
        return 0
    found = [rows.ticket(row) for row in db.execute(sql.OLDER, {"last": last, "limit": limit}).fetchall()]
    new = [each for each in reversed(found) if _entry(db, DocumentKind.TICKETS, each.number) is None]
    _learn(db, _index_all(db, new))
    db.send(sql.INDEXED_DOWN_TO, {"last": found[-1].number - 1 if found else 0})
    return len(found)


def merge(db: Connection, pages: int) -> None:
    for statement in sql.MERGED:
        db.execute(statement, {"pages": pages})


# --- asking the index


def matching(
    db: Connection, table: str, queries: Sequence[Sequence[Iterable[str]]], *, first: int = 0, limit: int
) -> list[list[int]]:
    """For each query the numbers of the newest rows that hold some token of each of its groups."""
    groups = [[list(group) for group in query] for query in queries]
    found: list[list[int]] = [[] for _ in groups]
    asked = [number for number, query in enumerate(groups) if query and all(query)]
    if asked:
        values: rows.Row = {}
        for place, number in enumerate(asked):
            values |= wanted(groups[number], place)
        matches = db.execute(sql.matches(table, len(asked)), {**values, "first": first, "most": limit}).fetchall()
        for place, number in matches:
            found[asked[place]].append(number)
    return [sorted(numbers, reverse=True) for numbers in found]


def table_of(shelf: DocumentKind) -> str:
    return f"{shelf}_index"


def wanted(groups: Sequence[Sequence[str]], place: int) -> rows.Row:
    """The value of a query for some token of each group, as each engine takes it."""
    return {f"fts{place}": _fts(groups), f"ts{place}": _ts(groups)}


def _fts(groups: Sequence[Sequence[str]]) -> str:
    """For SQLite: `("a" OR "b") AND ("c")`."""
    clauses = (" OR ".join('"' + token.replace('"', '""') + '"' for token in group) for group in groups)
    return " AND ".join(f"({each})" for each in clauses)


def _ts(groups: Sequence[Sequence[str]]) -> str:
    """For PostgreSQL: `('a' | 'b') & ('c')`."""
    clauses = (" | ".join(_lexeme(token) for token in group) for group in groups)
    return " & ".join(f"({each})" for each in clauses)


def _lexeme(token: str) -> str:
    escaped = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
