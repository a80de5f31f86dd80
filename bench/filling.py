"""Search latency for growing numbers of tickets, filled with sentences of the labelled incidents."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from time import perf_counter

import psycopg

from bench.cases import Document as LabelledDocument
from bench.cases import cases
from bench.engines import Engine
from bot.adapters.store import is_server, open_store, rows
from bot.desk import Desk
from bot.ports import Store
from bot.search import tokens
from bot.search.documents import DocumentKind, IndexEntry, SearchDocument, customer_tag, service_tag
from bot.search.ranking import SearchFilter
from bot.tickets.ports import Batch
from tests.factories import ANNA, NOW, ManualClock, a_world, an_incident

SIZES = (1_000, 100_000, 1_000_000)
ROUNDS = 40
CUSTOMERS = 2000
_SAVED_TICKETS = 200
_MERGES = 400


async def latencies(engines: Sequence[Engine], sizes: Sequence[int]) -> Iterator[str]:
    """Markdown table with one row per engine and number of tickets."""
    found = [(engine, size, await _measured(engine, size)) for engine in engines for size in sizes]
    head = ["ms, p50 / p99", "tickets", *found[0][2]]
    table = [head, ["---"] * len(head)]
    table += [[engine.name, f"{size:,}", *columns.values()] for engine, size, columns in found]
    return (f"| {' | '.join(row)} |" for row in table)


async def _measured(engine: Engine, size: int) -> dict[str, str]:
    """Latencies by query, including everything a click waits for: permissions, database, ranking and records."""
    desk, store = await _filled_desk(engine.database(f"search_{size}"), size)
    searching = desk.search
    questions: dict[str, Callable[[], Awaitable[object]]] = {
        "an RCR number": lambda: searching.find(f"RCR-{random.randrange(size)}", ANNA),
        "two words": lambda: searching.find("Zertifikat Warteschlange", ANNA),
        "a slip": lambda: searching.find("conector rejcted", ANNA),
        "six everyday words": lambda: searching.find("mails werden seit heute nicht zugestellt fehler", ANNA),
        "of one customer": lambda: searching.find(
            "fax", ANNA, SearchFilter(customer=f"Kunde {random.randrange(CUSTOMERS)}")
        ),
        "the same problem?": lambda: searching.offered(_incident_answers(), ANNA),
    }
    columns = {name: await _timed(ask) for name, ask in questions.items()}
    columns["per ticket saved"] = await _saving_cost(store)
    await store.close()
    return columns


async def _timed(ask: Callable[[], Awaitable[object]]) -> str:
    await ask()
    times = []
    for _ in range(ROUNDS):
        started = perf_counter()
        await ask()
        times.append(perf_counter() - started)
    times.sort()
    return f"{times[len(times) // 2] * 1000:.1f} / {times[len(times) * 99 // 100] * 1000:.1f}"


def _incident_answers() -> dict[str, str]:
    happens = "Seit heute früh werden ausgehende Mails mit Anhang vom Gateway abgewiesen, mehrere Kunden betroffen."
    start = str(int(NOW.timestamp()))
    return {"happens": happens, "error": "550 5.7.1 rejected", "services": "Email Security", "start": start}


# --- filling


async def _filled_desk(url: str, size: int) -> tuple[Desk, Store]:
    clock = ManualClock(NOW)
    await (await open_store(url, clock)).close()  # creates the tables
    await asyncio.to_thread(_fill, url, size)
    store = await open_store(url, clock)
    for _ in range(_MERGES):  # the desk's regular index maintenance, a few every ten minutes
        await store.merge_index(50)
    return (await a_world()).at(store=store, clock=clock).desk, store


def _fill(url: str, size: int) -> None:
    """Fills the tables of tickets, index entries and vocabulary: one ticket every ten minutes, the newest now."""
    _copy(
        url,
        "tickets",
        (list(ticket.values()) for ticket, _ in _rows_and_entries(size)),
        list(next(_rows_and_entries(1))[0]),
    )
    _copy(url, "tickets_index", (entry for _, entry in _rows_and_entries(size)), ["number", "print", "entry"])
    _set_ticket_counter(url, size)
    spellings = {word for each in cases().documents for word in tokens.spellings(each.text)} | _random_words(20_000)
    _copy(url, "vocabulary", ([word, " ".join(tokens.grams(word))] for word in sorted(spellings)), ["word", "grams"])


def _copy(url: str, table: str, values: Iterator[Sequence[object]], columns: Sequence[str]) -> None:
    """Inserts rows directly into the database, as the preparation is not measured."""
    names = ", ".join(columns)
    if is_server(url):
        with psycopg.connect(url, autocommit=True) as server:
            with server.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN".encode()) as copy:
                for row in values:
                    copy.write_row(row)
            server.execute(f"VACUUM ANALYZE {table}".encode())
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file, file:
        file.execute("PRAGMA synchronous = OFF")
        file.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", values)


def _set_ticket_counter(url: str, size: int) -> None:
    """Sets the counter of ticket numbers."""
    statement = f"UPDATE counters SET last = {size + 1000} WHERE name = 'ticket'"
    if is_server(url):
        with psycopg.connect(url) as server:
            server.execute(statement.encode())
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file, file:
        file.execute(statement)


def _rows_and_entries(size: int) -> Iterator[tuple[rows.Row, Sequence[object]]]:
    """Row and index entry of each ticket, combined from two labelled documents and its own number."""
    pool = [(each, _entry(each.happens, each.error), _entry("", each.remedy)) for each in cases().documents]
    chance = random.Random(7)
    for number in range(1, size + 1):
        one, other = chance.choice(pool), chance.choice(pool)
        customer = f"Kunde {number % CUSTOMERS}"
        tags = frozenset((service_tag(one[0].service), customer_tag(customer)))
        title = one[1].title | one[1].body | {f"rcr{number}", f"{number}"}
        entry = IndexEntry(title, other[1].title | other[2].body, frozenset(), tags)
        at = rows.ms(NOW - timedelta(minutes=10 * (size - number)))
        row = {**_row(one[0], customer), "id": f"t{number}", "number": number, "raised_at": at}
        yield row, (number, 0, entry.numbered(number, DocumentKind.TICKETS).pack())


def _entry(title: str, body: str) -> IndexEntry:
    return IndexEntry.of(SearchDocument((), title, body))


_ROWS: dict[str, rows.Row] = {}


def _row(document: LabelledDocument, customer: str) -> rows.Row:
    if document.id not in _ROWS:
        answers = {"happens": document.happens, "error": document.error or "none", "services": document.service}
        _ROWS[document.id] = rows.ticket_row(an_incident(answers={"customer": customer, **answers}))
    return _ROWS[document.id]


def _random_words(count: int) -> set[str]:
    """Random words made of syllables, the same in each run, as many as a vocabulary gathers in years."""
    chance = random.Random(11)
    parts = "an be ver ter mel dung zer stell ung kon nek lich mail fax ger kom ron sys tem por tal log net".split()
    return {"".join(chance.choices(parts, k=chance.randint(2, 5))) for _ in range(count)}


# --- cost of saving


async def _saving_cost(store: Store) -> str:
    """Extra milliseconds to save a ticket with text, due to its index entry, compared with one without text."""
    plain: list[float] = []
    with_text: list[float] = []
    documents = cases().documents
    for number in range(_SAVED_TICKETS):
        text = documents[number % len(documents)].text
        for times, answers in ((plain, {}), (with_text, {"happens": f"{text} {number}", "customer": "Müller GmbH"})):
            ticket = an_incident(answers=answers).model_copy(update={"id": f"s{number}-{len(answers)}"})
            started = perf_counter()
            await store.apply(Batch(tickets=[ticket]))
            times.append(perf_counter() - started)
    difference = sorted(with_text)[_SAVED_TICKETS // 2] - sorted(plain)[_SAVED_TICKETS // 2]
    return f"{difference * 1000:.2f}"
