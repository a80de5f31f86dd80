"""Backups: taken while the desk runs, verified, rotated, restored elsewhere; nothing is sent twice afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
import tarfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from app import STORAGE
from bot.adapters.store import open_drafts, open_store
from bot.config.environment import Environment
from bot.core.clock import now
from bot.core.errors import Misconfigured
from bot.tickets.ports import Batch
from runtime import backup
from tests.doubles.records import START, a_notice, a_ticket, an_event
from tests.runtime.backups import CONFIG, back_up, env_of, in_use


async def test_restored_desk_has_tickets_drafts_and_settings(env: Environment, tmp_path: Path) -> None:
    await in_use(env)
    assert "verified" in await back_up(env, tmp_path / "desk.tar.gz")
    elsewhere = env_of(tmp_path / "new")
    report = await backup.restore(elsewhere, tmp_path / "desk.tar.gz", STORAGE, now())
    assert "is restored too" in report
    assert elsewhere.desk_config.read_text("utf-8") == CONFIG
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "new").glob("*.sqlite3")} == {0o600}
    store, drafts = await open_store(elsewhere.database_url), await open_drafts(elsewhere.database_url)
    assert await store.get("t19")
    assert len(await store.history("t7")) == 1
    assert await drafts.get("U1:incident") == {"happens": "half a form"}
    await drafts.close()
    await store.close()


async def test_archive_holds_no_secret_and_only_its_owner_may_read_it(env: Environment, tmp_path: Path) -> None:
    await in_use(env)
    archive = tmp_path / "desk.tar.gz"
    await back_up(env, archive)
    assert archive.stat().st_mode & 0o777 == 0o600
    with tarfile.open(archive) as tar:
        names = tar.getnames()
        content = b"".join(file.read() for name in names if (file := tar.extractfile(name)))
    assert sorted(names) == ["desk.sqlite3", "desk.toml", "drafts.sqlite3", "manifest.json", "settings.txt"]
    assert b"s3cret" not in content
    assert b"DATABASE_URL = sqlite" in content


async def test_backup_taken_while_tickets_are_saved_is_of_one_moment(env: Environment, tmp_path: Path) -> None:
    await in_use(env)
    store = await open_store(env.database_url)
    stop = asyncio.Event()

    async def save() -> None:
        number = 0
        while not stop.is_set():
            ticket = a_ticket(f"x{number}")
            await store.apply(Batch(tickets=[ticket], events=[an_event(ticket)], notices=[a_notice(f"x{number}")]))
            number += 1

    saving = asyncio.create_task(save())
    for number in range(3):
        await back_up(env, tmp_path / f"{number}.tar.gz")
    stop.set()
    await saving
    await store.close()
    for number in range(3):
        new = env_of(tmp_path / f"new{number}")
        await backup.restore(new, tmp_path / f"{number}.tar.gz", STORAGE, now())
        with closing(sqlite3.connect(tmp_path / f"new{number}" / "desk.sqlite3")) as db:
            tickets = db.execute("SELECT COUNT(*) FROM tickets").fetchone()[0]
            assert db.execute("SELECT COUNT(*) FROM events").fetchone()[0] == tickets
            assert db.execute("SELECT COUNT(*) FROM notices").fetchone()[0] == tickets - 20


async def test_newest_backups_stay_in_a_folder(env: Environment, tmp_path: Path) -> None:
    await in_use(env)
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    for day in range(5):
        await back_up(env, folder, keep=3, days=day)
    stored = sorted(path.name for path in folder.iterdir())
    first = f"{START + timedelta(days=2):%Y%m%d}"
    assert len(stored) == 4
    assert stored[0] == "notes.txt"
    assert first in stored[1]


async def test_backups_of_one_second_are_kept_apart(env: Environment, tmp_path: Path) -> None:
    await in_use(env)
    folder = tmp_path / "backups"
    folder.mkdir()
    reports = [await backup.back_up(env, folder, 2, STORAGE, START) for _ in range(3)]
    assert all("verified" in report for report in reports)
    last = sorted(path.name for path in folder.iterdir())
    assert len(last) == 2
    assert last[-1] in reports[-1]


async def test_place_in_use_is_not_overwritten(env: Environment, tmp_path: Path) -> None:
    await in_use(env)
    await back_up(env, tmp_path / "desk.tar.gz")
    with pytest.raises(Misconfigured, match=r"already exists\. Restore to an empty place"):
        await backup.restore(env, tmp_path / "desk.tar.gz", STORAGE, now())
    with pytest.raises(Misconfigured, match="already exists"):
        await back_up(env, tmp_path / "desk.tar.gz")


async def test_missing_database_and_folder_are_refused_in_words(env: Environment, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="There is no database"):
        await back_up(env, tmp_path / "desk.tar.gz")
    await in_use(env)
    with pytest.raises(Misconfigured, match="cannot be written to"):
        await back_up(env, tmp_path / "missing" / "desk.tar.gz")


async def test_backup_of_a_server_names_pg_dump(env: Environment, tmp_path: Path) -> None:
    server = env.model_copy(update={"database_url": "postgresql://desk:s3cret@db.example/desk"})
    report = await back_up(server, tmp_path / "desk.tar.gz")
    assert 'pg_dump -Fc "$DATABASE_URL"' in report
    with tarfile.open(tmp_path / "desk.tar.gz") as tar:
        assert "desk.toml" in tar.getnames()
