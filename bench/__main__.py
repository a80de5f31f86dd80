"""How fast is Partner Desk? Beside two Bolt apps that do nothing else, and the protocol without Bolt; all in one run.

python -m bench            some ten minutes, and 4 GB of disk
python -m bench --short    less than a minute: shows that it works, not how fast it is
python -m bench --write    puts the tables into docs/benchmarks.md

This process is Slack's side (bench/slack.py) and holds the clock; each bot is a process of its own. bench/measure.py
says what a figure means, bench/bare.py and bench/floor.py what is compared with, bench/scenarios.py what is done,
bench/growth.py what more and more tickets cost. Everything stays on this machine.
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
from typing import Any

from bench import bots, growth, scenarios
from bench.bots import ROOT, Bot, Broken, Place, Transport
from bench.engines import Engine, engines
from bench.machine import machine
from bench.measure import Plan, Results, measure
from bench.scenarios import Scenario
from bench.slack import Network, Unanswered
from bench.table import DEFAULT, DESK, FLOOR, TUNED, Measured, full, short
from bot.adapters.store import open_store
from bot.tickets.ports import Query

LOOPBACK = Network("a Slack that answers at once")
LIKE_SLACK = Network("TLS and 50 ms", tls=True, latency=0.05)

COMPARED = {
    FLOOR: ["bench.floor"],
    DEFAULT: ["bench.bare", "default"],
    TUNED: ["bench.bare", "tuned"],
}


@dataclass(frozen=True)
class Extent:
    """How much of everything."""

    plans: Mapping[Network, Plan]
    sizes: Sequence[int]
    rounds: int
    """How often each question is asked with every size."""


FULL = Extent(
    {
        LOOPBACK: Plan(rounds=6, bursts={1: 40, 10: 8, 50: 4}),
        LIKE_SLACK: Plan(rounds=2, bursts={1: 6, 10: 2, 50: 1}, steady=(60, 100), warming=2),
    },
    sizes=(1_000, 100_000, 1_000_000),
    rounds=15,
)
_ONCE = {1: 1, 10: 1, 50: 1}
SHORT = Extent(
    {
        LOOPBACK: Plan(rounds=1, bursts=_ONCE, warming=0),
        LIKE_SLACK: Plan(rounds=1, bursts=_ONCE, steady=(60, 5), warming=0),
    },
    sizes=(1_000, 2_000),
    rounds=3,
)


async def bench(extent: Extent) -> Measured:
    """Databases are on the disk this project is on: a folder in memory would make every fsync free."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as name, engines(Path(name)) as found:
        folder = Path(name)
        footer = machine(folder, [engine.version for engine in found])
        try:
            places = {}
            for network, plan in extent.plans.items():
                for transport in Transport:
                    places[transport, network] = await _placed(Place(folder, transport, network), found, plan)
            grown, outages = await growth.grow(folder, found, extent.sizes, extent.rounds)
        except Unanswered as error:
            raise Broken(f"{error}\n{bots.said(folder)}") from error
    return Measured(places, [*COMPARED, *map(_called, found)], grown, outages, footer)


def _called(engine: Engine) -> str:
    return DESK if engine.name == "SQLite" else f"{DESK} {engine.name}"


async def _placed(place: Place, found: Sequence[Engine], plan: Plan) -> Results:
    """Everybody, side by side, in one place."""
    name = f"desk_{place.transport.name}_{place.network.tls:d}".lower()
    async with AsyncExitStack() as stack:
        urls = {_called(engine): engine.database(name) for engine in found}
        desks = [await stack.enter_async_context(_desk(called, url, place)) for called, url in urls.items()]
        done = await _shown(desks[0], place.folder)
        for desk in desks[1:]:
            await _raise_one(desk, done)
        others = [
            await stack.enter_async_context(bots.compared(name, program, place)) for name, program in COMPARED.items()
        ]
        gc.freeze()
        results = await measure([*others, *desks], done, plan)
    for desk in desks:
        await _verified(desk, urls[desk.name])
    return results


@asynccontextmanager
async def _desk(name: str, url: str, place: Place) -> AsyncIterator[Bot]:
    async with bots.desk(name, url, place) as bot:
        yield bot


async def _shown(desk: Bot, folder: Path) -> list[Scenario]:
    """Lets the desk show its form, its card and a modal once: they are what the others have to show."""
    command = scenarios.command()
    await desk.slack.burst([command.stimulus()])
    form = _view(desk)
    submission = scenarios.submission(form)
    await _raise_one(desk, [submission])
    card = json.loads(desk.slack.last["chat.postMessage"])
    button = scenarios.button(card)
    await desk.slack.burst([button.stimulus()])
    shown = {
        "command": scenarios.COMMAND,
        "button": scenarios.BUTTON,
        "form": form,
        "modal": _view(desk),
        "card": card,
    }
    (folder / "shown.json").write_text(json.dumps(shown), "utf-8")
    return [command, button, submission]


async def _raise_one(desk: Bot, done: Sequence[Scenario]) -> None:
    """The ticket whose button is pressed. Its id is that of the submission, so it is the same on every engine."""
    submission = next(each for each in done if each.then)
    stimulus = submission.first()
    await desk.slack.burst([stimulus])
    await desk.slack.at_rest(cards=1)


def _view(desk: Bot) -> dict[str, Any]:
    view = json.loads(desk.slack.last["views.open"])["view"]
    found: dict[str, Any] = json.loads(view) if isinstance(view, str) else view
    return found


async def _verified(desk: Bot, url: str) -> None:
    """A ticket for every submission that was acknowledged, and a card for every ticket."""
    store = await open_store(url)
    try:
        tickets = await store.count(Query())
    finally:
        await store.close()
    if tickets != len(desk.slack.cards):
        raise Broken(f"{desk.name}: {tickets} tickets are saved, and {len(desk.slack.cards)} cards were posted.")


def write(file: Path, name: str, told: str) -> None:
    """Replaces what is between the two markers."""
    text = file.read_text("utf-8")
    marked = re.compile(rf"(?<=<!-- {name} -->\n).*(?=<!-- /{name} -->)", re.DOTALL)
    if not marked.search(text):
        sys.exit(f"{file} has no line <!-- {name} --> with a line <!-- /{name} --> below it.")
    file.write_text(marked.sub(lambda _: f"{told}\n", text), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="How fast is Partner Desk, beside bare Bolt?")
    parser.add_argument("--short", action="store_true", help="less than a minute; the figures mean little")
    parser.add_argument("--write", action="store_true", help="also put the tables into docs/benchmarks.md")
    parser.add_argument("--below", type=Path, default=ROOT, help="the folder that docs/ is in")
    chosen = parser.parse_args()
    try:
        measured = asyncio.run(bench(SHORT if chosen.short else FULL))
    except Broken as error:
        sys.exit(str(error))
    print(short(measured), full(measured), sep="\n\n")
    if chosen.write:
        file = chosen.below / "docs" / "benchmarks.md"
        write(file, "bench", short(measured))
        write(file, "percentiles", full(measured))


if __name__ == "__main__":
    main()
