"""The SQLite store, beyond the common contract: full disks, upgrades and query plans."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.store import joined_customers, open_drafts, open_store, outbox_sql, rows, schema_migrations, sql
from bot.adapters.store.database import DatabaseStore
from bot.adapters.store.dialect import SQLITE
from bot.adapters.store.full_text_index import matching, wanted
from bot.adapters.store.group_commit import Writer
from bot.adapters.store.sqlite import SqliteEngine
from bot.adapters.store.sqlite_connection import connect, prepare
from bot.core.clock import now
from bot.core.errors import Misconfigured, StoreDown
from bot.model.ticket import Level, Party, Stage
from bot.ports import Store
from bot.search import documents, ranking
from bot.search.documents import DocumentKind
from bot.search.ranking import SearchFilter
from bot.tickets.ports import Batch, Query
from tests.contracts.processes import read_lines, worker_process
from tests.doubles.manual_clock import ManualClock
from tests.doubles.records import START, a_notice, a_ticket, an_affected_customer, an_event, minutes, next_version
from tests.timeouts import TIMEOUT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.sqlite3"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
async def desk(url: str) -> AsyncIterator[Store]:
    store = await open_store(url)
    yield store
    await store.close()


# --- several processes


async def test_lock_of_another_process_is_waited_for_then_reported(path: Path) -> None:
    store = DatabaseStore(await SqliteEngine.open(path, busy=0.05), now)
    holder = connect(path, 0)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreDown, match="locked"):
        await store.apply(Batch(tickets=[a_ticket()]))
    assert await store.get("t1") is None
    holder.execute("COMMIT")
    await store.apply(Batch(tickets=[a_ticket()]))
    assert await store.get("t1") is not None
    holder.close()
    await store.close()


# --- write failures


async def test_file_is_intact_after_a_kill(url: str, path: Path) -> None:
    async with worker_process("raise_tickets", url, "a", 100_000) as process:
        await read_lines(process, 40)
        process.kill()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_full_disk_raises_store_down_and_changes_nothing(url: str) -> None:
    async with worker_process("fill_disk", url) as process:
        assert await read_lines(process) == ["StoreDown", "['before', 'after']"]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder that every user may enter, unlike pytest's."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        Path(folder).chmod(0o755)


def write_protect(folder: Path) -> None:
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)


async def test_read_only_file_is_refused_with_an_explanation(open_folder: Path) -> None:
    url = f"sqlite:///{open_folder}/desk.sqlite3"
    await (await open_store(url)).close()
    await (await open_drafts(url)).close()
    write_protect(open_folder)
    async with worker_process("open_without_write_access", url) as process:
        lines = await read_lines(process)
    assert len(lines) == 2
    assert all(line.startswith("Misconfigured: The ") and "Give this user the right" in line for line in lines)


async def test_file_that_is_no_database_is_refused_with_an_explanation(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir or Madam, " * 100)
    folder = tmp_path / "folder.sqlite3"
    folder.mkdir()
    for wrong in (letter, folder, letter / "desk.sqlite3"):
        with pytest.raises(Misconfigured, match="DATABASE_URL"):
            await open_store(f"sqlite:///{wrong}")
    assert letter.read_text().startswith("Dear Sir")


# --- DATABASE_URL


async def test_missing_folder_is_created(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/a/b c/desk.sqlite3".replace(" ", "%20"))
    await store.close()
    assert (tmp_path / "a" / "b c" / "desk.sqlite3").exists()


async def test_relative_path_is_resolved_against_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await (await open_store("sqlite:///var/desk.sqlite3")).close()
    assert (tmp_path / "var" / "desk.sqlite3").exists()


@pytest.mark.parametrize(
    "url",
    ["", "desk.sqlite3", "sqlite://", "sqlite:///", "sqlite:///var/", "sqlite://host/desk.sqlite3", "sqlite:desk",
     "mysql://u:s3cret@host/desk", "postgresql+psycopg://u:s3cret@host/desk"],
)  # fmt: skip
async def test_unsupported_database_url_is_refused_with_the_supported_forms(url: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        await open_store(url)
    assert "DATABASE_URL" in str(refused.value)
    assert "sqlite:///var/desk.sqlite3" in str(refused.value)
    assert "s3cret" not in str(refused.value)


# --- schema versions

OLD = ("CREATE TABLE one (a TEXT); INSERT INTO one VALUES ('kept'); -- a remark; with a semicolon",)
NEW = (*OLD, "ALTER TABLE one ADD COLUMN b TEXT; CREATE TABLE two (seq $serial)")


def test_older_database_is_migrated_once(path: Path) -> None:
    for scripts in (OLD, NEW, NEW):
        prepare(path, 1, scripts)
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT a, b FROM one").fetchall() == [("kept", None)]
        assert db.execute("SELECT version FROM schema_version").fetchall() == [(1,), (2,)]


def test_newer_database_is_refused_and_unchanged(path: Path) -> None:
    prepare(path, 1, NEW)
    with pytest.raises(Misconfigured, match=r"newer release \(schema 2, this release knows 1\)"):
        prepare(path, 1, OLD)


def test_failed_upgrade_leaves_the_database_unchanged(path: Path) -> None:
    prepare(path, 1, OLD)
    with pytest.raises(Misconfigured):
        prepare(path, 1, (*OLD, "CREATE TABLE two (a TEXT); CREATE TABLE one (again TEXT)"))
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT name FROM sqlite_master WHERE name = 'two'").fetchall() == []
    prepare(path, 1, NEW)


async def test_notice_of_a_newer_release_does_not_block_others(url: str, path: Path, desk: Store) -> None:
    await desk.apply(Batch(notices=[a_notice("theirs"), a_notice("ours")]))
    with sqlite3.connect(path) as db:
        db.execute("UPDATE notices SET doc = replace(doc, '\"direct\"', '\"telepathy\"') WHERE key = 'theirs'")
    (claim,) = await desk.claim(START, timedelta(minutes=1), 9)
    assert claim.notice.key == "ours"
    assert [letter.notice.key for letter in await desk.letters()] == ["ours"]


# --- groups of changes


def inserting(table: str, number: int) -> Callable[[sqlite3.Connection], int]:
    return lambda db: db.execute(f"INSERT INTO {table} VALUES (?)", (number,)).rowcount


async def test_failed_commit_fails_only_its_group_of_changes(path: Path) -> None:
    db = connect(path, 1)
    db.executescript("""
        PRAGMA foreign_keys = ON;
        CREATE TABLE parent (id INTEGER PRIMARY KEY);
        CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
    """)
    writer = Writer(db)
    begun, go_on = threading.Event(), threading.Event()

    def hold(_: sqlite3.Connection) -> None:
        begun.set()
        go_on.wait(TIMEOUT)

    before = asyncio.create_task(writer.do(hold))
    await asyncio.to_thread(begun.wait, TIMEOUT)
    group = [asyncio.create_task(writer.do(inserting(table, 7))) for table in ("child", "parent")]
    group.append(asyncio.create_task(writer.do(inserting("parent", 8))))
    group[1].cancel()
    await asyncio.wait(group, timeout=0)
    go_on.set()
    await before
    results = await asyncio.gather(group[0], group[2], return_exceptions=True)
    assert [type(result) for result in results] == [StoreDown, StoreDown]
    assert await writer.do(inserting("parent", 9)) == 1
    left = await writer.do(lambda db: db.execute("SELECT id FROM parent UNION ALL SELECT id FROM child").fetchall())
    assert left == [(9,)]
    await asyncio.to_thread(writer.close)


# --- query plans

OPEN = [Query(open=True), Query(stages=(Stage.NEW, Stage.FIRST)), Query(open=True, before=(START, "t1"))]
LEVEL = [Query(open=True, level=Level.FIRST), Query(open=True, level=Level.FIRST, before=(START, "t1"))]
OWNER = [
    Query(open=True, owner="UANNA"),
    Query(open=True, owner="UANNA", before=(START, "t1")),
    Query(open=True, owner="UANNA", stages=(Stage.NEW, Stage.FIRST)),
    Query(open=True, owner="UANNA", stages=(Stage.SECOND, Stage.RETARUS), ball=Party.SECOND),
]
LISTS = [
    *((query, "tickets_open") for query in OPEN),
    *((query, "tickets_open_level") for query in LEVEL),
    *((query, "tickets_open_owner") for query in OWNER),
    *((Query(open=True, stages=(stage,)), "tickets_open_stage") for stage in (Stage.NEW, Stage.RETARUS)),
    (Query(open=True, stages=(Stage.RETARUS,), ball=Party.CUSTOMER, before=(START, "t1")), "tickets_open_ball"),
    (Query(stages=(Stage.NEW,), before=(START, "t1")), "tickets_open_stage"),
    (Query(stages=(Stage.HANDED_OFF,), is_oldest_first=True), "tickets_open_stage"),
    (Query(), "tickets_newest"),
    (Query(due_before=START), "tickets_due"),
]


def plan(path: Path, statement: str, values: dict[str, str | int | None]) -> list[str]:
    prepare(path, 1)
    with sqlite3.connect(path) as db:
        return [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {SQLITE.statement_of(statement)}", values)]


@pytest.mark.parametrize(("query", "index"), LISTS)
def test_list_query_walks_one_index(path: Path, query: Query, index: str) -> None:
    steps = plan(path, *sql.find(query))
    assert len(steps) == 1, steps  # one index scan without sorting
    assert f"USING INDEX {index}" in steps[0]


@pytest.mark.parametrize(("query", "index"), [pair for pair in LISTS if pair[0].open or pair[0].stages])
def test_count_query_uses_the_index_of_open_tickets(path: Path, query: Query, index: str) -> None:
    (step,) = plan(path, *sql.count(query))
    assert f" INDEX {index} " in f"{step} " or any(
        f" INDEX {other}" in step for other in ("tickets_open_stage", "tickets_open_load")
    )


OUTBOX = [
    (outbox_sql.claim(is_held=False), "notices_first"),
    (outbox_sql.claim(is_held=True), "notices_first"),
    (outbox_sql.NEXT_DUE, "notices_ready"),
    (outbox_sql.PROMOTE, "notices_waiting"),
    (outbox_sql.letters("dead", ""), "notices_dead"),
    (outbox_sql.letters("sent", "t1"), "notices_ticket"),
    (sql.PRUNE[0], "once_oldest"),
    (sql.PRUNE[1], "notices_done"),
    (sql.PLACED, "places_message"),
]


HOME = [
    (sql.STANDING, "COVERING INDEX tickets_open_ball"),
    (sql.LOADS, "COVERING INDEX tickets_open_load"),
    (sql.TICKETS_OF, "INDEX tickets_customer"),
    (sql.CUSTOMER_NAMED, "INDEX sqlite_autoindex_customers_2"),
    (sql.customers(["a", "b"], 9, 0)[0], "INDEX sqlite_autoindex_customer_words_1"),
    (sql.card_links(["t1", "t2"])[0], "INDEX sqlite_autoindex_places_1"),
    (sql.customers([], 9, 0)[0], "INDEX sqlite_autoindex_customers_2"),
]


@pytest.mark.parametrize(("statement", "index"), HOME)
def test_home_queries_use_an_index(path: Path, statement: str, index: str) -> None:
    steps = plan(path, statement, dict.fromkeys("customer folded limit skip from0 to0 from1 to1 id0 id1".split(), 1))
    assert any(index in step for step in steps), steps
    assert not any(step in {"SCAN tickets", "SCAN customers", "SCAN customer_words"} for step in steps), steps


@pytest.mark.parametrize(("statement", "index"), OUTBOX)
def test_outbox_queries_use_an_index_of_waiting_notices(path: Path, statement: str, index: str) -> None:
    names = "at beyond until limit lane ticket_id before channel ts kinds recipients".split()
    steps = plan(path, statement, dict.fromkeys(names, 1))
    assert any(f"INDEX {index}" in step for step in steps), steps
    assert not any(step.startswith("SCAN notices") and "INDEX" not in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


@pytest.mark.parametrize("customer", ["", "müller gmbh"])
def test_report_query_reads_only_its_month_and_open_tickets(path: Path, customer: str) -> None:
    steps = plan(path, sql.alive(customer), dict.fromkeys("first last start end customer".split(), 1))
    assert any(
        "SEARCH lifetimes USING INDEX sqlite_autoindex_lifetimes_1 (month>? AND month<?)" in step for step in steps
    )
    assert any(
        "SEARCH tickets USING INDEX tickets_open " in step or "COVERING INDEX tickets_open" in step for step in steps
    ), steps
    read_whole = ("SCAN tickets", "SCAN joined")
    assert not any(step.startswith(read_whole) or "tickets_customer" in step for step in steps), steps
    assert not any("joined_customer" in step for step in steps), steps


def test_adjacent_names_are_found_by_an_index(path: Path) -> None:
    steps = plan(path, joined_customers.NEIGHBOURING_NAMES, {"customer": "müller gmbh"})
    assert sum("INDEX tickets_customer (customer" in step for step in steps) == 2, steps
    assert sum("INDEX joined_customer (customer" in step for step in steps) == 2, steps
    assert not any(step.startswith(("SCAN tickets", "SCAN joined")) or "TEMP B-TREE" in step for step in steps), steps


async def test_tickets_closed_before_the_lifetimes_table_are_found_by_month(path: Path, clock: ManualClock) -> None:
    older = schema_migrations.MIGRATIONS[: schema_migrations.MIGRATIONS.index(schema_migrations.LIFETIMES)]
    prepare(path, 1, older)
    ticket = a_ticket("old", stage=Stage.CLOSED, raised_at=START, since=START + minutes(60 * 24 * 70))
    row = {**rows.ticket_row(ticket), "number": 1}
    del row["parent"], row["ball"]  # these columns did not exist yet
    with sqlite3.connect(path) as db:
        db.execute(f"INSERT INTO tickets ({', '.join(row)}) VALUES (:{', :'.join(row)})", row)
    store = await open_store(f"sqlite:///{path}", clock)
    found = [
        await store.alive(START + minutes(60 * 24 * day), START + minutes(60 * 24 * (day + 1))) for day in range(80)
    ]
    assert [day for day, ids in enumerate(found) if ids] == list(range(71))
    await store.close()


async def test_customers_who_joined_before_the_joined_table_are_found(path: Path, clock: ManualClock) -> None:
    prepare(path, 1, schema_migrations.MIGRATIONS[: schema_migrations.MIGRATIONS.index(schema_migrations.JOINED)])
    row = {**rows.ticket_row(a_ticket("old", affected=(an_affected_customer("Straße AG"),))), "number": 1}
    del row["ball"]  # this column did not exist yet
    with sqlite3.connect(path) as db:
        db.execute(f"INSERT INTO tickets ({', '.join(row)}) VALUES (:{', :'.join(row)})", row)
    for _ in range(2):
        store = await open_store(f"sqlite:///{path}", clock)
        assert await store.alive(START, START + minutes(1), customer="strasse ag") == ["old"]
        await store.close()


def test_migrations_end_in_the_current_schema_version(path: Path) -> None:
    prepare(path, 1)
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT MAX(version) FROM schema_version").fetchone() == (len(schema_migrations.MIGRATIONS),)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_search_needs_no_write_lock_while_the_index_is_behind(path: Path) -> None:
    store = DatabaseStore(await SqliteEngine.open(path, busy=0.05), now)
    await store.apply(Batch(tickets=[a_ticket("t1", answers={"happens": "Timeout"})]))
    assert await store.index_new(10) == 1
    saved = (await store.apply(Batch(tickets=[a_ticket("t2", answers={"happens": "Timeout again"})])))[0]
    asked = ranking.clauses(ranking.terms_of("timeout"), {})
    holder = connect(path, 0)
    holder.execute("BEGIN IMMEDIATE")
    locked = await store.candidates(DocumentKind.TICKETS, asked, SearchFilter())
    assert len(locked.found) == 1
    assert "timeout" in (await store.alike(["timeout"]))["timeout"]
    assert await store.tickets_called([saved.number]) == [saved]
    holder.execute("COMMIT")
    assert len((await store.candidates(DocumentKind.TICKETS, asked, SearchFilter())).found) == 2
    holder.close()
    await store.close()


async def test_saved_text_is_indexed_once_and_only_when_it_changes(path: Path, clock: ManualClock) -> None:
    store = await open_store(f"sqlite:///{path}", clock)
    raised = a_ticket("t1", answers={"happens": "Timeout"})
    saved = (await store.apply(Batch(tickets=[raised], events=[an_event(raised)])))[0]
    assert [await store.index_new(10), await store.index_new(10)] == [1, 0]
    reminded = next_version(saved)
    await store.apply(Batch(tickets=[reminded], events=[an_event(reminded)]))
    assert await store.index_new(10) == 0
    answered = next_version(reminded)
    await store.apply(Batch(tickets=[answered], events=[an_event(answered, remedy="Zertifikat erneuert")]))
    await store.close()
    store = await open_store(f"sqlite:///{path}", clock)
    asked = ranking.clauses(ranking.terms_of("zertifikat"), {})
    assert [each.number for each in (await store.candidates(DocumentKind.TICKETS, asked, SearchFilter())).found] == [
        saved.number
    ]
    assert await store.index_new(10) == 0
    await store.close()


async def test_tickets_of_an_older_release_are_indexed_in_batches_newest_first(path: Path, clock: ManualClock) -> None:
    older = next(number for number, script in enumerate(schema_migrations.MIGRATIONS) if "tickets_index" in script)
    prepare(path, 1, schema_migrations.MIGRATIONS[:older])
    with sqlite3.connect(path) as db:
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

    store = await open_store(f"sqlite:///{path}", clock)
    assert await found(store) == ([], True)
    assert await store.index_older(2) == 2
    assert await found(store) == ([4, 5], True)
    changed = (await store.find(Query(limit=9)))[-1]
    await store.apply(Batch(tickets=[next_version(changed, answers={"happens": "Zertifikat fehlt"})]))
    await store.close()
    store = await open_store(f"sqlite:///{path}", clock)
    assert [await store.index_older(2) for _ in range(3)] == [2, 1, 0]
    assert await found(store) == ([1, 2, 3, 4, 5], False)
    await store.close()


def test_search_uses_the_index_without_full_scans(path: Path) -> None:
    values = {**wanted([["timeout"]], 0), "first": 0, "most": 9}
    steps = plan(path, sql.matches("tickets_index", 1), values)
    assert any("VIRTUAL TABLE INDEX" in step for step in steps), steps
    steps = plan(path, sql.entries(DocumentKind.TICKETS, 1, is_open=True), {"numbers": "[1]", "since": 0})
    assert not any(step.startswith(("SCAN i", "SCAN t ")) for step in steps), steps


async def test_index_segments_are_merged(path: Path, clock: ManualClock) -> None:
    def pieces() -> int:
        with closing(sqlite3.connect(path)) as db:
            return int(db.execute("SELECT COUNT(DISTINCT segid) FROM tickets_index_fts_idx").fetchone()[0])

    store = await open_store(f"sqlite:///{path}", clock)
    for number in range(40):
        await store.apply(Batch(tickets=[a_ticket(f"t{number}", answers={"happens": f"Timeout {number}"})]))
        await store.index_new(1)
    grown = pieces()
    for _ in range(20):
        await store.merge_index(50)
    assert pieces() < grown
    await store.close()


async def test_documents_are_indexed_by_stretches_of_time(path: Path, clock: ManualClock) -> None:
    store = await open_store(f"sqlite:///{path}", clock)
    (saved,) = await store.apply(Batch(tickets=[a_ticket("t1", answers={"happens": "Timeout"})]))
    await store.index_new(1)
    await store.close()
    stretches = [[[token]] for token in documents.stretches(saved.number)]
    with closing(connect(path, 1)) as db:
        assert matching(db, "tickets_index", stretches, limit=9) == [[saved.number]] * len(documents.STRETCHES)
