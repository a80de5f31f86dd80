"""Names, ids and error codes in a query come first."""

from __future__ import annotations

import pytest

from tests.bot.search.test_known import NOTE, named
from tests.factories import ANNA, BEN, World, a_world

WORDS = "TLS handshake certificate expired gateway renewal"


async def found(w: World, text: str) -> list[str]:
    return named(await w.desk.search.find(text, ANNA))


async def asked_for(**tables: object) -> World:
    """PD-1001 says nothing of what the others all say."""
    w = await a_world(**tables)
    await w.raised()
    for _ in range(3):
        await w.raised(happens="TLS handshake fails: certificate expired at the gateway after renewal")
    return w


async def test_retarus_number_comes_first_among_any_words() -> None:
    w = await a_world()
    ticket = await w.sent()
    await w.desk.escalation.record_rcr(ticket.id, BEN, "RCR-88123", "rcr")
    for _ in range(3):
        await w.raised(happens="TLS handshake fails: certificate expired at the gateway after renewal")
    for text in (f"RCR-88123 {WORDS}", f"{WORDS} rcr 88123"):
        assert (await found(w, text))[0] == "PD-1001", text


@pytest.mark.parametrize("text", ["PD-1001 certificate expired", f"{WORDS} pd 1001", "PD-1001 fax", "pd1001 fax"])
async def test_tickets_name_among_other_words_finds_it_first(text: str) -> None:
    assert (await found(await asked_for(), text))[0] == "PD-1001"


async def test_tickets_are_called_as_the_desk_calls_them() -> None:
    w = await asked_for(desk={"prefix": "NL"})
    assert named(await w.desk.search.find("NL-1001 fax", ANNA)) == ["PD-1001"]
    assert "PD-1001" not in await found(w, "PD-1001 fax")


async def test_notes_name_among_other_words_finds_it_and_no_ticket_of_that_number() -> None:
    w = await a_world()
    await w.desk.notes.write(NOTE, BEN, "form")
    assert await found(w, "TN-1 quarantine") == ["TN-1"]


async def test_bare_number_that_is_nowhere_else_is_a_tickets() -> None:
    w = await asked_for()
    assert await found(w, "1002") == ["PD-1002"]
    assert await found(w, "4711") == []
    await w.raised(happens="Device 1002 prints twice")
    assert await found(w, "1002") == ["PD-1005"]


async def test_error_code_comes_before_all_other_words() -> None:
    w = await asked_for()
    assert (await found(w, f"550 {WORDS}"))[0] == "PD-1001"
