"""Automatic lookups: known issues and suggestions."""

from __future__ import annotations

from datetime import timedelta

from bot.model.technical_note import TechnicalNote
from bot.search.ranking import SearchFilter
from bot.search.results import SearchResult
from tests.factories import ANNA, BEN, RAISED, World, a_world

NOTE = {
    "symptom": "Outbound mail is rejected with 550 since the connector update",
    "remedy": "Roll connector 4.2 back",
}
OURS = {"customer": "Adler AG"}
"""Another person's ticket with the same problem."""


async def noted(w: World, services: str = "") -> TechnicalNote:
    return await w.desk.notes.write({**NOTE, "services": services}, BEN, w.form())


def named(found: SearchResult) -> list[str]:
    return [
        f"PD-{each.found.number}" if each.found in found.tickets else f"TN-{each.found.number}" for each in found.hits
    ]


async def test_known_issue_is_not_denied_while_the_same_problem_is_open_elsewhere() -> None:
    w = await a_world()
    await w.raised()
    known = await w.desk.search.known(await w.raised(**OURS))
    assert "known" not in known.answers
    assert known.answers["known_as"].startswith("PD-1001: Outbound mail")
    assert named(known.found) == ["PD-1001"]
    assert "Open tickets of Email Security: PD-1001. History of Adler AG: nothing" in known.answers["searched"]


async def test_open_ticket_of_another_service_is_no_known_issue() -> None:
    w = await a_world()
    await w.raised(services="FAX")
    known = await w.desk.search.known(await w.raised(**OURS))
    assert "known" not in known.answers, "that it is new, a person states"
    assert "Open tickets of Email Security: nothing" in known.answers["searched"]


async def test_customers_own_open_ticket_is_named_in_both_places_and_shown_once() -> None:
    w = await a_world()
    await w.raised()
    known = await w.desk.search.known(await w.raised())
    assert named(known.found) == ["PD-1001"]
    assert "Open tickets of Email Security: PD-1001. History of Müller GmbH: PD-1001" in known.answers["searched"]


async def test_note_for_any_service_is_offered_with_every_service() -> None:
    w = await a_world()
    await noted(w)
    for services in ("Email Security", "Email Security\nSMS", ""):
        assert named(await w.desk.search.offered(RAISED | {"services": services}, ANNA)) == ["TN-1"]


async def test_note_for_any_service_is_found_with_a_service_and_one_of_another_is_not() -> None:
    w = await a_world()
    await noted(w)
    await noted(w, "FAX")
    found = await w.desk.search.find("connector rejected", ANNA, SearchFilter(service="Email Security"))
    assert named(found) == ["TN-1"]


async def test_equal_notes_are_ordered_with_the_same_service_first() -> None:
    w = await a_world()
    await noted(w, "Email Security")
    await noted(w, "FAX")
    assert named(await w.desk.search.offered(RAISED, ANNA)) == ["TN-1", "TN-2"]
    known = await w.desk.search.known(await w.raised())
    assert known.answers["known_as"].startswith("TN-1: ")


async def test_notes_are_found_by_when_they_were_changed_with_words_or_without() -> None:
    w = await a_world()
    note = await noted(w)
    w.clock.forward(days=3)
    lately = SearchFilter(since=w.clock() - timedelta(days=1))
    for text in ("connector", ""):
        assert named(await w.desk.search.find(text, ANNA, lately)) == []
    await w.desk.notes.change(note.id, {**NOTE, "cause": "A size limit"}, BEN, "form", 1)
    for text in ("connector", ""):
        assert named(await w.desk.search.find(text, ANNA, lately)) == ["TN-1"]


async def test_search_without_words_and_filters_lists_nothing() -> None:
    w = await a_world()
    await w.raised()
    assert named(await w.desk.search.find("", ANNA)) == []
