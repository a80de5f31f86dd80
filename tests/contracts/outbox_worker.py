"""Runs an outbox in a process that tests kill at any moment.

Its clock runs fast, so that leases and waits of minutes pass within seconds.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.adapters.store import open_store
from bot.core.backoff import unknown
from bot.model.notice import Claim, Dead, Notice, NoticeKind, Outcome, Retry, Sent
from bot.outbox import Limits, Outbox
from bot.ports import Store
from tests.doubles.records import START
from tests.timeouts import TIMEOUT

SPEED = 600
"""Seconds of the desk's clock per real second."""
LIMITS = Limits(
    delivery=0.2, lease=timedelta(seconds=0.5 * SPEED), sweep=0.05, pause=0.01, at_once=16, age=timedelta(days=365)
)
"""No message is given up: on a busy machine this clock goes on by more than a day."""
START_EPOCH = 1_700_000_000
"""Real epoch seconds that correspond to START, the same in every process."""


def fast_clock() -> datetime:
    return START + timedelta(seconds=(time.time() - START_EPOCH) * SPEED)


class ProbingCarrier:
    """A carrier that checks before a retry whether the first attempt arrived, as the carriers for Slack do."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        key = claim.notice.key
        try:
            if claim.attempt > 1 and (await self._ask("probe", key))["known"]:
                return Sent()
            answer = await self._ask("post", key)
        except (OSError, ValueError):
            return Retry(at + unknown(claim.attempt, key), "the connection was lost")
        if answer.get("status") == "refused":
            return Dead("It was refused.")
        if answer.get("status") != "ok":
            return Retry(at + unknown(claim.attempt, key), "it answered with an error")
        return Sent()

    async def _ask(self, request: str, key: str) -> dict[str, Any]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(f"{json.dumps([request, key])}\n".encode())
            answer: dict[str, Any] = json.loads(await reader.readline())
            return answer
        finally:
            writer.close()


async def no_follow_up(claim: Claim, outcome: Outcome) -> Sequence[Notice]:
    return ()


def outbox(store: Store, port: int) -> Outbox:
    return Outbox(store, dict.fromkeys(NoticeKind, ProbingCarrier(port)), fast_clock, no_follow_up, LIMITS)


async def main(url: str, port: str) -> None:
    await outbox(await open_store(url, fast_clock, busy=TIMEOUT), int(port)).run()
