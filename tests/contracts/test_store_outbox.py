"""Contract of every store for the outbox: lanes, leases, fencing, dead letters."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.model.notice import Claim, Dead, Gone, NoticeKind, Place, Retry, Sent
from bot.ports import Store
from bot.tickets.ports import Batch
from tests.doubles.manual_clock import ManualClock
from tests.doubles.records import START, a_notice, minutes

LEASE = timedelta(seconds=60)


async def enqueue(store: Store, *keys: str, lane: str = "") -> None:
    await store.apply(Batch(notices=[a_notice(key, **({"lane": lane} if lane else {})) for key in keys]))


async def claim(store: Store, after: float = 0, limit: int = 10) -> list[Claim]:
    """Claims notices `after` minutes past START."""
    return await store.claim(START + minutes(after), LEASE, limit)


async def claimed_keys(store: Store, after: float = 0, limit: int = 10) -> list[str]:
    return [claim.notice.key for claim in await claim(store, after, limit)]


async def test_a_claim_carries_the_notice_as_it_was_saved(store: Store) -> None:
    notice = a_notice(body={"text": "ü 🎉", "n": 1, "deep": {"list": [None, True]}})
    await store.apply(Batch(notices=[notice]))
    assert await claim(store) == [Claim(notice=notice, attempt=1)]


async def test_notice_is_not_claimed_before_it_is_due(store: Store) -> None:
    await store.apply(Batch(notices=[a_notice(due=START + minutes(5))]))
    assert await claimed_keys(store, 4.99) == []
    assert await claimed_keys(store, 5) == ["n1"]


async def test_notice_due_longest_is_claimed_first(store: Store) -> None:
    await store.apply(Batch(notices=[a_notice("late", due=START + minutes(2)), a_notice("early")]))
    assert await claimed_keys(store, 3, limit=1) == ["early"]
    assert await claimed_keys(store, 3, limit=1) == ["late"]


async def test_leased_notice_is_not_claimed_again_before_the_lease_ends(store: Store) -> None:
    await enqueue(store, "n1")
    assert [found.attempt for found in await claim(store)] == [1]
    assert await claim(store, 0.99) == []
    assert [found.attempt for found in await claim(store, 1)] == [2]


async def test_claim_takes_leases_and_retries_from_before_the_clock_was_set_back(store: Store) -> None:
    await enqueue(store, "leased", "retried", "soon")
    (_, retried, soon) = await claim(store, 120)
    await store.settle(retried, Retry(START + minutes(125), "busy"), START + minutes(120))
    await store.settle(soon, Retry(START + minutes(30), "busy"), START + minutes(120))
    assert await claimed_keys(store, limit=1) == ["leased"]
    assert await claimed_keys(store, limit=9) == ["retried"]


@pytest.mark.parametrize(("away", "claimed"), [(59, []), (60, []), (61, ["n1"]), (60 * 24 * 365, ["n1"])])
async def test_claim_waits_for_a_retry_within_the_longest_backoff(store: Store, away: int, claimed: list[str]) -> None:
    await enqueue(store, "n1")
    (held,) = await claim(store)
    await store.settle(held, Retry(START + minutes(away), "busy"), START)
    assert await claimed_keys(store) == claimed


async def test_concurrent_claims_never_overlap(store: Store) -> None:
    await enqueue(store, *(f"n{n}" for n in range(40)))
    claims = await asyncio.gather(*(claim(store, limit=7) for _ in range(10)))
    assert sorted(found.notice.key for each in claims for found in each) == sorted(f"n{n}" for n in range(40))


async def test_lane_is_delivered_one_by_one_in_the_order_saved(store: Store) -> None:
    await enqueue(store, "a1", "a2", lane="a")
    await enqueue(store, "b1")
    first, other = await claim(store)
    assert (first.notice.key, other.notice.key) == ("a1", "b1")
    assert await store.settle(first, Sent(), START)
    assert await claimed_keys(store) == ["a2"]


async def test_a_lane_waits_for_the_retry_of_its_head(store: Store) -> None:
    await enqueue(store, "a1", "a2", lane="a")
    (head,) = await claim(store)
    assert await store.settle(head, Retry(START + minutes(3), "it was busy"), START)
    assert await claimed_keys(store, 2.9) == []
    assert await claimed_keys(store, 3) == ["a1"]


async def test_a_head_that_is_not_due_yet_holds_its_lane(store: Store) -> None:
    await store.apply(Batch(notices=[a_notice("a1", lane="a", due=START + minutes(5)), a_notice("a2", lane="a")]))
    assert await claimed_keys(store, 4) == []
    assert await claimed_keys(store, 5) == ["a1"]


@pytest.mark.parametrize("outcome", [Sent(), Dead("It cannot be delivered."), Gone()])
async def test_a_lane_goes_on_after_its_head(store: Store, outcome: Sent | Dead | Gone) -> None:
    await enqueue(store, "a1", "a2", lane="a")
    (head,) = await claim(store)
    assert await store.settle(head, outcome, START)
    assert await claimed_keys(store) == ["a2"]


async def test_notice_to_somebody_who_left_is_no_dead_letter_and_its_successor_is_saved(store: Store) -> None:
    await enqueue(store, "n1")
    (claimed,) = await claim(store)
    assert await store.settle(claimed, Gone(), START, [a_notice("next")])
    assert {letter.notice.key: letter.state for letter in await store.letters()} == {"n1": "dropped", "next": "waiting"}


async def test_a_lost_lease_settles_nothing(store: Store) -> None:
    await enqueue(store, "n1")
    (late,) = await claim(store)
    (current,) = await claim(store, 2)
    place = Place(ticket_id="t1", role="card", channel="C1", ts="1.0")
    assert not await store.settle(late, Sent(place), START + minutes(2), [a_notice("follow")])
    assert await store.place("t1", "card") is None
    assert [letter.state for letter in await store.letters()] == ["waiting"]
    assert await store.settle(current, Sent(), START + minutes(2))
    assert not await store.settle(current, Sent(), START + minutes(2))


async def test_a_lease_that_ended_unclaimed_can_still_be_settled(store: Store) -> None:
    await enqueue(store, "n1")
    (late,) = await claim(store)
    assert await store.settle(late, Sent(), START + minutes(9))


async def test_follow_up_notices_are_saved_with_the_outcome(store: Store) -> None:
    await enqueue(store, "a1", "a2", lane="a")
    (head,) = await claim(store)
    place = Place(ticket_id="t1", role="card", channel="C1", ts="1.0", link="https://example.com")
    assert await store.settle(head, Sent(place), START, [a_notice("receipt", lane="a")])
    assert await store.place("t1", "card") == place
    assert await store.placed("C1", "1.0") == place
    (second,) = await claim(store)
    assert second.notice.key == "a2"
    assert await store.settle(second, Sent(), START)
    assert await claimed_keys(store) == ["receipt"]


async def test_message_can_be_the_place_of_several_tickets(store: Store) -> None:
    await store.apply(Batch(notices=[a_notice("both", lane="a")]))
    (head,) = await store.claim(START, LEASE, 10)
    places = tuple(Place(ticket_id=each, role="reminder:2:U1", channel="D1", ts="1.0") for each in ("t1", "t2"))
    assert await store.settle(head, Sent(places=places), START)
    assert await store.together("D1", "1.0") == list(places)
    assert await store.together("D1", "2.0") == []
    assert await store.place("t2", "reminder:2:U1") == places[1]


async def test_place_can_be_replaced(store: Store) -> None:
    for n, ts in enumerate(["1.0", "2.0"]):
        await enqueue(store, f"n{n}")
        (head,) = await claim(store)
        await store.settle(head, Sent(Place(ticket_id="t1", role="card", channel="C1", ts=ts)), START)
    assert await store.placed("C1", "1.0") is None
    found = await store.place("t1", "card")
    assert found is not None
    assert found.ts == "2.0"


async def test_notice_with_the_same_key_is_saved_once(store: Store) -> None:
    await enqueue(store, "n1")
    await store.apply(Batch(notices=[a_notice("n1", to="UBEN", lane="other"), a_notice("n2")]))
    first, second = await claim(store)
    assert (first.notice.to, second.notice.key) == ("UANNA", "n2")
    await store.settle(first, Sent(), START)
    await enqueue(store, "n1")
    assert await claimed_keys(store) == []


async def test_dropped_notice_does_not_block_its_lane(store: Store) -> None:
    await enqueue(store, "a1", "a2", "a3", lane="a")
    await store.apply(Batch(drop=["a1", "a2", "unknown"]))
    assert await claimed_keys(store) == ["a3"]
    assert [letter.state for letter in await store.letters()] == ["waiting", "dropped", "dropped"]


async def test_notice_in_delivery_is_not_dropped(store: Store) -> None:
    await enqueue(store, "n1")
    (begun,) = await claim(store)
    await store.apply(Batch(drop=["n1"]))
    assert await store.settle(begun, Retry(START + minutes(1), "unknown"), START)
    await store.apply(Batch(drop=["n1"]))
    assert await claimed_keys(store, 1) == ["n1"]


async def test_dead_letter_can_be_dropped(store: Store) -> None:
    await enqueue(store, "n1", "n2", lane="a")
    (first,) = await claim(store)
    await store.settle(first, Dead("The channel is archived."), START)
    await store.apply(Batch(drop=["n1"]))
    assert await store.letters(state="dead") == []
    assert not await store.revive("n1", START)
    assert await claimed_keys(store) == ["n2"]


async def test_dead_letter_has_a_reason_and_can_be_revived(store: Store) -> None:
    await enqueue(store, "n1")
    (first,) = await claim(store)
    assert not await store.revive("n1", START)
    await store.settle(first, Dead("The channel is archived."), START)
    (letter,) = await store.letters(state="dead")
    assert (letter.reason, letter.attempts, letter.at) == ("The channel is archived.", 1, START)
    assert await claimed_keys(store, 99) == []

    assert await store.revive("n1", START + minutes(100))
    assert not await store.revive("n1", START + minutes(100))
    assert not await store.revive("unknown", START)
    (again,) = await claim(store, 100)
    assert (again.attempt, again.notice.due) == (2, START)  # the first attempt may have arrived in the meantime
    assert not await store.settle(first, Sent(), START)


async def test_delivered_letter_has_the_time_and_reason_of_each_attempt_that_failed(store: Store) -> None:
    await enqueue(store, "n1")
    (first,) = await claim(store)
    progress = first.progress.with_failed(START, "mailbox full")
    await store.settle(first, Retry(START + minutes(10), "mailbox full", progress), START)
    (second,) = await claim(store, 10)
    await store.settle(second, Dead("unknown user"), START + minutes(11))
    assert await store.revive("n1", START + minutes(100))
    (third,) = await claim(store, 100)
    await store.settle(third, Sent(), START + minutes(101))
    (letter,) = await store.letters()
    assert (letter.state, letter.at, letter.attempts) == ("sent", START + minutes(101), 3)
    assert [(each.at, each.reason) for each in letter.failed] == [
        (START, "mailbox full"),
        (START + minutes(11), "unknown user"),
    ]


async def test_undelivered_are_counted_without_those_that_went_the_other_way(store: Store) -> None:
    posts = [a_notice(f"post{number}", kind=NoticeKind.LETTER_POST, lane=f"post{number}") for number in range(3)]
    await store.apply(Batch(notices=[*posts, a_notice("card", lane="card"), a_notice("alert", ticket_id="", lane="x")]))
    for each in await claim(store):
        await store.settle(each, Dead("no"), START)
    assert await store.count_undelivered() == 5
    instead = [
        a_notice(
            f"mail{number}", kind=NoticeKind.LETTER_MAIL, lane=f"mail{number}", body={"instead_of": f"post{number}"}
        )
        for number in range(2)
    ]
    await store.apply(Batch(notices=instead))
    assert await store.count_undelivered() == 3
    assert [each.notice.key for each in await store.undelivered(2)] == ["alert", "card"]
    failed = next(each for each in await claim(store) if each.notice.key == "mail1")
    await store.settle(failed, Dead("no"), START)
    assert {each.notice.key for each in await store.undelivered(9)} == {"alert", "card", "post1", "post2", "mail1"}


async def test_revived_letter_waits_for_the_current_delivery_of_its_lane(store: Store) -> None:
    await enqueue(store, "a1", "a2", "a3", lane="a")
    (dead,) = await claim(store)
    await store.settle(dead, Dead("no"), START)
    (busy,) = await claim(store)
    await store.revive("a1", START)
    await store.apply(Batch(drop=["a3"]))
    assert await claimed_keys(store) == []
    await store.settle(busy, Sent(), START)
    assert await claimed_keys(store) == ["a1"]


async def test_next_due_is_the_earliest_time_of_a_claimable_notice(store: Store) -> None:
    assert await store.next_due(START) is None
    await store.apply(Batch(notices=[a_notice("a1", lane="a", due=START + minutes(5)), a_notice("a2", lane="a")]))
    assert await store.next_due(START) == START + minutes(5)
    assert await store.next_due(START + minutes(7)) == START + minutes(7)
    (head,) = await claim(store, 7)
    assert await store.next_due(START + minutes(7)) == START + minutes(8)
    await store.settle(head, Retry(START + minutes(30), "busy"), START + minutes(7))
    assert await store.next_due(START + minutes(7)) == START + minutes(30)


async def test_letters_are_listed_newest_first_by_state_and_ticket(store: Store) -> None:
    await store.apply(Batch(notices=[a_notice("n1"), a_notice("n2", ticket_id="t2"), a_notice("n3")]))
    (first,) = await claim(store, limit=1)
    await store.settle(first, Sent(), START)
    assert [letter.notice.key for letter in await store.letters()] == ["n3", "n2", "n1"]
    assert [letter.notice.key for letter in await store.letters(limit=1)] == ["n3"]
    assert [letter.notice.key for letter in await store.letters(ticket_id="t1")] == ["n3", "n1"]
    assert [letter.notice.key for letter in await store.letters(state="sent", ticket_id="t1")] == ["n1"]
    assert await store.letters(state="sent", ticket_id="t2") == []
    found = await store.letter("n1")
    assert found
    assert (found.notice.key, found.state) == ("n1", "sent")
    assert await store.letter("unknown") is None


async def test_letter_has_the_time_it_was_saved(store: Store, clock: ManualClock) -> None:
    clock.at = START + minutes(3)
    await enqueue(store, "n1")
    (letter,) = await store.letters()
    assert (letter.at, letter.attempts, letter.reason) == (START + minutes(3), 0, "")
