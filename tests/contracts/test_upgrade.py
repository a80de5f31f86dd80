"""Upgrades: databases of earlier releases are opened, copied first, and never opened by an older release afterwards."""

from __future__ import annotations

import gzip
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from app import STORAGE
from bot.adapters.store import open_drafts, open_store, schema_migrations
from bot.adapters.store.rows import ticket_row
from bot.adapters.store.sqlite_connection import prepare
from bot.config.environment import Environment
from bot.core.errors import Misconfigured
from bot.model.notice import Sent
from bot.model.ticket import Party, Stage, Times
from bot.ports import Store
from bot.tickets.ports import Batch, Query
from runtime import backup
from tests.doubles.postgres_server import server_url, temporary_database
from tests.doubles.records import START, a_notice, a_ticket

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "releases"
RELEASES = sorted(path.name for path in FIXTURES.iterdir())
LATER = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)


@pytest.fixture(params=RELEASES)
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A database in use, as that release left it: an escalated incident, two notices on their way, a draft."""
    folder = FIXTURES / request.param
    (tmp_path / "desk.sqlite3").write_bytes(gzip.decompress((folder / "desk.gz").read_bytes()))
    (tmp_path / "desk-drafts.sqlite3").write_bytes(gzip.decompress((folder / "drafts.gz").read_bytes()))
    return tmp_path / "desk.sqlite3"


def schema_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT MAX(version) FROM schema_version").fetchone()[0])


def test_every_earlier_release_has_a_database_that_is_opened() -> None:
    found = re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert set(RELEASES) == set(found[1:])


async def test_database_of_an_earlier_release_is_brought_up_to_date(older: Path) -> None:
    url = f"sqlite:///{older}"
    store = await open_store(url, lambda: LATER)
    ticket = await store.numbered(1001)
    assert ticket
    assert ticket.stage is Stage.RETARUS
    assert len(await store.history(ticket.id)) == ticket.version
    assert await store.find(Query(open=True)) == [ticket]
    assert len(await store.contacts()) == 4
    claims = await store.claim(LATER, timedelta(seconds=90), 10)
    assert {claim.notice.key for claim in claims} == {"waiting", "mail"}
    assert all([await store.settle(claim, Sent(), LATER) for claim in claims])
    drafts = await open_drafts(url)
    assert await drafts.get("U0ANNA:incident") == {"happens": "half a form"}
    await drafts.close()
    await store.close()


async def test_database_is_copied_before_its_schema_changes(older: Path) -> None:
    before = schema_of(older)
    newest = len(schema_migrations.MIGRATIONS)
    assert before < newest
    await (await open_store(f"sqlite:///{older}")).close()
    copy = older.with_name(f"desk.before-schema-{newest}.sqlite3")
    assert schema_of(copy) == before
    assert schema_of(older) == newest
    prepare(copy, 2.0, schema_migrations.MIGRATIONS[:before])  # what the older release does with it
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT COUNT(*) FROM tickets").fetchone() == (1,)


def test_database_is_not_copied_when_it_is_new_or_up_to_date(tmp_path: Path) -> None:
    for _ in range(2):
        prepare(tmp_path / "desk.sqlite3", 2.0)
    assert [path.name for path in tmp_path.glob("*before*")] == []


def test_older_release_refuses_a_newer_database_in_words(older: Path) -> None:
    known = schema_of(older)
    prepare(older, 2.0)
    with pytest.raises(Misconfigured, match=rf"written by a newer release .* this release knows {known}"):
        prepare(older, 2.0, schema_migrations.MIGRATIONS[:known])


def test_copy_of_an_interrupted_start_is_kept(older: Path) -> None:
    newest = len(schema_migrations.MIGRATIONS)
    copy = older.with_name(f"desk.before-schema-{newest}.sqlite3")
    copy.write_bytes(older.read_bytes())
    older.with_name(f"{copy.name}.unfinished").write_bytes(b"half")
    prepare(older, 2.0)
    assert schema_of(copy) < newest


async def test_backup_of_an_earlier_release_is_restored_by_this_one(older: Path, tmp_path: Path) -> None:
    old = Environment(database_url=f"sqlite:///{older}", desk_config=tmp_path / "none.toml")
    await backup.back_up(old, tmp_path / "desk.tar.gz", 1, STORAGE, LATER)
    new = Environment(database_url=f"sqlite:///{tmp_path / 'new' / 'desk.sqlite3'}", desk_config=tmp_path / "none.toml")
    report = await backup.restore(new, tmp_path / "desk.tar.gz", STORAGE, LATER)
    assert "1 messages that waited" in report
    assert "1 e-mails that waited" in report


# --- two releases side by side


@asynccontextmanager
async def on_postgres() -> AsyncIterator[tuple[Store, str]]:
    with server_url() as server, temporary_database(server) as url:
        store = await open_store(url, lambda: START)
        yield store, url
        await store.close()


async def test_notice_of_a_newer_release_is_left_to_it_and_holds_up_no_other() -> None:
    async with on_postgres() as (store, url):
        await store.apply(Batch(tickets=[a_ticket()], notices=[a_notice("newer"), a_notice("known")]))
        with psycopg.connect(url, autocommit=True) as newer:
            newer.execute(
                "UPDATE notices SET say = 'hologram', next_at = next_at - 1000, "
                'doc = replace(doc, \'"say":"direct"\', \'"say":"hologram"\') WHERE key = \'newer\''
            )
        claims = await store.claim(START, timedelta(seconds=90), 1)
        assert [claim.notice.key for claim in claims] == ["known"]
        assert await store.settle(claims[0], Sent(), START)
        assert await store.next_due(START) is None  # so that this release does not look again and again
        assert await store.claim(START + timedelta(hours=1), timedelta(seconds=90), 10) == []
        with psycopg.connect(url, autocommit=True) as newer:
            row = newer.execute("SELECT state, attempts, head FROM notices WHERE key = 'newer'").fetchone()
        assert row == ("waiting", 0, 1)  # the newer release claims it at once


async def test_notice_of_the_first_release_is_claimed_although_it_names_no_kind() -> None:
    async with on_postgres() as (store, url):
        await store.apply(Batch(tickets=[a_ticket()], notices=[a_notice("older")]))
        with psycopg.connect(url, autocommit=True) as older:
            older.execute("UPDATE notices SET say = '' WHERE key = 'older'")
        (claim,) = await store.claim(START, timedelta(seconds=90), 10)
        assert claim.notice.key == "older"


async def test_open_tickets_of_an_older_schema_are_found_by_who_must_act(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    prepare(path, 2.0, schema_migrations.MIGRATIONS[:13])
    asked = {"retarus": Times(), "second": Times(asked=LATER), "customer": Times(customer_asked=LATER)}
    tickets = [a_ticket(f"r-{ball}", stage=Stage.RETARUS, times=times) for ball, times in asked.items()]
    tickets += [a_ticket(f"t-{stage.value}", stage=stage) for stage in Stage]
    with closing(sqlite3.connect(path)) as db, db:
        for number, each in enumerate(tickets, start=1001):
            columns = {key: value for key, value in ticket_row(each).items() if key != "ball"} | {"number": number}
            names = ", ".join(columns)
            db.execute(f"INSERT INTO tickets ({names}) VALUES (:{', :'.join(columns)})", columns)
    store = await open_store(f"sqlite:///{path}")
    for ball in Party:
        found = await store.find(Query(open=True, ball=ball, limit=50))
        assert {each.id for each in found} == {each.id for each in tickets if each.ball is ball}
    await store.close()
