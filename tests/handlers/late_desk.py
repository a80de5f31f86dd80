"""The desk in its own process, with its clock that many seconds ahead."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from app import listening, program
from bot.config.environment import Environment
from bot.config.settings_file import load
from bot.core.clock import now
from runtime.starting import stop_signal


async def main(ahead: str) -> None:
    logging.basicConfig(level=logging.INFO)
    env = Environment()

    def clock() -> datetime:
        return now() + timedelta(seconds=float(ahead))

    async with program(env, load(env.desk_config), clock) as running:
        await listening(running, env, until=stop_signal().wait())
