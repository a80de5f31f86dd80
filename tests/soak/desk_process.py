"""The desk as a process whose clock follows the local Slack's: `python -m tests.soak.desk_process CONTROL`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta

import aiohttp

from app import listening, program
from bot.config.environment import environment
from bot.config.settings import load
from bot.core.clock import now
from runtime import logging_setup, starting

_EVERY = 0.1
"""Seconds between two looks at the local Slack's clock."""


class FollowingClock:
    """The machine's clock, as far ahead as the local Slack's is."""

    def __init__(self, session: aiohttp.ClientSession, control: str) -> None:
        self._session = session
        self._url = f"{control}clock"
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return now() + self._ahead

    async def look(self) -> bool:
        """Whether it was moved since the last look."""
        async with self._session.get(self._url) as response:
            ahead = timedelta(seconds=(await response.json())["offset"])
        moved, self._ahead = ahead != self._ahead, ahead
        return moved

    async def follow(self, moved: Callable[[], None]) -> None:
        """Looks again and again; calls `moved` when it was moved."""
        while True:
            await asyncio.sleep(_EVERY)
            with suppress(aiohttp.ClientError, TimeoutError):
                if await self.look():
                    moved()


async def run(control: str) -> None:
    env = environment()
    logging_setup.set_up(env.log_format, env.log_level, env.replica)
    async with aiohttp.ClientSession() as session:
        clock = FollowingClock(session, control)
        await clock.look()
        async with AsyncExitStack() as stack:
            config = load(env.desk_config)
            running = await starting.patiently(lambda: stack.enter_async_context(program(env, config, clock)), 0.2)
            following = asyncio.create_task(clock.follow(running.clock_moved))
            await listening(running, env, until=starting.stop_signal().wait())
            following.cancel()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
