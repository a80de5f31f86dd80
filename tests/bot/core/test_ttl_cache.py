"""Answers that are used again: asked for once, anew when they are old, and never kept when they failed."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.ttl_cache import Kept


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


async def test_those_who_ask_together_wait_for_one_answer() -> None:
    kept = Kept(Source().ask, fresh=60)
    first, second = await asyncio.gather(kept.get("a"), kept.get("a"))
    assert (first, second) == (1, 1)


async def test_each_key_has_its_own_answer() -> None:
    kept = Kept(Source().ask, fresh=60)
    assert [await kept.get("a"), await kept.get("b"), await kept.get("a")] == [1, 2, 1]


async def test_an_old_answer_is_asked_for_anew() -> None:
    kept = Kept(Source().ask, fresh=-1)
    assert [await kept.get("a"), await kept.get("a")] == [1, 2]


async def test_a_failure_is_told_and_not_kept() -> None:
    source = Source()
    kept = Kept(source.ask, fresh=60)
    source.down = True
    with pytest.raises(OSError, match="a"):
        await kept.get("a")
    source.down = False
    assert await kept.get("a") == 2


async def test_one_who_gives_up_takes_the_answer_from_nobody() -> None:
    kept = Kept(Source().ask, fresh=60)
    first, second = asyncio.ensure_future(kept.get("a")), asyncio.ensure_future(kept.get("a"))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 1


async def test_no_more_than_so_many_are_kept() -> None:
    kept = Kept(Source().ask, fresh=60, most=2)
    for key in "abc":
        await kept.get(key)
    assert list(kept.answers) == ["c"]
