"""How is it measured?

**Bursts on a bot at rest.** “10 at once” means: ten people click in the same moment; when all ten have their answer,
and the bot has done what follows from it (the card is posted), the next ten do. Clicks do not wait for each other, as
with open-loop load, so a slow bot cannot make its own load lighter; and no burst meets the leftovers of the one
before, as in a closed loop that keeps N under way, where a faster bot is only more loaded and what is measured is its
throughput. What the work afterwards costs is not lost: it is in the processor time per interaction.

**A steady load**, open loop: so many clicks per second, whether the bot keeps up or not, counted from the moment each
was due.

**Rounds.** The bots stand idle side by side and are measured in turn, several times over, so that whatever the machine
does meanwhile meets them all. Ratios are the medians of the rounds' ratios; percentiles are over all rounds.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.bots import Bot
from bench.scenarios import Scenario
from bench.slack import Slack


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int
    bursts: Mapping[int, int]
    """At once → bursts in each round."""
    steady: tuple[int, int] = (0, 0)
    """Clicks per second, and how many, in each round."""
    warming: int = 4


@dataclass
class Samples:
    """Seconds, by round."""

    rounds: list[list[float]] = field(default_factory=list)

    def percentile(self, part: float) -> float:
        times = sorted(time for each in self.rounds for time in each)
        return times[min(len(times) - 1, math.ceil(part * len(times)) - 1)]

    def ratio(self, other: Samples) -> float:
        """How many times the other's median, in the median round."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        return statistics.median(statistics.median(mine) / statistics.median(theirs) for mine, theirs in pairs)


Times = dict[tuple[str, str, int], Samples]
"""By what is measured, bot, and how many at once; 0: the steady load."""


@dataclass
class Results:
    """What was measured in one place."""

    times: Times = field(default_factory=lambda: defaultdict(Samples))
    cpu: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    """Seconds of processor time per interaction, by scenario and bot, one for each round, with all that follows."""
    start: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)


async def measure(bots: Sequence[Bot], scenarios: Sequence[Scenario], plan: Plan) -> Results:
    """All bots, all scenarios, in alternating rounds."""
    results = Results()
    for bot in bots:
        if bot.slack.wire:
            await bot.slack.wire.warm(max(plan.bursts))
        for scenario in scenarios:
            for _ in range(plan.warming):  # caches, connections and threads
                await _burst(bot.slack, scenario, 10)
    for number in range(plan.rounds):
        for bot in _in_turn(bots, number):
            for scenario in scenarios:
                await _round(bot, scenario, plan, results)
    for bot in bots:
        results.start[bot.name], results.memory[bot.name] = bot.start, bot.memory()
    return results


def _in_turn(bots: Sequence[Bot], number: int) -> Iterable[Bot]:
    """Another one begins in each round."""
    first = number % len(bots)
    return [*bots[first:], *bots[:first]]


async def _round(bot: Bot, scenario: Scenario, plan: Plan, results: Results) -> None:
    before, interactions = bot.cpu(), 0
    for at_once, bursts in plan.bursts.items():
        signs, cards = list[float](), list[float]()
        for _ in range(bursts):
            sign, card = await _burst(bot.slack, scenario, at_once)
            signs, cards = signs + sign, cards + card
        _note(results, scenario, bot, at_once, signs, cards)
        interactions += at_once * bursts
    results.cpu[scenario.short, bot.name].append((bot.cpu() - before) / interactions)
    per_second, count = plan.steady
    if count:
        _note(results, scenario, bot, 0, *await _burst(bot.slack, scenario, count, per_second))


def _note(results: Results, scenario: Scenario, bot: Bot, at_once: int, signs: list[float], cards: list[float]) -> None:
    results.times[scenario.name, bot.name, at_once].rounds.append(signs)
    if scenario.then:
        results.times[scenario.then, bot.name, at_once].rounds.append(cards)


async def _burst(
    slack: Slack, scenario: Scenario, at_once: int, per_second: float = 0
) -> tuple[list[float], list[float]]:
    """Seconds to each one's sign, and to each one's card: the first that arrives is that of the first click."""
    cards = len(slack.cards)
    stimuli = [scenario.stimulus() for _ in range(at_once)]
    signs, begun = await (slack.steadily(stimuli, per_second) if per_second else slack.burst(stimuli))
    await slack.at_rest(cards + (at_once if scenario.then else 0))
    return signs, [at - sent for at, sent in zip(slack.cards[cards:], begun, strict=False)]
