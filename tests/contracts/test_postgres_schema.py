"""The schema of a PostgreSQL database: migrations, collations and query plans."""

from __future__ import annotations

import psycopg
import pytest

from bot.adapters.store import open_store, rows, schema_migrations, sql
from bot.adapters.store.dialect import POSTGRES, SQLITE
from bot.adapters.store.postgres_session import prepare
from bot.core.errors import Misconfigured
from tests.contracts.sqlite_queries import HOME, LISTS, OUTBOX
from tests.doubles.records import START, a_ticket, an_affected_customer, minutes

OLD = ("CREATE TABLE one (a TEXT); INSERT INTO one VALUES ('kept'); -- a remark; with a semicolon",)
NEW = (*OLD, "ALTER TABLE one ADD COLUMN b TEXT; CREATE TABLE two (seq $serial)")


def _rows(url: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as looking:
        return looking.execute(question.encode()).fetchall()


def test_older_database_is_migrated_once(new_database: str) -> None:
    for scripts in (OLD, NEW, NEW):
        prepare(new_database, scripts)
    assert _rows(new_database, "SELECT a, b FROM one") == [("kept", None)]
    assert _rows(new_database, "SELECT version FROM schema_version ORDER BY version") == [(1,), (2,)]


async def test_customers_who_joined_before_the_joined_table_are_found(new_database: str) -> None:
    prepare(new_database, schema_migrations.MIGRATIONS[: schema_migrations.MIGRATIONS.index(schema_migrations.JOINED)])
    row = {**rows.ticket_row(a_ticket("old", affected=(an_affected_customer("Straße AG"),))), "number": 1}
    del row["ball"]  # this column did not exist yet
    with psycopg.connect(new_database) as db:
        values = ", ".join(f"%({name})s" for name in row)
        db.execute(f"INSERT INTO tickets ({', '.join(row)}) VALUES ({values})".encode(), row)
    store = await open_store(new_database)
    assert await store.open_between(START, START + minutes(1), customer="strasse ag") == ["old"]
    await store.close()


def test_newer_database_is_refused_and_unchanged(new_database: str) -> None:
    prepare(new_database, NEW)
    with pytest.raises(Misconfigured, match=r"newer release \(schema 2, this release knows 1\)"):
        prepare(new_database, OLD)


def test_failed_upgrade_leaves_the_database_unchanged(new_database: str) -> None:
    prepare(new_database, OLD)
    with pytest.raises(Misconfigured):
        prepare(new_database, (*OLD, "CREATE TABLE two (a TEXT); CREATE TABLE one (again TEXT)"))
    assert _rows(new_database, "SELECT to_regclass('two')") == [(None,)]
    prepare(new_database, NEW)


def test_text_columns_use_the_c_collation_in_every_table(postgres_url: str) -> None:
    prepare(postgres_url)
    texts = _rows(
        postgres_url,
        "SELECT table_name, column_name, collation_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type IN ('text', 'character varying')",
    )
    assert len(texts) > 20
    assert {collation for *_, collation in texts} == {"C"}


def test_dialects_of_both_engines_define_the_same_words() -> None:
    assert POSTGRES.words.keys() == SQLITE.words.keys()


# --- query plans


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        *((sql.find(query)[0], index) for query, index in LISTS),
        *OUTBOX,
        *((statement, "") for statement, _ in HOME),
    ],
)
def test_frequent_queries_use_an_index(postgres_url: str, statement: str, index: str) -> None:
    prepare(postgres_url)
    names = "at beyond ahead longest has_jumped until limit lane ticket_id before channel ts".split()
    names += "customer folded skip key".split()
    values = dict.fromkeys([*names, *(f"{name}{n}" for name in ("stage", "from", "to", "id") for n in (0, 1))], "1")
    values |= dict.fromkeys(["level", "owner", "ball", "due_before", "page_at", "page_id"], "1")
    values |= dict.fromkeys(["kinds", "recipients"], "[]")
    with psycopg.connect(postgres_url) as db:
        tables = ", ".join(row[0] for row in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        db.execute(f"TRUNCATE {tables}".encode())  # pages that earlier tests left in an index make it look dear
        db.execute("SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off")
        steps = db.execute(f"EXPLAIN {POSTGRES.statement_of(statement)}".encode(), values).fetchall()
        db.rollback()
    plan = "\n".join(str(step[0]) for step in steps)
    assert index in plan, plan
    assert "Seq Scan" not in plan, plan
