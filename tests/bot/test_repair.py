"""A repair waits until the outbox has delivered what is overdue, and says what is left."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from bot.config.settings_file import load
from bot.model.notice import Dead, Notice, NoticeKind, Outcome, Retry, Sent
from bot.repair import PostedMessage, Repair
from bot.tickets.ports import Batch
from tests.doubles.manual_clock import ManualClock
from tests.doubles.memory_store import MemoryStore
from tests.handlers.world import DEMO

LEASE = timedelta(seconds=90)


class EmptyChannel:
    """A desk channel without any message."""

    async def all(self) -> Sequence[PostedMessage]:
        return ()

    def keys(self, key: str) -> Sequence[str]:
        return (key,)


def overdue(clock: ManualClock, key: str) -> Notice:
    late = clock() - timedelta(hours=1)
    return Notice(key=key, ticket_id="", lane=key, kind=NoticeKind.WORD, to="U0ANNA", version=1, due=late)


async def repaired(*outcomes: Outcome) -> dict[str, str]:
    """The lines of a repair of so many overdue notices, whose deliveries end this way."""
    clock = ManualClock()
    store = MemoryStore(clock)
    await store.apply(Batch(notices=[overdue(clock, f"n{number}") for number in range(len(outcomes))]))
    delivering: set[asyncio.Task[None]] = set()

    async def deliver() -> None:
        for claim, outcome in zip(await store.claim(clock(), LEASE, 10), outcomes, strict=False):
            await store.settle(claim, outcome, clock())

    def wake() -> None:
        delivering.add(asyncio.create_task(deliver()))

    repair = Repair(store, EmptyChannel(), "C1", load(DEMO / "desk.toml"), clock, wake, timeout=1)
    return {line.subject: str(line) async for line in repair.lines()}


async def test_overdue_notices_are_delivered_and_counted() -> None:
    text = await repaired(Sent(), Sent())
    assert text["overdue notices"] == "DONE  overdue notices: 2 of 2 were delivered."
    assert text["undeliverable notices"] == "ok    undeliverable notices"


async def test_overdue_notice_that_still_waits_is_named_with_its_reason() -> None:
    past = ManualClock()() - timedelta(minutes=1)
    details = await repaired(Sent(), Retry(past, "Slack did not answer."))
    assert details["overdue notices"] == "FIX   overdue notices: 1 still wait: Slack did not answer."


async def test_undeliverable_notices_are_counted_and_left_to_a_person() -> None:
    text = await repaired(Dead("Slack refuses it."))
    assert text["undeliverable notices"].startswith("FIX   undeliverable notices: 1;")
    assert text["overdue notices"] == "DONE  overdue notices: 0 of 1 were delivered."
