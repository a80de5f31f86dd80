"""The desk in its own process, with its clock that many seconds ahead: `python -m tests.handlers.late_desk 120`."""

from __future__ import annotations

import asyncio
import logging
import sys
from datetime import datetime, timedelta

from app import listening, program
from bot.config.environment import Environment
from bot.config.settings_file import load
from bot.core.clock import now
from runtime.starting import stop_signal


async def run(ahead: timedelta) -> None:
    env = Environment()

    def clock() -> datetime:
        return now() + ahead

    async with program(env, load(env.desk_config), clock) as running:
        await listening(running, env, until=stop_signal().wait())


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(run(timedelta(seconds=float(sys.argv[1]))))
