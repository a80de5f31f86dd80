"""Colleagues of other workspaces of the same Enterprise Grid organisation work at the desk like those of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.model.ticket import Stage
from localslack import LocalSlack, Mailbox
from localslack.mail import serve
from tests.handlers.world import DESK, _seed, desk_at, world_of
from tests.timeouts import long_timeouts

ELSEWHERE = {"anna": ["Sales", "*"], "ben": ["*"], "nia": ["Sales"]}
"""Home workspaces other than the desk's; `*`: the organisation itself."""


async def test_colleagues_of_other_workspaces_raise_hand_off_and_accept(tmp_path: Path) -> None:
    seed, mailbox = _seed(), Mailbox()
    seed.enterprise = "Nordlicht Group"
    seed.people = [
        replace(each, workspaces=[*ELSEWHERE[each.handle], seed.team]) if each.handle in ELSEWHERE else each
        for each in seed.people
    ]
    async with LocalSlack(seed, mailbox=mailbox, switches=long_timeouts()) as slack:
        mail = await serve(mailbox)
        async with desk_at(slack, mail, tmp_path) as running:
            w = world_of(slack, mail, running)
            await w.accepted()
            ticket = await w.ticket()
            assert ticket is not None
            assert (ticket.stage, ticket.owner) == (Stage.SECOND, "U0BEN")
            await w.nia.command("#general", "/retarus-incident")
            form = await w.nia.modal("Raise an incident")
            done = await w.nia.submit(form, w.answers(contact="Nia Noack, +49 89 12345670"))
            assert done["outcome"] == "closed", done
            await w.alex.click(await w.alex.message(DESK, "PD-1002"), "Take")
            await w.anna.reply(await w.alex.message(DESK, "PD-1002"), "Alex")
        await mail.close()
