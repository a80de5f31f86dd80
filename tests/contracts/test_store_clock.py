"""Contract of every store for a clock that is set: leases and retries end neither much later nor too early."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.backoff import AHEAD
from bot.model.notice import Claim, Dead, Retry
from bot.ports import Store
from bot.tickets.ports import Batch
from tests.doubles.records import START, a_notice, minutes

LEASE = timedelta(seconds=90)
JUMPS = [minutes(number) for number in (-120, -61, -59, -10, -1, 1, 10, 61, 120)]
BACK = [jump for jump in JUMPS if jump < timedelta()]
EARLIER = START - timedelta(seconds=1)
MOMENT = timedelta(milliseconds=1)


async def claimed(store: Store) -> Claim:
    """A notice that was claimed a second ago."""
    await store.apply(Batch(notices=[a_notice("n1", due=EARLIER)]))
    (claim,) = await store.claim(EARLIER, LEASE, 1)
    return claim


async def keys(store: Store, after: timedelta) -> list[str]:
    return [each.notice.key for each in await store.claim(START + after, LEASE, 9)]


@pytest.mark.parametrize("jump", JUMPS)
async def test_lease_ends_in_time_after_the_clock_was_set(store: Store, jump: timedelta) -> None:
    await claimed(store)
    assert await store.restart_waits(START + jump, LEASE, has_jumped=True) == 1
    assert await keys(store, jump + LEASE - MOMENT) == []
    assert await keys(store, jump + LEASE) == ["n1"]


@pytest.mark.parametrize(("wait", "ends"), [(timedelta(seconds=20), timedelta(seconds=21)), (minutes(36), LEASE)])
@pytest.mark.parametrize("jump", JUMPS)
async def test_retry_comes_in_time_after_the_clock_was_set(
    store: Store, jump: timedelta, wait: timedelta, ends: timedelta
) -> None:
    await store.settle(await claimed(store), Retry(START + wait, "busy"), EARLIER)
    await store.restart_waits(START + jump, LEASE, has_jumped=True)
    assert await keys(store, jump + ends - MOMENT) == []
    assert await keys(store, jump + ends) == ["n1"]


@pytest.mark.parametrize("jump", BACK)
async def test_start_after_the_clock_was_set_back_restarts_leases(store: Store, jump: timedelta) -> None:
    await claimed(store)
    assert await store.restart_waits(START + jump, LEASE, has_jumped=False) == 1
    assert await keys(store, jump + LEASE) == ["n1"]


@pytest.mark.parametrize("jump", BACK)
async def test_new_notice_is_due_at_once_after_the_clock_was_set_back(store: Store, jump: timedelta) -> None:
    await store.apply(Batch(notices=[a_notice("n1"), a_notice("later", due=START + minutes(5))]))
    await store.restart_waits(START + jump, LEASE, has_jumped=True)
    assert await keys(store, jump) == ["n1"]
    assert await keys(store, minutes(5)) == ["n1", "later"]


@pytest.mark.parametrize("has_jumped", [True, False])
async def test_revived_letter_is_due_at_once_after_the_clock_was_set_back(store: Store, has_jumped: bool) -> None:
    await store.settle(await claimed(store), Dead("Refused."), START)
    assert await store.revive("n1", START)
    await store.restart_waits(START - minutes(30), LEASE, has_jumped=has_jumped)
    assert await keys(store, -minutes(30)) == ["n1"]


async def test_start_leaves_the_leases_of_a_replica_whose_clock_is_a_little_ahead(store: Store) -> None:
    await claimed(store)
    assert await store.restart_waits(START - AHEAD + timedelta(seconds=1), LEASE, has_jumped=False) == 0
    assert await keys(store, timedelta(seconds=88)) == []


async def test_claim_before_the_restart_is_void_only_when_it_is_claimed_again(store: Store) -> None:
    claim = await claimed(store)
    await store.restart_waits(START - minutes(59), LEASE, has_jumped=True)
    assert await store.settle(claim, Dead("Refused."), START - minutes(59))
