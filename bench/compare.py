"""Processor time of this desk beside that of an older one and bare Bolt, in alternating rounds.

git worktree add /tmp/before COMMIT; python -m bench.compare /tmp/before

Takes two minutes. Processor time per interaction, with all that follows, tells two versions apart on a busy machine
too, where the times until an answer say little.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from bench import bots
from bench.__main__ import COMPARISON_BOTS, LOOPBACK, capture_payloads, raise_one
from bench.bots import ROOT, Bot, TestBed, Transport
from bench.engines import engines
from bench.measure import Plan, Results, measure
from bench.table import TUNED

PLAN = Plan(rounds=6, bursts={10: 6, 50: 1})


async def compare(older: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as name, engines(Path(name)) as available:
        test_bed = TestBed(Path(name), Transport.HTTP, LOOPBACK)
        await bots.compile_all(test_bed.folder)
        async with AsyncExitStack() as stack:
            desks = [
                await stack.enter_async_context(
                    bots.desk(f"{age} {engine.name}", engine.database(f"desk_{age}"), test_bed, root)
                )
                for age, root in (("now", ROOT), ("before", older))
                for engine in available
            ]
            interactions = await capture_payloads(desks[0], test_bed.folder)
            for desk in desks[1:]:
                await raise_one(desk, interactions)
            bare = bots.comparison_bot(TUNED, COMPARISON_BOTS[TUNED], test_bed)
            running = [await stack.enter_async_context(bare), *desks]
            results = await measure(running, interactions, PLAN)
        for interaction in interactions:
            print(f"{interaction.name}: processor ms per interaction, and × bare Bolt")
            _print(results, interaction.short, running)


def _print(results: Results, interaction: str, running: list[Bot]) -> None:
    bare = statistics.median(results.cpu[interaction, TUNED])
    for bot in running:
        used = statistics.median(results.cpu[interaction, bot.name])
        print(f"  {bot.name:20} {used * 1000:6.2f} {used / bare:6.1f} ×")


if __name__ == "__main__":
    asyncio.run(compare(Path(sys.argv[1]).resolve()))
