"""Message-IDs of outgoing mails: unguessable, the same for a repeat, and a chain for the thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bot.conversation.message_ids import guessable_message_id
from bot.conversation.thread_headers import CHAIN, NotBefore, OutgoingMails, ThreadHeaders, bounded
from bot.model.conversation import ConversationChanges, MessageId
from bot.model.notice import Dead, Notice, Sent
from bot.tickets.ports import Batch
from tests.doubles.memory_store import MemoryStore
from tests.doubles.records import START, a_notice, minutes

DOMAIN = "partner.example"


async def announced(mails: OutgoingMails, notice: Notice, minute: int = 0) -> ThreadHeaders:
    headers = await mails.announce(notice, DOMAIN, START + minutes(minute))
    assert isinstance(headers, ThreadHeaders)
    return headers


async def theirs(store: MemoryStore, message_id: str, minute: int) -> None:
    known = MessageId(message_id=message_id, ticket_id="t1", is_sent=False, at=START + minutes(minute))
    await store.apply(Batch(conversation=ConversationChanges(message_ids=(known,))))


async def test_repeat_of_a_notice_gets_the_same_headers() -> None:
    store = MemoryStore()
    mails = OutgoingMails(store, store, store)
    first = await announced(mails, a_notice("t1:5:letter_mail:x@y"))
    await theirs(store, "<theirs@r>", 5)
    assert await announced(mails, a_notice("t1:5:letter_mail:x@y")) == first
    assert first.references == ()
    known = (await store.message_ids([first.message_id]))[first.message_id]
    assert (known.ticket_id, known.is_sent, known.is_guessable) == ("t1", True, False)


async def test_repeat_of_a_mail_that_waited_answers_the_same_mail() -> None:
    store = MemoryStore()
    mails = OutgoingMails(store, store, store)
    letter = await announced(mails, a_notice("t1:5:letter_mail:x@y"))
    await theirs(store, "<theirs@r>", 5)
    chaser = a_notice("t1:9:chase_mail:x@y").model_copy(update={"due": START + minutes(2)})
    first = await announced(mails, chaser, 7)
    assert first.references == (letter.message_id, "<theirs@r>")
    assert await announced(mails, chaser, 30) == first


async def test_message_id_cannot_be_computed_from_the_key() -> None:
    ids = set()
    for _ in range(2):
        store = MemoryStore()
        ids.add((await announced(OutgoingMails(store, store, store), a_notice("t1:5:letter_mail:x@y"))).message_id)
    assert len(ids) == 2
    assert guessable_message_id("t1:5:letter_mail:x@y", DOMAIN) not in ids


async def test_later_mail_answers_the_newest_one_theirs_included() -> None:
    store = MemoryStore()
    mails = OutgoingMails(store, store, store)
    letter = await announced(mails, a_notice("t1:5:letter_mail:x@y"))
    await theirs(store, "<theirs@r>", 5)
    chaser = a_notice("t1:9:chase_mail:x@y").model_copy(update={"due": START + minutes(9)})
    assert (await announced(mails, chaser)).references == (letter.message_id, "<theirs@r>")


async def test_mail_answers_none_that_was_not_delivered() -> None:
    """Its subject begins with `Re:` only where it answers one."""
    store = MemoryStore()
    mails = OutgoingMails(store, store, store)
    first, second = a_notice("t1:5:letter_mail:x@y"), a_notice("t1:9:chase_mail:x@y")
    await store.apply(Batch(notices=[first]))
    lost = await announced(mails, first)
    [claim] = await store.claim(START + minutes(1), minutes(1), 1)
    await store.settle(claim, Dead("Refused."), START + minutes(1))
    later = await announced(mails, second, 2)
    assert later.references == ()
    assert await store.revive(first.key, START + minutes(3))
    assert await announced(mails, first) == lost
    third = a_notice("t1:12:chase_mail:x@y").model_copy(update={"due": START + minutes(12)})
    assert (await announced(mails, third, 12)).references == (lost.message_id, later.message_id)


async def test_letters_of_an_older_release_go_on_matching_as_guessable() -> None:
    store = MemoryStore()
    await store.apply(Batch(notices=[a_notice("t1:5:letter_mail:x@y")]))
    [claim] = await store.claim(START + minutes(1), minutes(1), 1)
    await store.settle(claim, Sent(), START + minutes(1))
    mails = OutgoingMails(store, store, store)
    await mails.begin(DOMAIN, START)
    await mails.begin(DOMAIN, START)
    old = guessable_message_id("t1:5:letter_mail:x@y", DOMAIN)
    assert (await store.message_ids([old]))[old].is_guessable


async def test_mail_without_a_ticket_belongs_to_no_thread() -> None:
    store = MemoryStore()
    notice = a_notice("request").model_copy(update={"ticket_id": ""})
    assert (await announced(OutgoingMails(store, store, store), notice)).references == ()


def test_chain_keeps_the_oldest_and_the_newest() -> None:
    thread = [f"<{n}@x>" for n in range(50)]
    chain = bounded(thread)
    assert len(chain) == CHAIN
    assert (chain[0], chain[1], chain[-1]) == ("<0@x>", "<31@x>", "<49@x>")


def automatic(key: str, ticket: str = "t1") -> Notice:
    return a_notice(key).model_copy(update={"ticket_id": ticket, "body": {"automatic": True}})


async def test_automatic_mails_of_a_ticket_leave_an_hour_apart() -> None:
    store = MemoryStore()
    mails = OutgoingMails(store, store, store)
    first = await announced(mails, automatic("t1:5:chase_mail:x@y"))
    second = automatic("t1:6:chase_mail:x@y")
    for minute in (0, 59):
        assert await mails.announce(second, DOMAIN, START + minutes(minute)) == NotBefore(START + minutes(60))
    assert await announced(mails, automatic("t1:5:chase_mail:x@y"), 59) == first
    await announced(mails, automatic("t2:1:chase_mail:x@y", "t2"), 1)
    await announced(mails, second, 60)
    third = automatic("t1:7:chase_mail:x@y")
    assert await mails.announce(third, DOMAIN, START + minutes(61)) == NotBefore(START + minutes(120))


async def test_mail_of_a_person_does_not_wait_for_an_automatic_one_nor_it_for_theirs() -> None:
    store = MemoryStore()
    mails = OutgoingMails(store, store, store)
    await announced(mails, a_notice("t1:4:chase_mail:x@y"))
    await announced(mails, automatic("t1:5:chase_mail:x@y"))
    await announced(mails, a_notice("t1:6:chase_mail:x@y"))


async def test_automatic_mail_does_not_wait_for_one_of_a_clock_that_was_ahead() -> None:
    store = MemoryStore()
    mails = OutgoingMails(store, store, store)
    await announced(mails, automatic("t1:5:chase_mail:x@y"), 600)
    await announced(mails, automatic("t1:6:chase_mail:x@y"), 0)


class Interleaved:
    """A store whose calls let other tasks go first, as a database does."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def called(*args: Any, **options: Any) -> Any:
            await asyncio.sleep(0)
            return await getattr(self._store, name)(*args, **options)

        return called


async def test_automatic_mails_of_a_ticket_at_the_same_moment_leave_an_hour_apart() -> None:
    store: Any = Interleaved(MemoryStore())
    mails = OutgoingMails(store, store, store)
    for hour in range(3):
        waiting = [automatic(f"t1:{number}:chase_mail:x@y") for number in range(hour, 3)]
        outcomes = await asyncio.gather(*(mails.announce(each, DOMAIN, START + minutes(60 * hour)) for each in waiting))
        assert [type(each) for each in outcomes] == [ThreadHeaders, *[NotBefore] * (2 - hour)]
