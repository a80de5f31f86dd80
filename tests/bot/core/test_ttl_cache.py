"""Cached answers: one call for concurrent misses, a new call after expiry, and no caching of failures."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.core.ttl_cache import TtlCache


class Source:
    """Gives 1, 2, 3 …; fails while it is `down`."""

    def __init__(self) -> None:
        self.asked = 0
        self.down = False

    async def ask(self, key: str) -> int:
        self.asked += 1
        await asyncio.sleep(0)
        if self.down:
            raise OSError(key)
        return self.asked


async def test_concurrent_misses_share_one_call() -> None:
    cache = TtlCache(Source().ask, ttl=60)
    first, second = await asyncio.gather(cache.get("a"), cache.get("a"))
    assert (first, second) == (1, 1)


async def test_each_key_has_its_own_answer() -> None:
    cache = TtlCache(Source().ask, ttl=60)
    assert [await cache.get("a"), await cache.get("b"), await cache.get("a")] == [1, 2, 1]


async def test_expired_answer_is_requested_again() -> None:
    cache = TtlCache(Source().ask, ttl=-1)
    assert [await cache.get("a"), await cache.get("a")] == [1, 2]


async def test_failure_is_raised_and_not_cached() -> None:
    source = Source()
    cache = TtlCache(source.ask, ttl=60)
    source.down = True
    with pytest.raises(OSError, match="a"):
        await cache.get("a")
    source.down = False
    assert await cache.get("a") == 2


async def test_cancelled_waiter_does_not_cancel_the_shared_lookup() -> None:
    cache = TtlCache(Source().ask, ttl=60)
    first, second = asyncio.ensure_future(cache.get("a")), asyncio.ensure_future(cache.get("a"))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 1


async def test_size_of_the_cache_is_limited() -> None:
    cache = TtlCache(Source().ask, ttl=60, max_size=2)
    for key in "abc":
        await cache.get(key)
    assert list(cache.answers) == ["b", "c"]


async def test_least_recently_used_answer_is_evicted_first() -> None:
    cache = TtlCache(Source().ask, ttl=60, max_size=2)
    for key in "abac":
        await cache.get(key)
    assert list(cache.answers) == ["a", "c"]


async def test_expired_answer_is_used_while_a_new_one_fails() -> None:
    source = Source()
    cache = TtlCache(source.ask, ttl=-1, stale_ttl=60)
    await cache.get("a")
    source.down = True
    assert await cache.get("a") == 1
    source.down = False
    assert await cache.get("a") == 3


async def test_expired_answer_is_used_while_a_new_one_is_slow_and_then_replaced() -> None:
    gate = asyncio.Event()

    async def slow(key: str) -> str:
        await gate.wait()
        return "new"

    cache = TtlCache(slow, ttl=60, stale_ttl=60, timeout=0.01)
    cache.put("a", "old", age=61)
    assert await cache.get("a") == "old"
    gate.set()
    assert await cache.get("a") == "new"


async def test_expired_answer_beyond_its_bound_is_not_used() -> None:
    source = Source()
    source.down = True
    cache = TtlCache(source.ask, ttl=60, stale_ttl=60)
    cache.put("a", 7, age=121)
    with pytest.raises(OSError, match="a"):
        await cache.get("a")


async def test_forgotten_answer_is_no_fallback() -> None:
    source = Source()
    cache = TtlCache(source.ask, ttl=60, stale_ttl=60)
    await cache.get("a")
    cache.forget("a")
    source.down = True
    with pytest.raises(OSError, match="a"):
        await cache.get("a")


async def test_call_under_way_when_forgotten_is_not_cached() -> None:
    cache = TtlCache(Source().ask, ttl=60)
    call = asyncio.ensure_future(cache.get("a"))
    await asyncio.sleep(0)
    cache.forget("a")
    assert await call == 1
    assert await cache.get("a") == 2


async def test_slow_answer_is_waited_for_once_where_there_is_an_expired_one() -> None:
    answer = asyncio.Event()

    async def ask(_: str) -> str:
        await answer.wait()
        return "new"

    cache = TtlCache(ask, ttl=60, stale_ttl=600, timeout=0.2)
    cache.put("a", "old", age=61)
    began = time.monotonic()
    assert [await cache.get("a") for _ in range(3)] == ["old"] * 3
    cache.timeout = 3600.0
    waiting = asyncio.create_task(cache.get("a"))
    answer.set()
    assert await waiting == "new"
    assert time.monotonic() - began > 0.2
    assert not cache._calls
    assert not cache._begun
