"""The schema of a SQLite database is migrated, with what older releases left out."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.adapters.store import open_store, rows, schema_migrations
from bot.adapters.store.sqlite_connection import prepare
from bot.core.errors import Misconfigured
from bot.model.ticket import Stage
from tests.doubles.manual_clock import ManualClock
from tests.doubles.records import START, a_ticket, an_affected_customer, minutes

OLD = ("CREATE TABLE one (a TEXT); INSERT INTO one VALUES ('kept'); -- a remark; with a semicolon",)
NEW = (*OLD, "ALTER TABLE one ADD COLUMN b TEXT; CREATE TABLE two (seq $serial)")


def test_older_database_is_migrated_once(sqlite_path: Path) -> None:
    for scripts in (OLD, NEW, NEW):
        prepare(sqlite_path, 1, scripts)
    with sqlite3.connect(sqlite_path) as db:
        assert db.execute("SELECT a, b FROM one").fetchall() == [("kept", None)]
        assert db.execute("SELECT version FROM schema_version").fetchall() == [(1,), (2,)]


def test_newer_database_is_refused_and_unchanged(sqlite_path: Path) -> None:
    prepare(sqlite_path, 1, NEW)
    with pytest.raises(Misconfigured, match=r"newer release \(schema 2, this release knows 1\)"):
        prepare(sqlite_path, 1, OLD)


def test_failed_upgrade_leaves_the_database_unchanged(sqlite_path: Path) -> None:
    prepare(sqlite_path, 1, OLD)
    with pytest.raises(Misconfigured):
        prepare(sqlite_path, 1, (*OLD, "CREATE TABLE two (a TEXT); CREATE TABLE one (again TEXT)"))
    with sqlite3.connect(sqlite_path) as db:
        assert db.execute("SELECT name FROM sqlite_master WHERE name = 'two'").fetchall() == []
    prepare(sqlite_path, 1, NEW)


async def test_tickets_closed_before_the_lifetimes_table_are_found_by_month(
    sqlite_path: Path, clock: ManualClock
) -> None:
    older = schema_migrations.MIGRATIONS[: schema_migrations.MIGRATIONS.index(schema_migrations.LIFETIMES)]
    prepare(sqlite_path, 1, older)
    ticket = a_ticket("old", stage=Stage.CLOSED, raised_at=START, since=START + minutes(60 * 24 * 70))
    row = {**rows.ticket_row(ticket), "number": 1}
    del row["parent"], row["ball"]  # these columns did not exist yet
    with sqlite3.connect(sqlite_path) as db:
        db.execute(f"INSERT INTO tickets ({', '.join(row)}) VALUES (:{', :'.join(row)})", row)
    store = await open_store(f"sqlite:///{sqlite_path}", clock)
    found = [
        await store.open_between(START + minutes(60 * 24 * day), START + minutes(60 * 24 * (day + 1)))
        for day in range(80)
    ]
    assert [day for day, ids in enumerate(found) if ids] == list(range(71))
    await store.close()


async def test_customers_who_joined_before_the_joined_table_are_found(sqlite_path: Path, clock: ManualClock) -> None:
    prepare(
        sqlite_path, 1, schema_migrations.MIGRATIONS[: schema_migrations.MIGRATIONS.index(schema_migrations.JOINED)]
    )
    row = {**rows.ticket_row(a_ticket("old", affected=(an_affected_customer("Straße AG"),))), "number": 1}
    del row["ball"]  # this column did not exist yet
    with sqlite3.connect(sqlite_path) as db:
        db.execute(f"INSERT INTO tickets ({', '.join(row)}) VALUES (:{', :'.join(row)})", row)
    for _ in range(2):
        store = await open_store(f"sqlite:///{sqlite_path}", clock)
        assert await store.open_between(START, START + minutes(1), customer="strasse ag") == ["old"]
        await store.close()


def test_migrations_end_in_the_current_schema_version(sqlite_path: Path) -> None:
    prepare(sqlite_path, 1)
    with sqlite3.connect(sqlite_path) as db:
        assert db.execute("SELECT MAX(version) FROM schema_version").fetchone() == (len(schema_migrations.MIGRATIONS),)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
