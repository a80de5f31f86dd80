"""Desks whose clock follows the local Slack's: `python -m tests.soak.desk_process CONTROL`.

Reads one line for each desk to start, with the seconds its clock is wrong by, and starts it as a forked process: what
is imported is imported once, so that a killed desk is back at once. Prints `started PID`; all desks write their log
to the same output.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta

import aiohttp

from app import listening, program
from bot.config.environment import environment
from bot.config.settings_file import load
from bot.core.clock import now
from runtime import logging_setup, starting

_EVERY = 0.1
"""Seconds between two readings of the local Slack's clock."""
STARTED = "started "


class FollowingClock:
    """The machine's clock, as far ahead as the local Slack's is, and wrong by `wrong` seconds."""

    def __init__(self, session: aiohttp.ClientSession, control: str, wrong: float) -> None:
        self._session = session
        self._url = f"{control}clock"
        self._wrong = timedelta(seconds=wrong)
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return now() + self._ahead + self._wrong

    async def look(self) -> bool:
        """Reads the local Slack's clock; true if it was moved since the last reading."""
        async with self._session.get(self._url) as response:
            ahead = timedelta(seconds=(await response.json())["offset"])
        moved, self._ahead = ahead != self._ahead, ahead
        return moved

    async def follow(self, moved: Callable[[], None]) -> None:
        """Polls the clock; calls `moved` when it was moved."""
        while True:
            await asyncio.sleep(_EVERY)
            with suppress(aiohttp.ClientError, TimeoutError):
                if await self.look():
                    moved()


async def run(control: str, wrong: float) -> None:
    env = environment()
    logging_setup.set_up(env.log_format, env.log_level, env.replica)
    async with aiohttp.ClientSession() as session:
        clock = FollowingClock(session, control, wrong)
        await clock.look()
        async with AsyncExitStack() as stack:
            config = load(env.desk_config)
            running = await starting.patiently(lambda: stack.enter_async_context(program(env, config, clock)), 0.2)
            following = asyncio.create_task(clock.follow(running.clock_moved))
            await listening(running, env, until=starting.stop_signal().wait())
            following.cancel()


def fork_desks(control: str) -> None:
    """Forks a desk for each line read, until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system takes dead ones away
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(0)
            os.open(os.devnull, os.O_RDONLY)
            asyncio.run(run(control, float(line)))
            os._exit(0)
        os.write(1, f"{STARTED}{child}\n".encode())


if __name__ == "__main__":
    fork_desks(sys.argv[1])
