"""Latency of lists, App Home, search and sweep for growing numbers of stored tickets.

A desk has some hundreds of open tickets, however many it has closed over the years: `OPEN` of them are open here. The
queries are those of the handlers, on a real database; the start of the program on this database is measured too.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import psycopg

from bench import bots
from bench.bots import BotFailed, TestBed, Transport
from bench.engines import Engine
from bench.slack import Network
from blocks import home as home_blocks
from blocks import search as find_blocks
from blocks import tickets as list_blocks
from bot.adapters.store import is_server, open_store, rows
from bot.desk import Desk
from bot.home import Screen
from bot.model.ticket import Stage, Ticket
from bot.ports import Store
from bot.search import tokens
from bot.search.documents import STRETCHES, IndexEntry, document_of
from tests.factories import ANNA, NOW, ManualClock, a_world, an_incident

OPEN = 1000
OUTAGE = 10_000
_OWNERS = 40
_DUE = 50
_EXTRA = "zxq"
_QUERY = "outbound mail rejected after conector update"
"""Words of every ticket, one of them misspelt: the longest posting lists of the index are read."""
_SOLVED_EARLY = ("customer", "services", "start", "happens", "error", "contact", "priority", "triage")
"""Answers of tickets that were closed at the 1st level."""
_FAR = rows.ms(NOW + timedelta(days=9000))


@dataclass
class GrowthResult:
    """Seconds and megabytes for one engine and number of tickets."""

    engine: str
    stored: int
    seconds: dict[str, float] = field(default_factory=dict)
    """Medians by query."""
    start: float = 0.0
    memory: float = 0.0


@dataclass
class OutageResult:
    """Result of a sweep in which all tickets are due, as after a downtime of the desk."""

    engine: str
    due: int
    sweep: float
    gap: float
    """99th percentile of the seconds that the event loop was blocked meanwhile."""


@dataclass(frozen=True)
class _FilledDesk:
    """A database with a number of tickets, and a desk on it."""

    url: str
    desk: Desk
    store: Store
    result: GrowthResult


async def grow(
    folder: Path, engines: Sequence[Engine], sizes: Sequence[int], rounds: int
) -> tuple[list[GrowthResult], list[OutageResult]]:
    """Measures all engines and sizes in turn, so that disturbances of the machine affect all of them."""
    grown, outages = [], []
    for engine in engines:
        stored = [await _fill_desk(engine, size) for size in sizes]
        try:
            await _measure_queries(stored, rounds)
            outages.append(await _measure_outage(stored[-1], engine, min(OUTAGE, sizes[-1] // 5)))
        finally:
            for one in stored:
                await one.store.close()
        for one in stored:
            await _measure_start(folder, one, starts=1 if rounds < 5 else 3)
            engine.drop(one.url)
        grown += [one.result for one in stored]
    return grown, outages


# --- stored tickets


async def _fill_desk(engine: Engine, size: int) -> _FilledDesk:
    url = engine.database(f"growth_{size}")
    await (await open_store(url)).close()  # creates the tables
    _fill_vocabulary(url, _incident())
    with _indexed_afterwards(url):
        _fill(url, _incident(), 1, min(OPEN, size))
        _fill(url, _incident(Stage.CLOSED), OPEN + 1, size)
    _vacuum(url)
    clock = ManualClock(NOW + timedelta(hours=1))
    store = await open_store(url, clock)
    return _FilledDesk(url, (await a_world()).at(store=store, clock=clock).desk, store, GrowthResult(engine.name, size))


def _incident(stage: Stage = Stage.NEW) -> Ticket:
    """An open ticket has every answer; of most that are closed, Retarus never heard: they have fewer."""
    happens = {"happens": f"Outbound mail is rejected since the connector update {_EXTRA}"}
    ticket = an_incident(stage, also=happens)
    if stage.is_open:
        return ticket
    return ticket.model_copy(update={"answers": {key: ticket.answers[key] for key in _SOLVED_EARLY}})


def _fill(url: str, ticket: Ticket, first: int, last: int, *, is_in_use: bool = False) -> None:
    """Inserts numbered copies of a ticket by SQL, with several owners, none of them due."""
    if first > last:
        return
    row: rows.Row = {**rows.ticket_row(ticket), "first": first, "last": last, "far": _FAR}
    _execute(
        url,
        f"""
        INSERT INTO tickets (id, number, version, stage, is_open, ball, level, owner, customer, raised_at, due,
            erased, doc)
        WITH RECURSIVE numbers (n) AS (SELECT :first UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)
        SELECT 't' || n, n, :version, :stage, :is_open, :ball, :level, 'U0OWNER' || (n % {_OWNERS}), :customer,
            :raised_at - n, CASE WHEN :is_open = 1 THEN :far END, :erased,
            REPLACE(REPLACE(:doc, '"id":"t1"', '"id":"t' || n || '"'),
                '"owner":"{ticket.owner}"', '"owner":"U0OWNER' || (n % {_OWNERS}) || '"')
        FROM numbers""",
        row,
        is_in_use=is_in_use,
    )
    _fill_index(url, ticket, first, last, is_in_use=is_in_use)


def _fill_index(url: str, ticket: Ticket, first: int, last: int, *, is_in_use: bool) -> None:
    """Inserts index entries, each with one of a thousand extra words; triggers update the full-text index."""
    document = document_of(ticket)
    stretches = " || ".join(f"' #{size}:' || (n >> {size})" for size in STRETCHES)
    row: rows.Row = {
        "print": document.fingerprint,
        "entry": IndexEntry.of(document).pack(),
        "first": first,
        "last": last,
    }
    _execute(
        url,
        f"""
        INSERT INTO tickets_index (number, print, entry)
        WITH RECURSIVE numbers (n) AS (SELECT :first UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)
        SELECT n, :print, REPLACE(:entry, '{_EXTRA}', '{_EXTRA}' || (n % 1000)) || {stretches} FROM numbers""",
        row,
        is_in_use=is_in_use,
    )


def _fill_vocabulary(url: str, ticket: Ticket) -> None:
    """Inserts the vocabulary of all tickets, used to correct misspelt words."""
    document = document_of(ticket)
    for word in sorted(tokens.spellings(f"{document.title}\n{document.body}")):
        row: rows.Row = {"word": word, "grams": " ".join(tokens.grams(word))}
        _execute(url, "INSERT INTO vocabulary (word, grams) VALUES (:word, :grams)", row)


_BIGINT = ("number", "raised_at", "print", "first", "last", "far", "at", "above", "up_to")
_AS = {**dict.fromkeys(_BIGINT, "bigint"), "version": "int", "is_open": "int", "erased": "int"}


def _execute(url: str, statement: str, values: rows.Row, *, is_in_use: bool = False) -> None:
    """Executes a statement directly on the database, as the preparation is not measured. A file that is not in use is
    written without a journal: it takes half the disk and time."""
    if is_server(url):
        for name in sorted(values, key=len, reverse=True):
            statement = statement.replace(f":{name}", f"%({name})s::{_AS.get(name, 'text')}")
        statement = statement.replace("n % ", "n %% ")
        with psycopg.connect(url) as server:
            server.execute(statement.encode(), values)
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file, file:
        file.execute("PRAGMA synchronous = OFF")
        if not is_in_use:
            file.execute("PRAGMA journal_mode = OFF")
        file.execute(statement, values)


@contextmanager
def _indexed_afterwards(url: str) -> Iterator[None]:
    """Builds a server's full-text index once the table is full, in a fraction of the time."""
    if not is_server(url):
        yield
        return
    with psycopg.connect(url, autocommit=True) as server:
        row = server.execute(b"SELECT indexdef FROM pg_indexes WHERE indexname = 'tickets_index_fts'").fetchone()
        assert row
        server.execute(b"DROP INDEX tickets_index_fts")
        yield
        server.execute(b"SET maintenance_work_mem = '256MB'")
        server.execute(str(row[0]).encode())


def _vacuum(url: str) -> None:
    """Vacuums and analyses the database, as the server does by itself after a while."""
    if is_server(url):
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(b"VACUUM ANALYZE")
            server.execute(b"CHECKPOINT")


def _make_due(url: str, above: int, count: int) -> None:
    statement = "UPDATE tickets SET due = :at WHERE number > :above AND number <= :up_to"
    _execute(url, statement, {"at": rows.ms(NOW), "above": above, "up_to": above + count}, is_in_use=True)


# --- measured queries


async def _measure_queries(stored: Sequence[_FilledDesk], rounds: int) -> None:
    for query, run in _QUERIES.items():
        for one in stored:
            await run(one.desk)  # warms up connections and pages
        times: list[list[float]] = [[] for _ in stored]
        for _ in range(rounds):
            for one, mine in zip(stored, times, strict=True):
                mine.append(await _timed(run(one.desk)))
        for one, mine in zip(stored, times, strict=True):
            one.result.seconds[query] = statistics.median(mine)
    for one in stored:
        busy = []
        for number in range(min(rounds, OPEN // _DUE)):
            _make_due(one.url, number * _DUE, _DUE)
            busy.append(await _timed(_sweep(one.desk, _DUE)))
        one.result.seconds[f"sweep, {_DUE} due"] = statistics.median(busy)


async def _list(desk: Desk) -> None:
    found, total = await desk.queries.open_tickets(ANNA, "all")
    if total != OPEN:
        raise BotFailed(f"{total} tickets are open instead of {OPEN}.")
    list_blocks.listing(found, total, "all", desk.config, str, {})


async def _home(desk: Desk) -> None:
    home_blocks.overview(await desk.home.overview(ANNA, Screen()), desk.config, is_admin=False)


async def _search(desk: Desk) -> None:
    found = await desk.search.find(_QUERY, ANNA)
    if not found.hits:
        raise BotFailed("The search finds nothing.")
    find_blocks.modal({}, found, desk.config, {})


_QUERIES: dict[str, Callable[[Desk], Awaitable[None]]] = {
    "open list": _list,
    "App Home": _home,
    "text search": _search,
    "sweep, none due": lambda desk: _sweep(desk, 0),
}


async def _timed(work: Awaitable[None]) -> float:
    started = perf_counter()
    await work
    return perf_counter() - started


async def _sweep(desk: Desk, expected: int) -> None:
    reminded = await desk.reminders.sweep()
    if reminded != expected:
        raise BotFailed(f"{reminded} tickets were reminded, and {expected} were due.")


async def _measure_outage(stored: _FilledDesk, engine: Engine, count: int) -> OutageResult:
    """Makes this many tickets due and measures the sweep."""
    first = 10_000_000
    _fill(stored.url, _incident(), first + 1, first + count, is_in_use=True)
    _make_due(stored.url, first, count)
    gaps: list[float] = []

    async def tick() -> None:
        while True:
            started = perf_counter()
            await asyncio.sleep(0.001)
            gaps.append(perf_counter() - started)

    ticker = asyncio.create_task(tick())
    total = await _timed(_sweep(stored.desk, count))
    ticker.cancel()
    with suppress(asyncio.CancelledError):
        await ticker
    return OutageResult(engine.name, count, total, sorted(gaps)[len(gaps) * 99 // 100])


async def _measure_start(folder: Path, stored: _FilledDesk, starts: int) -> None:
    """Median seconds for the program to start on this database and connect to Slack, and its memory."""
    times = []
    for _ in range(starts):
        place = TestBed(folder, Transport.SOCKET, Network("loopback"))
        async with bots.desk("growth", stored.url, place) as bot:
            times.append(bot.start)
            await asyncio.sleep(0.5)  # warm-up
            stored.result.memory = bot.memory()
    stored.result.start = statistics.median(times)
