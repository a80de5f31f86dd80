"""What does it cost that nothing goes stale? The sweep, with more and more tickets, and after an outage.

python -m bench.sweep                      some minutes, and about 4 GB of disk: up to a million tickets
python -m bench.sweep --short              some seconds: shows that it works
python -m bench.sweep --write README.md    puts the table between <!-- sweep --> and <!-- /sweep --> there
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from bench.bots import ROOT
from bench.table import machine
from bot.desk import Desk
from bot.store import open_store, rows, sql
from tests.factories import NOW, Hands, a_world, an_incident

SIZES, SHORT = (1_000, 100_000, 1_000_000), (1_000, 2_000)
OUTAGE = 20_000
ROUNDS = 15
OWNERS = 40
_FAR = rows.ms(NOW + timedelta(days=9000))
_MARKED = re.compile(r"(?<=<!-- sweep -->\n).*(?=<!-- /sweep -->)", re.DOTALL)


def fill(path: Path, size: int) -> None:
    """Open tickets raised an hour ago, none of them due yet by their column."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA synchronous = OFF")
        db.executemany(sql.INSERT_TICKET, _rows(size))


def _rows(size: int) -> Iterator[rows.Row]:
    row = rows.ticket_row(an_incident())
    doc = str(row["doc"])
    for number in range(size):
        owner = f"U0OWNER{number % OWNERS}"
        mine = doc.replace('"id":"t1"', f'"id":"t{number}"').replace('"owner":"U0ANNA"', f'"owner":"{owner}"')
        yield {**row, "id": f"t{number}", "number": number, "owner": owner, "due": _FAR, "doc": mine}


def make_due(path: Path, first: int, count: int) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        statement = "UPDATE tickets SET due = ? WHERE number >= ? AND number < ?"
        db.execute(statement, (rows.ms(NOW), first, first + count))


async def desk_on(path: Path) -> Desk:
    clock = Hands(NOW + timedelta(hours=1))
    return replace((await a_world()).desk, store=await open_store(f"sqlite:///{path}", clock), clock=clock)


async def timed(desk: Desk, expected: int) -> float:
    begun = perf_counter()
    reminded = await desk.sweep()
    if reminded != expected:
        sys.exit(f"{reminded} tickets were reminded, and {expected} were due.")
    return perf_counter() - begun


async def measure(folder: Path, size: int, outage: int) -> list[str]:
    """One row of the table."""
    path = folder / f"{size}.sqlite3"
    desk = await desk_on(path)
    fill(path, size)
    idle = [await timed(desk, 0) for _ in range(ROUNDS)]
    busy = []
    for number in range(ROUNDS):
        make_due(path, number * 50, 50)
        busy.append(await timed(desk, 50))
    make_due(path, ROUNDS * 50, outage)
    total, gap = await beside_a_ticker(desk, outage)
    await desk.store.close()
    path.unlink()
    ms = [f"{statistics.median(times) * 1000:.2f}" for times in (idle, busy)]
    return [f"{size:,}", *ms, f"{outage:,}: {total:.1f} s", f"{gap * 1000:.1f}"]


async def beside_a_ticker(desk: Desk, expected: int) -> tuple[float, float]:
    """Seconds the sweep took, and within how many somebody else had a turn meanwhile, 99 times of 100."""
    gaps: list[float] = []

    async def tick() -> None:
        while True:
            begun = perf_counter()
            await asyncio.sleep(0.001)
            gaps.append(perf_counter() - begun)

    ticker = asyncio.create_task(tick())
    total = await timed(desk, expected)
    ticker.cancel()
    with suppress(asyncio.CancelledError):
        await ticker
    return total, sorted(gaps)[len(gaps) * 99 // 100]


async def bench(sizes: tuple[int, ...]) -> str:
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sweep-", dir=ROOT / "var") as name:
        folder = Path(name)
        footer = machine(folder)
        head = [
            "open tickets",
            "none due, ms",
            "50 due, ms",
            "all at once after an outage",
            "a click waits meanwhile, p99 ms",
        ]
        table = [head, ["---"] * len(head)]
        table += [await measure(folder, size, min(OUTAGE, size // 5)) for size in sizes]
    lines = [f"| {' | '.join(row)} |" for row in table]
    return "\n".join([*lines, "", "Reminders saved with their messages, behind an fsync. " + footer])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.sweep", description="What does the sweep cost?")
    parser.add_argument("--short", action="store_true", help="some seconds; the figures mean little")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also put the table into this Markdown file")
    chosen = parser.parse_args()
    told = asyncio.run(bench(SHORT if chosen.short else SIZES))
    print(told)
    if chosen.write:
        text = chosen.write.read_text("utf-8")
        if not _MARKED.search(text):
            sys.exit(f"{chosen.write} has no line <!-- sweep --> with a line <!-- /sweep --> below it.")
        chosen.write.write_text(_MARKED.sub(lambda _: f"{told}\n", text), "utf-8")


if __name__ == "__main__":
    main()
