"""Audit export: every change and every access as JSON lines, without what people typed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import StoreDown
from bot.privacy import audit
from bot.privacy.erasure import PersonalDataArchive
from bot.tickets.ports import Batch
from tests.doubles.memory_store import MemoryStore
from tests.doubles.records import START, a_ticket, an_event, next_version
from tests.factories import MemoryDrafts


async def exported(store: MemoryStore, days: float | None = None) -> list[dict[str, Any]]:
    archive = PersonalDataArchive(store, MemoryDrafts(), lambda: START, "root")
    since = None if days is None else START + timedelta(days=days)
    return [json.loads(line) async for line in audit.lines(archive, "PD", since)]


async def a_store() -> MemoryStore:
    store = MemoryStore(lambda: START)
    (ticket,) = await store.apply(Batch(tickets=[a_ticket()], events=[an_event(a_ticket(), "raise", summary="Müller")]))
    later = next_version(ticket)
    event = an_event(later, "take", reason="secret words").model_copy(
        update={"at": START + timedelta(days=2), "by": ""}
    )
    await store.apply(Batch(tickets=[later], events=[event]))
    return store


async def test_each_change_is_a_line_with_who_what_and_when() -> None:
    first, second, access = await exported(await a_store())
    assert first == {
        "at": START.isoformat(),
        "kind": "ticket",
        "by": "UANNA",
        "what": "raise",
        "ticket": "PD-1001",
        "version": 1,
        "with": ["summary"],
    }
    assert (second["by"], second["what"], second["version"]) == ("desk", "take", 2)
    assert (access["kind"], access["by"], access["what"]) == ("personal data", "root", "audit export")


async def test_spreadsheet_holds_no_free_text() -> None:
    text = json.dumps(await exported(await a_store()), ensure_ascii=False)
    assert "Müller" not in text
    assert "secret words" not in text


async def test_export_is_logged_before_its_first_line() -> None:
    """A reader of the beginning alone, as by `head`, has read it."""
    store = await a_store()
    lines = audit.lines(PersonalDataArchive(store, MemoryDrafts(), lambda: START, "root"), "PD")
    await anext(lines)
    assert [access.action for access in await store.accesses(10)] == ["audit export"]


async def test_export_since_a_day_omits_earlier_changes() -> None:
    assert [line["what"] for line in await exported(await a_store(), 1)] == ["take"]
    assert [line["what"] for line in await exported(await a_store(), 3)] == []


async def test_erased_person_is_named_in_no_line() -> None:
    store = MemoryStore(lambda: START)
    event = an_event(a_ticket(), "raise", summary="Müller")
    await store.apply(Batch(tickets=[a_ticket(owner="", raised_by="UANNA")], events=[event]))
    archive = PersonalDataArchive(store, MemoryDrafts(), lambda: START, "root")
    await archive.erase(await archive.find("UANNA"))
    lines = await exported(store)
    assert len(lines) > 1
    assert "UANNA" not in json.dumps(lines)


async def test_every_page_of_tickets_is_exported() -> None:
    store = MemoryStore(lambda: START)
    tickets = [a_ticket(f"t{number}") for number in range(450)]
    await store.apply(Batch(tickets=tickets, events=[an_event(each) for each in tickets]))
    found = [line["ticket"] for line in await exported(store) if line["kind"] == "ticket"]
    assert len(found) == len(set(found)) == 450


async def test_export_stops_when_the_database_is_down() -> None:
    store = await a_store()
    await store.close()
    with pytest.raises(StoreDown):
        await exported(store)
