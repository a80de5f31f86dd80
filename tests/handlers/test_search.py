"""Searches find tickets and notes: misspelt, in the other language, by number."""

from __future__ import annotations

import asyncio

import pytest

from localslack import PersonDriver
from tests.handlers.test_notes import noted, text_of_modal
from tests.handlers.world import DESK, World
from tests.timeouts import TIMEOUT


async def found(w: World, person: PersonDriver, words: str) -> str:
    await person.command(DESK, f"/retarus-find {words}")
    return text_of_modal(await person.modal("Search"))


@pytest.mark.parametrize(
    "words", ["outbound rejected", "conector", "connectors", "abgelehnt", "550", "PD-1001", "pd 1001"]
)
async def test_ticket_is_found(w: World, words: str) -> None:
    await w.raised()
    assert "PD-1001" in await found(w, w.ben, words)


async def test_words_that_fit_are_marked_and_the_card_is_one_click_away(w: World) -> None:
    await w.raised()
    async with asyncio.timeout(TIMEOUT):
        while not await w.running.store.card_links([(await w.ticket()).id]):
            pass
    shown = await found(w, w.ben, "rejects")
    assert "{'type': 'text', 'text': 'rejected', 'style': {'bold': True}}" in shown
    assert "/archives/" in shown


async def test_search_says_that_nothing_was_found(w: World) -> None:
    await w.raised()
    assert "Nothing was found." in await found(w, w.ben, "fax quarantine")


async def test_search_is_repeated_and_narrowed(w: World) -> None:
    await noted(w)
    await w.anna.command(DESK, "/retarus-find")
    modal = await w.anna.modal("Search")
    await w.anna.submit(modal, {"words": "connector"})
    both = text_of_modal(await w.anna.modal("Search"))
    assert "PD-1001" in both
    assert "TN-1" in both
    await w.anna.submit(await w.anna.modal("Search"), {"words": "connector", "service": "FAX"})
    assert "Nothing was found." in text_of_modal(await w.anna.modal("Search"))


async def test_note_that_was_found_is_shown_on_top_of_the_search(w: World) -> None:
    await noted(w)
    await w.anna.command(DESK, "/retarus-find connector")
    await w.anna.click(await w.anna.modal("Search"), "Show TN-1")
    assert "Rolled connector 4.2 back" in text_of_modal(await w.anna.modal("TN-1"))


async def test_guest_finds_nothing(w: World) -> None:
    await w.raised()
    await w.gus.command(DESK, "/retarus-find connector")
    assert (await w.gus.message(DESK, "full member"))["is_ephemeral"]


async def test_search_shows_and_marks_what_stands_in_the_history(w: World) -> None:
    await w.raised()
    ticket = await w.ticket()
    await w.running.desk.tickets.note(ticket.id, "U0ANNA", "Cause was the Zscaler proxy in front", "form")
    shown = await found(w, w.ben, "zscaler")
    assert "{'type': 'text', 'text': 'Zscaler', 'style': {'bold': True}}" in shown


async def test_retired_note_found_by_its_name_is_marked_as_retired(w: World) -> None:
    await w.ben.click(await noted(w), "Retire")
    await w.ben.submit(await w.ben.modal("Retire a note"), {"reason": "4.1 has the same fault"})
    assert "technical note · retired" in await found(w, w.anna, "TN-1")


async def test_filters_without_words_list_the_newest(w: World) -> None:
    await noted(w)
    await w.anna.command(DESK, "/retarus-find")
    await w.anna.submit(await w.anna.modal("Search"), {"service": "Email Security"})
    shown = text_of_modal(await w.anna.modal("Search"))
    assert "TN-1" in shown
    assert "PD-1001" in shown
