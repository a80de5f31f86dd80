"""Database engines on which the desk is measured: SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.doubles.postgres_server import PostgresServer


@dataclass(frozen=True)
class Engine:
    """A kind of database."""

    name: str
    version: str
    database: Callable[[str], str]
    """Creates an empty database of this name; gives its DATABASE_URL."""
    drop: Callable[[str], None]
    """Deletes the database of this DATABASE_URL, which takes much of the disk."""


@contextmanager
def engines(folder: Path) -> Iterator[list[Engine]]:
    """All engines, with their data in this folder or on its disk, and with fsync for each commit."""

    def file(name: str) -> str:
        return f"sqlite:///{folder}/{name}.sqlite3"

    def on_server(name: str) -> str:
        with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}".encode())
        return server.url(name)

    def drop_from_server(url: str) -> None:
        name = url.partition("?")[0].rpartition("/")[2]
        with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    folder.chmod(0o755)  # the server may run as another user
    server = PostgresServer(folder, fsync="on", autovacuum="on", shared_buffers="256MB", max_wal_size="512MB")
    try:
        with psycopg.connect(server.url("postgres")) as db:
            version = f"PostgreSQL {db.info.server_version // 10000}.{db.info.server_version % 10000}"
        yield [
            Engine("SQLite", f"SQLite {sqlite3.sqlite_version}", file, _remove_file),
            Engine("PostgreSQL", version, on_server, drop_from_server),
        ]
    finally:
        server.remove()


def _remove_file(url: str) -> None:
    file = Path(url.removeprefix("sqlite:///"))
    for each in file.parent.glob(f"{file.name}*"):
        each.unlink()
