"""Rate limiter: bursts, spacing, holding."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.rate_limiter import RateLimiter, TooSoon


class Seconds:
    """A monotonic clock that is set by hand."""

    at = 100.0

    def __call__(self) -> float:
        return self.at


async def test_burst_passes_at_once_and_the_next_waits_for_the_window() -> None:
    clock = Seconds()
    limiter = RateLimiter(3, 3.0, clock=clock)
    for _ in range(3):
        await limiter.turn("C1")
    assert limiter.seconds_until("C1") == 3
    clock.at += 2
    assert limiter.seconds_until("C1") == 1
    clock.at += 1
    assert limiter.seconds_until("C1") == 0


async def test_keys_do_not_wait_for_each_other() -> None:
    limiter = RateLimiter(1, 9.0, clock=Seconds())
    await limiter.turn("C1")
    assert (limiter.seconds_until("C1"), limiter.seconds_until("C2")) == (9, 0)


async def test_waiting_turns_are_at_least_a_window_apart() -> None:
    limiter = RateLimiter(2, 0.05)
    turns = await asyncio.gather(*(limiter.turn("C1") for _ in range(6)))
    times = sorted(turn.at for turn in turns)
    assert all(later - earlier >= 0.049 for earlier, later in zip(times, times[2:], strict=False)), times
    assert limiter.clock() >= times[-1]  # the last one was waited for


async def test_turn_too_far_away_is_refused_and_not_counted() -> None:
    limiter = RateLimiter(1, 30.0, longest_wait=10, clock=Seconds())
    await limiter.turn("C1")
    for _ in range(2):
        with pytest.raises(TooSoon) as refused:
            await limiter.turn("C1")
        assert refused.value.seconds == 30


async def test_held_key_is_busy_until_the_hold_ends() -> None:
    clock = Seconds()
    limiter = RateLimiter(5, 5.0, clock=clock)
    limiter.hold("C1", 20)
    limiter.hold("C1", 4)
    assert limiter.busy(1) == {"C1": 20}
    clock.at += 20
    assert limiter.busy(1) == {}
    await limiter.turn("C1")


async def test_hold_during_a_wait_prolongs_it() -> None:
    limiter = RateLimiter(1, 0.02)
    await limiter.turn("C1")
    waiting = asyncio.create_task(limiter.turn("C1"))
    await asyncio.sleep(0)
    limiter.hold("C1", 0.1)
    began = asyncio.get_running_loop().time()
    await waiting
    assert asyncio.get_running_loop().time() - began >= 0.09


async def test_idle_keys_are_forgotten() -> None:
    clock = Seconds()
    limiter = RateLimiter(1, 1.0, clock=clock)
    for number in range(50):
        await limiter.turn(number)
        clock.at += 2
    assert len(limiter._turns) == 1


async def test_turn_that_took_long_counts_from_its_end() -> None:
    clock = Seconds()
    limiter = RateLimiter(2, 5.0, clock=clock)
    first = await limiter.turn("C1")
    await limiter.turn("C1")
    clock.at += 2
    await limiter.ended("C1", first)
    assert limiter.seconds_until("C1") == 3
    clock.at += 3
    await limiter.turn("C1")
    assert limiter.seconds_until("C1") == 2


async def test_turn_that_is_waited_for_follows_a_call_that_took_long() -> None:
    limiter = RateLimiter(1, 0.1)
    first = await limiter.turn("C1")
    waiting = asyncio.create_task(limiter.turn("C1"))
    await asyncio.sleep(0.05)  # the call; the second turn is taken already
    await limiter.ended("C1", first)
    assert (await waiting).at >= first.at + 0.1


async def test_call_of_an_earlier_window_that_ends_late_counts_for_later_turns() -> None:
    clock = Seconds()
    limiter = RateLimiter(1, 5.0, clock=clock)
    slow = await limiter.turn("C1")
    clock.at += 5
    await limiter.turn("C1")
    clock.at += 4
    await limiter.ended("C1", slow)
    assert limiter.seconds_until("C1") == 5
