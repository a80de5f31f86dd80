"""`/retarus-ticket`: lists, one ticket, help."""

from __future__ import annotations

from functools import partial

from tests.handlers.world import DESK, World


async def test_scopes_mine_my_level_and_all_are_listed_with_links(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    await w.ben.command(DESK, "/retarus-ticket", "mine")
    await w.ben.message(DESK, "Mine: 0 open tickets")
    await w.ben.command(DESK, "/retarus-ticket", "all")
    listed = await w.ben.message(DESK, "All open: 1 open ticket")
    assert listed["is_ephemeral"]
    assert card["ts"].replace(".", "") in str(listed["blocks"])
    await w.ben.click(listed, "My level")
    await w.ben.message(DESK, "My level: 0 open tickets")


async def test_ticket_is_found_by_its_name_and_an_unknown_one_is_reported(w: World) -> None:
    await w.raised()
    await w.anna.command(DESK, "/retarus-ticket", "pd-1001")
    await w.anna.message(DESK, "PD-1001 · Incident")
    await w.anna.command(DESK, "/retarus-ticket", "Ausfälle")
    await w.anna.message(DESK, "0 running outages")
    await w.anna.command(DESK, "/retarus-ticket", "PD-77")
    await w.anna.message(DESK, "There is no ticket")


async def test_help_is_ten_lines(w: World) -> None:
    await w.anna.command(DESK, "/retarus-ticket", "help")
    posted = await w.anna.message(DESK, "10. Priorities")
    lines = posted["blocks"][0]["text"]["text"].splitlines()
    assert len(lines) == 10
    assert lines[-1].startswith("10. Priorities: P1")


async def test_guest_sees_no_tickets(w: World) -> None:
    await w.raised()
    await w.gus.command(DESK, "/retarus-ticket", "all")
    await w.gus.message(DESK, "Guests and deactivated people cannot do this")


async def test_list_looked_at_last_is_shown_the_next_time(w: World) -> None:
    await w.anna.command(DESK, "/retarus-ticket", "all")
    await w.anna.message(DESK, "All open: 0 open tickets")
    await w.anna.wait_for(partial(_prefers, w, "all"), "the preference to be kept")
    await w.anna.command(DESK, "/retarus-ticket")
    await w.anna.wait_for(partial(_listed, w, "All open", 2), "the same list again")


async def _prefers(w: World, scope: str) -> bool:
    return await w.running.desk.queries.last_scope("U0ANNA") == scope


async def _listed(w: World, words: str, times: int) -> bool:
    return len([each for each in await w.anna.messages(DESK) if words in each["text"]]) == times
