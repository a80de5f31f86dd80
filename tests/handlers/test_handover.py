"""A shift is handed over in the desk channel and accepted by a colleague."""

from __future__ import annotations

import pytest

from tests.handlers.world import DESK, World


async def test_shift_is_handed_over_and_accepted(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    await w.anna.command("@partner-desk", "/retarus-ticket", "handover")
    await w.anna.click(await w.anna.message("@partner-desk", "1 open ticket to hand over"), "Hand over")
    await w.anna.submit(await w.anna.modal("Handover"), {"note": "Müller calls back at four"})
    posted = await w.alex.message(DESK, "Müller calls back at four")
    assert "PD-1001" in str(posted["blocks"])
    await w.alex.click(posted, "Accept handover")
    await w.alex.reply(card, "took it over")
    await w.anna.message("@partner-desk", "accepted by Alex Adler")
    owner = (await w.ticket()).owner
    assert (await w.running.desk.queries.names([owner]))(owner) == "Alex Adler"


@pytest.mark.parametrize(
    "words",
    ["hand over", "handover to Ben please", "Hand-over now", "Schicht-Übergabe an Ben", "uebergabe", "übergeben"],
)
async def test_handover_is_begun_whatever_follows_its_word(w: World, words: str) -> None:
    await w.anna.command(DESK, "/retarus-ticket", words)
    await w.anna.message(DESK, "0 open tickets to hand over")
