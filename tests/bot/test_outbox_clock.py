"""The outbox under a clock that is set: a wait is neither much longer nor shorter than it was to be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model.notice import Claim, Outcome, Retry, Sent
from tests.bot.outbox_scene import QUICK, Scene
from tests.doubles.memory_store import MemoryStore
from tests.doubles.records import START, a_notice, minutes
from tests.timeouts import TIMEOUT


@pytest.mark.parametrize("jump", [minutes(number) for number in (-120, -59, -1, 1, 59, 120)])
async def test_retry_is_neither_late_nor_early_after_the_clock_was_set(jump: timedelta) -> None:
    async def refused_once(claim: Claim) -> Outcome:
        return Sent() if claim.attempt > 1 else Retry(scene.clock.at + timedelta(seconds=60), "busy")

    scene = Scene(refused_once)
    await scene.save(a_notice("n1"))
    await scene.drained()
    scene.set_clock(jump)
    await scene.drained()
    scene.clock.at += timedelta(seconds=59)
    await scene.drained()
    assert scene.courier.got == [("n1", 1)]
    scene.clock.at += timedelta(seconds=1)
    await scene.drained()
    assert scene.courier.got == [("n1", 1), ("n1", 2)]


async def test_outbox_that_starts_on_a_clock_set_back_waits_no_longer_than_a_lease() -> None:
    killed = Scene()
    await killed.save(a_notice("n1"))
    assert await killed.store.claim(START, QUICK.lease, 1)
    started = Scene(store=killed.store)
    started.clock.at -= minutes(10)
    await started.drained()
    started.clock.at += QUICK.lease
    await started.drained()
    assert started.courier.got == [("n1", 2)]


async def test_jump_is_handled_after_the_database_was_down() -> None:
    scene = Scene(store=MemoryStore())
    await scene.save(a_notice("n1"))
    assert await scene.store.claim(START, QUICK.lease, 1)
    await scene.drained()
    scene.set_clock(-minutes(10))
    scene.store.down = True
    assert not await scene.outbox.drain(TIMEOUT)
    scene.store.down = False
    await scene.drained()
    scene.clock.at += QUICK.lease
    await scene.drained()
    assert scene.courier.got == [("n1", 2)]
