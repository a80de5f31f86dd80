"""Is each reminder given exactly once, when the sweeping process is killed again and again, and two sweep at once?"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

from bot.model.notice import Say
from bot.model.transitions import Step
from bot.ports import Store
from bot.tickets.ports import Batch, Query
from tests.contracts.processes import ROOT
from tests.contracts.sweep_worker import LATE, desk_on
from tests.factories import ALEX, ANNA, NOW, an_event, an_incident

TICKETS, KILLS = 400, 4


async def overdue(store: Store) -> None:
    """Tickets of two people that nobody took."""
    numbers = range(TICKETS)
    tickets = [an_incident(owner=(ANNA, ALEX)[n % 2], due=NOW).model_copy(update={"id": f"t{n}"}) for n in numbers]
    events = [an_event(ticket, "raise") for ticket in tickets]
    await store.apply(Batch(tickets=tickets, events=events))


async def swept(store: Store) -> int:
    return TICKETS - await store.count(Query(due_before=LATE))


async def kill_after(url: str, store: Store, more: int) -> None:
    """Lets a process sweep until so many more are reminded, and kills it in the middle of the next."""
    begun = await swept(store)
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.contracts.sweep_worker", url, cwd=ROOT)
    async with asyncio.timeout(60):
        while process.returncode is None:
            if await swept(store) >= begun + more:
                break
    if process.returncode is None:
        process.kill()
    await process.wait()


async def test_each_ticket_is_reminded_once_and_told_once(database_url: str) -> None:
    desk, store = await desk_on(database_url)
    await overdue(store)
    for _ in range(KILLS):
        await kill_after(database_url, store, 40)
    left = TICKETS - await swept(store)
    assert left  # it was killed in the middle
    assert sum(await asyncio.gather(desk.reminders.sweep(limit=9), replace(desk.reminders).sweep(limit=9))) == left

    for number in range(TICKETS):
        history = await store.history(f"t{number}")
        assert [each.what for each in history] == ["raise", Step.REMIND]
    rows = await store.letters(limit=TICKETS * 3)
    told = [row.notice for row in rows if row.notice.say is Say.REMINDERS and row.state == "waiting"]
    assert {row.to for row in told} == {ANNA, ALEX}
    assert sum(int(str(notice.body["total"])) for notice in told) == TICKETS
    assert len(told) <= 2 * (KILLS + 2)
    await store.close()
