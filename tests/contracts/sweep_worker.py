"""Runs the sweep of a desk in a process that tests kill: `python -m tests.contracts.sweep_worker URL`."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

from bot.adapters.store import open_store
from bot.desk import Desk
from bot.ports import Store
from tests.factories import NOW, ManualClock, a_world
from tests.timeouts import TIMEOUT

LATE = NOW + timedelta(hours=12)
"""Time of the sweep; all tickets raised at NOW are overdue."""


async def desk_on(url: str) -> tuple[Desk, Store]:
    """A desk on this database, with its clock at LATE."""
    clock = ManualClock(LATE)
    store = await open_store(url, clock, busy=TIMEOUT)
    return (await a_world()).at(store=store, clock=clock).desk, store


async def main(url: str) -> None:
    desk, store = await desk_on(url)
    await desk.reminders.sweep(limit=5)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
