"""Threads that are read again after a gap, for messages that Slack did not tell of."""

from __future__ import annotations

from datetime import timedelta

from bot.model.notice import Place, Sent
from bot.model.ticket import Ticket
from bot.model.transitions import Move
from tests.factories import BEN, RETARUS, World, a_world


async def posted(world: World, ticket: Ticket) -> None:
    """Delivers what waits; the ticket is then found at a letter in the channel of Retarus."""
    place = Place(ticket_id=ticket.id, role="retarus", channel=RETARUS, ts=f"17.{ticket.number}")
    while claims := await world.store.claim(world.clock(), timedelta(minutes=1), limit=100):
        for claim in claims:
            await world.store.settle(claim, Sent(place), world.clock())


async def read(world: World) -> list[str]:
    return [each.ticket_id for each in await world.desk.channel.threads_to_read()]


async def test_thread_of_a_closed_ticket_is_read_for_a_week_and_after_those_of_open_ones() -> None:
    world = await a_world()
    closed = await world.sent()
    await posted(world, closed)
    await world.desk.tickets.act_with_text(closed.id, Move.WITHDRAW, BEN, world.form(), "reason", "The customer left")
    still_open = await world.sent()
    await posted(world, still_open)
    never_sent = await world.closed()
    await posted(world, never_sent)
    world.clock.forward(days=7)
    assert await read(world) == [still_open.id, closed.id]
    world.clock.forward(seconds=1)
    assert await read(world) == [still_open.id]
