"""A desk that is killed at the acknowledgement of a click, a command or an undo tells of the step after its restart."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.adapters.store import open_store
from bot.model.transitions import Move, Step
from localslack import LocalSlack, Mailbox
from localslack.mail import serve
from tests.handlers.test_restart import ANSWERS, LATE, late_process
from tests.handlers.world import DESK, Json, _seed
from tests.timeouts import TIMEOUT, long_timeouts


@pytest.mark.long
async def test_steps_of_several_kinds_are_reported_after_a_kill_at_their_acknowledgement(tmp_path: Path) -> None:
    mailbox, database = Mailbox(), f"sqlite:///{tmp_path / 'desk.sqlite3'}"
    async with LocalSlack(_seed(), mailbox=mailbox, switches=long_timeouts()) as slack:
        mail = await serve(mailbox)
        anna = slack.person("anna", TIMEOUT)

        async def raised() -> Json:
            await anna.command(DESK, "/retarus-incident")
            answers = {**ANSWERS, "start": int(slack.clock.now()) - 600}
            assert (await anna.submit(await anna.modal(), answers))["outcome"] == "closed"
            return await anna.message(DESK, "PD-1001")

        async def typed(words: str) -> Json:
            return await anna.command(DESK, "/retarus-ticket", f"1001 {words}")

        async with late_process(slack, mail, database, 0) as running:
            card = await raised()
            assert (await anna.click(card, "Take"))["outcome"] == "ack"
            running.kill()
        steps: list[tuple[str, Callable[[Json], Awaitable[Json]]]] = [
            ("took it", lambda _: typed("note They called again")),
            ("They called again", lambda _: typed("wait 2 h Bea asks the provider")),
            ("Bea asks the provider", lambda line: anna.click(line, "Undo")),
        ]
        for number, (words, step) in enumerate(steps, 1):
            async with late_process(slack, mail, database, number * LATE) as running:
                assert (await step(await anna.reply(card, words)))["outcome"] == "ack"
                running.kill()
        async with late_process(slack, mail, database, (len(steps) + 1) * LATE):
            await anna.reply(card, "undid")
        await mail.close()
    store = await open_store(database)
    ticket = await store.numbered(1001)
    assert ticket
    kinds = [each.kind for each in await store.history(ticket.id)]
    await store.close()
    assert kinds == [Move.RAISE, Move.TAKE, Step.NOTE, Step.SNOOZE, Step.UNDO]
