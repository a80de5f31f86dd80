"""Each reminder is sent exactly once although sweeping processes are killed and two sweep at the same time."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.adapters.store import open_store
from bot.model.notice import NoticeKind
from bot.model.transitions import Step
from bot.ports import Store
from bot.tickets.ports import Batch, Query
from tests.contracts.processes import read_lines
from tests.contracts.sweep_worker import LATE, desk_on
from tests.doubles.forked_process import forked
from tests.factories import ALEX, ANNA, NOW, an_event, an_incident
from tests.timeouts import TIMEOUT

TICKETS, KILLS = 400, 4


async def save_overdue_tickets(store: Store) -> None:
    """Saves overdue tickets of two people."""
    numbers = range(TICKETS)
    tickets = [an_incident(owner=(ANNA, ALEX)[n % 2], due=NOW).model_copy(update={"id": f"t{n}"}) for n in numbers]
    events = [an_event(ticket, "raise") for ticket in tickets]
    await store.apply(Batch(tickets=tickets, events=events))


async def count_reminded(store: Store) -> int:
    return TICKETS - await store.count(Query(due_before=LATE))


async def kill_after(url: str, more: int) -> None:
    """Runs a sweep in a process and kills it after this number of further reminders."""
    async with asyncio.timeout(TIMEOUT), forked("tests.contracts.sweep_worker", url) as process:
        assert len(await read_lines(process, more)) == more


async def test_each_ticket_gets_one_reminder_and_one_notice(database_url: str) -> None:
    store = await open_store(database_url, lambda: LATE, busy=TIMEOUT)
    desk = await desk_on(store)
    await save_overdue_tickets(store)
    for _ in range(KILLS):
        await kill_after(database_url, 40)
    left = TICKETS - await count_reminded(store)
    assert left  # the process was killed before it had finished
    assert sum(await asyncio.gather(desk.reminders.sweep(limit=9), replace(desk.reminders).sweep(limit=9))) == left

    for number in range(TICKETS):
        history = await store.history(f"t{number}")
        assert [each.kind for each in history] == ["raise", Step.REMIND]
    rows = await store.letters(limit=TICKETS * 3)
    notices = [row.notice for row in rows if row.notice.kind is NoticeKind.REMINDERS and row.state == "waiting"]
    assert {row.to for row in notices} == {ANNA, ALEX}
    assert sum(int(str(notice.body["total"])) for notice in notices) == TICKETS
    assert len(notices) <= 2 * (KILLS + 2)
    await store.close()
