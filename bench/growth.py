"""What does it cost that nothing is ever forgotten? Lists, App Home, search, sweep, with more and more tickets.

A desk has some hundreds of open tickets, whatever it has closed over the years: `OPEN` are, all others are closed. The
desk is asked as its handlers ask it, on a real database, and the program is started on it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import psycopg

from bench import bots
from bench.bots import Broken, Place, Transport
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
from bot.search.documents import STRETCHES, Entry, document_of
from tests.factories import ANNA, NOW, Hands, a_world, an_incident

OPEN = 1000
OUTAGE = 10_000
_OWNERS = 40
_DUE = 50
_OWN_WORD = "zxq"
_SOUGHT = "outbound mail rejected after conector update"
"""In the words of every ticket, one of them misspelt: the longest lists of the index are walked."""
_FAR = rows.ms(NOW + timedelta(days=9000))


@dataclass
class Grown:
    """What it costs on one engine with so many tickets: seconds, and megabytes."""

    engine: str
    stored: int
    seconds: dict[str, float] = field(default_factory=dict)
    """By what is done; medians."""
    start: float = 0.0
    memory: float = 0.0


@dataclass
class Outage:
    """All tickets are due at once, after the desk was down."""

    engine: str
    due: int
    sweep: float
    gap: float
    """Within how many seconds a click had its turn meanwhile, 99 times of 100."""


@dataclass(frozen=True)
class _Stored:
    """A database of one size, with a desk on it."""

    url: str
    desk: Desk
    store: Store
    result: Grown


async def grow(
    folder: Path, engines: Sequence[Engine], sizes: Sequence[int], rounds: int
) -> tuple[list[Grown], list[Outage]]:
    """Every engine with every size, asked in turn, so that whatever the machine does meanwhile meets all of them."""
    grown, outages = [], []
    for engine in engines:
        stored = [await _stored(engine, size) for size in sizes]
        try:
            await _asked(stored, rounds)
            outages.append(await _outage(stored[-1], engine, min(OUTAGE, sizes[-1] // 5)))
        finally:
            for one in stored:
                await one.store.close()
        for one in stored:
            await _started(folder, one, starts=1 if rounds < 5 else 3)
        grown += [one.result for one in stored]
    return grown, outages


# --- what is stored


async def _stored(engine: Engine, size: int) -> _Stored:
    url = engine.database(f"growth_{size}")
    await (await open_store(url)).close()  # makes its tables
    _learn(url, _incident())
    _fill(url, _incident(), 1, min(OPEN, size))
    _fill(url, _incident(Stage.CLOSED), OPEN + 1, size)
    _settled(url)
    clock = Hands(NOW + timedelta(hours=1))
    store = await open_store(url, clock)
    return _Stored(url, (await a_world()).at(store=store, clock=clock).desk, store, Grown(engine.name, size))


def _incident(stage: Stage = Stage.NEW) -> Ticket:
    return an_incident(stage, also={"happens": f"Outbound mail is rejected since the connector update {_OWN_WORD}"})


def _fill(url: str, ticket: Ticket, first: int, last: int) -> None:
    """Copies of a ticket, numbered, of several owners, none of them due; made within the database."""
    if first > last:
        return
    row: rows.Row = {**rows.ticket_row(ticket), "first": first, "last": last, "far": _FAR}
    _execute(
        url,
        f"""
        INSERT INTO tickets (id, number, version, stage, is_open, level, owner, customer, raised_at, due, erased, doc)
        WITH RECURSIVE numbers (n) AS (SELECT :first UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)
        SELECT 't' || n, n, :version, :stage, :is_open, :level, 'U0OWNER' || (n % {_OWNERS}), :customer,
            :raised_at - n, CASE WHEN :is_open = 1 THEN :far END, :erased,
            REPLACE(REPLACE(:doc, '"id":"t1"', '"id":"t' || n || '"'),
                '"owner":"{ticket.owner}"', '"owner":"U0OWNER' || (n % {_OWNERS}) || '"')
        FROM numbers""",
        row,
    )
    _index(url, ticket, first, last)


def _index(url: str, ticket: Ticket, first: int, last: int) -> None:
    """Each text with a word of its own among a thousand; the engine's full-text index follows by itself."""
    document = document_of(ticket)
    stretches = " || ".join(f"' #{size}:' || (n >> {size})" for size in STRETCHES)
    row: rows.Row = {"print": document.fingerprint, "entry": Entry.of(document).pack(), "first": first, "last": last}
    _execute(
        url,
        f"""
        INSERT INTO tickets_index (number, print, entry)
        WITH RECURSIVE numbers (n) AS (SELECT :first UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)
        SELECT n, :print, REPLACE(:entry, '{_OWN_WORD}', '{_OWN_WORD}' || (n % 1000)) || {stretches} FROM numbers""",
        row,
    )


def _learn(url: str, ticket: Ticket) -> None:
    """The vocabulary of all of them, by which misspelt words are understood."""
    document = document_of(ticket)
    for word in sorted(tokens.spellings(f"{document.title}\n{document.body}")):
        row: rows.Row = {"word": word, "grams": " ".join(tokens.grams(word))}
        _execute(url, "INSERT INTO vocabulary (word, grams) VALUES (:word, :grams)", row)


_BIGINT = ("number", "raised_at", "print", "first", "last", "far", "at", "above", "up_to")
_AS = {**dict.fromkeys(_BIGINT, "bigint"), "version": "int", "is_open": "int", "erased": "int"}


def _execute(url: str, statement: str, values: rows.Row) -> None:
    """One statement, straight on the database: what is prepared is not measured."""
    if is_server(url):
        for name in sorted(values, key=len, reverse=True):
            statement = statement.replace(f":{name}", f"%({name})s::{_AS.get(name, 'text')}")
        statement = statement.replace("n % ", "n %% ")
        with psycopg.connect(url) as server:
            server.execute(statement.encode(), values)
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file, file:
        file.execute("PRAGMA synchronous = OFF")
        file.execute(statement, values)


def _settled(url: str) -> None:
    """What the server does by itself after a while."""
    if is_server(url):
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(b"VACUUM ANALYZE")
            server.execute(b"CHECKPOINT")


def _make_due(url: str, above: int, count: int) -> None:
    statement = "UPDATE tickets SET due = :at WHERE number > :above AND number <= :up_to"
    _execute(url, statement, {"at": rows.ms(NOW), "above": above, "up_to": above + count})


# --- what is asked


async def _asked(stored: Sequence[_Stored], rounds: int) -> None:
    for what, ask in _QUESTIONS.items():
        for one in stored:
            await ask(one.desk)  # warms connections and pages
        times: list[list[float]] = [[] for _ in stored]
        for _ in range(rounds):
            for one, mine in zip(stored, times, strict=True):
                mine.append(await _timed(ask(one.desk)))
        for one, mine in zip(stored, times, strict=True):
            one.result.seconds[what] = statistics.median(mine)
    for one in stored:
        busy = []
        for number in range(min(rounds, OPEN // _DUE)):
            _make_due(one.url, number * _DUE, _DUE)
            busy.append(await _timed(_swept(one.desk, _DUE)))
        one.result.seconds[f"sweep, {_DUE} due"] = statistics.median(busy)


async def _list(desk: Desk) -> None:
    found, total = await desk.queries.open_tickets(ANNA, "all")
    if total != OPEN:
        raise Broken(f"{total} tickets are open instead of {OPEN}.")
    list_blocks.listing(found, total, "all", desk.config, str, {})


async def _home(desk: Desk) -> None:
    home_blocks.overview(await desk.home.overview(ANNA, Screen()), desk.config, is_admin=False)


async def _search(desk: Desk) -> None:
    found = await desk.search.find(_SOUGHT, ANNA)
    if not found.hits:
        raise Broken("The search finds nothing.")
    find_blocks.modal({}, found, desk.config, {})


_QUESTIONS: dict[str, Callable[[Desk], Awaitable[None]]] = {
    "open list": _list,
    "App Home": _home,
    "text search": _search,
    "sweep, none due": lambda desk: _swept(desk, 0),
}


async def _timed(work: Awaitable[None]) -> float:
    begun = perf_counter()
    await work
    return perf_counter() - begun


async def _swept(desk: Desk, expected: int) -> None:
    reminded = await desk.reminders.sweep()
    if reminded != expected:
        raise Broken(f"{reminded} tickets were reminded, and {expected} were due.")


async def _outage(stored: _Stored, engine: Engine, count: int) -> Outage:
    """So many more tickets are open, and all of them due."""
    first = 10_000_000
    _fill(stored.url, _incident(), first + 1, first + count)
    _make_due(stored.url, first, count)
    gaps: list[float] = []

    async def tick() -> None:
        while True:
            begun = perf_counter()
            await asyncio.sleep(0.001)
            gaps.append(perf_counter() - begun)

    ticker = asyncio.create_task(tick())
    total = await _timed(_swept(stored.desk, count))
    ticker.cancel()
    with suppress(asyncio.CancelledError):
        await ticker
    return Outage(engine.name, count, total, sorted(gaps)[len(gaps) * 99 // 100])


async def _started(folder: Path, stored: _Stored, starts: int) -> None:
    """The program itself, on this database, until it is connected to Slack; the median of some starts."""
    times = []
    for _ in range(starts):
        place = Place(folder, Transport.SOCKET, Network("loopback"))
        async with bots.desk("growth", stored.url, place) as bot:
            times.append(bot.start)
            await asyncio.sleep(0.5)  # it warms up
            stored.result.memory = bot.memory()
    stored.result.start = statistics.median(times)
