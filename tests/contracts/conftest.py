"""The stores every suite of this folder runs against."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports import Store
from bot.store import open_store
from tests.doubles.hands import Hands
from tests.doubles.memory_store import MemoryStore


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Hands) -> AsyncIterator[Store]:
    store: Store = MemoryStore(clock)
    if request.param == "sqlite":
        store = await open_store(f"sqlite:///{tmp_path / 'desk.sqlite3'}", clock)
    yield store
    await store.close()
