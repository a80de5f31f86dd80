"""How is it measured?

**Bursts on a bot at rest.** “10 at once” means: ten people click in the same moment; when all ten have their answer,
and the bot has done what follows from it (the card is posted), the next ten do. Clicks do not wait for each other, as
with open-loop load, so a slow bot cannot make its own load lighter; and no burst meets the leftovers of the one
before, as in a closed loop that keeps N under way, where a faster bot is only more loaded and what is measured is its
throughput. What the work afterwards costs is not lost: it is in the processor time per interaction.

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

AT_ONCE = (1, 10, 50)


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int
    bursts: Mapping[int, int]
    """At once → bursts in each round."""


FULL = Plan(rounds=7, bursts={1: 100, 10: 20, 50: 8})
SHORT = Plan(rounds=1, bursts={1: 5, 10: 1, 50: 1})


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


@dataclass
class Results:
    """What was measured, by scenario, bot and how many at once."""

    times: dict[tuple[str, str, int], Samples] = field(default_factory=lambda: defaultdict(Samples))
    cpu: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    """Seconds of processor time per interaction, one for each round, with all that follows from it."""


async def measure(bots: Sequence[Bot], scenarios: Sequence[Scenario], plan: Plan) -> Results:
    """All bots, all scenarios, in alternating rounds."""
    results = Results()
    for bot in bots:
        for scenario in scenarios:
            await _bursts(bot, scenario, 5, 4)  # warms caches, connections and threads
    for number in range(plan.rounds):
        for bot in _in_turn(bots, number):
            for scenario in scenarios:
                await _round(bot, scenario, plan, results)
    return results


def _in_turn(bots: Sequence[Bot], number: int) -> Iterable[Bot]:
    """Another one begins in each round."""
    first = number % len(bots)
    return [*bots[first:], *bots[:first]]


async def _round(bot: Bot, scenario: Scenario, plan: Plan, results: Results) -> None:
    before = bot.cpu()
    for at_once, bursts in plan.bursts.items():
        times = await _bursts(bot, scenario, at_once, bursts)
        results.times[scenario.name, bot.name, at_once].rounds.append(times)
    interactions = sum(at_once * bursts for at_once, bursts in plan.bursts.items())
    results.cpu[scenario.name, bot.name].append((bot.cpu() - before) / interactions)


async def _bursts(bot: Bot, scenario: Scenario, at_once: int, bursts: int) -> list[float]:
    times: list[float] = []
    for _ in range(bursts):
        posts = bot.slack.posts + at_once * scenario.posts
        times += await bot.slack.burst([scenario.envelope() for _ in range(at_once)])
        await bot.slack.at_rest(posts)
    return times
