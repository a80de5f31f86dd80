"""Measures bots in alternating rounds of bursts and steady load.

**Bursts on an idle bot.** “10 at once” means that ten people click at the same moment; the next ten click when all ten
have their response and the bot has finished the work that follows (the card is posted). As in open-loop load, clicks do
not wait for each other, so a slow bot cannot reduce its own load. Unlike in a closed loop with N clicks under way,
which measures throughput, no burst meets unfinished work of the previous one. The work that follows is included in the
processor time per interaction.

**A steady load**, open loop: a number of clicks per second, whether the bot keeps up or not, each timed from the moment
it was due.

**Rounds.** The bots run idle side by side and are measured in turn, several times, so that disturbances of the machine
affect all of them. Ratios are the medians of the rounds' ratios; percentiles are over all rounds.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.bots import Bot
from bench.scenarios import Scenario
from bench.slack import FakeSlack


@dataclass(frozen=True)
class Plan:
    """Numbers of rounds, bursts and clicks."""

    rounds: int
    bursts: Mapping[int, int]
    """Concurrent clicks → bursts in each round."""
    steady: tuple[int, int] = (0, 0)
    """Clicks per second and number of clicks in each round."""
    warming: int = 4


@dataclass
class Samples:
    """Times in seconds, by round."""

    rounds: list[list[float]] = field(default_factory=list)

    def percentile(self, part: float) -> float:
        times = sorted(time for each in self.rounds for time in each)
        return times[min(len(times) - 1, math.ceil(part * len(times)) - 1)]

    def middle_and_late(self) -> str:
        """Median and 99th percentile in milliseconds: `1.2 / 3.4`."""
        return f"{self.percentile(0.5) * 1000:.1f} / {self.percentile(0.99) * 1000:.1f}"

    def ratio(self, other: Samples) -> float:
        """Median over the rounds of this median divided by the other's median."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        return statistics.median(statistics.median(mine) / statistics.median(theirs) for mine, theirs in pairs)


Times = dict[tuple[str, str, int], Samples]
"""Times by scenario, bot and number of concurrent clicks; 0 is the steady load."""


@dataclass
class Results:
    """Results with one transport and network."""

    times: Times = field(default_factory=lambda: defaultdict(Samples))
    cpu: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    """Processor seconds per interaction by scenario and bot, for each round, including the work that follows."""
    start: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)


async def measure(bots: Sequence[Bot], scenarios: Sequence[Scenario], plan: Plan) -> Results:
    """Measures all bots and scenarios in alternating rounds."""
    results = Results()
    for bot in bots:
        if bot.slack.wire:
            await bot.slack.wire.warm(max(plan.bursts))
        for scenario in scenarios:
            for _ in range(plan.warming):  # warms up caches, connections and threads
                await burst(bot.slack, scenario, 10)
    for number in range(plan.rounds):
        for bot in _in_turn(bots, number):
            for scenario in scenarios:
                await _round(bot, scenario, plan, results)
    for bot in bots:
        results.start[bot.name], results.memory[bot.name] = bot.start, bot.memory()
    return results


def _in_turn(bots: Sequence[Bot], number: int) -> Iterable[Bot]:
    """The bots, starting with another one in each round."""
    first = number % len(bots)
    return [*bots[first:], *bots[:first]]


async def _round(bot: Bot, scenario: Scenario, plan: Plan, results: Results) -> None:
    before, interactions = bot.cpu(), 0
    for at_once, bursts in plan.bursts.items():
        responses, cards = list[float](), list[float]()
        for _ in range(bursts):
            response, card = await burst(bot.slack, scenario, at_once)
            responses, cards = responses + response, cards + card
        _record(results, scenario, bot, at_once, responses, cards)
        interactions += at_once * bursts
    results.cpu[scenario.short, bot.name].append((bot.cpu() - before) / interactions)
    per_second, count = plan.steady
    if count:
        _record(results, scenario, bot, 0, *await burst(bot.slack, scenario, count, per_second))


def _record(
    results: Results, scenario: Scenario, bot: Bot, at_once: int, responses: list[float], cards: list[float]
) -> None:
    results.times[scenario.name, bot.name, at_once].rounds.append(responses)
    if scenario.follow_up:
        results.times[scenario.follow_up, bot.name, at_once].rounds.append(cards)


async def burst(
    slack: FakeSlack, scenario: Scenario, at_once: int, per_second: float = 0
) -> tuple[list[float], list[float]]:
    """Seconds to each response and to each card; cards are assigned to clicks in order of arrival."""
    cards = len(slack.cards)
    stimuli = [scenario.stimulus(slack.untaken.pop() if scenario.is_about_a_ticket else "") for _ in range(at_once)]
    responses, started = await (slack.steady_load(stimuli, per_second) if per_second else slack.burst(stimuli))
    await slack.wait_until_idle(cards + (at_once if scenario.follow_up else 0))
    return responses, [at - sent for at, sent in zip(slack.cards[cards:], started, strict=False)]
