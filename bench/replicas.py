"""One and four replicas on one PostgreSQL database: the same clicks for each replica.

python -m bench.replicas            one minute
python -m bench.replicas --short    some seconds: checks that it works; the figures mean little

All processes share this machine, so four replicas cannot take four times the clicks of one here. What they would take
on machines of their own follows from the processor time of a click: it grows where replicas get in each other's way.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psycopg

from bench import bots, scenarios
from bench.bots import TICKS, Bot, BotFailed, TestBed, Transport
from bench.engines import Engine, engines
from bench.measure import Samples
from bench.scenarios import Scenario
from bench.slack import Network

REPLICAS = (1, 4)
PER_SECOND = 15
"""Submissions a second that each replica gets; four together use half of two processors."""
_COLUMNS = (
    "replicas",
    f"{PER_SECOND} submissions a second for each: acknowledged in ms, p50 / p99",
    "processor ms of a submission: desk; server",
    "as many as this machine can, a second",
    "on machines of their own, × one replica",
)
_AT_ONCE = 10
_LONGEST_WAIT = 60.0


@dataclass(frozen=True)
class ReplicasResult:
    """Results with a number of replicas; times in seconds."""

    replicas: int
    steady: Samples
    """From submissions to their acknowledgements, at a steady rate."""
    desk: float
    """Processor time of the desk for each submission, with all that follows."""
    server: float
    """Processor time of the database server for each submission."""
    fastest: float
    """Submissions acknowledged in a second when each replica gets ten more as soon as it has answered ten."""


async def replicas(folder: Path, engine: Engine, seconds: float) -> list[ReplicasResult]:
    """Measures each number of replicas on a database of its own."""
    return [await _measured(folder, engine, number, seconds) for number in REPLICAS]


async def _measured(folder: Path, engine: Engine, number: int, seconds: float) -> ReplicasResult:
    url, test_bed = engine.database(f"replicas_{number}"), TestBed(folder, Transport.SOCKET, Network("loopback"))
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(bots.desk("replica 1", url, test_bed))
        submission = await scenarios.opened_submission(first)
        others = [
            await stack.enter_async_context(bots.desk(f"replica {each + 2}", url, test_bed))
            for each in range(number - 1)
        ]
        desks = [first, *others]
        await _burst_each(desks, submission)
        count = int(seconds * PER_SECOND)
        used, served = _used(desks), _server_used(url)
        steady = await asyncio.gather(*(_steady(desk, submission, count) for desk in desks))
        await _until_posted(desks, number * (_AT_ONCE + count))
        used, served = _used(desks) - used, _server_used(url) - served
        fastest = await _fastest(desks, submission, seconds)
    clicks = number * count
    return ReplicasResult(number, Samples(steady), used / clicks, served / clicks, fastest)


async def _steady(desk: Bot, submission: Scenario, count: int) -> list[float]:
    times, _ = await desk.slack.steady_load([submission.stimulus() for _ in range(count)], PER_SECOND)
    return times


async def _burst_each(desks: Sequence[Bot], submission: Scenario) -> None:
    """Warms up one replica after the other: cold ones all at once make a busy machine refuse clicks."""
    for desk in desks:
        await desk.slack.burst([submission.stimulus() for _ in range(_AT_ONCE)])


async def _fastest(desks: Sequence[Bot], submission: Scenario, seconds: float) -> float:
    started = perf_counter()

    async def clicks(desk: Bot) -> int:
        done = 0
        while perf_counter() - started < seconds:
            await desk.slack.burst([submission.stimulus() for _ in range(_AT_ONCE)])
            done += _AT_ONCE
        return done

    done = await asyncio.gather(*map(clicks, desks))
    return sum(done) / (perf_counter() - started)


async def _until_posted(desks: Sequence[Bot], cards: int) -> None:
    """Waits until all cards are in Slack: any replica may post any card."""
    until = perf_counter() + _LONGEST_WAIT
    while (posted := sum(len(desk.slack.cards) for desk in desks)) < cards:
        if perf_counter() > until:
            raise BotFailed(f"{posted} cards were posted instead of {cards}.")
        await asyncio.sleep(0.01)


def _used(desks: Sequence[Bot]) -> float:
    return sum(desk.cpu() for desk in desks)


def _server_used(url: str) -> float:
    """Processor seconds of the server's processes, those that have ended included."""
    with psycopg.connect(url) as server:
        row = server.execute("SHOW data_directory").fetchone()
    assert row
    parent = (Path(row[0]) / "postmaster.pid").read_text("ascii").split()[0]
    total = 0
    for process in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = process.read_text("ascii", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if process.parent.name == parent:
            total += sum(map(int, fields[11:15]))
        elif fields[1] == parent:
            total += sum(map(int, fields[11:13]))
    return total / TICKS


def rows(found: Sequence[ReplicasResult]) -> Iterator[Sequence[str]]:
    """The head of a table, and a line for each number of replicas."""
    yield _COLUMNS
    for each in found:
        yield (
            f"{each.replicas}",
            each.steady.middle_and_late(),
            f"{each.desk * 1000:.2f}; {each.server * 1000:.2f}",
            f"{each.fastest:.0f}",
            f"{_clicks_of_one(each, found[0]):.1f}",
        )


def aim(found: Sequence[ReplicasResult]) -> tuple[str, str, bool]:
    """The aim, what was measured, and whether it is met."""
    last = found[-1]
    times = _clicks_of_one(last, found[0])
    text = f"PostgreSQL: {last.replicas} replicas on machines of their own take at least 3 × the clicks of one"
    return text, f"{times:.1f} ×, by the processor time of a submission", times >= 3


def _clicks_of_one(found: ReplicasResult, one: ReplicasResult) -> float:
    """Clicks that they take on machines of their own, × those of one replica."""
    return found.replicas * one.desk / found.desk


async def _main(seconds: float) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as name, engines(Path(name)) as available:
        await bots.compile_all(Path(name))
        server = next(each for each in available if each.name == "PostgreSQL")
        try:
            for row in rows(await replicas(Path(name), server, seconds)):
                print(" | ".join(row))
        except BotFailed as error:
            sys.exit(f"{error}\n{bots.log_tails(Path(name))}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.replicas", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--short", action="store_true", help="some seconds; the figures mean little")
    asyncio.run(_main(1 if parser.parse_args().short else 15))


if __name__ == "__main__":
    main()
