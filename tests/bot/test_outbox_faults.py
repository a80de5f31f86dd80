"""The outbox loses nothing, and delivers nothing twice, when a recipient or the store fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from bot.core.errors import StoreDown
from bot.model.notice import NOTHING_HELD, Claim, Dead, Held, Notice, NoticeKind, Outcome, Progress, Retry, Sent
from bot.outbox import Limits, Outbox
from tests.bot.outbox_scene import PERSONAL, Scene, nothing_follows
from tests.doubles.memory_store import MemoryStore
from tests.doubles.records import START, a_notice, minutes
from tests.timeouts import TIMEOUT


async def test_a_retry_comes_when_its_time_has_come_and_not_before() -> None:
    async def busy_once(claim: Claim) -> Outcome:
        return Sent() if claim.attempt > 1 else Retry(START + minutes(3), "busy")

    scene = Scene(busy_once)
    await scene.save(a_notice("n1"))
    async with scene.running():
        await scene.drained()
        scene.clock.at = START + minutes(2)
        await scene.drained()
        assert scene.courier.got == [("n1", 1)]
        scene.clock.at = START + minutes(3)
        scene.outbox.wake()
        await scene.courier.has(2)
    assert scene.courier.got == [("n1", 1), ("n1", 2)]


async def test_outbox_sleeps_until_the_next_due_time() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def soon(claim: Claim) -> Outcome:
        return Sent()

    scene = Scene(soon, limits=Limits(sweep=60))
    scene.clock.at = START
    outbox = Outbox(
        scene.store,
        {NoticeKind.DIRECT: scene.courier},
        lambda: START + timedelta(seconds=loop.time() - began),
        nothing_follows,
        Limits(sweep=60),
    )
    await scene.save(a_notice("n1", due=START + timedelta(seconds=0.2)))
    task = asyncio.create_task(outbox.run())
    await scene.courier.has(1)
    task.cancel()
    assert 0.2 <= loop.time() - began < 60


async def test_a_carrier_with_a_fault_loses_nothing_and_logs_no_personal_data(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(claim: Claim) -> Outcome:
        raise ValueError(PERSONAL)

    scene = Scene(fail)
    await scene.save(a_notice("n1"))
    with caplog.at_level(logging.DEBUG):
        await scene.drained()
    assert await scene.states() == {"n1": "waiting"}
    reason = await scene.reason("n1")
    assert reason.startswith("an internal error (reference ")
    assert reason.split()[-1].rstrip(")") in caplog.text
    assert "ValueError" in caplog.text
    assert PERSONAL not in caplog.text


@pytest.mark.parametrize("fault", [ValueError(), TimeoutError()])
async def test_outbox_waits_a_minute_after_an_unknown_outcome(fault: Exception) -> None:
    async def fail(claim: Claim) -> Outcome:
        raise fault

    scene = Scene(fail)
    await scene.save(a_notice("n1"))
    await scene.drained()
    due = await scene.store.next_due(START)
    assert due is not None
    assert due >= START + minutes(1)


async def test_a_carrier_that_never_comes_back_is_given_up_on() -> None:
    async def forever(claim: Claim) -> Outcome:
        await asyncio.Event().wait()
        return Sent()

    scene = Scene(forever, limits=Limits(delivery=0.02))
    await scene.save(a_notice("n1"))
    await scene.drained()
    assert await scene.reason("n1") == "it took too long"


async def test_notification_without_a_carrier_is_a_dead_letter_in_words() -> None:
    scene = Scene()
    outbox = Outbox(scene.store, {}, scene.clock, nothing_follows)
    await scene.save(a_notice("n1"))
    assert await outbox.drain(TIMEOUT)
    assert await scene.states() == {"n1": "dead"}
    assert "settings" in await scene.reason("n1")


async def test_delivery_is_given_up_after_a_day_and_somebody_is_notified() -> None:
    async def busy(claim: Claim) -> Outcome:
        return Sent() if claim.notice.key == "told" else Retry(scene.clock.at + minutes(30), "busy")

    async def tell(claim: Claim, outcome: Outcome) -> Sequence[Notice]:
        return [a_notice("told")] if isinstance(outcome, Dead) else []

    scene = Scene(busy, tell)
    await scene.save(a_notice("n1"))
    for _ in range(48):
        await scene.drained()
        scene.clock.at += minutes(30)
    assert (await scene.states())["n1"] == "waiting"
    scene.clock.at += minutes(1)
    await scene.drained()
    assert await scene.states() == {"n1": "dead", "told": "sent"}
    assert "tried 49 times in 1 d" in await scene.reason("n1")


async def test_delivered_notification_keeps_when_and_why_it_was_refused_before() -> None:
    outcomes: list[Outcome] = [Sent(), Dead("unknown user"), Retry(START + minutes(5), "mailbox full")]

    async def refusing(_claim: Claim) -> Outcome:
        return outcomes.pop()

    scene = Scene(refusing)
    await scene.save(a_notice("n1"))
    for after in (0, 5):
        scene.clock.at = START + minutes(after)
        await scene.drained()
    await scene.store.revive("n1", START + minutes(180))
    scene.clock.at = START + minutes(180)
    await scene.drained()
    letter = await scene.store.letter("n1")
    assert letter is not None
    assert (letter.state, letter.at) == ("sent", START + minutes(180))
    assert [(each.at, each.reason) for each in letter.failed] == [
        (START, "mailbox full"),
        (START + minutes(5), "unknown user"),
    ]


async def test_first_failed_attempt_is_kept_however_many_follow() -> None:
    progress = Progress()
    for number in range(60):
        progress = progress.with_failed(START + minutes(number), str(number))
    assert [each.reason for each in progress.failed] == ["0", *map(str, range(41, 60))]


async def test_dead_letter_is_retried_once_per_request_of_a_person() -> None:
    fails = True

    async def busy(claim: Claim) -> Outcome:
        return Retry(scene.clock.at, "busy") if fails else Sent()

    scene = Scene(busy, limits=Limits(age=timedelta(0), tries=2))
    await scene.save(a_notice("n1"))
    scene.clock.at += minutes(1)
    await scene.drained()
    assert scene.courier.got == [("n1", 1), ("n1", 2)]
    for fails, ends in ((True, "dead"), (False, "sent")):  # noqa: B007  (the courier reads it)
        assert await scene.store.revive("n1", scene.clock.at)
        await scene.drained()
        assert await scene.states() == {"n1": ends}
    assert len(scene.courier.got) == 4


async def test_notification_delayed_by_a_downtime_is_tried_a_few_times_all_the_same() -> None:
    async def busy(claim: Claim) -> Outcome:
        return Retry(scene.clock.at, "busy") if claim.attempt < 4 else Sent()

    scene = Scene(busy)
    await scene.save(a_notice("n1"))
    scene.clock.at += timedelta(days=3)
    await scene.drained()
    assert await scene.states() == {"n1": "sent"}


async def test_a_dead_letter_does_not_hold_its_lane() -> None:
    async def refuse(claim: Claim) -> Outcome:
        return Dead("no") if claim.notice.key == "a1" else Sent()

    scene = Scene(refuse)
    await scene.save(a_notice("a1", lane="a"), a_notice("a2", lane="a"))
    await scene.drained()
    assert await scene.states() == {"a1": "dead", "a2": "sent"}


# --- what goes wrong at the store


async def test_outbox_survives_a_store_that_is_down_and_repeats_no_delivery() -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def slow(claim: Claim) -> Outcome:
        started.set()
        await go_on.wait()
        return Sent()

    scene = Scene(slow)
    async with scene.running():
        scene.store.down = True
        scene.outbox.wake()
        scene.store.down = False
        await scene.save(a_notice("n1"))
        await started.wait()
        scene.store.down = True
        go_on.set()
        assert not await scene.outbox.drain(0.05)
        scene.store.down = False
        await scene.drained()
    assert scene.courier.got == [("n1", 1)]
    assert await scene.states() == {"n1": "sent"}


async def test_follow_ups_that_cannot_be_made_now_are_asked_for_again() -> None:
    asked: list[str] = []

    async def receipt(claim: Claim, outcome: Outcome) -> Sequence[Notice]:
        asked.append(claim.notice.key)
        if len(asked) == 1:
            raise StoreDown("The database is down.")
        return [a_notice("receipt")]

    scene = Scene(follow_up=receipt)
    await scene.save(a_notice("n1"))
    await scene.drained()
    assert scene.courier.got == [("n1", 1), ("receipt", 1)]
    assert asked == ["n1", "n1", "receipt"]


async def test_follow_ups_with_a_fault_do_not_make_it_deliver_twice() -> None:
    async def fail(claim: Claim, outcome: Outcome) -> Sequence[Notice]:
        raise KeyError("x")

    scene = Scene(follow_up=fail)
    await scene.save(a_notice("n1"))
    await scene.drained()
    assert await scene.states() == {"n1": "sent"}


async def test_a_store_that_stumbles_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    class Stumbles(MemoryStore):
        times = 2

        async def next_due(self, after: datetime, held: Held = NOTHING_HELD) -> datetime | None:
            if self.times:
                self.times -= 1
                raise RuntimeError(PERSONAL)
            return await super().next_due(after, held)

    scene = Scene(store=Stumbles())
    async with scene.running():
        await scene.save(a_notice("n1"))
        await scene.courier.has(1)
    assert "The outbox stumbled" in caplog.text
    assert PERSONAL not in caplog.text
