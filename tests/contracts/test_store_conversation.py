"""Contract of every store: the conversation with Retarus."""

from __future__ import annotations

import os

import pytest

from bot.core.errors import Conflict, Duplicate
from bot.model.conversation import ConversationChanges, Entry, EntrySource, EntryState, MessageId
from bot.model.notice import Place, Sent
from bot.ports import Store
from bot.tickets.ports import Batch
from tests.doubles.records import START, a_notice, a_ticket, minutes, next_version


def an_entry(key: str = "e1", minute: int = 0, **values: object) -> Entry:
    known: dict[str, object] = {"kind": "answer", "state": EntryState.SHOWN, "ticket_id": "t1", "words": "ü <!channel>"}
    return Entry.model_validate({"id": key, "way": EntrySource.MAIL, "at": START + minutes(minute), **known, **values})


def an_id(message_id: str, minute: int = 0, **values: object) -> MessageId:
    known: dict[str, object] = {"ticket_id": "t1", "is_sent": True}
    return MessageId.model_validate({"message_id": message_id, "at": START + minutes(minute), **known, **values})


async def receive(store: Store, **values: object) -> None:
    await store.apply(Batch(conversation=ConversationChanges.model_validate(values)))


async def test_entry_is_read_as_it_was_saved(store: Store) -> None:
    await receive(store, new=[an_entry()])
    assert await store.entry("e1") == an_entry()
    assert await store.entry("e2") is None


async def test_new_entry_is_taken_in_once(store: Store) -> None:
    await receive(store, new=[an_entry()])
    with pytest.raises(Duplicate):
        await store.apply(Batch(tickets=[a_ticket()], conversation=ConversationChanges(new=(an_entry(),))))
    assert await store.get("t1") is None


async def test_changed_entry_needs_the_version_before(store: Store) -> None:
    await receive(store, new=[an_entry(state=EntryState.UNASSIGNED, ticket_id="")])
    assigned = an_entry(version=2)
    await receive(store, changed=[assigned])
    with pytest.raises(Conflict):
        await receive(store, changed=[assigned])
    assert await store.entries_of("t1") == [assigned]
    assert await store.count_unassigned() == 0


async def test_entries_of_a_ticket_come_in_the_order_they_were_taken_in(store: Store) -> None:
    await receive(store, new=[an_entry("b", 2), an_entry("a", 1), an_entry("c", 0, ticket_id="t2")])
    assert [each.id for each in await store.entries_of("t1")] == ["a", "b"]
    assert await store.entries_of("") == []


async def test_unassigned_entries_are_paged_from_the_newest(store: Store) -> None:
    await receive(store, new=[an_entry(f"e{n}", n, state=EntryState.UNASSIGNED, ticket_id="") for n in range(5)])
    assert [each.id for each in await store.unassigned(limit=2, skip=1)] == ["e3", "e2"]
    assert await store.count_unassigned() == 5
    assert [each.id for each in await store.entries_after("e1", 2)] == ["e2", "e3"]


async def test_original_is_kept_byte_for_byte(store: Store) -> None:
    raw = os.urandom(2_000_000)
    await receive(store, new=[an_entry()], originals={"e1": raw})
    assert await store.original("e1") == raw
    assert await store.original("e2") is None


async def test_known_message_id_stays_as_it_was(store: Store) -> None:
    await receive(store, message_ids=[an_id("<a@x>", key="n1"), an_id("<b@x>", 1)])
    await receive(store, message_ids=[an_id("<a@x>", ticket_id="t2")])
    assert await store.message_ids(["<a@x>", "<c@x>"]) == {"<a@x>": an_id("<a@x>", key="n1")}
    assert [each.message_id for each in await store.message_ids_of("t1")] == ["<a@x>", "<b@x>"]
    assert await store.message_id_of("n1") == an_id("<a@x>", key="n1")
    assert await store.message_id_of("") is None
    assert await store.message_ids([]) == {}


async def test_taken_in_mails_are_known_by_their_message_id(store: Store) -> None:
    await receive(store, new=[an_entry(message_id="<a@x>"), an_entry("e2")])
    assert await store.taken_in(["<a@x>", "<b@x>", ""]) == {"<a@x>"}


async def test_tickets_are_found_by_a_number_of_theirs(store: Store) -> None:
    first, second = a_ticket("a", rcr=("RCR-1",)), a_ticket("b")
    await store.apply(Batch(tickets=[first, second]))
    await store.apply(Batch(tickets=[next_version(second, rcr=("RCR-2", "RCR-1"))]))
    assert [each.id for each in await store.with_rcr("RCR-1")] == ["a", "b"]
    assert [each.id for each in await store.with_rcr("RCR-2")] == ["b"]
    assert await store.with_rcr("RCR-3") == []
    await store.apply(Batch(tickets=[next_version(next_version(second), rcr=("RCR-1",))]))
    assert await store.with_rcr("RCR-2") == []


async def test_first_value_stays_and_a_kept_one_is_replaced(store: Store) -> None:
    assert await store.value("secret") == ""
    assert await store.keep_first("secret", "a") == "a"
    assert await store.keep_first("secret", "b") == "a"
    await store.keep("secret", "c")
    assert await store.value("secret") == "c"


async def test_bounced_letter_is_dead_and_can_be_revived(store: Store) -> None:
    await store.apply(Batch(notices=[a_notice("n1")]))
    [claim] = await store.claim(START + minutes(1), minutes(1), 1)
    await receive(store, bounced={"n1": "Too early: it was not sent."})
    waiting = await store.letter("n1")
    await store.settle(claim, Sent(), START + minutes(1))
    await receive(store, bounced={"n1": "Unknown recipient."})
    dead = await store.letter("n1")
    assert waiting
    assert dead
    assert (waiting.state, dead.state, dead.reason) == ("waiting", "dead", "Unknown recipient.")
    assert await store.revive("n1", START + minutes(2))


async def test_sent_letters_by_mail_are_listed(store: Store) -> None:
    await store.apply(Batch(notices=[a_notice("t1:5:letter_mail:x@y"), a_notice("t1:5:card:C1", lane="other")]))
    for claim in await store.claim(START + minutes(1), minutes(1), 5):
        await store.settle(claim, Sent(), START + minutes(1))
    assert [each.key for each in await store.letters_sent()] == ["t1:5:letter_mail:x@y"]


async def test_forgotten_entry_leaves_nothing_behind(store: Store) -> None:
    await receive(store, new=[an_entry(message_id="<a@x>")], originals={"e1": b"raw"}, message_ids=[an_id("<a@x>")])
    await receive(store, forget=["e1"])
    assert await store.entry("e1") is None
    assert await store.original("e1") is None
    assert await store.message_ids(["<a@x>"]) == {}


async def test_original_alone_can_be_forgotten(store: Store) -> None:
    await receive(store, new=[an_entry()], originals={"e1": b"raw"})
    await receive(store, forget_originals=["e1"])
    assert await store.original("e1") is None
    assert await store.entry("e1")


async def test_channel_with_another_id_is_followed(store: Store) -> None:
    await store.apply(Batch(notices=[a_notice("n1", to="C0OLD"), a_notice("n2", to="C0OLD", lane="other")]))
    [claim] = await store.claim(START + minutes(1), minutes(1), 1)
    await store.settle(claim, Sent(Place(ticket_id="t1", role="retarus", channel="C0OLD", ts="1.0")), START)
    await store.follow_channel("C0OLD", "C0NEW")
    place = await store.place("t1", "retarus")
    assert place
    assert place.channel == "C0NEW"
    [row] = await store.letters(state="waiting")
    assert row.notice.to == "C0NEW"
