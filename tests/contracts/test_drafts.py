"""What the small durable map promises."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import Misconfigured, StoreDown
from bot.ports import Drafts
from bot.store import open_drafts, open_store
from tests.contracts.processes import another, said


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'desk.sqlite3'}"


@pytest.fixture
async def drafts(url: str) -> AsyncIterator[Drafts]:
    drafts = await open_drafts(url)
    yield drafts
    await drafts.close()


async def test_a_draft_comes_back_as_it_was_put(drafts: Drafts) -> None:
    draft = {"summary": "Ünïcode 🎉\n\x00\u202e", "empty": "", "": "no key"}
    await drafts.put("form", draft)
    assert await drafts.get("form") == draft


async def test_what_is_not_there_is_none(drafts: Drafts) -> None:
    assert await drafts.get("form") is None
    await drafts.drop("form")


async def test_the_last_put_counts_until_it_is_dropped(drafts: Drafts) -> None:
    await drafts.put("form", {"a": "1"})
    await drafts.put("form", {"b": "2"})
    assert await drafts.get("form") == {"b": "2"}
    await drafts.drop("form")
    assert await drafts.get("form") is None


async def test_many_at_once_do_not_mix(drafts: Drafts) -> None:
    await asyncio.gather(*(drafts.put(f"key{n}", {"n": str(n)}) for n in range(50)))
    found = await asyncio.gather(*(drafts.get(f"key{n}") for n in range(50)))
    assert found == [{"n": str(n)} for n in range(50)]


async def test_drafts_survive_a_restart_in_a_file_of_their_own(url: str, tmp_path: Path) -> None:
    drafts, store = await open_drafts(url), await open_store(url)
    await drafts.put("form", {"a": "1"})
    await asyncio.gather(drafts.close(), store.close())
    again = await open_drafts(url)
    assert await again.get("form") == {"a": "1"}
    await again.close()
    assert sorted(os.listdir(tmp_path)) == ["desk-drafts.sqlite3", "desk.sqlite3"]  # noqa: PTH208  (sync is meant)


async def test_what_was_put_outlives_a_kill(url: str) -> None:
    async with another("put_drafts", url, 100_000) as process:
        put = await said(process, 30)
        process.kill()
        put += await said(process)
    drafts = await open_drafts(url)
    assert [await drafts.get(f"key{n}") for n in put] == [{"n": n} for n in put]
    await drafts.close()


async def test_it_waits_for_the_disk(drafts: Drafts) -> None:
    items = drafts._items  # type: ignore[attr-defined]
    assert list(items.conn.select("PRAGMA synchronous")) == [(2,)]
    assert list(items.conn.select("PRAGMA journal_mode")) == [("wal",)]


async def test_nothing_in_the_file_is_a_pickle(drafts: Drafts, tmp_path: Path) -> None:
    await drafts.put("form", {"a": "ü"})
    with sqlite3.connect(tmp_path / "desk-drafts.sqlite3") as db:
        assert db.execute("SELECT value FROM drafts").fetchall() == [('{"a": "\\u00fc"}',)]


async def test_an_error_comes_to_who_caused_it_and_the_next_goes_on(drafts: Drafts) -> None:
    wrong = {"a": object()}
    results = await asyncio.gather(
        drafts.put("good", {"a": "1"}),
        drafts.put("wrong", wrong),  # type: ignore[arg-type]
        drafts.put("\ud800", {"a": "1"}),
        drafts.put("fine", {"a": "1"}),
        return_exceptions=True,
    )
    assert [result is None for result in results] == [True, False, False, True]
    assert await drafts.get("good") == await drafts.get("fine") == {"a": "1"}
    assert await drafts.get("wrong") is None


async def test_a_lock_held_too_long_is_told_and_waited_out(drafts: Drafts, tmp_path: Path) -> None:
    drafts._items.conn.execute("PRAGMA busy_timeout = 50")  # type: ignore[attr-defined]
    holder = sqlite3.connect(tmp_path / "desk-drafts.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreDown, match="locked"):
        await drafts.put("form", {"a": "1"})
    assert await drafts.get("form") is None
    holder.execute("ROLLBACK")
    holder.close()
    await drafts.put("form", {"a": "2"})
    assert await drafts.get("form") == {"a": "2"}


async def test_a_worker_that_dies_is_not_waited_for_and_replaced(drafts: Drafts) -> None:
    worker = drafts._items.conn  # type: ignore[attr-defined]
    worker.close(force=True)
    await asyncio.to_thread(worker.join)
    with pytest.raises(sqlite3.OperationalError, match="died"):
        await asyncio.to_thread(worker.select_one, "SELECT 1")
    await drafts.put("form", {"a": "1"})
    assert await drafts.get("form") == {"a": "1"}


async def test_closed_drafts_say_so(url: str) -> None:
    drafts = await open_drafts(url)
    await drafts.close()
    await drafts.close()
    with pytest.raises(StoreDown):
        await drafts.get("form")


async def test_a_file_that_cannot_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "letter-drafts.txt").write_text("Dear Sir or Madam, " * 100)
    for wrong in (tmp_path / "letter.txt", tmp_path / "letter-drafts.txt" / "desk.sqlite3"):
        with pytest.raises(Misconfigured, match="DATABASE_URL"):
            await open_drafts(f"sqlite:///{wrong}")
