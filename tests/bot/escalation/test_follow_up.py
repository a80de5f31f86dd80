"""Follow-ups to Retarus: a message and a chaser have the same rules for files, unseen changes and redeliveries."""

from __future__ import annotations

import pytest

from bot.core.errors import Conflict
from bot.model.ticket import Attachment, Ticket
from tests.factories import ANNA, BEN, World, a_world

WORDS = "The log is with this mail."


async def attached(world: World, ticket: Ticket, name: str) -> Ticket:
    return await world.desk.evidence.attach(ticket.id, ANNA, [Attachment(id=name, name=name, size=1200)], world.form())


async def send(world: World, way: str, ticket: Ticket, form: str, seen: int) -> Ticket:
    if way == "message":
        shown = await world.desk.outbound.preview(ticket.id, BEN, WORDS)
        return await world.desk.outbound.send(ticket.id, BEN, WORDS, form, seen, shown.digest)
    return await world.desk.reminders.chase(ticket.id, BEN, WORDS, form, seen)


@pytest.mark.parametrize("way", ["message", "chaser"])
async def test_file_that_was_not_shown_is_a_conflict(way: str) -> None:
    world = await a_world()
    shown = await attached(world, await world.sent(), "F1")
    ticket = await attached(world, shown, "F2")
    with pytest.raises(Conflict):
        await send(world, way, shown, world.form(), shown.version)
    sent = await send(world, way, ticket, world.form(), ticket.version)
    assert (await world.store.history(ticket.id))[-1].detail["files"] == "F1 (1.2 kB), F2 (1.2 kB)"
    assert all(each.sent_at for each in sent.attachments)


@pytest.mark.parametrize("way", ["message", "chaser"])
async def test_redelivery_after_another_file_is_idempotent(way: str) -> None:
    world = await a_world()
    shown = await attached(world, await world.sent(), "F1")
    form = world.form()
    sent = await send(world, way, shown, form, shown.version)
    later = await attached(world, sent, "F2")
    assert await send(world, way, shown, form, shown.version) == later
    assert len(await world.store.history(shown.id)) == later.version
