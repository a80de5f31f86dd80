"""Fixtures for the stores and databases that the suites of this folder run against."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.adapters.store import open_store
from bot.adapters.store.database import DatabaseStore
from bot.adapters.store.postgres_session import prepare
from bot.ports import Store
from tests.doubles.manual_clock import ManualClock
from tests.doubles.memory_store import MemoryStore
from tests.doubles.postgres_server import end_sessions, restore_snapshot, server_url, take_snapshot, temporary_database
from tests.timeouts import TIMEOUT

ENGINES = ["sqlite", "postgres"]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """URL of a PostgreSQL server, started by the first test that needs it."""
    with server_url() as url:
        yield url


@pytest.fixture
def new_database(server: str) -> Iterator[str]:
    """URL of a new, empty PostgreSQL database."""
    with temporary_database(server) as url:
        yield url


@pytest.fixture(scope="session")
def _used_database(server: str) -> Iterator[str]:
    with temporary_database(server) as url:
        prepare(url)
        take_snapshot(url)
        yield url


@pytest.fixture
def postgres_url(_used_database: str) -> str:
    """URL of a PostgreSQL database with the tables of an empty desk."""
    end_sessions(_used_database)
    restore_snapshot(_used_database)
    return _used_database


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    return tmp_path / "desk.sqlite3"


@pytest.fixture
def sqlite_url(sqlite_path: Path) -> str:
    return f"sqlite:///{sqlite_path}"


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty desk's database, for each engine."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'desk.sqlite3'}"


@pytest.fixture(params=ENGINES)
def unopened_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a database without tables, for each engine."""
    if request.param == "postgres":
        return str(request.getfixturevalue("new_database"))
    return f"sqlite:///{tmp_path / 'desk.sqlite3'}"


@pytest.fixture(params=["memory", *ENGINES])
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Store]:
    if request.param == "memory":
        store: Store = MemoryStore(clock)
    elif request.param == "postgres":
        store = await open_store(request.getfixturevalue("postgres_url"), clock, TIMEOUT)
    else:
        store = await open_store(f"sqlite:///{tmp_path / 'desk.sqlite3'}", clock)
    if isinstance(store, DatabaseStore):
        store.indexing_timeout = TIMEOUT
    yield store
    await store.close()
