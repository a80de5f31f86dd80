"""Damaged and strange archives, and places that cannot be written to, are refused in words."""

from __future__ import annotations

import io
import json
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from app import STORAGE
from bot.adapters.store import open_store
from bot.config.environment import Environment
from bot.core.clock import now
from bot.core.errors import Misconfigured
from bot.model.notice import NoticeKind
from bot.tickets.ports import Batch
from runtime import backup
from tests.doubles.records import START, a_notice, a_ticket
from tests.runtime.backups import back_up, env_of, in_use


def cut(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])


def emptied(archive: Path) -> None:
    archive.write_bytes(b"")


def another_file(archive: Path) -> None:
    archive.write_text("not an archive")


def changed(archive: Path) -> None:
    with tarfile.open(archive) as tar:
        files = {name: file.read() for name in tar.getnames() if (file := tar.extractfile(name))}
    files["desk.sqlite3"] = files["desk.sqlite3"][:-1] + b"x"
    written(archive, files)


def with_a_path(archive: Path) -> None:
    manifest = {"format": 1, "release": "0", "taken_at": "", "files": {"../escaped": "0" * 64}}
    written(archive, {"manifest.json": json.dumps(manifest).encode(), "../escaped": b"x"})


def of_a_later_release(archive: Path) -> None:
    written(archive, {"manifest.json": json.dumps({"format": 99, "release": "9.0", "files": {}}).encode()})


def written(archive: Path, files: dict[str, bytes]) -> None:
    with tarfile.open(archive, "w:gz") as tar:
        for name, raw in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            tar.addfile(member, io.BytesIO(raw))


@pytest.mark.parametrize("damage", [cut, emptied, another_file, changed, with_a_path, of_a_later_release])
async def test_damaged_archive_is_refused_and_nothing_is_restored(
    damage: Callable[[Path], None], env: Environment, tmp_path: Path
) -> None:
    await in_use(env)
    archive = tmp_path / "desk.tar.gz"
    await back_up(env, archive)
    damage(archive)
    elsewhere = env_of(tmp_path / "new")
    with pytest.raises(Misconfigured, match=r"readable backup|damaged|another release"):
        await backup.restore(elsewhere, archive, STORAGE, now())
    assert list((tmp_path / "new").iterdir()) == []
    assert not (tmp_path / "escaped").exists()


# --- archives and places that are not as they should be


def with_manifest(raw: bytes) -> Callable[[Path], None]:
    return lambda archive: written(archive, {"manifest.json": raw})


def with_a_flipped_bit(archive: Path) -> None:
    raw = bytearray(archive.read_bytes())
    raw[len(raw) // 2] ^= 0x10
    archive.write_bytes(raw)


def with_a_folder_for_its_manifest(archive: Path) -> None:
    with tarfile.open(archive, "w:gz") as tar:
        folder = tarfile.TarInfo("manifest.json")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)


def with_links(archive: Path) -> None:
    manifest = {"format": 1, "release": "0", "taken_at": "", "files": {"desk.toml": "0" * 64}}
    with tarfile.open(archive, "w:gz") as tar:
        link = tarfile.TarInfo("desk.toml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
        member = tarfile.TarInfo("manifest.json")
        member.size = len(raw := json.dumps(manifest).encode())
        tar.addfile(member, io.BytesIO(raw))


def with_name(name: str) -> Callable[[Path], None]:
    manifest = {"format": 1, "release": "0", "taken_at": "", "files": {name: "0" * 64}}
    return lambda archive: written(archive, {"manifest.json": json.dumps(manifest).encode(), name: b"x"})


STRANGE: dict[str, Callable[[Path], None]] = {
    "list": with_manifest(b"[]"),
    "number": with_manifest(b"1"),
    "no format": with_manifest(b"{}"),
    "list of files": with_manifest(b'{"format": 1, "release": "0", "files": ["desk.sqlite3"]}'),
    "nested too deeply": with_manifest(b"[" * 500_000),
    "not UTF-8": with_manifest(b"\xff\xfe{"),
    "flipped bit": with_a_flipped_bit,
    "folder": with_a_folder_for_its_manifest,
    "links": with_links,
    "parent": with_name(".."),
    "absolute path": with_name("/tmp/escaped"),
    "Windows path": with_name("..\\escaped"),
}


@pytest.mark.parametrize("kind", STRANGE)
async def test_strange_archive_is_refused_in_words_and_nothing_is_written(
    kind: str, env: Environment, tmp_path: Path
) -> None:
    await in_use(env)
    archive = tmp_path / "desk.tar.gz"
    await back_up(env, archive)
    STRANGE[kind](archive)
    elsewhere = env_of(tmp_path / "new")
    with pytest.raises(Misconfigured, match=r"desk\.tar\.gz (is not a readable backup|is damaged)"):
        await backup.restore(elsewhere, archive, STORAGE, now())
    assert list((tmp_path / "new").iterdir()) == []


async def test_restoration_to_folders_with_umlauts_and_blanks(env: Environment, tmp_path: Path) -> None:
    await in_use(env)
    place = tmp_path / "Müller & Söhne 100 %" / "größer"
    url = f"sqlite:///{quote(str(place / 'dësk.sqlite3'))}"
    await back_up(env, tmp_path / "Sicherung für Jörg.tar.gz")
    new = env_of(tmp_path / "neu", database_url=url)
    assert "is restored too" in await backup.restore(new, tmp_path / "Sicherung für Jörg.tar.gz", STORAGE, now())
    store = await open_store(url)
    assert await store.get("t19")
    await store.close()
    assert {path.name for path in place.glob("*.sqlite3")} == {"dësk.sqlite3", "dësk-drafts.sqlite3"}


async def test_database_of_a_newer_release_is_refused_before_anything_is_written(
    env: Environment, tmp_path: Path
) -> None:
    await in_use(env)
    with closing(sqlite3.connect(tmp_path / "old" / "desk.sqlite3")) as db:
        db.execute("INSERT INTO schema_version VALUES (9999)")
        db.commit()
    await back_up(env, tmp_path / "desk.tar.gz")
    new = env_of(tmp_path / "new")
    with pytest.raises(Misconfigured, match="newer release"):
        await backup.restore(new, tmp_path / "desk.tar.gz", STORAGE, now())
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("where", ["in the archive", "at the new place"])
async def test_wrong_desk_toml_does_not_keep_a_restored_database_from_being_made_safe(
    where: str, env: Environment, tmp_path: Path
) -> None:
    store = await open_store(env.database_url, lambda: START)
    mail = a_notice("mail", kind=NoticeKind.LETTER_MAIL, lane="t1:mail", to="support@retarus.example")
    await store.apply(Batch(tickets=[a_ticket()], notices=[mail]))
    await store.close()
    new = env_of(tmp_path / "new")
    (env if where == "in the archive" else new).desk_config.write_text("[desk\n", "utf-8")
    await back_up(env, tmp_path / "desk.tar.gz")
    assert "1 e-mails that waited are listed" in await backup.restore(new, tmp_path / "desk.tar.gz", STORAGE, now())
    store = await open_store(new.database_url)
    assert await store.letters(state="waiting") == []
    await store.close()


async def test_place_for_desk_toml_that_cannot_be_written_to_is_reported(env: Environment, tmp_path: Path) -> None:
    await in_use(env)
    await back_up(env, tmp_path / "desk.tar.gz")
    new = env_of(tmp_path / "new", desk_config=tmp_path / "missing" / "desk.toml")
    report = await backup.restore(new, tmp_path / "desk.tar.gz", STORAGE, now())
    assert "desk.toml cannot be written (No such file or directory): take desk.toml out of the archive" in report


async def test_backup_of_a_server_is_not_restored_as_an_empty_desk(env: Environment, tmp_path: Path) -> None:
    server = env.model_copy(update={"database_url": "postgresql://desk:s3cret@db.example/desk"})
    await back_up(server, tmp_path / "desk.tar.gz")
    new = env_of(tmp_path / "new")
    with pytest.raises(Misconfigured, match="This backup holds no database"):
        await backup.restore(new, tmp_path / "desk.tar.gz", STORAGE, now())
    assert list((tmp_path / "new").iterdir()) == []
    with pytest.raises(Misconfigured, match="names a server: bring its database back by pg_restore"):
        await backup.restore(server, tmp_path / "desk.tar.gz", STORAGE, now())
