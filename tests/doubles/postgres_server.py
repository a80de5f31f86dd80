"""A real PostgreSQL server for the tests: started from packaged binaries, or the one at TEST_DATABASE_URL."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import psycopg

from tests.doubles.postgres_programs import as_server_user, made_folder, programs, socket_folder
from tests.timeouts import TIMEOUT

_SETTINGS = {
    "listen_addresses": "",  # a Unix socket in the server's folder avoids port conflicts
    "fsync": "off",  # the tests kill processes, never the machine
    "shared_buffers": "16MB",
    "max_connections": "200",
    "autovacuum": "off",  # plans of queries depend on its statistics, which it takes each minute
    "log_min_messages": "fatal",
}

_END_SESSIONS = b"""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""


class PostgresServer:
    """A PostgreSQL server process with its own data folder."""

    def __init__(self, parent: Path | None = None, **settings: str) -> None:
        """`settings` override the defaults for tests; `parent` says on which disk its data lie, where it matters."""
        self._settings = {**_SETTINGS, **settings}
        self.folder = made_folder(parent)
        self.sockets = socket_folder()
        initdb = ["initdb", "-D", "data", "-U", "desk", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        self._run(*initdb).check_returncode()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Starts the server and waits until it accepts connections."""
        settings = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [programs() / "postgres", "-D", "data", "-k", self.sockets, *settings],
                cwd=self.folder, stdout=log, stderr=log, **as_server_user(),
            )  # fmt: skip
        deadline = time.monotonic() + TIMEOUT
        while not self._accepts_connections():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def _accepts_connections(self) -> bool:
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, stop_signal: int = signal.SIGINT) -> None:
        """Stops the server. SIGINT disconnects all clients; SIGQUIT is like a crash, with recovery at the restart."""
        if self._process:
            self._process.send_signal(stop_signal)
            self._process.wait(TIMEOUT)
            self._process = None

    def remove(self) -> None:
        self.stop(signal.SIGQUIT)
        for folder in (self.folder, self.sockets):
            shutil.rmtree(folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql://desk@/{database}?host={quote(str(self.sockets), safe='')}"

    def _run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [programs() / command, *arguments],
            cwd=self.folder,
            capture_output=True,
            check=False,
            **as_server_user(),
        )


@contextmanager
def server_url() -> Iterator[str]:
    """URL of a database on a server where tests may create databases."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    server = PostgresServer()
    try:
        yield server.url("postgres")
    finally:
        server.remove()


@contextmanager
def temporary_database(server: str, encoding: str = "UTF8") -> Iterator[str]:
    """Creates a database on this server; drops it at the end, even with open connections."""
    name = f"desk_test_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}'".encode())
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def take_snapshot(url: str) -> None:
    """Copies the initial rows of all tables aside, for `restore_snapshot`."""
    with psycopg.connect(url) as admin:
        admin.execute("CREATE SCHEMA begun")
        for table in _tables(admin, "public"):
            if admin.execute(f"SELECT 1 FROM {table} LIMIT 1".encode()).fetchone():
                admin.execute(f"CREATE TABLE begun.{table} AS TABLE public.{table}".encode())


def end_sessions(url: str) -> None:
    """Ends the sessions of processes that were killed: the server may still carry out what they had sent."""
    with psycopg.connect(url, autocommit=True) as admin:
        while admin.execute(_END_SESSIONS).fetchone():
            time.sleep(0.01)


def restore_snapshot(url: str) -> None:
    """Empties all tables and restores their initial rows; faster than creating a database."""
    with psycopg.connect(url) as admin:
        for table in _tables(admin, "public"):
            admin.execute(f"DELETE FROM {table}".encode())
        for table in _tables(admin, "begun"):
            admin.execute(f"INSERT INTO {table} SELECT * FROM begun.{table}".encode())


def _tables(admin: psycopg.Connection[Any], schema: str) -> list[str]:
    found = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (schema,)).fetchall()
    return [row[0] for row in found]
