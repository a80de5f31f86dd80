"""The stores every suite of this folder runs against."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.adapters.store import open_store
from bot.adapters.store.postgres_session import prepare
from bot.ports import Store
from tests.doubles.hands import Hands
from tests.doubles.memory_store import MemoryStore
from tests.doubles.postgres_server import a_database, empty, remember, server_url

ENGINES = ["sqlite", "postgres"]


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server; started by the first test that wants it."""
    with server_url() as url:
        yield url


@pytest.fixture
def new_database(server: str) -> Iterator[str]:
    """One nobody has used yet."""
    with a_database(server) as url:
        yield url


@pytest.fixture(scope="session")
def _used_database(server: str) -> Iterator[str]:
    with a_database(server) as url:
        prepare(url)
        remember(url)
        yield url


@pytest.fixture
def postgres_url(_used_database: str) -> str:
    """Of an empty desk."""
    empty(_used_database)
    return _used_database


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty desk, on each engine."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'desk.sqlite3'}"


@pytest.fixture(params=ENGINES)
def unopened_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where no desk has been yet, on each engine."""
    if request.param == "postgres":
        return str(request.getfixturevalue("new_database"))
    return f"sqlite:///{tmp_path / 'desk.sqlite3'}"


@pytest.fixture(params=["memory", *ENGINES])
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Hands) -> AsyncIterator[Store]:
    if request.param == "memory":
        store: Store = MemoryStore(clock)
    elif request.param == "postgres":
        store = await open_store(request.getfixturevalue("postgres_url"), clock)
    else:
        store = await open_store(f"sqlite:///{tmp_path / 'desk.sqlite3'}", clock)
    yield store
    await store.close()
