"""A desk that sweeps in a process of its own, to be killed: `python -m tests.contracts.sweep_worker URL`."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta

from bot.adapters.store import open_store
from bot.desk import Desk
from tests.factories import NOW, Hands, a_world

LATE = NOW + timedelta(hours=12)
"""When it sweeps; everything raised at NOW is overdue."""


async def desk_on(url: str) -> Desk:
    """With its clock at LATE."""
    clock = Hands(LATE)
    return replace((await a_world()).desk, store=await open_store(url, clock), clock=clock)


async def main(url: str) -> None:
    desk = await desk_on(url)
    await desk.sweep(limit=5)
    await desk.store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
