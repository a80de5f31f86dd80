"""An undo that was acknowledged survives the death of its process; one that was not is whole or did not happen."""

from __future__ import annotations

import asyncio

from bot.adapters.store import open_store
from bot.model.notice import NoticeKind
from bot.model.ticket import Stage
from bot.model.transitions import Move, Step
from bot.ports import Store
from bot.tickets.ports import Batch
from tests.contracts.processes import read_lines
from tests.contracts.undo_worker import TICKETS, click, desk_on
from tests.doubles.forked_process import forked
from tests.factories import ANNA, NOW, an_event, an_incident
from tests.timeouts import TIMEOUT

ACKNOWLEDGED = 25


async def save_new_tickets(store: Store) -> None:
    tickets = [an_incident(owner="").model_copy(update={"id": f"t{number}"}) for number in range(TICKETS)]
    await store.apply(Batch(tickets=tickets, events=[an_event(each, "raise") for each in tickets]))


async def kinds(store: Store, number: int) -> list[str]:
    return [each.kind for each in await store.history(f"t{number}")]


async def test_acknowledged_undo_survives_kill_9_and_a_repeated_click_undoes_once(database_url: str) -> None:
    store = await open_store(database_url, lambda: NOW, busy=TIMEOUT)
    await save_new_tickets(store)
    async with asyncio.timeout(TIMEOUT), forked("tests.contracts.undo_worker", database_url) as process:
        versions = [int(line) for line in await read_lines(process, ACKNOWLEDGED)]
    for number in range(TICKETS):
        ticket, history = await store.get(f"t{number}"), await kinds(store, number)
        assert ticket
        steps = ["raise", Move.TAKE, *([Step.NOTE] if number % 2 else [])]
        if number < ACKNOWLEDGED:
            assert history == [*steps, Step.UNDO]
        assert history in [[*steps, Step.UNDO][:length] for length in range(1, len(steps) + 2)]
        is_taken = number % 2 if Step.UNDO in history else Move.TAKE in history
        assert (ticket.stage, ticket.owner) == ((Stage.FIRST, ANNA) if is_taken else (Stage.NEW, ""))
    desk = await desk_on(store)
    for number, version in enumerate(versions):
        await desk.undo.undo(f"t{number}", version, ANNA, click(number))
        assert (await kinds(store, number)).count(Step.UNDO) == 1
    rows = [each.notice for each in await store.letters(ticket_id="t0", limit=100)]
    assert [each.kind for each in rows if each.version == versions[0] + 1].count(NoticeKind.THREAD) == 1
    await store.close()
