"""Drafts in a SQLite file, beyond the common contract: durable sqlitedict."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters.store import open_drafts, open_store
from bot.core.errors import Misconfigured, StoreDamaged, StoreDown
from bot.tickets.ports import Drafts


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'desk.sqlite3'}"


@pytest.fixture
async def drafts(url: str) -> AsyncIterator[Drafts]:
    drafts = await open_drafts(url)
    yield drafts
    await drafts.close()


async def test_drafts_have_a_file_of_their_own(url: str, tmp_path: Path) -> None:
    await (await open_store(url)).close()
    await (await open_drafts(url)).close()
    assert sorted(os.listdir(tmp_path)) == ["desk-drafts.sqlite3", "desk.sqlite3"]  # noqa: PTH208  (a blocking call is intended)


async def test_drafts_use_synchronous_writes(drafts: Drafts) -> None:
    items = drafts._items  # type: ignore[attr-defined]
    assert list(items.conn.select("PRAGMA synchronous")) == [(2,)]
    assert list(items.conn.select("PRAGMA journal_mode")) == [("wal",)]


async def test_drafts_are_stored_as_json_without_pickle(drafts: Drafts, tmp_path: Path) -> None:
    await drafts.put("form", {"a": "ü"})
    with sqlite3.connect(tmp_path / "desk-drafts.sqlite3") as db:
        assert db.execute("SELECT value FROM drafts").fetchall() == [('{"a": "\\u00fc"}',)]


async def test_lock_held_too_long_is_reported_and_later_writes_succeed(
    drafts: Drafts, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
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
    assert (caplog.text, capfd.readouterr().err) == ("", "")


async def test_dead_worker_thread_is_replaced(drafts: Drafts) -> None:
    worker = drafts._items.conn  # type: ignore[attr-defined]
    worker.close(force=True)
    await asyncio.to_thread(worker.join)
    with pytest.raises(sqlite3.OperationalError, match="died"):
        await asyncio.to_thread(worker.select_one, "SELECT 1")
    await drafts.put("form", {"a": "1"})
    assert await drafts.get("form") == {"a": "1"}


async def test_impossible_drafts_file_is_refused_with_an_explanation(tmp_path: Path) -> None:
    (tmp_path / "letter-drafts.txt").write_text("Dear Sir or Madam, " * 100)
    for wrong in (tmp_path / "letter.txt", tmp_path / "letter-drafts.txt" / "desk.sqlite3"):
        with pytest.raises(Misconfigured, match="DATABASE_URL"):
            await open_drafts(f"sqlite:///{wrong}")


async def test_drafts_file_that_was_moved_away_is_not_written_to_until_it_is_back(
    drafts: Drafts, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "desk-drafts.sqlite3"
    path.rename(tmp_path / "away")
    for _ in range(2):
        with pytest.raises(StoreDamaged, match=r"moved away while the desk runs\. Bring it back"):
            await drafts.put("form", {"a": "1"})
    with pytest.raises(StoreDamaged):
        await drafts.keys()
    assert len(caplog.records) == 1
    assert not path.exists()
    (tmp_path / "away").rename(path)
    await drafts.put("form", {"a": "1"})
    assert await drafts.keys() == ["form"]


async def test_drafts_file_that_was_replaced_is_not_written_to(drafts: Drafts, tmp_path: Path) -> None:
    path = tmp_path / "desk-drafts.sqlite3"
    (tmp_path / "other").write_bytes(path.read_bytes())
    (tmp_path / "other").replace(path)
    with pytest.raises(StoreDamaged, match="replaced by another"):
        await drafts.replace("form", None, {"a": "1"})


@pytest.mark.parametrize("stored", ["'{torn'", "'[1]'", "x'ff00'"])
async def test_unreadable_draft_counts_as_missing(
    drafts: Drafts, tmp_path: Path, stored: str, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(tmp_path / "desk-drafts.sqlite3", isolation_level=None)) as db:
        db.execute(f"INSERT INTO drafts VALUES ('form', {stored})")
    assert await drafts.get("form") is None
    assert "torn" not in caplog.text
    await drafts.put("form", {"a": "1"})
    assert await drafts.get("form") == {"a": "1"}


async def test_damaged_drafts_are_named_while_the_desk_runs(url: str, tmp_path: Path) -> None:
    drafts = await open_drafts(url)
    await drafts.put("form", {"a": "1"})
    await drafts.close()
    path = tmp_path / "desk-drafts.sqlite3"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    drafts = await open_drafts(url)
    with pytest.raises(StoreDamaged, match="file of drafts is damaged"):
        await drafts.get("form")
    await drafts.close()
