"""Moves an embedded desk to PostgreSQL, table by table, in one transaction.

All or nothing: an interrupted move leaves the new database as it was, and is done again. What both have is compared
row by row before it counts. The file is only read, and stays as it is.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bot.adapters.store import postgres_session, schema_migrations, sqlite_connection
from bot.adapters.store.dialect import SQLITE
from bot.adapters.store.postgres_session import Session
from bot.core.errors import Misconfigured, StoreDown

_OWN = {"schema_version"}
"""Tables an engine keeps for itself."""
_AT_ONCE = 500


@dataclass(frozen=True)
class DatabaseTable:
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class _Content:
    """Checksum of a table's rows, independent of their order."""

    rows: int = 0
    digest: int = 0

    def with_row(self, row: Sequence[Any]) -> _Content:
        digest = hashlib.sha256(repr(tuple(row)).encode()).digest()
        return _Content(self.rows + 1, (self.digest + int.from_bytes(digest)) % 2**256)


def migrate(file: Path, drafts: Path, url: str) -> Mapping[str, int]:
    """Moves everything; returns how many rows each table has. Idempotent: a second run changes nothing.

    `Misconfigured` when the new database holds anything else. Both are brought up to date before.
    """
    sqlite_connection.prepare(file, postgres_session.BUSY)
    _require_room(url)
    postgres_session.prepare(url)
    with _locked(file, drafts) as source, postgres_session.opened(url) as target:
        try:
            with target.transaction():
                return _moved(source, target, url)
        except psycopg.Error as error:
            raise postgres_session.down(error) from error


@contextmanager
def _locked(file: Path, drafts: Path) -> Iterator[sqlite3.Connection]:
    """Opens the embedded desk exclusively: refused while any process has it open, even an idle desk."""
    source = sqlite3.connect(file, timeout=postgres_session.BUSY, isolation_level=None)
    try:
        source.execute("PRAGMA journal_mode = DELETE")  # refused while there are others; a desk makes it WAL again
        source.execute("ATTACH DATABASE ? AS drafts", (str(drafts),))
        source.execute("BEGIN IMMEDIATE")
        yield source
    except sqlite3.OperationalError as error:
        if not sqlite_connection.is_busy(error):
            raise
        raise StoreDown("The file is in use. Stop the desk first, then move it.") from error
    finally:
        source.close()


def _require_room(url: str) -> None:
    """Checks the target before anything is created there."""
    with postgres_session.opened(url) as target:
        names = {row[0] for row in target.execute(_TABLES)}
    if names and not names & _OWN:
        raise Misconfigured(
            f"{postgres_session.place(url)} holds other tables already ({', '.join(sorted(names)[:5])}), and nothing "
            "of it was touched. Name an empty database."
        )


def _moved(source: sqlite3.Connection, target: Session, url: str) -> Mapping[str, int]:
    tables = tables_of_file(source)
    if tables != tables_of_server(target):
        raise Misconfigured("The two databases do not have the same tables. Are both of this release?")
    target.execute(sql.SQL("LOCK TABLE {}").format(sql.SQL(", ").join(sql.Identifier(each.name) for each in tables)))
    wanted = {each: _content(_rows_of_file(source, each)) for each in tables}
    found = {each: _content(_rows_of_server(target, each)) for each in tables}
    if found != wanted:
        _require_new(found, url)
        for table in tables:
            _copy(source, target, table)
        _count_on(source, target)
        if {each: _content(_rows_of_server(target, each)) for each in tables} != wanted:
            raise StoreDown("What arrived is not what was sent. Nothing was changed; please tell the developers.")
    return {each.name: content.rows for each, content in wanted.items()}


def _require_new(found: Mapping[DatabaseTable, _Content], url: str) -> None:
    """Refuses a target that holds more than a new desk does: the counters as they begin."""
    empty = sqlite3.connect(":memory:", factory=sqlite_connection.SqliteConnection)
    for script in schema_migrations.MIGRATIONS:
        for statement in SQLITE.script(script):
            empty.execute(statement)
    initial = {each: _content(_rows_of_file(empty, each)) for each in tables_of_file(empty)}
    empty.close()
    used = [each.name for each, content in found.items() if content != initial.get(each, _Content())]
    if used:
        raise Misconfigured(
            f"{postgres_session.place(url)} holds other data already (in {', '.join(used)}), and nothing of it was "
            "touched. Name an empty database."
        )


# --- which tables there are

_TABLES = b"""
    SELECT table_name::text FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"""
"""Ordinary tables; views, as extensions bring them, are left out."""

_MADE = {
    "main": "SELECT name, sql FROM main.sqlite_master WHERE type = 'table'",
    "drafts": "SELECT name, sql FROM drafts.sqlite_master WHERE type = 'table'",
}


def _is_attached(source: sqlite3.Connection, name: str) -> bool:
    return any(row[1] == name for row in source.execute("PRAGMA database_list"))


def tables_of_file(source: sqlite3.Connection) -> list[DatabaseTable]:
    """Tables without those of an index: the engine keeps those equal to the table they are of."""
    made = [row for each in ("main", "drafts") if _is_attached(source, each) for row in source.execute(_MADE[each])]
    virtual = [name for name, text in made if text.upper().startswith("CREATE VIRTUAL")]
    own = ("sqlite_", *(f"{each}_" for each in virtual))
    names = [name for name, _ in made if name not in _OWN and name not in virtual and not name.startswith(own)]
    return [
        DatabaseTable(name, tuple(sorted(row[1] for row in source.execute(f"PRAGMA table_info({name})"))))
        for name in sorted(names)
    ]


def tables_of_server(target: Session) -> list[DatabaseTable]:
    """Columns without those the server computes."""
    names = {row[0] for row in target.execute(_TABLES)} - _OWN
    found = target.execute(b"""
        SELECT table_name::text, array_agg(column_name::text) FROM information_schema.columns
        WHERE table_schema = current_schema() AND is_generated = 'NEVER' GROUP BY table_name""").fetchall()
    return [DatabaseTable(name, tuple(sorted(columns))) for name, columns in sorted(found) if name in names]


# --- rows


def _content(rows: Iterable[Sequence[Any]]) -> _Content:
    content = _Content()
    for row in rows:
        content = content.with_row(row)
    return content


def _rows_of_file(source: sqlite3.Connection, table: DatabaseTable) -> Iterator[Sequence[Any]]:
    return source.execute(f"SELECT {', '.join(table.columns)} FROM {table.name}")  # noqa: S608  names of our own schema


def _rows_of_server(target: Session, table: DatabaseTable) -> Iterator[Sequence[Any]]:
    with target.cursor("reading") as cursor:
        cursor.itersize = _AT_ONCE
        yield from cursor.execute(_about("SELECT {columns} FROM {table}", table))


def _copy(source: sqlite3.Connection, target: Session, table: DatabaseTable) -> None:
    target.execute(_about("DELETE FROM {table}", table))
    with target.cursor() as cursor, cursor.copy(_about("COPY {table} ({columns}) FROM STDIN", table)) as copying:
        for row in _rows_of_file(source, table):
            copying.write_row(row)


def _count_on(source: sqlite3.Connection, target: Session) -> None:
    """Sets the row numbers to continue where they were."""
    last = dict(source.execute("SELECT name, seq FROM sqlite_sequence WHERE seq > 0"))
    counted = target.execute(b"""
        SELECT table_name, pg_get_serial_sequence(table_name, column_name) FROM information_schema.columns
        WHERE table_schema = current_schema() AND is_identity = 'YES'""").fetchall()
    for table, sequence in counted:
        if table in last:
            target.execute(b"SELECT setval(%s::text::regclass, %s)", (sequence, last[table]))


def _about(statement: str, table: DatabaseTable) -> sql.Composed:
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    return sql.SQL(statement).format(table=sql.Identifier(table.name), columns=columns)
