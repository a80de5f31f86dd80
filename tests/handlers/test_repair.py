"""`check --repair` finds or posts missing cards, delivers what is overdue, and reports cards without a ticket."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bot.adapters.slack.posted_messages import SlackPostedMessages
from bot.repair import Repair
from tests.handlers.world import DESK, Json, World
from tests.timeouts import TIMEOUT


async def lines(w: World) -> dict[str, str]:
    """Each line of a repair beside the running desk, by its first words."""
    running, channel = w.running, w.running.desk.routes.desk
    messages = SlackPostedMessages(running.dispatcher.client, channel)
    config, clock = running.desk.config, running.desk.clock
    made = Repair(running.store, messages, channel, config, clock, running.clock_moved, settled=timedelta())
    return {line.subject.partition(" ")[0]: str(line) async for line in made.lines()}


async def outcomes_saved(w: World) -> None:
    """Waits until every delivery's outcome is saved: a card is in the channel a moment before its place is."""
    async with asyncio.timeout(TIMEOUT):
        while (await w.running.store.backlog(w.running.desk.clock())).waiting:
            pass


def delete_rows(folder: Path, *statements: str, values: Sequence[object] = ()) -> None:
    """Changes the database behind the desk's back."""
    with closing(sqlite3.connect(folder / "desk.sqlite3", isolation_level=None, timeout=10)) as db:
        for statement in statements:
            db.execute(statement, values)


async def cards(w: World) -> list[Json]:
    return [each for each in await w.anna.messages(DESK) if "PD-1001" in each["text"]]


async def test_repair_of_a_whole_desk_does_nothing(w: World) -> None:
    await w.raised()
    await lines(w)
    text = await lines(w)
    assert [each[:2] for each in text.values()] == ["ok"] * 5
    assert "cards of 1 tickets" in text["cards"]


async def test_repair_finds_a_card_by_its_metadata_and_posts_none(w: World, tmp_path: Path) -> None:
    card = await w.raised()
    ticket = await w.ticket()
    await outcomes_saved(w)
    delete_rows(tmp_path, "DELETE FROM places WHERE what = 'card'")
    assert "found in the channel again: PD-1001" in (await lines(w))["cards"]
    place = await w.running.store.place(ticket.id, "card")
    assert place
    assert place.ts == card["ts"]
    assert len(await cards(w)) == 1
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")


async def test_repair_posts_a_card_that_was_never_posted_and_its_thread(w: World, tmp_path: Path) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    await outcomes_saved(w)
    w.slack.admin.delete_message(DESK, card["ts"], replies=True)
    delete_rows(tmp_path, "DELETE FROM places", "DELETE FROM notices")
    assert "posted anew: PD-1001" in (await lines(w))["cards"]
    [posted] = await cards(w)
    await w.anna.click(posted, "Start checks")
    await w.anna.modal("1st-level checks")


async def test_repair_posts_the_deleted_card_of_an_open_ticket_anew(w: World) -> None:
    card = await w.raised()
    await outcomes_saved(w)
    w.slack.admin.delete_message(DESK, card["ts"], quietly=True)
    assert "posted anew: PD-1001" in (await lines(w))["cards"]
    assert len(await cards(w)) == 1


async def test_repair_reports_a_card_whose_ticket_is_not_in_the_database(w: World, tmp_path: Path) -> None:
    card = await w.raised()
    ticket = await w.ticket()
    await outcomes_saved(w)
    delete_rows(tmp_path, "DELETE FROM tickets WHERE id = ?", values=[ticket.id])
    text = (await lines(w))["tickets"]
    assert text.startswith("FIX")
    assert "PD-1001" in text
    assert (await w.anna.again(card))["ts"] == card["ts"]
