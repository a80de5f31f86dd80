"""What the PostgreSQL store promises beyond the common suites: broken lines, restarts, set-ups, and cost."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from bot.adapters.store import apply_batch, open_drafts, open_store, rows, schema_migrations, sql
from bot.adapters.store.connection_protocol import Connection
from bot.adapters.store.database import DatabaseStore
from bot.adapters.store.dialect import POSTGRES, SQLITE
from bot.adapters.store.postgres import PostgresEngine
from bot.adapters.store.postgres_session import place, prepare
from bot.core.clock import now
from bot.core.errors import Duplicate, Misconfigured, StoreDown
from bot.model.notice import Claim, Sent
from bot.ports import Store
from bot.tickets.ports import Batch, Query
from tests.contracts.processes import another, said
from tests.contracts.test_sqlite import HOME, LISTS, OUTBOX
from tests.doubles.broken_line import Line, a_line
from tests.doubles.postgres_server import PostgresServer, a_database
from tests.doubles.records import START, a_later, a_notice, a_ticket, an_affected, minutes


@pytest.fixture
async def desk(postgres_url: str) -> AsyncIterator[Store]:
    store = await open_store(postgres_url)
    yield store
    await store.close()


@pytest.fixture
async def line(postgres_url: str) -> AsyncIterator[tuple[Line, Store]]:
    """A store at the end of a line that can break."""
    async with a_line(postgres_url) as (line, url):
        store = DatabaseStore(await PostgresEngine.open(url, busy=0.5), now)
        yield line, store
        await store.close()


# --- a line that breaks


@pytest.mark.parametrize("fate", ["is lost", "is not answered"])
async def test_a_change_whose_commit_meets_a_broken_line_is_made_once(line: tuple[Line, Store], fate: str) -> None:
    cable, store = line
    (ticket,) = await store.apply(Batch(tickets=[a_ticket()]))
    cable.commit = fate  # type: ignore[assignment]
    (saved,) = await store.apply(Batch(tickets=[a_later(ticket, bounces=1)], once=["form"], notices=[a_notice()]))
    assert cable.commit == "arrives"
    assert await store.get("t1") == saved
    assert (saved.version, saved.bounces) == (2, 1)
    assert len(await store.letters()) == 1


async def test_a_commit_nobody_can_ask_about_is_said_to_be_in_doubt_and_harmless_to_repeat(
    line: tuple[Line, Store], desk: Store
) -> None:
    cable, store = line
    await store.used("form")
    cable.commit, cable.is_down = "is not answered", True
    batch = Batch(tickets=[a_ticket()], once=["form"])
    with pytest.raises(StoreDown, match="may be saved or not"):
        await store.apply(batch)
    with pytest.raises(Duplicate):
        await desk.apply(batch)
    assert await desk.get("t1")


async def test_broken_connections_are_replaced_without_a_word(line: tuple[Line, Store]) -> None:
    cable, store = line
    for number in range(3):
        await asyncio.gather(*(store.apply(Batch(tickets=[a_ticket(f"t{number}-{n}")])) for n in range(4)))
        cable.cut()
        assert await store.count(Query()) == 4 * (number + 1)
        cable.cut()


async def test_a_connection_that_ends_in_the_middle_of_a_change_undoes_it_and_it_is_made_again(
    desk: DatabaseStore, postgres_url: str
) -> None:
    sessions: list[int] = []

    def work(db: Connection) -> int:
        db.execute(sql.USE_ONCE, {"key": f"try {len(sessions)}", "at": 0})
        sessions.append(db.execute("SELECT pg_backend_pid()").fetchone()[0])
        if len(sessions) == 1:
            _throw_out(postgres_url, sessions[0])
        return int(db.execute("SELECT 7").fetchone()[0])

    assert await desk._engine.change(work) == 7
    assert len(set(sessions)) == 2
    assert (await desk.used("try 0"), await desk.used("try 1")) == (False, True)


def _throw_out(url: str, session: int) -> None:
    with psycopg.connect(url) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 1000)", (session,))


# --- a server that stops


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.remove()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restarted", "crashed"])
async def test_nothing_acknowledged_is_lost_when_the_server_stops_and_all_goes_on_when_it_is_back(
    own_server: PostgresServer, how: int
) -> None:
    url = own_server.url("postgres")
    store = DatabaseStore(await PostgresEngine.open(url, busy=0.5), now)
    drafts = await open_drafts(url)
    acknowledged = await asyncio.gather(*(store.apply(Batch(tickets=[a_ticket(f"t{n}")])) for n in range(20)))
    await drafts.put("form", {"a": "1"})
    own_server.stop(how)
    for work in (store.apply(Batch(tickets=[a_ticket("later")])), store.get("t1"), store.claim(START, minutes(1), 1)):
        with pytest.raises(StoreDown, match="Nothing was changed"):
            await work
    with pytest.raises(StoreDown):
        async with store.alone("sweep"):
            raise AssertionError
    own_server.start()
    (ticket,) = await store.apply(Batch(tickets=[a_ticket("later")]))
    assert ticket.number == 1021
    assert [await store.get(saved.id) for (saved,) in acknowledged] == [saved for (saved,) in acknowledged]
    assert await drafts.get("form") == {"a": "1"}
    await store.close()
    await drafts.close()


# --- in each other's way


async def test_a_row_that_is_locked_too_long_is_told(postgres_url: str) -> None:
    store = DatabaseStore(await PostgresEngine.open(postgres_url), now)
    (ticket,) = await store.apply(Batch(tickets=[a_ticket()]))
    with psycopg.connect(postgres_url) as holder:
        holder.execute("SELECT * FROM tickets FOR UPDATE")
        with pytest.raises(StoreDown, match="locked"):
            await store.apply(Batch(tickets=[a_later(ticket)]))
        assert await store.get("t1") == ticket
    await store.apply(Batch(tickets=[a_later(ticket)]))
    await store.close()


async def test_changes_that_lock_crosswise_are_both_made(desk: DatabaseStore, postgres_url: str) -> None:
    await desk.apply(Batch(tickets=[a_ticket("t1"), a_ticket("t2")]))
    both = threading.Barrier(2, timeout=5)

    def change(first: str, second: str) -> None:
        met: list[bool] = []

        def work(db: Connection) -> None:
            for ticket_id in (first, second):
                db.execute("UPDATE tickets SET due = COALESCE(due, 0) + 1 WHERE id = :id", {"id": ticket_id})
                if not met:
                    met.append(True)
                    both.wait()

        asyncio.run(_changed(postgres_url, work))

    await asyncio.gather(asyncio.to_thread(change, "t1", "t2"), asyncio.to_thread(change, "t2", "t1"))
    due = await desk._engine.read(lambda db: db.execute("SELECT due FROM tickets ORDER BY id").fetchall())
    assert due == [(2,), (2,)]


async def _changed(url: str, work: Callable[[Connection], None]) -> None:
    engine = await PostgresEngine.open(url)
    await engine.change(work)
    await engine.close()


async def test_who_ends_one_lane_and_fills_another_waits_for_who_does_the_reverse(
    desk: DatabaseStore, postgres_url: str
) -> None:
    await desk.apply(Batch(notices=[a_notice("a1", lane="a"), a_notice("b1", lane="b")]))
    first, second = await desk.claim(START, minutes(1), 9)
    settled, go_on = threading.Event(), threading.Event()

    def slowly(db: Connection) -> None:
        apply_batch.settle(db, first, Sent(), START, [a_notice("b2", lane="b")])
        settled.set()
        assert go_on.wait(5)

    slow = asyncio.create_task(desk._engine.change(slowly))
    assert await asyncio.to_thread(settled.wait, 5)
    quick = asyncio.create_task(desk.settle(second, Sent(), START, [a_notice("a2", lane="a")]))
    await asyncio.to_thread(_until_locked_or, quick, postgres_url)
    go_on.set()
    await asyncio.gather(slow, quick)
    assert {claim.notice.key for claim in await desk.claim(START, minutes(1), 9)} == {"a2", "b2"}


def _until_locked_or(other: asyncio.Task[bool], url: str) -> None:
    with psycopg.connect(url, autocommit=True) as looking:
        while not other.done():
            if looking.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                return


async def test_a_claim_passes_over_what_another_is_claiming(desk: DatabaseStore) -> None:
    await desk.apply(Batch(notices=[a_notice(f"n{n}") for n in range(4)]))
    claimed, go_on = threading.Event(), threading.Event()
    mine: list[Claim] = []

    def slowly(db: Connection) -> None:
        mine.extend(apply_batch.claim(db, START, START + minutes(1), 2))
        claimed.set()
        assert go_on.wait(5)

    slow = asyncio.create_task(desk._engine.change(slowly))
    assert await asyncio.to_thread(claimed.wait, 5)
    theirs = await desk.claim(START, minutes(1), 9)
    go_on.set()
    await slow
    assert sorted(claim.notice.key for claim in (*mine, *theirs)) == ["n0", "n1", "n2", "n3"]


async def test_whoever_is_killed_while_alone_holds_nobody_up(desk: Store, postgres_url: str) -> None:
    async with another("be_alone", postgres_url) as process:
        assert await said(process, 1) == ["True"]
        async with desk.alone("sweep") as alone:
            assert not alone
        process.kill()
        await process.wait()
    async with asyncio.timeout(10):
        while not await _is_alone(desk):
            pass


async def _is_alone(desk: Store) -> bool:
    async with desk.alone("sweep") as alone:
        return alone


# --- how it is set up


async def test_a_database_that_cannot_be_reached_is_told_without_its_password(tmp_path: Path) -> None:
    for url in (f"postgresql://desk:s3cret@127.0.0.1:9/{tmp_path.name}", f"postgres://u:s3cret@/x?host={tmp_path}"):
        for opening in (open_store, open_drafts):
            with pytest.raises(StoreDown, match="cannot be reached") as refused:
                await opening(url)
            assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("url", ["postgresql://u:s3cret%zz@h/x", "postgres://[s3cret"])
async def test_an_unreadable_url_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(Misconfigured, match="postgresql://user:password@host:5432/database") as refused:
        await open_store(url)
    assert "s3cret" not in str(refused.value)


async def test_a_read_only_database_is_refused_in_words(new_database: str) -> None:
    with psycopg.connect(new_database, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {_name(new_database)} SET default_transaction_read_only = on".encode())
    with pytest.raises(Misconfigured, match="read-only"):
        await open_store(new_database)


async def test_a_user_without_rights_is_told_which_to_ask_for(new_database: str) -> None:
    with psycopg.connect(new_database, autocommit=True) as admin:
        role = f"guest_of_{_name(new_database)}"
        admin.execute(f"CREATE ROLE {role} LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC".encode())
        try:
            with pytest.raises(Misconfigured, match="GRANT CREATE"):
                await open_store(_as(new_database, role))
        finally:
            admin.execute(f"DROP ROLE {role}".encode())


def _as(url: str, role: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}").geturl()


def _name(url: str) -> str:
    return urlsplit(url).path[1:]


async def test_a_database_that_is_not_unicode_is_refused_in_words(server: str) -> None:
    with a_database(server, encoding="LATIN1") as url, pytest.raises(Misconfigured, match="UTF8"):
        await open_store(url)


async def test_what_is_acknowledged_is_on_disk_whatever_the_database_is_set_to(new_database: str) -> None:
    with psycopg.connect(new_database, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {_name(new_database)} SET synchronous_commit = off".encode())
    engine = await PostgresEngine.open(new_database)
    assert await engine.read(lambda db: db.execute("SHOW synchronous_commit").fetchone()) == ("on",)
    await engine.close()


def test_where_a_database_is_can_be_said_without_its_password() -> None:
    assert place("postgresql://desk:s3cret@db.example:5433/partner") == "partner at db.example:5433"


async def test_two_desks_in_two_schemas_of_one_database_do_not_meet(new_database: str) -> None:
    urls = [f"{new_database}&options=-csearch_path%3D{name}" for name in ("one", "two")]
    with psycopg.connect(new_database, autocommit=True) as admin:
        admin.execute("CREATE SCHEMA one; CREATE SCHEMA two")
    one, two = [await open_store(url) for url in urls]
    await one.apply(Batch(tickets=[a_ticket()]))
    assert await two.get("t1") is None
    async with one.alone("sweep") as first, two.alone("sweep") as second:
        assert (first, second) == (True, True)
    await asyncio.gather(one.close(), two.close())


# --- schema versions

OLD = ("CREATE TABLE one (a TEXT); INSERT INTO one VALUES ('kept'); -- a remark; with a semicolon",)
NEW = (*OLD, "ALTER TABLE one ADD COLUMN b TEXT; CREATE TABLE two (seq $serial)")


def _rows(url: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as looking:
        return looking.execute(question.encode()).fetchall()


def test_an_older_database_is_brought_up_to_date_once(new_database: str) -> None:
    for scripts in (OLD, NEW, NEW):
        prepare(new_database, scripts)
    assert _rows(new_database, "SELECT a, b FROM one") == [("kept", None)]
    assert _rows(new_database, "SELECT version FROM schema_version ORDER BY version") == [(1,), (2,)]


async def test_who_joined_before_they_were_kept_is_known(new_database: str) -> None:
    prepare(new_database, schema_migrations.MIGRATIONS[: schema_migrations.MIGRATIONS.index(schema_migrations.JOINED)])
    row = {**rows.ticket_row(a_ticket("old", affected=(an_affected("Straße AG"),))), "number": 1}
    with psycopg.connect(new_database) as db:
        values = ", ".join(f"%({name})s" for name in row)
        db.execute(f"INSERT INTO tickets ({', '.join(row)}) VALUES ({values})".encode(), row)
    store = await open_store(new_database)
    assert await store.alive(START, START + minutes(1), customer="strasse ag") == ["old"]
    await store.close()


def test_a_newer_database_is_left_alone(new_database: str) -> None:
    prepare(new_database, NEW)
    with pytest.raises(Misconfigured, match=r"newer release \(schema 2, this release knows 1\)"):
        prepare(new_database, OLD)


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(new_database: str) -> None:
    prepare(new_database, OLD)
    with pytest.raises(Misconfigured):
        prepare(new_database, (*OLD, "CREATE TABLE two (a TEXT); CREATE TABLE one (again TEXT)"))
    assert _rows(new_database, "SELECT to_regclass('two')") == [(None,)]
    prepare(new_database, NEW)


def test_texts_are_ordered_by_their_code_points_in_every_table(postgres_url: str) -> None:
    prepare(postgres_url)
    texts = _rows(
        postgres_url,
        "SELECT table_name, column_name, collation_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type IN ('text', 'character varying')",
    )
    assert len(texts) > 20
    assert {collation for *_, collation in texts} == {"C"}


def test_both_engines_have_words_for_the_same() -> None:
    assert POSTGRES.words.keys() == SQLITE.words.keys()


# --- cost


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        *((sql.find(query)[0], index) for query, index in LISTS),
        *OUTBOX,
        *((statement, "") for statement, _ in HOME),
    ],
)
def test_what_is_asked_often_walks_an_index(postgres_url: str, statement: str, index: str) -> None:
    prepare(postgres_url)
    names = "at until limit lane ticket_id before channel ts customer folded skip key".split()
    values = dict.fromkeys([*names, *(f"{name}{n}" for name in ("stage", "from", "to", "id") for n in (0, 1))], "1")
    values |= dict.fromkeys(["level", "owner", "due_before", "page_at", "page_id"], "1")
    with psycopg.connect(postgres_url) as db:
        db.execute("SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off")
        steps = db.execute(f"EXPLAIN {POSTGRES.says(statement)}".encode(), values).fetchall()
    plan = "\n".join(str(step[0]) for step in steps)
    assert index in plan, plan
    assert "Seq Scan" not in plan, plan
