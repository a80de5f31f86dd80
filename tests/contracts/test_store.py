"""Contract of every store: tickets, history, deduplication keys, places and contacts."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from bot.core.errors import Conflict, Duplicate, StoreDown
from bot.model.contact import Contact
from bot.model.notice import Place, Sent
from bot.model.ticket import Level, Stage, Times
from bot.model.undoing import before
from bot.ports import Store
from bot.tickets.ports import Batch, Query
from tests.contracts.tickets_in_store import ids, save
from tests.doubles.manual_clock import ManualClock
from tests.doubles.records import START, a_notice, a_ticket, an_event, minutes, next_version

# --- tickets


async def test_ticket_is_read_as_it_was_saved(store: Store) -> None:
    ticket = a_ticket(answers={"summary": "Ünïcode 🎉 \u202eRTL <!channel> *_~"}, due=START, rcr=("RCR-1",), bounces=2)
    (saved,) = await save(store, ticket)
    assert saved == ticket.model_copy(update={"number": 1001})
    assert await store.get("t1") == saved
    assert await store.numbered(1001) == saved


async def test_missing_record_is_none(store: Store) -> None:
    assert await store.get("t1") is None
    assert await store.numbered(1001) is None
    assert await store.find(Query()) == []
    assert await store.history("t1") == []
    assert await store.contacts() == []
    assert await store.place("t1", "card") is None
    assert await store.placed("C1", "1.0") is None


async def test_numbers_count_up_from_1001_without_gaps(store: Store) -> None:
    await save(store, a_ticket("a"), a_ticket("b"))
    with pytest.raises(Conflict):
        await save(store, a_ticket("c"), a_ticket("a"))
    (last,) = await save(store, a_ticket("d"))
    assert last.number == 1003


async def test_a_new_version_replaces_the_one_before_and_keeps_its_number(store: Store) -> None:
    (first,) = await save(store, a_ticket())
    (second,) = await save(store, next_version(first, stage=Stage.FIRST, number=0))
    assert (second.number, second.version, second.stage) == (1001, 2, Stage.FIRST)
    assert await store.get("t1") == second


async def test_new_ticket_and_its_first_move_are_saved_in_one_batch(store: Store) -> None:
    raised = a_ticket("t1")
    taken = next_version(raised, owner="UBEN")
    saved = await store.apply(Batch(tickets=[raised, taken], events=[an_event(raised), an_event(taken)], once=["form"]))
    assert [(each.number, each.version) for each in saved] == [(1001, 1), (1001, 2)]
    assert await store.get("t1") == saved[-1]
    assert [each.version for each in await store.history("t1")] == [1, 2]
    with pytest.raises(Duplicate):
        await store.apply(Batch(tickets=[raised, taken], once=["form"]))


@pytest.mark.parametrize("version", [1, 2, 4])
async def test_version_that_is_not_the_next_is_a_conflict(store: Store, version: int) -> None:
    await save(store, a_ticket())
    await save(store, a_ticket(version=2, owner="UBEN"))
    with pytest.raises(Conflict):
        await save(store, a_ticket(version=version))
    found = await store.get("t1")
    assert found is not None
    assert found.owner == "UBEN"


async def test_unknown_ticket_cannot_change(store: Store) -> None:
    with pytest.raises(Conflict):
        await save(store, a_ticket(version=2))


async def test_a_refused_batch_leaves_nothing_behind(store: Store) -> None:
    (ticket,) = await save(store, a_ticket())
    later = next_version(ticket)
    batch = Batch(
        tickets=[later, a_ticket("t2"), a_ticket("t1")],
        events=[an_event(later)],
        notices=[a_notice()],
        once=["form"],
        contacts=[Contact(slack_user="U1", name="Anna", email="a@example.com", phone="+498912345679")],
    )
    with pytest.raises(Conflict):
        await store.apply(batch)
    assert await store.get("t1") == ticket
    assert await store.get("t2") is None
    assert (await store.history("t1"), await store.letters(), await store.contacts()) == ([], [], [])
    assert not await store.used("form")


async def test_exactly_one_of_many_changes_to_a_version_wins(store: Store) -> None:
    (ticket,) = await save(store, a_ticket())
    changes = [save(store, next_version(ticket, owner=f"U{n}")) for n in range(20)]
    results = await asyncio.gather(*changes, return_exceptions=True)
    assert sum(isinstance(result, Conflict) for result in results) == 19
    (winner,) = [result[0] for result in results if isinstance(result, tuple)]
    assert await store.get("t1") == winner


async def test_many_tickets_raised_at_once_get_consecutive_numbers(store: Store) -> None:
    saved = await asyncio.gather(*(save(store, a_ticket(f"t{n}")) for n in range(50)))
    assert sorted(ticket.number for (ticket,) in saved) == list(range(1001, 1051))


@pytest.mark.parametrize("broken", ["\x00", "\ud800", "a\x00b\udfff"])
async def test_text_that_databases_refuse_affects_nothing_else(store: Store, broken: str) -> None:
    """The model strips such text; text that bypasses it is kept or refused without effect on other records."""
    await save(store, a_ticket("good"))
    slipped = a_ticket("bad").model_copy(update={"owner": broken})
    await asyncio.gather(save(store, slipped), save(store, a_ticket("t2")), return_exceptions=True)
    found = await store.get("bad")
    assert found is None or found.owner == broken
    assert await store.get("good") is not None
    assert await store.get("t2") is not None


# --- finding


async def test_tickets_are_found_newest_first_and_page_by_page(store: Store) -> None:
    await save(store, *(a_ticket(f"t{n}", raised_at=START + minutes(n // 2)) for n in range(5)))
    page = await store.find(Query(limit=2))
    assert [ticket.id for ticket in page] == ["t4", "t3"]
    assert await ids(store, limit=2, before=(page[-1].raised_at, page[-1].id)) == ["t2", "t1"]
    assert await ids(store, limit=2, before=(START, "t1")) == ["t0"]


async def test_each_filter_narrows_the_result(store: Store) -> None:
    await save(
        store,
        a_ticket("new"),
        a_ticket("second", stage=Stage.SECOND, owner="UBEN"),
        a_ticket("retarus", stage=Stage.RETARUS, owner="UBEN"),
        a_ticket("closed", stage=Stage.CLOSED),
    )
    assert await ids(store, open=True) == ["second", "retarus", "new"]
    assert await ids(store, open=False) == ["closed"]
    assert await ids(store, level=Level.FIRST) == ["new", "closed"]
    assert await ids(store, level=Level.FIRST, open=True) == ["new"]
    assert await ids(store, owner="UBEN") == ["second", "retarus"]
    assert await ids(store, stages=(Stage.NEW, Stage.RETARUS)) == ["retarus", "new"]
    assert await ids(store, stages=(Stage.NEW, Stage.CLOSED), open=True) == ["new"]
    assert await ids(store, stages=(Stage.SECOND,), level=Level.SECOND, owner="UBEN", open=True) == ["second"]


async def test_due_tickets_are_found_soonest_first(store: Store) -> None:
    await save(
        store,
        a_ticket("later", due=START + minutes(2)),
        a_ticket("now", due=START),
        a_ticket("soon", due=START + minutes(1)),
        a_ticket("never"),
    )
    assert await ids(store, due_before=START + minutes(1)) == ["now", "soon"]
    assert await ids(store, due_before=START + minutes(9), limit=1) == ["now"]
    assert await ids(store, due_before=START - minutes(1)) == []


async def test_count_ignores_paging(store: Store) -> None:
    await save(store, *(a_ticket(f"t{n}") for n in range(5)), a_ticket("closed", stage=Stage.CLOSED))
    assert await store.count(Query(open=True, limit=2, before=(START, "t1"))) == 5
    assert await store.count(Query(level=Level.THIRD)) == 0


# --- history, deduplication keys, contacts


async def test_history_is_ordered_by_version(store: Store) -> None:
    (first,) = await save(store, a_ticket())
    second = next_version(first)
    await store.apply(Batch(tickets=[second], events=[an_event(second, "take", reason="because")]))
    await store.apply(Batch(events=[an_event(first, "raise")]))
    assert await store.history("t1") == [an_event(first, "raise"), an_event(second, "take", reason="because")]


async def test_event_keeps_the_values_before_its_step(store: Store) -> None:
    (first,) = await save(store, a_ticket(answers={"remedy": "Ünïcode 🎉"}, rcr=("RCR-1",), times=Times(touched=START)))
    second = next_version(first, answers={}, owner="UBEN", undo_until=minutes(10) + START)
    taken = an_event(second, "take").model_copy(update={"before": before(first, second)})
    assert await store.apply(Batch(tickets=[second], events=[taken])) == (second,)
    assert await store.history("t1") == [taken]
    assert await store.get("t1") == second


async def test_a_version_has_one_event(store: Store) -> None:
    await store.apply(Batch(events=[an_event(a_ticket())]))
    with pytest.raises(Conflict):
        await store.apply(Batch(events=[an_event(a_ticket(), "other")]))


async def test_deduplication_key_is_used_once(store: Store) -> None:
    assert not await store.used("form")
    await store.apply(Batch(tickets=[a_ticket()], once=["form"]))
    assert await store.used("form")
    with pytest.raises(Duplicate):
        await store.apply(Batch(tickets=[a_ticket()], once=["form"]))
    with pytest.raises(Duplicate):
        await store.apply(Batch(tickets=[a_ticket("t2")], once=["other", "form"]))
    assert not await store.used("other")
    assert await store.get("t2") is None


async def test_used_keys_are_found_by_the_payload_they_begin_with(store: Store) -> None:
    await store.apply(Batch(once=["V0_1:note", "U0ANNA:1.1:take:take", "V03"]))
    known = ["V0_1", "U0ANNA:1.1:take", "V03", "V0_1:note"]
    assert [await store.used_by(each, START - minutes(1)) for each in known] == [True] * 4
    others = ["V0_", "V0x1", "V0", "U0ANNA:1.1", "note", ""]
    assert [await store.used_by(each, START - minutes(1)) for each in others] == [
        False,
        False,
        False,
        True,
        False,
        False,
    ]
    assert not await store.used_by("V03", START + minutes(1))


async def test_double_click_creates_one_ticket(store: Store) -> None:
    clicks = [store.apply(Batch(tickets=[a_ticket()], once=["form"])) for _ in range(10)]
    results = await asyncio.gather(*clicks, return_exceptions=True)
    assert sum(isinstance(result, Duplicate) for result in results) == 9


async def test_contacts_are_replaced_by_their_latest_state(store: Store) -> None:
    anna = Contact(slack_user="U2", name="Anna", email="a@example.com", phone="+498912345679", levels=(Level.FIRST,))
    ben = anna.model_copy(update={"slack_user": "U1", "name": "Ben", "attested_on": date(2026, 1, 2)})
    await store.apply(Batch(contacts=[ben, anna]))
    assert await store.contacts() == [anna, ben]
    renamed = anna.model_copy(update={"name": "Zoe"})
    await store.apply(Batch(contacts=[renamed]))
    assert await store.contacts() == [ben, renamed]


async def test_contact_changed_in_the_meantime_is_a_conflict(store: Store) -> None:
    anna = Contact(slack_user="U1", name="Anna", email="a@example.com", phone="+498912345679")
    renamed, promoted = (anna.model_copy(update=each) for each in ({"name": "Zoe"}, {"levels": (Level.SECOND,)}))
    await store.apply(Batch(contacts=[anna], contacts_read={"U1": None}))
    for read in (None, renamed):
        with pytest.raises(Conflict):
            await store.apply(Batch(contacts=[promoted], contacts_read={"U1": read}))
    await store.apply(Batch(contacts=[promoted], contacts_read={"U1": anna, "U2": None}))
    assert await store.contacts() == [promoted]


async def test_exactly_one_of_many_changes_to_a_contact_wins(store: Store) -> None:
    anna = Contact(slack_user="U1", name="Anna", email="a@example.com", phone="+498912345679")
    changed = [anna.model_copy(update={"name": f"Anna {n}"}) for n in range(12)]
    changes = [store.apply(Batch(contacts=[each], contacts_read={"U1": None})) for each in changed]
    results = await asyncio.gather(*changes, return_exceptions=True)
    assert sum(isinstance(result, Conflict) for result in results) == 11


async def test_card_links_are_read_for_many_tickets_at_once(store: Store) -> None:
    await store.apply(Batch(notices=[a_notice("n1"), a_notice("n2", ticket_id="t2")]))
    for claim, link in zip(await store.claim(START, minutes(1), 9), ("https://x/1", ""), strict=True):
        place = Place(ticket_id=claim.notice.ticket_id, role="card", channel="C1", ts=claim.notice.key, link=link)
        await store.settle(claim, Sent(place), START)
    assert await store.card_links(["t1", "t2", "t3"]) == {"t1": "https://x/1"}
    assert await store.card_links([]) == {}


# --- pruning, locks and closing


async def test_prune_deletes_old_deduplication_keys_and_delivered_notices(store: Store, clock: ManualClock) -> None:
    await store.apply(Batch(once=["old"], notices=[a_notice("dropped"), a_notice("waiting")]))
    await store.apply(Batch(drop=["dropped"]))
    clock.at = START + minutes(10)
    await store.apply(Batch(once=["new"]))
    assert await store.prune(START + minutes(5)) == 2
    assert await store.prune(START + minutes(5)) == 0
    assert (await store.used("old"), await store.used("new")) == (False, True)
    assert [letter.notice.key for letter in await store.letters()] == ["waiting"]


async def test_prune_is_limited_per_call(store: Store) -> None:
    await store.apply(Batch(once=[f"key{n}" for n in range(2500)]))
    gone = [await store.prune(START + minutes(1)) for _ in range(4)]
    assert gone == [1000, 1000, 500, 0]


async def test_named_lock_is_held_by_one_caller_only(store: Store) -> None:
    async with store.lease("sweep") as first, store.lease("sweep") as second, store.lease("digest") as other:
        assert (first, second, other) == (True, False, True)
    async with store.lease("sweep") as again:
        assert again


async def test_named_lock_is_released_after_an_error(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.lease("sweep"):
            raise ZeroDivisionError
    async with store.lease("sweep") as again:
        assert again


async def test_closed_store_raises_store_down(store: Store) -> None:
    await store.close()
    await store.close()
    with pytest.raises(StoreDown):
        await store.get("t1")
    with pytest.raises(StoreDown):
        await save(store, a_ticket())
