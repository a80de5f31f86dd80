"""The SQLite store, beyond the common contract: full disks, upgrades and query plans."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.store import open_drafts, open_store
from bot.adapters.store.database import DatabaseStore
from bot.adapters.store.group_commit import Writer
from bot.adapters.store.sqlite import SqliteEngine
from bot.adapters.store.sqlite_connection import connect
from bot.core.clock import now
from bot.core.errors import Misconfigured, StoreDown
from bot.ports import Store
from bot.tickets.ports import Batch
from tests.contracts.processes import read_lines, worker_process
from tests.doubles.records import START, a_notice, a_ticket
from tests.timeouts import TIMEOUT


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Store]:
    store = await open_store(sqlite_url)
    yield store
    await store.close()


# --- several processes


async def test_lock_of_another_process_is_waited_for_then_reported(sqlite_path: Path) -> None:
    store = DatabaseStore(await SqliteEngine.open(sqlite_path, busy=0.05), now)
    holder = connect(sqlite_path, 0)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreDown, match="locked"):
        await store.apply(Batch(tickets=[a_ticket()]))
    assert await store.get("t1") is None
    holder.execute("COMMIT")
    await store.apply(Batch(tickets=[a_ticket()]))
    assert await store.get("t1") is not None
    holder.close()
    await store.close()


# --- write failures


async def test_file_is_intact_after_a_kill(sqlite_url: str, sqlite_path: Path) -> None:
    async with worker_process("raise_tickets", sqlite_url, "a", 100_000) as process:
        await read_lines(process, 40)
        process.kill()
    with sqlite3.connect(sqlite_path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_full_disk_raises_store_down_and_changes_nothing(sqlite_url: str) -> None:
    async with worker_process("fill_disk", sqlite_url) as process:
        assert await read_lines(process) == ["StoreDown", "['before', 'after']"]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder that every user may enter, unlike pytest's."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        Path(folder).chmod(0o755)


def write_protect(folder: Path) -> None:
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)


async def test_read_only_file_is_refused_with_an_explanation(open_folder: Path) -> None:
    sqlite_url = f"sqlite:///{open_folder}/desk.sqlite3"
    await (await open_store(sqlite_url)).close()
    await (await open_drafts(sqlite_url)).close()
    write_protect(open_folder)
    async with worker_process("open_without_write_access", sqlite_url) as process:
        lines = await read_lines(process)
    assert len(lines) == 2
    assert all(line.startswith("Misconfigured: The ") and "Give this user the right" in line for line in lines)


async def test_file_that_is_no_database_is_refused_with_an_explanation(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir or Madam, " * 100)
    folder = tmp_path / "folder.sqlite3"
    folder.mkdir()
    for wrong in (letter, folder, letter / "desk.sqlite3"):
        with pytest.raises(Misconfigured, match="DATABASE_URL"):
            await open_store(f"sqlite:///{wrong}")
    assert letter.read_text().startswith("Dear Sir")


# --- DATABASE_URL


async def test_missing_folder_is_created(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/a/b c/desk.sqlite3".replace(" ", "%20"))
    await store.close()
    assert (tmp_path / "a" / "b c" / "desk.sqlite3").exists()


async def test_relative_path_is_resolved_against_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await (await open_store("sqlite:///var/desk.sqlite3")).close()
    assert (tmp_path / "var" / "desk.sqlite3").exists()


@pytest.mark.parametrize(
    "url",
    ["", "desk.sqlite3", "sqlite://", "sqlite:///", "sqlite:///var/", "sqlite://host/desk.sqlite3", "sqlite:desk",
     "mysql://u:s3cret@host/desk", "postgresql+psycopg://u:s3cret@host/desk"],
)  # fmt: skip
async def test_unsupported_database_url_is_refused_with_the_supported_forms(url: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        await open_store(url)
    assert "DATABASE_URL" in str(refused.value)
    assert "sqlite:///var/desk.sqlite3" in str(refused.value)
    assert "s3cret" not in str(refused.value)


async def test_notice_of_a_newer_release_does_not_block_others(sqlite_url: str, sqlite_path: Path, desk: Store) -> None:
    await desk.apply(Batch(notices=[a_notice("theirs"), a_notice("ours")]))
    with sqlite3.connect(sqlite_path) as db:
        db.execute("UPDATE notices SET doc = replace(doc, '\"direct\"', '\"telepathy\"') WHERE key = 'theirs'")
    (claim,) = await desk.claim(START, timedelta(minutes=1), 9)
    assert claim.notice.key == "ours"
    assert [letter.notice.key for letter in await desk.letters()] == ["ours"]


# --- groups of changes


def inserting(table: str, number: int) -> Callable[[sqlite3.Connection], int]:
    return lambda db: db.execute(f"INSERT INTO {table} VALUES (?)", (number,)).rowcount


async def test_failed_commit_fails_only_its_group_of_changes(sqlite_path: Path) -> None:
    db = connect(sqlite_path, 1)
    db.executescript("""
        PRAGMA foreign_keys = ON;
        CREATE TABLE parent (id INTEGER PRIMARY KEY);
        CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
    """)
    writer = Writer(db)
    begun, go_on = threading.Event(), threading.Event()

    def hold(_: sqlite3.Connection) -> None:
        begun.set()
        go_on.wait(TIMEOUT)

    before = asyncio.create_task(writer.do(hold))
    await asyncio.to_thread(begun.wait, TIMEOUT)
    group = [asyncio.create_task(writer.do(inserting(table, 7))) for table in ("child", "parent")]
    group.append(asyncio.create_task(writer.do(inserting("parent", 8))))
    group[1].cancel()
    await asyncio.wait(group, timeout=0)
    go_on.set()
    await before
    results = await asyncio.gather(group[0], group[2], return_exceptions=True)
    assert [type(result) for result in results] == [StoreDown, StoreDown]
    assert await writer.do(inserting("parent", 9)) == 1
    left = await writer.do(lambda db: db.execute("SELECT id FROM parent UNION ALL SELECT id FROM child").fetchall())
    assert left == [(9,)]
    await asyncio.to_thread(writer.close)
