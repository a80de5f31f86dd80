"""The deadline of what a person waits for ends a look-up for them, and not the look-up itself."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.core.deadline import deadline, in_time, lift
from bot.core.ttl_cache import TtlCache
from runtime.background_tasks import BackgroundTasks


async def test_slow_look_up_ends_at_the_deadline_and_the_next_one_finds_its_answer() -> None:
    answer = asyncio.Event()

    async def ask(key: str) -> str:
        await answer.wait()
        return key.upper()

    cache = TtlCache(ask, ttl=60)
    with deadline(0), pytest.raises(TimeoutError):
        await cache.get("anna")
    answer.set()
    assert await cache.get("anna") == "ANNA"
    with deadline(0):
        assert await cache.get("anna") == "ANNA"


async def test_earlier_deadline_holds_until_it_is_lifted() -> None:
    began = time.monotonic()
    with deadline(0), deadline(3600), pytest.raises(TimeoutError):
        await in_time(asyncio.Event().wait())
    with deadline(0):
        lift()
        assert await in_time(asyncio.sleep(0.001, "done")) == "done"
    assert await in_time(asyncio.sleep(0, "done")) == "done"
    assert time.monotonic() - began < 3600


@pytest.mark.parametrize("is_awaited", [True, False])
async def test_background_task_has_no_deadline_unless_a_person_waits_for_it(is_awaited: bool) -> None:
    ended = list[str]()

    async def work() -> None:
        try:
            await in_time(asyncio.sleep(0.001))
            ended.append("done")
        except TimeoutError:
            ended.append("late")

    tasks = BackgroundTasks()
    with deadline(0):
        tasks.start(work(), is_awaited=is_awaited)
    await tasks.drain(60)
    assert ended == ["late" if is_awaited else "done"]
