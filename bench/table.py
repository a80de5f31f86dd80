"""How is it told? Markdown: the figures, and on what, with what and when they were measured."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from bench.bots import Bot
from bench.measure import AT_ONCE, Results
from bench.scenarios import Scenario

_INTRO = """\
Partner Desk beside a Bolt app that only shows the same form and posts the same card, without storage, rights or checks:
written as Bolt's documentation begins, and tuned as far as Bolt goes. Each bot is a process of its own, in Socket Mode,
with a Slack that answers at once, so that only the bots are seen. “At once”: so many people click in the same moment,
on a bot at rest. An acknowledgement of Partner Desk's stands behind an fsync."""


def table(results: Results, bots: Sequence[Bot], scenarios: Sequence[Scenario], footer: str) -> str:
    """Latencies, then costs. The last bot is ours; its ratios are to each of the others."""
    latencies, costs = _latencies(results, bots, scenarios), _costs(results, bots, scenarios)
    return "\n\n".join([_INTRO, "\n".join(latencies), "\n".join(costs), footer])


def _latencies(results: Results, bots: Sequence[Bot], scenarios: Sequence[Scenario]) -> Iterable[str]:
    *others, ours = [bot.name for bot in bots]
    names = ["ms, p50 / p99", "at once", *others, ours, *(f"× {other}" for other in others)]
    yield from _head(names)
    for scenario in scenarios:
        for at_once in AT_ONCE:
            samples = {bot.name: results.times[scenario.name, bot.name, at_once] for bot in bots}
            times = [f"{_ms(each.percentile(0.5))} / {_ms(each.percentile(0.99))}" for each in samples.values()]
            ratios = [f"{samples[ours].ratio(samples[other]):.2f}" for other in others]
            yield _row([scenario.name, str(at_once), *times, *ratios])


def _costs(results: Results, bots: Sequence[Bot], scenarios: Sequence[Scenario]) -> Iterable[str]:
    yield from _head(["cost", *(bot.name for bot in bots)])
    for scenario in scenarios:
        costs = [_ms(statistics.median(results.cpu[scenario.name, bot.name])) for bot in bots]
        yield _row([f"processor ms per {scenario.name.split(' →')[0]}, with all that follows", *costs])
    yield _row(["start to connected, s", *(f"{bot.start:.2f}" for bot in bots)])
    yield _row(["memory after all this, MB", *(f"{bot.memory():.0f}" for bot in bots)])


def _head(names: Sequence[str]) -> Iterable[str]:
    yield _row(names)
    yield _row(["---"] * len(names))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _ms(seconds: float) -> str:
    """Three digits that mean something."""
    ms = seconds * 1000
    return f"{ms:.2f}" if ms < 10 else f"{ms:.1f}"


def machine(folder: Path) -> str:
    """On what, with what and when; to be asked before the measuring. `folder`: where the database is."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("slack-bolt", "slack-sdk", "aiohttp"))
    return (
        f"{datetime.now(UTC):%Y-%m-%d} · {_processor()}, {os.cpu_count()} cores · {platform.system()} "
        f"{platform.release()} · Python {platform.python_version()}, {packages}, SQLite {sqlite3.sqlite_version} · "
        f"one fsync: {_ms(_fsync(folder))} ms · load before: {os.getloadavg()[0]:.1f}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _fsync(folder: Path) -> float:
    """Seconds for 4 KB to be on the disk the database is on."""
    times = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(50):
            begun = perf_counter()
            file.write(b"-" * 4096)
            os.fsync(file.fileno())
            times.append(perf_counter() - begun)
    return statistics.median(times)
