"""Files of an embedded desk: private, and never silently created again where one was lost or damaged."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters.store import open_drafts, open_store, opened
from bot.adapters.store.sqlite_connection import retry_while_busy
from bot.adapters.store.sqlite_files import require_not_lost
from bot.core.errors import Misconfigured, StoreDown
from bot.search.documents import DocumentKind
from bot.search.ranking import SearchFilter
from bot.tickets.ports import Batch
from tests.doubles.records import a_ticket, an_event


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir() if file.is_file()}


def open_to_all(folder: Path) -> None:
    for file in folder.iterdir():
        file.chmod(0o644)


async def test_new_files_are_readable_for_their_owner_only(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        async with opened(url(tmp_path / "desk.sqlite3")) as (store, drafts):
            await store.apply(Batch(tickets=[a_ticket()]))
            await drafts.put("a", {"b": "c"})
            assert modes(tmp_path) == {0o600}
    finally:
        os.umask(before)


async def test_files_of_an_older_release_become_private(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    async with opened(url(path)):
        pass
    open_to_all(tmp_path)
    async with opened(url(path)):
        assert modes(tmp_path) == {0o600}


@pytest.mark.parametrize("left", ["desk.sqlite3-wal", "desk.sqlite3-journal", "desk-drafts.sqlite3"])
@pytest.mark.parametrize("exists", [True, False])
async def test_lost_database_is_not_silently_created_again(tmp_path: Path, left: str, exists: bool) -> None:
    path = tmp_path / "desk.sqlite3"
    if exists:
        path.touch()
    (tmp_path / left).write_bytes(b"something")
    with pytest.raises(Misconfigured, match="Restore it from a backup") as refused:
        await open_store(url(path))
    assert left in str(refused.value)
    assert not path.exists() or path.stat().st_size == 0


async def test_database_in_the_making_is_not_taken_for_lost(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE being_made (x)")
        assert (tmp_path / "desk.sqlite3-journal").stat().st_size
        assert path.stat().st_size == 0
        require_not_lost(path)


async def test_killed_creation_is_repeated(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    with closing(sqlite3.connect(tmp_path / "other.sqlite3", isolation_level=None)) as killed:
        killed.execute("BEGIN IMMEDIATE")
        killed.execute("CREATE TABLE being_made (x)")
        (tmp_path / "desk.sqlite3-journal").write_bytes((tmp_path / "other.sqlite3-journal").read_bytes())
    path.touch()
    async with opened(url(path)) as (store, _):
        await store.apply(Batch(tickets=[a_ticket()]))


async def test_journal_of_a_database_with_pages_is_a_leftover(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    with closing(sqlite3.connect(tmp_path / "other.sqlite3", isolation_level=None)) as other:
        other.execute("CREATE TABLE there (x)")
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO there VALUES (1)")
        (tmp_path / "desk.sqlite3-journal").write_bytes((tmp_path / "other.sqlite3-journal").read_bytes())
    with pytest.raises(Misconfigured, match=r"desk\.sqlite3-journal"):
        require_not_lost(path)


async def test_empty_file_alone_is_a_new_desk(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    path.touch()
    await (await open_store(url(path))).close()


async def test_damaged_database_is_to_be_restored(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    path.write_bytes(b"this is no database" * 400)
    with pytest.raises(Misconfigured, match="is damaged"):
        await open_store(url(path))


async def test_damaged_drafts_are_to_be_restored(tmp_path: Path) -> None:
    (tmp_path / "desk-drafts.sqlite3").write_bytes(b"this is no database" * 400)
    with pytest.raises(Misconfigured, match="Restore it from a backup"):
        await open_drafts(url(tmp_path / "desk.sqlite3"))


@pytest.mark.parametrize(("state", "words"), [("missing", "is missing beside its database"), ("empty", "is empty")])
async def test_lost_drafts_are_logged_and_the_desk_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, state: str, words: str
) -> None:
    path, drafts = tmp_path / "desk.sqlite3", tmp_path / "desk-drafts.sqlite3"
    async with opened(url(path)) as (store, _):
        await store.apply(Batch(tickets=[a_ticket()]))
    drafts.unlink()
    if state == "empty":
        drafts.touch()
    async with opened(url(path)) as (_, drafts_of_now):
        await drafts_of_now.put("a", {"b": "c"})
    [line] = [each.getMessage() for each in caplog.records]
    assert f"{drafts} {words}" in line
    assert "restore the file from it" in line
    async with opened(url(path)):
        assert len(caplog.records) == 1


async def test_first_start_that_was_broken_off_has_lost_no_drafts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "desk.sqlite3"
    await (await open_store(url(path))).close()
    async with opened(url(path)):
        assert caplog.records == []


async def read_all(path: Path) -> None:
    store = await open_store(url(path))
    try:
        for number in range(50):
            await store.get(f"t{number}")
    finally:
        await store.close()


async def test_database_that_is_damaged_while_it_runs_says_so(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    store = await open_store(url(path))
    for number in range(50):
        await store.apply(Batch(tickets=[a_ticket(f"t{number}")]))
    await store.close()
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises((Misconfigured, StoreDown), match="damaged"):
        await read_all(path)


async def test_search_needs_no_write_lock(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    store = await open_store(url(path), busy=5)
    ticket = a_ticket(answers={"happens": "Rejected at the connector"})
    await store.apply(Batch(tickets=[ticket], events=[an_event(ticket)]))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        found = await store.candidates(DocumentKind.TICKETS, (), SearchFilter())
        assert list(found.found) == []
    finally:
        other.execute("ROLLBACK")
        other.close()
        await store.close()


async def test_file_that_was_moved_away_is_not_written_to_until_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A change would be acknowledged, and lost at the next start."""
    path = tmp_path / "desk.sqlite3"
    async with opened(url(path)) as (store, _):
        path.rename(tmp_path / "away")
        for _ in range(2):
            with pytest.raises(StoreDown, match=r"moved away while the desk runs\. Bring it back"):
                await store.apply(Batch(tickets=[a_ticket()]))
        with pytest.raises(StoreDown):
            await store.numbered(1001)
        assert len(caplog.records) == 1
        (tmp_path / "away").rename(path)
        await store.apply(Batch(tickets=[a_ticket()]))
        assert await store.get("t1")


async def test_file_that_was_replaced_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    async with opened(url(path)) as (store, _):
        (tmp_path / "other").write_bytes(path.read_bytes())
        (tmp_path / "other").replace(path)
        with pytest.raises(StoreDown, match=r"replaced by another while the desk runs\. Restart the desk"):
            await store.apply(Batch(tickets=[a_ticket()]))


@pytest.mark.parametrize("name", ["desk.sqlite3", "desk-drafts.sqlite3"])
async def test_folder_in_the_place_of_a_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(Misconfigured, match=f"{name} is a folder"):
        async with opened(url(tmp_path / "desk.sqlite3")):
            pass


async def test_pipe_in_the_place_of_the_database_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "desk.sqlite3")
    with pytest.raises(Misconfigured, match="is no ordinary file"):
        await open_store(url(tmp_path / "desk.sqlite3"))


async def test_database_of_another_program_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE tickets (x)")
    with pytest.raises(Misconfigured, match="other tables than the desk's"):
        await open_store(url(path))
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("tickets",)]


async def test_database_that_lost_its_schema_version_is_not_migrated_again(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    await (await open_store(url(path))).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("DELETE FROM schema_version")
    with pytest.raises(Misconfigured, match="Restore it from a backup"):
        await open_store(url(path))


@pytest.mark.parametrize("seconds", [0.0, 60.0])
def test_lock_which_sqlite_refuses_at_once_is_waited_for(tmp_path: Path, seconds: float) -> None:
    file = tmp_path / "desk.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as other, closing(sqlite3.connect(file, timeout=0)) as db:
        other.execute("BEGIN EXCLUSIVE")
        tries = 0

        def set_log() -> str:
            nonlocal tries
            tries += 1
            if tries == 3:
                other.execute("ROLLBACK")
            return str(db.execute("PRAGMA journal_mode = WAL").fetchone()[0])

        if seconds:
            assert retry_while_busy(set_log, seconds) == "wal"
        else:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                retry_while_busy(set_log, seconds)
        assert tries == (3 if seconds else 1)
