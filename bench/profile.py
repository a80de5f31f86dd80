"""Profile of the processor time of a click, of the start and of the memory, beside bare Bolt.

python -m bench.profile            two minutes
python -m bench.profile --short    half a minute; the figures mean little
python -m bench.profile --write    puts the tables into docs/benchmarks.md

The desk is a process of its own, as in `python -m bench`, by HTTP; bench/sampled.py counts in it, bench/imported.py
counts the imports. Counting itself makes the desk some tenth slower.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import bots
from bench.__main__ import COMPARISON_BOTS, LOOPBACK, capture_payloads, write
from bench.bots import CONFIG, ROOT, Bot, BotFailed, TestBed, Transport
from bench.engines import Engine, engines
from bench.machine import machine
from bench.measure import burst
from bench.scenarios import Scenario
from bench.stages import AFTER, BEFORE, THROUGHOUT, stage_of
from bench.table import TUNED, table

_TIMEOUT = 10.0
_AT_ONCE = (1, 10, 50)
_ONE_OF_EACH = 10
"""Clicks at once of the other scenarios."""
_TOP = 10
_SHOWN_FROM = 0.01
"""Milliseconds of a stage that is shown."""
Costs = Mapping[str, float]
"""Processor milliseconds per click by stage."""


@dataclass(frozen=True)
class Scale:
    """Numbers of clicks, warming bursts and starts."""

    clicks: int
    warming: int
    starts: int


FULL = Scale(clicks=400, warming=15, starts=5)
SHORT = Scale(clicks=50, warming=1, starts=1)


@dataclass(frozen=True)
class Start:
    """Processor seconds, seconds and megabytes: of a program's imports, by package, and until it is ready."""

    packages: Mapping[str, Sequence[float]]
    imports: Sequence[float]
    interpreter: float
    """Megabytes before the imports."""
    ready: Sequence[float]


async def profile(scale: Scale) -> str:
    """The tables."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as name, engines(Path(name)) as available:
        test_bed = TestBed(Path(name), Transport.HTTP, LOOPBACK)
        footer = machine(test_bed.folder, [engine.version for engine in available])
        await bots.compile_all(test_bed.folder)
        costs: dict[tuple[str, str, int], Costs] = {}
        for engine in available:
            costs |= await _clicks(engine, test_bed, scale)
        started = {engine.name: await _start("app", engine, test_bed, scale) for engine in available}
        bare = await _start("bench.bare", None, test_bed, scale)
    names = [engine.name for engine in available]
    parts = [
        "Processor milliseconds of a submission, by stage:",
        table(_stages(costs, [("submission", name, n) for name in names for n in _AT_ONCE], "{1}, {2} at once")),
        f"The same of a one-click move and of a button that opens a modal, {_ONE_OF_EACH} at once:",
        table(_stages(costs, [(s, n, _ONE_OF_EACH) for s in ("move", "button") for n in names], "{0}, {1}")),
        f"The start: processor seconds, and seconds; the {_TOP} packages of the desk that take the longest:",
        table(_starts(started, bare)),
        f"Resident memory after the imports, MB; the {_TOP} packages of the desk that take the most:",
        table(_memory(started["SQLite"], bare)),
        footer,
    ]
    return "\n\n".join(parts)


# --- clicks


async def _clicks(engine: Engine, test_bed: TestBed, scale: Scale) -> dict[tuple[str, str, int], Costs]:
    costs = {}
    async with _sampled(engine, test_bed) as (bot, results):
        scenarios = await capture_payloads(bot, test_bed.folder)
        assert bot.slack.wire
        await bot.slack.wire.warm(max(_AT_ONCE))
        for scenario in scenarios:
            for _ in range(scale.warming):
                await burst(bot.slack, scenario, 10)
        await asyncio.sleep(1)  # the index
        await _counted(bot, results)
        for scenario in (each for each in scenarios if each.short != "command"):
            for at_once in _AT_ONCE if scenario.short == "submission" else (_ONE_OF_EACH,):
                costs[scenario.short, engine.name, at_once] = await _cost(bot, results, scenario, at_once, scale)
    return costs


async def _cost(bot: Bot, results: Path, scenario: Scenario, at_once: int, scale: Scale) -> Costs:
    """Also of the index, which follows half a second later."""
    bursts = max(1, scale.clicks // at_once)
    for _ in range(bursts):
        await burst(bot.slack, scenario, at_once)
    await asyncio.sleep(1)
    stages: dict[str, float] = defaultdict(float)
    for stack, seconds in (await _counted(bot, results)).items():
        stages[stage_of(stack)] += seconds * 1000 / (bursts * at_once)
    return stages


@asynccontextmanager
async def _sampled(engine: Engine, test_bed: TestBed) -> AsyncIterator[tuple[Bot, Path]]:
    results = test_bed.folder / f"{engine.name}.samples"
    results.touch()
    program = ["-m", "bench.sampled", str(results), str(ROOT / "app.py")]
    settings = {
        "DATABASE_URL": engine.database("profile"),
        "DESK_CONFIG": str(CONFIG),
        "PYTHONPATH": str(ROOT),
    }
    async with bots.running(f"profiled {engine.name}", program, settings, test_bed) as bot:
        yield bot, results


async def _counted(bot: Bot, results: Path) -> dict[str, float]:
    """Processor seconds by stack, since it was last asked."""
    before = _lines(results)
    bot.process.send_signal(signal.SIGUSR1)
    async with asyncio.timeout(_TIMEOUT):
        while len(lines := _lines(results)) == len(before):  # noqa: ASYNC110 (another process writes it)
            await asyncio.sleep(0.01)
    found: dict[str, float] = json.loads(lines[-1])
    return found


def _lines(results: Path) -> list[str]:
    """The lines that are written to their end."""
    return results.read_text("utf-8").split("\n")[:-1]


# --- start and memory


async def _start(program: str, engine: Engine | None, test_bed: TestBed, scale: Scale) -> Start:
    """Medians of several starts."""
    imports, ready = [], []
    for number in range(scale.starts):
        imports.append(await _imports(program, test_bed))
        if engine:
            url = engine.database(f"start_{number}")
            starting = bots.desk(f"start {engine.name}", url, test_bed)
        else:
            starting = bots.comparison_bot(TUNED, COMPARISON_BOTS[TUNED], test_bed)
        async with starting as bot:
            ready.append((bot.cpu(), bot.start, bot.memory()))
    packages: dict[str, Sequence[float]] = {
        name: _medians([each["packages"].get(name, (0, 0, 0)) for each in imports]) for name in imports[0]["packages"]
    }
    whole, interpreter = _medians([each["whole"] for each in imports]), imports[0]["interpreter"]
    return Start(packages, whole, interpreter, _medians(ready))


def _medians(rows: Iterable[Sequence[float]]) -> list[float]:
    return [statistics.median(column) for column in zip(*rows, strict=True)]


async def _imports(program: str, test_bed: TestBed) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.imported", program),
        cwd=ROOT,
        env=bots.environment(test_bed.folder),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise BotFailed(f"{program} cannot be imported.")
    found: dict[str, Any] = json.loads(output)
    return found


# --- tables


def _stages(
    costs: Mapping[tuple[str, str, int], Costs], of: Sequence[tuple[str, str, int]], head: str
) -> Iterable[Sequence[str]]:
    yield ["stage", *(head.format(*each) for each in of)]
    for stages, name in (
        (BEFORE, "until the acknowledgement, or the modal"),
        (THROUGHOUT, "before it and after it"),
        (AFTER, "after it"),
    ):
        for stage in stages:
            if any(costs[each].get(stage, 0) >= _SHOWN_FROM for each in of):
                yield [stage, *(f"{costs[each].get(stage, 0):.2f}" for each in of)]
        yield [f"**{name}**", *(f"**{sum(costs[each].get(one, 0) for one in stages):.2f}**" for each in of)]
    yield ["**in all**", *(f"**{sum(costs[each].values()):.2f}**" for each in of)]


def _starts(started: Mapping[str, Start], bare: Start) -> Iterable[Sequence[str]]:
    desk = next(iter(started.values()))
    yield ["", "Partner Desk", "bare Bolt, tuned"]
    for name in _largest(desk.packages, 0):
        yield [name, _times(desk.packages[name]), _times(bare.packages.get(name, (0, 0)))]
    yield ["**all imports**", _times(desk.imports), _times(bare.imports)]
    for engine, start in started.items():
        yield [f"**ready**, {engine}", _times(start.ready), _times(bare.ready)]


def _memory(desk: Start, bare: Start) -> Iterable[Sequence[str]]:
    yield ["", "Partner Desk", "bare Bolt, tuned"]
    yield ["the interpreter", f"{desk.interpreter:.1f}", f"{bare.interpreter:.1f}"]
    for name in _largest(desk.packages, 2):
        yield [name, f"{desk.packages[name][2]:.1f}", f"{bare.packages.get(name, (0, 0, 0))[2]:.1f}"]
    yield ["**after all imports**", *(f"{each.interpreter + each.imports[2]:.1f}" for each in (desk, bare))]
    yield ["**ready**", *(f"{each.ready[2]:.1f}" for each in (desk, bare))]


def _largest(packages: Mapping[str, Sequence[float]], kind: int) -> Sequence[str]:
    return sorted(packages, key=lambda name: -packages[name][kind])[:_TOP]


def _times(taken: Sequence[float]) -> str:
    return f"{taken[0]:.3f}, {taken[1]:.3f}" if any(taken[:2]) else "–"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description="Where do time and memory go?")
    parser.add_argument("--short", action="store_true", help="half a minute; the figures mean little")
    parser.add_argument("--write", action="store_true", help="also put the tables into docs/benchmarks.md")
    parser.add_argument("--below", type=Path, default=ROOT, help="the folder that docs/ is in")
    options = parser.parse_args()
    try:
        tables = asyncio.run(profile(SHORT if options.short else FULL))
    except BotFailed as error:
        sys.exit(str(error))
    print(tables)
    if options.write:
        write(options.below / "docs" / "benchmarks.md", "profile", tables)


if __name__ == "__main__":
    main()
