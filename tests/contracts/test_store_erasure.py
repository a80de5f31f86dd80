"""The contract of the stores for erased personal data and the access log."""

from __future__ import annotations

from bot.model.access_log import Access
from bot.model.contact import Contact
from bot.model.notice import Sent
from bot.model.ticket import Stage
from bot.ports import Store
from bot.tickets.ports import Batch, Query
from tests.contracts.tickets_in_store import save
from tests.doubles.records import START, a_notice, a_ticket, an_event, minutes


async def test_history_is_rewritten_and_notices_are_deleted_with_the_change(store: Store) -> None:
    ticket = (await save(store, a_ticket()))[0]
    moved_event = an_event(ticket, reason="Erika")
    await store.apply(Batch(events=[moved_event], notices=[a_notice("sent", lane="a"), a_notice("waiting", lane="b")]))
    (claim, *_) = await store.claim(START, minutes(1), 1)
    await store.settle(claim, Sent(), START)
    clean = moved_event.model_copy(update={"detail": {"reason": "[erased]"}})
    await store.apply(Batch(rewritten=[clean], forget_notices=[ticket.id]))
    assert await store.history(ticket.id) == [clean]
    assert [letter.notice.key for letter in await store.letters()] == ["waiting"]


async def test_person_is_erased_with_their_clicks_and_direct_messages(store: Store) -> None:
    notices = [a_notice("to anna", lane="direct:UANNA"), a_notice("to ben", lane="direct:UBEN")]
    people = [Contact(slack_user=user, name=user, email="", phone="") for user in ("UANNA", "UBEN")]
    await store.apply(Batch(contacts=people, once=["UANNA:1.1:take", "UBEN:1.1:take"], notices=notices))
    await store.apply(Batch(forget_people=["UANNA"]))
    assert [each.slack_user for each in await store.contacts()] == ["UBEN"]
    assert (await store.used("UANNA:1.1:take"), await store.used("UBEN:1.1:take")) == (False, True)
    assert [letter.notice.key for letter in await store.letters()] == ["to ben"]


async def test_closed_tickets_that_keep_personal_data_are_found(store: Store) -> None:
    closed = {"stage": Stage.CLOSED}
    await save(store, a_ticket("open"), a_ticket("kept", **closed), a_ticket("erased", **closed, erased_at=START))
    assert [each.id for each in await store.find(Query(open=False, erased=False))] == ["kept"]
    assert [each.id for each in await store.find(Query(erased=True))] == ["erased"]


async def test_access_log_is_listed_newest_first(store: Store) -> None:
    entries = [Access(at=START, by="root", action=action) for action in ("export", "erase")]
    for entry in entries:
        await store.apply(Batch(accesses=[entry]))
    assert await store.accesses(10) == entries[::-1]
    assert await store.accesses(1) == entries[1:]
