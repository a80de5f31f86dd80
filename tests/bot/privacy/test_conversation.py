"""Personal data in the conversation with Retarus is exported, erased, and leaves with its ticket."""

from __future__ import annotations

from datetime import timedelta

from bot.model.conversation import ConversationChanges
from bot.model.ticket import Stage
from bot.privacy.erasure import PersonalDataArchive
from bot.tickets.ports import Batch
from tests.blocks.conversed import an_entry
from tests.doubles.memory_store import MemoryStore
from tests.factories import NOW, MemoryDrafts, an_event, an_incident


def archive_of(store: MemoryStore) -> PersonalDataArchive:
    return PersonalDataArchive(store, MemoryDrafts(), lambda: NOW + timedelta(days=400), "root")


async def test_person_is_erased_from_an_entry_and_its_original_goes() -> None:
    store = MemoryStore()
    named = an_entry(author="Rita Retarus", words="Rita Retarus was here", text="")
    other = an_entry(id="f" * 24, author="Sven Support", words="Nothing", text="", address="sven@retarus.example")
    conversation = ConversationChanges(
        new=(named, other), originals={named.id: b"From: Rita Retarus", other.id: b"From: Sven"}
    )
    await store.apply(Batch(conversation=conversation))
    archive = archive_of(store)
    person = await archive.find("Rita Retarus")
    assert str((await archive.export(person))["conversation"]).count("Rita Retarus") == 2
    await archive.erase(person)
    left = await store.entry(named.id)
    assert left
    assert "Rita" not in left.model_dump_json()
    assert await store.original(named.id) is None
    assert await store.entry(other.id) == other
    assert await store.original(other.id) == b"From: Sven"


async def test_conversation_leaves_with_the_personal_data_of_its_ticket() -> None:
    store = MemoryStore()
    ticket = an_incident(Stage.CLOSED).model_copy(update={"version": 1})
    entry = an_entry(ticket_id=ticket.id)
    conversation = ConversationChanges(new=(entry,), originals={entry.id: b"raw"})
    await store.apply(Batch(tickets=[ticket], events=[an_event(ticket, "raise")], conversation=conversation))
    assert await archive_of(store).expire(timedelta(days=30)) == 1
    assert await store.entries_of(ticket.id) == []
    assert await store.original(entry.id) is None
