"""The outbox delivers due notices once and in order, under every failure around it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.model.notice import NOTHING_HELD, Claim, Held, Notice, Outcome, Place, Retry, Sent
from bot.outbox import Limits
from tests.bot.outbox_scene import Scene
from tests.doubles.memory_store import MemoryStore
from tests.doubles.records import a_notice, minutes

# --- the plain way


async def test_saved_notification_is_delivered_at_once() -> None:
    scene = Scene()
    async with scene.running():
        await scene.save(a_notice("n1"))
        await scene.courier.has(1)
        await scene.save(a_notice("n2"))
        await scene.courier.has(2)
        await scene.drained()
    assert await scene.states() == {"n1": "sent", "n2": "sent"}


async def test_notification_saved_before_the_start_is_delivered() -> None:
    scene = Scene()
    await scene.save(a_notice("n1"))
    async with scene.running():
        await scene.courier.has(1)


async def test_a_lane_keeps_its_order_and_lanes_go_side_by_side() -> None:
    gate = asyncio.Event()

    async def wait(claim: Claim) -> Outcome:
        await gate.wait()
        return Sent()

    scene = Scene(wait)
    await scene.save(*(a_notice(f"{lane}{n}", lane=lane) for n in range(3) for lane in "abc"))
    async with scene.running():
        await scene.courier.has(3)
        assert sorted(scene.courier.keys) == ["a0", "b0", "c0"]
        gate.set()
        await scene.drained()
    for lane in "abc":
        assert [key for key in scene.courier.keys if key[0] == lane] == [f"{lane}0", f"{lane}1", f"{lane}2"]


async def test_no_more_than_so_many_at_once() -> None:
    scene = Scene(limits=Limits(at_once=3))
    await scene.save(*(a_notice(f"n{n}") for n in range(20)))
    async with scene.running():
        await scene.drained()
    assert len(scene.courier.got) == 20
    assert scene.courier.maximum == 3


async def test_a_place_and_what_follows_are_saved_with_the_outcome() -> None:
    place = Place(ticket_id="t1", role="card", channel="C1", ts="1.0")

    async def post(claim: Claim) -> Outcome:
        return Sent(place if claim.notice.key == "card" else None)

    async def receipt(claim: Claim, outcome: Outcome) -> Sequence[Notice]:
        return [a_notice("receipt")] if claim.notice.key == "card" else []

    scene = Scene(post, receipt)
    await scene.save(a_notice("card"))
    await scene.drained()
    assert await scene.store.place("t1", "card") == place
    assert scene.courier.keys == ["card", "receipt"]


# --- time that jumps, and the end


async def test_a_clock_moved_past_the_lease_delivers_nothing_twice() -> None:
    started, claimed_again = asyncio.Event(), asyncio.Event()

    class Watched(MemoryStore):
        async def claim(self, at: datetime, lease: timedelta, limit: int, held: Held = NOTHING_HELD) -> list[Claim]:
            claims = await super().claim(at, lease, limit, held)
            if any(claim.attempt == 2 for claim in claims):
                claimed_again.set()
            return claims

    async def slow(claim: Claim) -> Outcome:
        started.set()
        await claimed_again.wait()
        return Sent()

    scene = Scene(slow, store=Watched())
    async with scene.running():
        await scene.save(a_notice("n1"))
        await started.wait()
        scene.clock.at += timedelta(days=1)
        scene.outbox.wake()
        await claimed_again.wait()
        await scene.drained()
    assert scene.courier.got == [("n1", 1)]
    assert await scene.states() == {"n1": "sent"}


async def test_outbox_delivers_at_once_what_waits_since_before_the_clock_was_set_back() -> None:
    async def refused_once(claim: Claim) -> Outcome:
        return Sent() if claim.attempt > 1 else Retry(scene.clock.at + minutes(5), "busy")

    scene = Scene(refused_once)
    await scene.save(a_notice("n1"))
    await scene.drained()
    scene.clock.at -= minutes(120)
    await scene.save(a_notice("n2", due=scene.clock.at))
    await scene.drained()
    assert scene.courier.got[:2] == [("n1", 1), ("n1", 2)]
    assert await scene.states() == {"n1": "sent", "n2": "waiting"}


async def test_two_outboxes_on_one_store_share_the_work() -> None:
    scene = Scene()
    other = Scene(store=scene.store)
    await scene.save(*(a_notice(f"n{n}") for n in range(30)))
    async with scene.running(), other.running():
        await scene.drained()
        await other.drained()
    assert sorted(scene.courier.keys + other.courier.keys) == sorted(f"n{n}" for n in range(30))


async def test_draining_gives_up_in_time() -> None:
    async def forever(claim: Claim) -> Outcome:
        await asyncio.Event().wait()
        return Sent()

    scene = Scene(forever)
    async with scene.running():
        await scene.save(a_notice("n1"))
        assert not await scene.outbox.drain(0.05)
    assert scene.courier.under_way == 0
    assert await scene.states() == {"n1": "waiting"}


async def test_interrupted_delivery_is_retried_after_its_lease() -> None:
    tries: dict[str, int] = defaultdict(int)

    async def first_hangs(claim: Claim) -> Outcome:
        tries[claim.notice.key] += 1
        if claim.attempt == 1:
            await asyncio.Event().wait()
        return Sent()

    scene = Scene(first_hangs)
    await scene.save(a_notice("n1"))
    async with scene.running():
        await scene.courier.has(1)
    scene.clock.at += minutes(1)
    await scene.drained()
    assert tries == {"n1": 1}
    scene.clock.at += minutes(1)
    await scene.drained()
    assert scene.courier.got == [("n1", 1), ("n1", 2)]
