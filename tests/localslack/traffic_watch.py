"""Waiting for something that shows in the traffic of an embedded local Slack."""

import asyncio
from collections.abc import Callable

from localslack import LocalSlack
from tests.timeouts import TIMEOUT


async def until(slack: LocalSlack, condition: Callable[[], bool]) -> None:
    """Return when the condition holds, asked again after every beginning and end of a row of the traffic."""
    happened = asyncio.Event()
    slack.services.traffic.subscribers.append(lambda _: happened.set())
    async with asyncio.timeout(TIMEOUT):
        while not condition():
            happened.clear()
            await happened.wait()
