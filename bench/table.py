"""The tables of docs/benchmarks.md: medians with the aims, and every percentile."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench import load, replicas
from bench.bots import Transport
from bench.growth import OPEN, GrowthResult, OutageResult
from bench.load import LoadResult
from bench.measure import Results
from bench.replicas import ReplicasResult
from bench.slack import Network

FLOOR, DEFAULT, TUNED, DESK = "no Bolt", "bare Bolt", "bare Bolt, tuned", "Partner Desk"
AT_ONCE = (1, 10, 50)
COMMAND, BUTTON = "slash command → form", "button → modal"
ACK, CARD = "submission → acknowledgement", "submission → card in the channel"
MOVED = "one-click move → acknowledgement"
MEASURED = (COMMAND, BUTTON, ACK, CARD, MOVED)
COSTS = {"command": "slash command", "button": "button", "submission": "submission", "move": "one-click move"}


_INTRO = """\
Milliseconds, median, {place}. “At once”: so many people click in the same moment. × is to the faster of the two Bolt
apps, in the same rounds."""
_LATEST = (
    (COMMAND, "a slash command opens its form", 1.0, 1.1),
    (BUTTON, "a button opens its modal", 1.3, 1.6),
    (ACK, "a submission is on disk and acknowledged", 2.0, 3.0),
    (CARD, "a submission's card is in the channel", 2.0, 3.0),
    (MOVED, "a one-click move is on disk and acknowledged", 2.0, 3.0),
)
"""Aims: the metric, what it means, and its limit, × the faster Bolt app: on SQLite, and on a server."""
_GROWTH = 1.2
"""Limit of a query's time with the most tickets, × that with the fewest."""
_START, _MEMORY = (0.45, 0.5), (60, 65)
"""Limits of seconds until ready and of megabytes, with the most tickets: on SQLite, and on a server."""


@dataclass(frozen=True)
class BenchmarkResults:
    """Results of one run."""

    places: Mapping[tuple[Transport, Network], Results]
    """Results by transport and network; the first is Socket Mode without latency."""
    bots: Sequence[str]
    grown: Sequence[GrowthResult]
    outages: Sequence[OutageResult]
    loads: Sequence[LoadResult]
    replicas: Sequence[ReplicasResult]
    footer: str


def short(all_: BenchmarkResults) -> str:
    """Medians and the aims."""
    (first, results), *others = all_.places.items()
    parts = [
        _INTRO.format(place=_name(first)),
        table(_medians(results, all_.bots)),
        "The same elsewhere, Partner Desk on SQLite, × the faster Bolt app:",
        table(_elsewhere(dict(others))),
        table(_costs(results, all_.bots)),
        f"With more and more tickets stored, {OPEN} of them open:",
        table(_growth(all_.grown)),
        "Work beside people's clicks, which go on at ten a second:",
        table(load.rows(all_.loads)),
        "Several replicas on one PostgreSQL database:",
        table(replicas.rows(all_.replicas)),
        "What was aimed at:",
        "\n".join(f"- {line}" for line in targets(all_)),
        all_.footer,
    ]
    return "\n\n".join(parts)


def full(all_: BenchmarkResults) -> str:
    """Percentiles in every place."""
    parts = []
    for place, results in all_.places.items():
        parts += [f"### {_name(place)}", table(_percentiles(results, all_.bots)), table(_costs(results, all_.bots))]
    parts += ["### With more and more tickets", table(_growth(all_.grown)), table(_outage(all_.outages))]
    return "\n\n".join([*parts, all_.footer])


def _name(place: tuple[Transport, Network]) -> str:
    transport, network = place
    return f"{transport}, {network.name}"


# --- targets


def targets(all_: BenchmarkResults) -> Iterable[str]:
    """One line per target, with the measured value and whether it is met."""
    for desk in (bot for bot in all_.bots if bot.startswith(DESK)):
        for metric, done, *limits in _LATEST:
            limit = limits[_is_server(_engine(desk))]
            target = f"{_engine(desk)}: {done} at most {limit} × as late as the faster Bolt app's"
            yield _ratio_target(target, all_.places, metric, desk, limit)
    for engine in dict.fromkeys(one.engine for one in all_.grown):
        grown = [one for one in all_.grown if one.engine == engine]
        ratios = {metric: grown[-1].seconds[metric] / grown[0].seconds[metric] for metric in grown[0].seconds}
        measured = ", ".join(f"{metric} {ratio:.2f}" for metric, ratio in ratios.items())
        target = f"{engine}: at most {_GROWTH} × from {grown[0].stored:,} to {grown[-1].stored:,} tickets"
        yield _target(target, f"{measured} ×", holds=max(ratios.values()) <= _GROWTH)
        last, start, memory = grown[-1], _START[_is_server(engine)], _MEMORY[_is_server(engine)]
        target = f"{engine}: with {last.stored:,} tickets ready within {start} s, in at most {memory} MB"
        holds = last.start <= start and last.memory <= memory
        yield _target(target, f"{last.start:.2f} s, {last.memory:.0f} MB", holds=holds)
    for target, measured, holds in (*load.aims(all_.loads), replicas.aim(all_.replicas)):
        yield _target(target, measured, holds=holds)


def _is_server(engine: str) -> bool:
    return engine != "SQLite"


def _ratio_target(
    target: str, places: Mapping[tuple[Transport, Network], Results], metric: str, desk: str, limit: float
) -> str:
    """A line for a ratio: at each concurrency in the first setting, and the worst ratio of all other settings."""
    ratios = {(place, n): _ratio(results, metric, desk, n) for place, results in places.items() for n in AT_ONCE}
    first, *others = places
    measured = ", ".join(f"{ratios[first, n]:.2f} × with {n} at once" for n in AT_ONCE)
    worst = max((key for key in ratios if key[0] in others), key=lambda key: ratios[key])
    measured += f"; at worst elsewhere {ratios[worst]:.2f} × ({_name(worst[0])}, {worst[1]} at once)"
    return _target(target, measured, holds=max(ratios.values()) <= limit)


def _engine(desk: str) -> str:
    return desk.removeprefix(DESK).strip() or "SQLite"


def _target(target: str, measured: str, *, holds: bool) -> str:
    return f"{'Holds' if holds else '**Missed**'}: {target}: {measured}."


def _ratio(results: Results, metric: str, bot: str, at_once: int) -> float:
    """Ratio to the faster Bolt app."""
    mine = results.times[metric, bot, at_once]
    return max(mine.ratio(results.times[metric, other, at_once]) for other in (DEFAULT, TUNED))


# --- tables


def _medians(results: Results, bots: Sequence[str]) -> Iterable[Sequence[str]]:
    desks = [bot for bot in bots if bot.startswith(DESK)]
    yield ["", "at once", *bots, *(f"× {_engine(desk)}" for desk in desks)]
    for metric in MEASURED:
        for at_once in AT_ONCE:
            times = [_ms(results.times[metric, bot, at_once].percentile(0.5)) for bot in bots]
            yield [metric, str(at_once), *times, *(f"{_ratio(results, metric, desk, at_once):.2f}" for desk in desks)]


def _elsewhere(places: Mapping[tuple[Transport, Network], Results]) -> Iterable[Sequence[str]]:
    yield ["ms, × faster Bolt", "at once", *map(_name, places)]
    for name in MEASURED:
        for at_once in AT_ONCE:
            cells = [
                f"{_ms(results.times[name, DESK, at_once].percentile(0.5))}, {_ratio(results, name, DESK, at_once):.2f}"
                for results in places.values()
            ]
            yield [name, str(at_once), *cells]


def _percentiles(results: Results, bots: Sequence[str]) -> Iterable[Sequence[str]]:
    yield ["ms, p50 / p99", "at once", *bots]
    for metric in MEASURED:
        for at_once in (*AT_ONCE, 0):
            found = [results.times[metric, bot, at_once] for bot in bots]
            if all(samples.rounds for samples in found):
                times = [f"{_ms(samples.percentile(0.5))} / {_ms(samples.percentile(0.99))}" for samples in found]
                yield [metric, str(at_once) if at_once else "steadily", *times]


def _costs(results: Results, bots: Sequence[str]) -> Iterable[Sequence[str]]:
    yield ["cost", *bots]
    for metric, name in COSTS.items():
        costs = [_ms(statistics.median(results.cpu[metric, bot])) for bot in bots]
        yield [f"processor ms per {name}, with all that follows", *costs]
    yield ["start to ready, s", *(f"{results.start[bot]:.2f}" for bot in bots)]
    yield ["memory after all this, MB", *(f"{results.memory[bot]:.0f}" for bot in bots)]


def _growth(grown: Sequence[GrowthResult]) -> Iterable[Sequence[str]]:
    yield ["ms", "tickets", *grown[0].seconds, "start to ready, s", "memory, MB"]
    for one in grown:
        times = [_ms(seconds) for seconds in one.seconds.values()]
        yield [one.engine, f"{one.stored:,}", *times, f"{one.start:.2f}", f"{one.memory:.0f}"]


def _outage(outages: Sequence[OutageResult]) -> Iterable[Sequence[str]]:
    yield ["after an outage", "all due at once", "reminded in, s", "a click waits meanwhile, p99 ms"]
    for one in outages:
        yield [one.engine, f"{one.due:,}", f"{one.sweep:.1f}", f"{one.gap * 1000:.1f}"]


def table(rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; the first row is its head."""
    head, *body = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *body))


def _ms(seconds: float) -> str:
    """Milliseconds with three significant digits."""
    ms = seconds * 1000
    return f"{ms:.2f}" if ms < 10 else f"{ms:.1f}"
