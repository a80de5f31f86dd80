"""Migration of a SQLite desk to PostgreSQL copies all data or nothing."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import psycopg
import pytest

from bot.adapters.store import migrate, move_to_postgres, open_drafts, open_store
from bot.core.errors import Misconfigured, StoreDown
from bot.model.access_log import Access
from bot.model.contact import Contact, EndCustomer
from bot.model.notice import Dead, Outcome, Place, Retry, Sent
from bot.model.ticket import Stage
from bot.tickets.ports import Batch, Query
from tests.contracts.processes import read_lines, worker_process
from tests.doubles.records import START, a_notice, a_ticket, an_event, minutes, next_version


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.sqlite3"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


async def fill_desk(url: str) -> None:
    """Fills a desk with open tickets, notices in every state, contacts, drafts and an access log."""
    store, drafts = await open_store(url, lambda: START), await open_drafts(url)
    tickets = [a_ticket(f"t{n}", answers={"customer": "Müller 🎉", "description": "a\\b\tc\nd"}) for n in range(30)]
    await store.apply(Batch(tickets=tickets, events=[an_event(each) for each in tickets], once=["form"]))
    later = next_version(tickets[0], stage=Stage.CLOSED)
    await store.apply(Batch(tickets=[later], events=[an_event(later, reason="\u202eDone")]))
    await store.apply(Batch(notices=[a_notice(f"n{n}", lane="same" if n < 3 else f"lane{n}") for n in range(9)]))
    claims = await store.claim(START, minutes(1), 4)
    card = Place(ticket_id="t1", role="card", channel="C1", ts="1.0", link="https://x")
    outcomes: list[Outcome] = [Sent(card), Dead("No channel."), Retry(START + minutes(5), "busy")]
    for claim, outcome in zip(claims, outcomes, strict=False):
        await store.settle(claim, outcome, START, [a_notice(f"after {claim.notice.key}", lane="same")])
    anna = Contact(slack_user="U1", name="Änna", email="a@x.example", phone="+4989123", attested_on=date(2026, 1, 2))
    customer = EndCustomer(id="c1", name="Müller GmbH", tenants=("12345RS",))
    await store.apply(
        Batch(contacts=[anna], customers=[customer], accesses=[Access(at=START, by="root", action="look")])
    )
    await drafts.put("draft:U1:incident", {"summary": "half\x00way 🎉", "": "no key"})
    await store.close()
    await drafts.close()


async def all_data(url: str) -> object:
    """All data that can be read from a desk."""
    store, drafts = await open_store(url, lambda: START), await open_drafts(url)
    tickets = await store.find(Query(limit=100))
    found = [
        tickets,
        [await store.history(each.id) for each in tickets],
        await store.letters(limit=100),
        await store.next_due(START),
        await store.place("t1", "card"),
        await store.contacts(),
        await store.customers(["mül"], limit=9),
        await store.accesses(9),
        await store.used("form"),
        await store.standing(),
        {key: await drafts.get(key) for key in sorted(await drafts.keys())},
    ]
    await store.close()
    await drafts.close()
    return found


async def test_migration_copies_all_data_and_the_desk_continues(url: str, new_database: str) -> None:
    await fill_desk(url)
    moved = await migrate(url, new_database)
    assert (moved["tickets"], moved["events"], moved["drafts"], moved["notices"]) == (30, 31, 1, 12)
    assert await all_data(new_database) == await all_data(url)

    for each in (url, new_database):
        store = await open_store(each, lambda: START)
        (ticket,) = await store.apply(Batch(tickets=[a_ticket("new")], notices=[a_notice("new")]))
        assert ticket.number == 1031
        assert [letter.notice.key for letter in await store.letters(limit=1)] == ["new"]
        await store.close()
    assert await all_data(new_database) == await all_data(url)


async def test_migration_is_idempotent(url: str, new_database: str) -> None:
    await fill_desk(url)
    assert await migrate(url, new_database) == await migrate(url, new_database)
    assert await all_data(new_database) == await all_data(url)


async def test_target_with_other_data_is_refused_and_unchanged(url: str, new_database: str) -> None:
    await fill_desk(url)
    store = await open_store(new_database)
    await store.apply(Batch(once=["theirs"]))
    with pytest.raises(Misconfigured, match=r"holds other data already \(in once\)"):
        await migrate(url, new_database)
    assert await store.used("theirs")
    assert await store.find(Query()) == []
    await store.close()


async def test_target_with_foreign_tables_is_refused_and_unchanged(url: str, new_database: str) -> None:
    await fill_desk(url)
    with psycopg.connect(new_database, autocommit=True) as server:
        server.execute("CREATE TABLE theirs (n INTEGER)")
        with pytest.raises(Misconfigured, match=r"holds other tables already \(theirs\)"):
            await migrate(url, new_database)
        made = server.execute("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'public'")
        assert made.fetchone() == (1,)


async def test_foreign_view_in_the_target_is_accepted(url: str, new_database: str) -> None:
    await fill_desk(url)
    with psycopg.connect(new_database, autocommit=True) as server:
        server.execute("CREATE VIEW theirs AS SELECT 1 AS n")
    assert (await migrate(url, new_database))["tickets"]


def fill_every_table(path: Path) -> set[str]:
    """Inserts some rows into every table."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        tables = move_to_postgres.tables_of_file(db)
        for number, table in enumerate(tables):
            kinds = {row[1]: row[2] for row in db.execute(f"PRAGMA table_info({table.name})")}
            for row in range(2, 5):
                at = number * 10 + row
                values = [f"ü {at}" if kinds[column] == "TEXT" else at for column in table.columns]
                marks = ", ".join("?" * len(values))
                db.execute(f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({marks})", values)
    return {table.name for table in tables}


async def test_every_table_is_migrated(url: str, path: Path, new_database: str) -> None:
    await (await open_store(url)).close()
    tables = await asyncio.to_thread(fill_every_table, path)
    moved = await migrate(url, new_database)
    assert {table for table, rows in moved.items() if rows >= 3} == tables
    assert moved.keys() == tables | {"drafts"}


BLOCK_COPY = b"""
    CREATE FUNCTION stop_here() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NEW; END';
    CREATE TRIGGER stop_here BEFORE INSERT ON tickets FOR EACH ROW EXECUTE FUNCTION stop_here();
    SELECT pg_advisory_lock(7)"""


async def test_killed_migration_leaves_nothing_and_can_be_repeated(url: str, new_database: str) -> None:
    await fill_desk(url)
    await (await open_store(new_database)).close()
    before = await all_data(new_database)
    with psycopg.connect(new_database, autocommit=True) as holder:
        holder.execute(BLOCK_COPY)
        async with worker_process("migrate_desk", url, new_database) as process:
            assert await read_lines(process, 1) == ["moving"]
            await asyncio.to_thread(wait_until_blocked, new_database)
            process.kill()
        holder.execute(b"DROP FUNCTION stop_here CASCADE")
    assert await all_data(new_database) == before
    assert await migrate(url, new_database)
    assert await all_data(new_database) == await all_data(url)


def wait_until_blocked(url: str) -> None:
    """Waits until the migration is copying a table after others."""
    with psycopg.connect(url, autocommit=True) as looking:
        while looking.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone() is None:
            time.sleep(0.01)


async def test_locked_file_is_not_migrated(url: str, path: Path, new_database: str) -> None:
    await fill_desk(url)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreDown, match=r"Stop the desk|try again"):
            await migrate(url, new_database)
    assert await migrate(url, new_database)


async def test_file_of_a_running_desk_is_not_migrated(url: str, new_database: str) -> None:
    await fill_desk(url)
    desk = await open_store(url)
    assert not await desk.used("anything")
    with pytest.raises(StoreDown, match="Stop the desk first"):
        await migrate(url, new_database)
    await desk.close()
    assert await migrate(url, new_database)


async def test_impossible_migration_is_refused_with_an_explanation(url: str, tmp_path: Path, new_database: str) -> None:
    with pytest.raises(Misconfigured, match="There is no file"):
        await migrate(url, new_database)
    assert os.listdir(tmp_path) == []  # noqa: PTH208  (a blocking call is intended)
    await fill_desk(url)
    with pytest.raises(Misconfigured, match="Only a PostgreSQL database"):
        await migrate(url, f"sqlite:///{tmp_path / 'other.sqlite3'}")
    with pytest.raises(Misconfigured, match=r"sqlite:///"):
        await migrate(new_database, new_database)
