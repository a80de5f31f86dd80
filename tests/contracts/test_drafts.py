"""Contract of the drafts, a small durable map, on each engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.adapters.store import open_drafts
from bot.core.errors import StoreDown
from bot.tickets.ports import Drafts
from tests.contracts.processes import read_lines, worker_process


@pytest.fixture
async def drafts(database_url: str) -> AsyncIterator[Drafts]:
    drafts = await open_drafts(database_url)
    yield drafts
    await drafts.close()


async def test_draft_is_read_as_it_was_saved(drafts: Drafts) -> None:
    draft = {"summary": "Ünïcode 🎉\n\x00\u202e", "empty": "", "": "no key"}
    await drafts.put("form", draft)
    assert await drafts.get("form") == draft


async def test_missing_record_is_none(drafts: Drafts) -> None:
    assert await drafts.get("form") is None
    await drafts.drop("form")


async def test_latest_value_is_read_until_it_is_deleted(drafts: Drafts) -> None:
    await drafts.put("form", {"a": "1"})
    await drafts.put("form", {"b": "2"})
    assert await drafts.get("form") == {"b": "2"}
    await drafts.drop("form")
    assert await drafts.get("form") is None


async def test_replace_puts_only_over_what_was_read(drafts: Drafts) -> None:
    read, new = {"a": "ü", "b": "2"}, {"a": "3"}
    assert not await drafts.replace("form", read, new)
    assert await drafts.get("form") is None
    assert await drafts.replace("form", None, read)
    assert not await drafts.replace("form", None, new)
    assert await drafts.get("form") == read
    assert await drafts.replace("form", read, new)
    assert not await drafts.replace("form", read, {})
    assert await drafts.get("form") == new


async def test_replace_loses_no_change_of_many_at_once(drafts: Drafts) -> None:
    async def count_up() -> None:
        while True:
            draft = await drafts.get("count")
            if await drafts.replace("count", draft, {"n": str(int(draft["n"]) + 1) if draft else "1"}):
                return

    await asyncio.gather(*(count_up() for _ in range(20)))
    assert await drafts.get("count") == {"n": "20"}


async def test_concurrent_drafts_do_not_mix(drafts: Drafts) -> None:
    await asyncio.gather(*(drafts.put(f"key{n}", {"n": str(n)}) for n in range(50)))
    found = await asyncio.gather(*(drafts.get(f"key{n}") for n in range(50)))
    assert found == [{"n": str(n)} for n in range(50)]


async def test_keys_are_listed(drafts: Drafts) -> None:
    for key in ("b", "a", "%_:x"):
        await drafts.put(key, {})
    await drafts.drop("a")
    assert sorted(await drafts.keys()) == ["%_:x", "b"]


async def test_drafts_survive_a_restart(database_url: str) -> None:
    drafts = await open_drafts(database_url)
    await drafts.put("form", {"a": "1"})
    await drafts.close()
    again = await open_drafts(database_url)
    assert await again.get("form") == {"a": "1"}
    await again.close()


async def test_acknowledged_drafts_survive_a_kill(database_url: str) -> None:
    async with worker_process("put_drafts", database_url, 100_000) as process:
        put = await read_lines(process, 30)
        process.kill()
        put += await read_lines(process)
    drafts = await open_drafts(database_url)
    assert [await drafts.get(f"key{n}") for n in put] == [{"n": n} for n in put]
    await drafts.close()


async def test_failing_write_affects_only_its_caller(drafts: Drafts) -> None:
    wrong = {"a": object()}
    results = await asyncio.gather(
        drafts.put("good", {"a": "1"}),
        drafts.put("wrong", wrong),  # type: ignore[arg-type]
        drafts.put("\ud800", {"a": "1"}),
        drafts.put("fine", {"a": "1"}),
        return_exceptions=True,
    )
    assert [result is None for result in results] == [True, False, False, True]
    assert await drafts.get("good") == await drafts.get("fine") == {"a": "1"}
    assert await drafts.get("wrong") is None


async def test_closed_drafts_raise_store_down(database_url: str) -> None:
    drafts = await open_drafts(database_url)
    await drafts.close()
    await drafts.close()
    with pytest.raises(StoreDown):
        await drafts.get("form")
