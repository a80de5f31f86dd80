"""Measures Partner Desk, two minimal Bolt apps, and the bare protocol without Bolt, all in one run.

python -m bench            at most ten minutes, and 3 GB of disk
python -m bench --short    less than a minute: checks that it works; the figures mean little
python -m bench --write    puts the tables into docs/benchmarks.md

This process is Slack's side (bench/slack.py) and takes the times; each bot is a separate process. bench/measure.py
defines the figures, bench/bare.py and bench/floor.py are the bots of comparison, bench/scenarios.py are the
interactions, bench/growth.py measures growing numbers of tickets, bench/load.py work beside people's clicks, and
bench/replicas.py several replicas. All traffic stays on the loopback interface.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import bots, growth, load, replicas, scenarios
from bench.bots import ROOT, Bot, BotFailed, TestBed, Transport
from bench.engines import Engine, engines
from bench.machine import machine
from bench.measure import Plan, Results, measure
from bench.scenarios import Scenario
from bench.slack import Network, NoResponse
from bench.table import DEFAULT, DESK, FLOOR, TUNED, BenchmarkResults, full, short
from bot.adapters.store import open_store
from bot.tickets.ports import Query

LOOPBACK = Network("a Slack that answers at once")
LIKE_SLACK = Network("TLS and 50 ms", tls=True, latency=0.05)

COMPARISON_BOTS = {
    FLOOR: ["bench.floor"],
    DEFAULT: ["bench.bare", "default"],
    TUNED: ["bench.bare", "tuned"],
}


@dataclass(frozen=True)
class Scale:
    """Numbers of rounds, bursts and tickets."""

    plans: Mapping[Network, Plan]
    sizes: Sequence[int]
    rounds: int
    """Repetitions of each query at each database size."""
    load: load.Extent
    replicas: float
    """Seconds of clicks on each number of replicas."""


FULL = Scale(
    {
        LOOPBACK: Plan(rounds=4, bursts={1: 30, 10: 6, 50: 3}),
        LIKE_SLACK: Plan(rounds=2, bursts={1: 6, 10: 2, 50: 1}, steady=(60, 60), warming=2),
    },
    sizes=(1_000, 100_000, 1_000_000),
    rounds=15,
    load=load.FULL,
    replicas=5,
)
_ONCE = {1: 1, 10: 1, 50: 1}
SHORT = Scale(
    {
        LOOPBACK: Plan(rounds=1, bursts=_ONCE, warming=0),
        LIKE_SLACK: Plan(rounds=1, bursts=_ONCE, steady=(60, 5), warming=0),
    },
    sizes=(1_000, 2_000),
    rounds=3,
    load=load.SHORT,
    replicas=1,
)


async def bench(scale: Scale) -> BenchmarkResults:
    """Runs all measurements, with the databases on the project's disk, as an fsync in a memory file system is free."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as name, engines(Path(name)) as available:
        folder = Path(name)
        footer = machine(folder, [engine.version for engine in available])
        await bots.compile_all(folder)
        try:
            results = {}
            for network, plan in scale.plans.items():
                for transport in Transport:
                    results[transport, network] = await _measure_in(
                        TestBed(folder, transport, network), available, plan
                    )
            grown, outages = await growth.grow(folder, available, scale.sizes, scale.rounds)
            loads = await load.load(folder, available, scale.load)
            together = await replicas.replicas(folder, available[-1], scale.replicas)
        except NoResponse as error:
            raise BotFailed(f"{error}\n{bots.log_tails(folder)}") from error
    names = [*COMPARISON_BOTS, *map(_display_name, available)]
    return BenchmarkResults(results, names, grown, outages, loads, together, footer)


def _display_name(engine: Engine) -> str:
    return DESK if engine.name == "SQLite" else f"{DESK} {engine.name}"


async def _measure_in(test_bed: TestBed, available: Sequence[Engine], plan: Plan) -> Results:
    """Measures all bots side by side with one transport and network."""
    name = f"desk_{test_bed.transport.name}_{test_bed.network.tls:d}".lower()
    async with AsyncExitStack() as stack:
        urls = {_display_name(engine): engine.database(name) for engine in available}
        desks = [await stack.enter_async_context(_desk(called, url, test_bed)) for called, url in urls.items()]
        interactions = await capture_payloads(desks[0], test_bed.folder)
        for desk in desks[1:]:
            await raise_one(desk, interactions)
        others = [
            await stack.enter_async_context(bots.comparison_bot(name, program, test_bed))
            for name, program in COMPARISON_BOTS.items()
        ]
        gc.freeze()
        results = await measure([*others, *desks], interactions, plan)
    for desk in desks:
        await _verify(desk, urls[desk.name])
    return results


@asynccontextmanager
async def _desk(name: str, url: str, test_bed: TestBed) -> AsyncIterator[Bot]:
    async with bots.desk(name, url, test_bed) as bot:
        yield bot


async def capture_payloads(desk: Bot, folder: Path) -> list[Scenario]:
    """Captures the desk's form, card and modal, which the other bots have to show; gives the scenarios."""
    command = scenarios.command()
    await desk.slack.burst([command.stimulus()])
    form = desk.opened_view()
    submission = scenarios.submission(form)
    await raise_one(desk, [submission])
    card = json.loads(desk.slack.last["chat.postMessage"])
    button = scenarios.button(card)
    await desk.slack.burst([button.stimulus()])
    payloads = {
        "command": scenarios.COMMAND,
        "button": scenarios.BUTTON,
        "move": scenarios.MOVE,
        "form": form,
        "modal": desk.opened_view(),
        "card": card,
    }
    (folder / "shown.json").write_text(json.dumps(payloads), "utf-8")
    return [command, button, submission, scenarios.move(card)]


async def raise_one(desk: Bot, interactions: Sequence[Scenario]) -> None:
    """Raises the ticket whose button is clicked; its id is derived from the submission, the same on all engines."""
    submission = next(each for each in interactions if each.follow_up)
    stimulus = submission.fixed_stimulus()
    await desk.slack.burst([stimulus])
    await desk.slack.wait_until_idle(cards=1)


async def _verify(desk: Bot, url: str) -> None:
    """Checks that each acknowledged submission has a ticket and each ticket has a card."""
    store = await open_store(url)
    try:
        tickets = await store.count(Query())
    finally:
        await store.close()
    if tickets != len(desk.slack.cards):
        raise BotFailed(f"{desk.name}: {tickets} tickets are saved, and {len(desk.slack.cards)} cards were posted.")


def write(file: Path, name: str, tables: str) -> None:
    """Replaces the text between the two markers of a file."""
    text = file.read_text("utf-8")
    marked = re.compile(rf"(?<=<!-- {name} -->\n).*(?=<!-- /{name} -->)", re.DOTALL)
    if not marked.search(text):
        sys.exit(f"{file} has no line <!-- {name} --> with a line <!-- /{name} --> below it.")
    file.write_text(marked.sub(lambda _: f"{tables}\n", text), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="How fast is Partner Desk, beside bare Bolt?")
    parser.add_argument("--short", action="store_true", help="less than a minute; the figures mean little")
    parser.add_argument("--write", action="store_true", help="also put the tables into docs/benchmarks.md")
    parser.add_argument("--below", type=Path, default=ROOT, help="the folder that docs/ is in")
    options = parser.parse_args()
    try:
        measured = asyncio.run(bench(SHORT if options.short else FULL))
    except BotFailed as error:
        sys.exit(str(error))
    print(short(measured), full(measured), sep="\n\n")
    if options.write:
        file = options.below / "docs" / "benchmarks.md"
        write(file, "bench", short(measured))
        write(file, "percentiles", full(measured))


if __name__ == "__main__":
    main()
