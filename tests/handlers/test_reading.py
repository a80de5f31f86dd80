"""Readers of tickets: the support team, and the members of the desk channel."""

from __future__ import annotations

from tests.handlers.homes import opened
from tests.handlers.world import DESK, World

OUTSIDE = "Only the support team and members of the desk channel can read tickets"


async def test_member_outside_the_desk_channel_raises_but_does_not_read(w: World) -> None:
    await w.raised()
    home = await opened(w.nia, OUTSIDE)
    await w.nia.click(home, "Raise a ticket")
    await w.nia.click(await w.nia.modal("Raise a ticket"), "Incident")
    modal = await w.nia.modal("Raise an incident")
    done = await w.nia.submit(modal, w.answers(contact="Nia Noack, +49 89 12345670"))
    assert done["outcome"] == "closed", done
    await w.anna.message(DESK, "PD-1002")
    await w.nia.command("#general", "/retarus-ticket", "PD-1001")
    await w.nia.message("#general", OUTSIDE)


async def test_member_reads_from_joining_the_desk_channel_until_leaving_it(w: World) -> None:
    await w.raised()
    await opened(w.nia, OUTSIDE)
    await w.carla.act("invite", channel=DESK, users=["nia"])
    await opened(w.nia, "Open tickets: 1")
    await w.carla.act("kick", channel=DESK, user="nia")
    await opened(w.nia, OUTSIDE)
