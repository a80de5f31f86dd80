"""The full-text index of the SQLite store: kept up to date in batches, without full scans."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.adapters.store import open_store, rows, schema_migrations, sql
from bot.adapters.store.database import DatabaseStore
from bot.adapters.store.full_text_index import matching, wanted
from bot.adapters.store.sqlite import SqliteEngine
from bot.adapters.store.sqlite_connection import connect, prepare
from bot.core.clock import now
from bot.ports import Store
from bot.search import documents, ranking
from bot.search.documents import DocumentKind
from bot.search.ranking import SearchFilter
from bot.tickets.ports import Batch, Query
from tests.contracts.sqlite_queries import plan
from tests.doubles.manual_clock import ManualClock
from tests.doubles.records import a_ticket, an_event, next_version


async def test_search_needs_no_write_lock_while_the_index_is_behind(sqlite_path: Path) -> None:
    store = DatabaseStore(await SqliteEngine.open(sqlite_path, busy=0.05), now)
    await store.apply(Batch(tickets=[a_ticket("t1", answers={"happens": "Timeout"})]))
    assert await store.index_new(10) == 1
    saved = (await store.apply(Batch(tickets=[a_ticket("t2", answers={"happens": "Timeout again"})])))[0]
    asked = ranking.clauses(ranking.terms_of("timeout"), {})
    holder = connect(sqlite_path, 0)
    holder.execute("BEGIN IMMEDIATE")
    locked = await store.candidates(DocumentKind.TICKETS, asked, SearchFilter())
    assert len(locked.found) == 1
    assert "timeout" in (await store.alike(["timeout"]))["timeout"]
    assert await store.tickets_called([saved.number]) == [saved]
    holder.execute("COMMIT")
    assert len((await store.candidates(DocumentKind.TICKETS, asked, SearchFilter())).found) == 2
    holder.close()
    await store.close()


async def test_saved_text_is_indexed_once_and_only_when_it_changes(sqlite_path: Path, clock: ManualClock) -> None:
    store = await open_store(f"sqlite:///{sqlite_path}", clock)
    raised = a_ticket("t1", answers={"happens": "Timeout"})
    saved = (await store.apply(Batch(tickets=[raised], events=[an_event(raised)])))[0]
    assert [await store.index_new(10), await store.index_new(10)] == [1, 0]
    reminded = next_version(saved)
    await store.apply(Batch(tickets=[reminded], events=[an_event(reminded)]))
    assert await store.index_new(10) == 0
    answered = next_version(reminded)
    await store.apply(Batch(tickets=[answered], events=[an_event(answered, remedy="Zertifikat erneuert")]))
    await store.close()
    store = await open_store(f"sqlite:///{sqlite_path}", clock)
    asked = ranking.clauses(ranking.terms_of("zertifikat"), {})
    assert [each.number for each in (await store.candidates(DocumentKind.TICKETS, asked, SearchFilter())).found] == [
        saved.number
    ]
    assert await store.index_new(10) == 0
    await store.close()


async def test_tickets_of_an_older_release_are_indexed_in_batches_newest_first(
    sqlite_path: Path, clock: ManualClock
) -> None:
    older = next(number for number, script in enumerate(schema_migrations.MIGRATIONS) if "tickets_index" in script)
    prepare(sqlite_path, 1, schema_migrations.MIGRATIONS[:older])
    with sqlite3.connect(sqlite_path) as db:
        for number in range(1, 6):
            ticket = a_ticket(f"t{number}", answers={"happens": f"Timeout Nummer{number}"})
            row = {**rows.ticket_row(ticket), "number": number}
            del row["parent"], row["ball"]  # these columns did not exist yet
            db.execute(f"INSERT INTO tickets ({', '.join(row)}) VALUES (:{', :'.join(row)})", row)
            doc = an_event(ticket, note="Zertifikat erneuert").model_dump_json()
            db.execute("INSERT INTO events (ticket_id, version, doc) VALUES (?, 1, ?)", (ticket.id, doc))

    async def found(store: Store) -> tuple[list[int], bool]:
        asked = ranking.clauses(ranking.terms_of("zertifikat"), {})
        candidates = await store.candidates(DocumentKind.TICKETS, asked, SearchFilter())
        return sorted(each.number for each in candidates.found), candidates.is_building

    store = await open_store(f"sqlite:///{sqlite_path}", clock)
    assert await found(store) == ([], True)
    assert await store.index_older(2) == 2
    assert await found(store) == ([4, 5], True)
    changed = (await store.find(Query(limit=9)))[-1]
    await store.apply(Batch(tickets=[next_version(changed, answers={"happens": "Zertifikat fehlt"})]))
    await store.close()
    store = await open_store(f"sqlite:///{sqlite_path}", clock)
    assert [await store.index_older(2) for _ in range(3)] == [2, 1, 0]
    assert await found(store) == ([1, 2, 3, 4, 5], False)
    await store.close()


def test_search_uses_the_index_without_full_scans(sqlite_path: Path) -> None:
    values = {**wanted([["timeout"]], 0), "first": 0, "most": 9}
    steps = plan(sqlite_path, sql.matches("tickets_index", 1), values)
    assert any("VIRTUAL TABLE INDEX" in step for step in steps), steps
    steps = plan(sqlite_path, sql.entries(DocumentKind.TICKETS, 1, is_open=True), {"numbers": "[1]", "since": 0})
    assert not any(step.startswith(("SCAN i", "SCAN t ")) for step in steps), steps


async def test_index_segments_are_merged(sqlite_path: Path, clock: ManualClock) -> None:
    def pieces() -> int:
        with closing(sqlite3.connect(sqlite_path)) as db:
            return int(db.execute("SELECT COUNT(DISTINCT segid) FROM tickets_index_fts_idx").fetchone()[0])

    store = await open_store(f"sqlite:///{sqlite_path}", clock)
    for number in range(40):
        await store.apply(Batch(tickets=[a_ticket(f"t{number}", answers={"happens": f"Timeout {number}"})]))
        await store.index_new(1)
    grown = pieces()
    for _ in range(20):
        await store.merge_index(50)
    assert pieces() < grown
    await store.close()


async def test_documents_are_indexed_by_stretches_of_time(sqlite_path: Path, clock: ManualClock) -> None:
    store = await open_store(f"sqlite:///{sqlite_path}", clock)
    (saved,) = await store.apply(Batch(tickets=[a_ticket("t1", answers={"happens": "Timeout"})]))
    await store.index_new(1)
    await store.close()
    stretches = [[[token]] for token in documents.stretches(saved.number)]
    with closing(connect(sqlite_path, 1)) as db:
        assert matching(db, "tickets_index", stretches, limit=9) == [[saved.number]] * len(documents.STRETCHES)
