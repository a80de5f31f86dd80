"""Backups: taken while the desk runs, verified, rotated, restored elsewhere; nothing is sent twice afterwards."""

from __future__ import annotations

import asyncio
import io
import json
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from app import STORAGE
from bot.adapters.store import open_drafts, open_store
from bot.config.environment import Environment
from bot.core.clock import now
from bot.core.errors import Misconfigured
from bot.model.notice import Notice, NoticeKind, Retry, Sent
from bot.tickets.ports import Batch
from localslack import LocalSlack, Mailbox
from localslack.mail import serve
from runtime import backup
from tests.doubles.postgres_server import server_url, temporary_database
from tests.doubles.records import START, a_notice, a_ticket, an_event, next_version
from tests.handlers.world import DESK, NAMES, World, _seed, desk_at
from tests.timeouts import TIMEOUT, long_timeouts

CONFIG = '[desk]\nchannel = "partner-desk"\n'


def env_of(folder: Path, **more: object) -> Environment:
    folder.mkdir(exist_ok=True)
    known: dict[str, object] = {
        "database_url": f"sqlite:///{folder / 'desk.sqlite3'}",
        "desk_config": folder / "desk.toml",
        "slack_bot_token": "xoxb-s3cret",
        "smtp_url": "smtp://desk:s3cret@mail.example",
    }
    return Environment.model_validate(known | more)


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    made = env_of(tmp_path / "old")
    made.desk_config.write_text(CONFIG, "utf-8")
    return made


async def in_use(env: Environment) -> None:
    store, drafts = await open_store(env.database_url), await open_drafts(env.database_url)
    tickets = [a_ticket(f"t{number}") for number in range(20)]
    await store.apply(Batch(tickets=tickets, events=[an_event(each) for each in tickets]))
    await drafts.put("U1:incident", {"happens": "half a form"})
    await drafts.close()
    await store.close()


async def back_up(env: Environment, target: Path, keep: int = 14, days: int = 0) -> str:
    return await backup.back_up(env, target, keep, STORAGE, START + timedelta(days=days))


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


async def test_place_in_use_is_not_overwritten(env: Environment, tmp_path: Path) -> None:
    await in_use(env)
    await back_up(env, tmp_path / "desk.tar.gz")
    with pytest.raises(Misconfigured, match=r"already exists\. Restore to an empty place"):
        await backup.restore(env, tmp_path / "desk.tar.gz", STORAGE, now())
    with pytest.raises(Misconfigured, match="already exists"):
        await back_up(env, tmp_path / "desk.tar.gz")


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


async def test_place_for_desk_toml_that_cannot_be_written_to_is_told(env: Environment, tmp_path: Path) -> None:
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


# --- nothing is sent twice


async def _restored(url: str) -> None:
    await STORAGE.hold_back(url, START + timedelta(hours=1), "held")


async def assert_held_back(url: str) -> None:
    """Messages count as begun, mails wait for a person, and their lane goes on."""
    store = await open_store(url, lambda: START)
    mail = a_notice("mail", kind=NoticeKind.LETTER_MAIL, lane="t1:mail", to="support@retarus.example")
    after = a_notice("after", kind=NoticeKind.THREAD, lane="t1:mail", to="C1")
    tried, later = a_notice("tried"), a_notice("later", due=START + timedelta(minutes=65))
    await store.apply(Batch(tickets=[a_ticket()], notices=[mail, after, a_notice("message"), tried, later]))
    await store.apply(Batch(notices=[a_notice("sent", lane="s")]))
    for claim in await store.claim(START, timedelta(seconds=90), 10):
        if claim.notice.key in {"sent", "tried"}:
            outcome = Sent() if claim.notice.key == "sent" else Retry(START + timedelta(hours=2), "no answer")
            assert await store.settle(claim, outcome, START)
    await store.close()
    await _restored(url)
    store = await open_store(url, lambda: START)
    claims = await store.claim(START + timedelta(hours=1), timedelta(seconds=90), 10)
    assert {claim.notice.key for claim in claims} == {"message", "after", "tried"}
    assert all(claim.attempt > 1 for claim in claims)
    (dead,) = await store.letters(state="dead")
    assert (dead.notice.key, dead.reason) == ("mail", "held")
    ticket = (await store.apply(Batch(tickets=[a_ticket("t2")])))[0]
    assert ticket.number == 1102
    await store.close()


async def test_restored_sqlite_desk_holds_back_what_waited(tmp_path: Path) -> None:
    await assert_held_back(f"sqlite:///{tmp_path / 'desk.sqlite3'}")


async def test_restored_postgres_desk_holds_back_what_waited() -> None:
    with server_url() as server, temporary_database(server) as url:
        await assert_held_back(url)


async def test_message_delivered_after_the_backup_is_not_posted_again_by_the_restored_desk(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with LocalSlack(_seed(), mailbox=mailbox, switches=long_timeouts()) as slack:
        mail = await serve(mailbox)
        old, new = env_of(tmp_path / "old"), env_of(tmp_path / "new")
        async with desk_at(slack, mail, tmp_path / "old") as running:
            w = World(slack, mail, running, *(slack.person(name) for name in NAMES))
            card = await w.raised()  # the first delivery
            await delivered(w)
        notice = await a_waiting_story(old)
        await backup.back_up(old, tmp_path / "desk.tar.gz", 1, STORAGE, now())
        async with desk_at(slack, mail, tmp_path / "old") as running:
            w = World(slack, mail, running, *(slack.person(name) for name in NAMES))
            await w.anna.reply(card, "took it")  # the second one, after the backup
            await delivered(w)
        before = [each["text"] for each in await w.anna.thread(card)]
        await backup.restore(new, tmp_path / "desk.tar.gz", STORAGE, now())
        async with desk_at(slack, mail, tmp_path / "new") as running:
            w = World(slack, mail, running, *(slack.person(name) for name in NAMES))
            await delivered(w)
            letter = await w.running.store.letter(notice.key)
            assert letter
            assert letter.state == "sent"
            assert [each["text"] for each in await w.anna.thread(card)] == before
            assert len([each for each in await w.anna.messages(DESK) if "PD-1001" in each["text"]]) == 1
        await mail.close()


async def test_reminder_sent_after_the_backup_comes_once_more_from_the_restored_desk(tmp_path: Path) -> None:
    """However many were missed: the restored desk cannot know whether they were sent, nor whether somebody acted."""
    mailbox = Mailbox()
    async with LocalSlack(_seed(), mailbox=mailbox, switches=long_timeouts()) as slack:
        mail = await serve(mailbox)
        old, new = env_of(tmp_path / "old"), env_of(tmp_path / "new")
        async with desk_at(slack, mail, tmp_path / "old") as running:
            w = World(slack, mail, running, *(slack.person(name) for name in NAMES))
            card = await w.handed_off()
            await delivered(w)
            await backup.back_up(old, tmp_path / "desk.tar.gz", 1, STORAGE, now())
            await w.anna.advance(31 * 60)
            await w.anna.reply(card, "with no activity")
        await w.anna.advance(3 * 3600)  # more of them are missed
        await backup.restore(new, tmp_path / "desk.tar.gz", STORAGE, now())
        async with desk_at(slack, mail, tmp_path / "new") as running:
            w = World(slack, mail, running, *(slack.person(name) for name in NAMES))
            await w.anna.advance(1)  # a sweep
            async with asyncio.timeout(TIMEOUT):
                while await lines(w, card) < 2:
                    await w.anna.reply(card, "with no activity")
            await delivered(w)
            assert ((await w.ticket()).reminded, await lines(w, card)) == (1, 2)
        await mail.close()


async def lines(w: World, card: dict[str, object]) -> int:
    return sum("with no activity" in each["text"] for each in await w.anna.thread(card))


async def a_waiting_story(env: Environment) -> Notice:
    """A ticket is taken, and the desk stops before it tells so in the thread."""
    store = await open_store(env.database_url)
    ticket = await store.numbered(1001)
    assert ticket
    later = next_version(ticket, owner="U0ANNA")
    event = an_event(later, "take").model_copy(update={"by": "U0ANNA"})
    notice = a_notice(
        f"{ticket.id}:{later.version}:story:{DESK}", ticket_id=ticket.id, kind=NoticeKind.THREAD, to=DESK,
        version=later.version, lane=ticket.id, due=now(),
    )  # fmt: skip
    await store.apply(Batch(tickets=[later], events=[event], notices=[notice]))
    await store.close()
    return notice


async def delivered(w: World) -> None:
    """Waits until nothing is left in the outbox."""
    async with asyncio.timeout(TIMEOUT):
        while await w.running.store.letters(state="waiting"):  # noqa: ASYNC110  no event tells of a settled row
            await asyncio.sleep(0)
