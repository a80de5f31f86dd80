"""A desk that sweeps in a process of its own, to be killed: `python -m tests.contracts.sweep_worker URL`."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

from bot.adapters.store import open_store
from bot.desk import Desk
from bot.ports import Store
from tests.factories import NOW, Hands, a_world

LATE = NOW + timedelta(hours=12)
"""When it sweeps; everything raised at NOW is overdue."""


async def desk_on(url: str) -> tuple[Desk, Store]:
    """With its clock at LATE."""
    clock = Hands(LATE)
    store = await open_store(url, clock)
    return (await a_world()).at(store=store, clock=clock).desk, store


async def main(url: str) -> None:
    desk, store = await desk_on(url)
    await desk.reminders.sweep(limit=5)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
