"""Words of Retarus about a ticket that is closed: who is asked whether to reopen it, and when an edit counts as new."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from blocks import conversation
from bot.conversation.channel import ChannelMessage
from bot.model.conversation import Entry
from bot.model.notice import NoticeKind
from bot.model.ticket import Stage, Ticket
from bot.model.transitions import Move, Step
from tests.bot.conversation.test_thread_gaps import posted
from tests.factories import (
    ALEX,
    ANNA,
    BEA,
    BEN,
    CARLA,
    GONE,
    NEMO,
    RETARUS,
    RITA,
    World,
    a_contact,
    a_world,
    an_incident,
)


def written(ticket: Ticket, words: str, *, ts: str = "18.1", edited: bool = False) -> ChannelMessage:
    return ChannelMessage(RETARUS, ts, f"17.{ticket.number}", RITA, "Rita Reuter", words, is_edited=edited)


async def notified(world: World, ticket: Ticket) -> list[str]:
    """Recipients of a word that Retarus wrote, in order."""
    history = {each.version: each.kind for each in await world.store.history(ticket.id)}
    rows = [each.notice for each in await world.notices(ticket)]
    return [
        each.to for each in rows if each.kind is NoticeKind.DIRECT and history.get(each.version) == Step.RETARUS_WROTE
    ]


async def entry_of(world: World, ticket: Ticket) -> Entry:
    [entry] = await world.store.entries_of(ticket.id)
    return entry


async def closed_after_a_word(world: World) -> Ticket:
    ticket = await world.sent()
    await posted(world, ticket)
    await world.desk.channel.receive(written(ticket, "We look into it."))
    ticket = await world.desk.queries.ticket(ticket.id)
    act = world.desk.tickets.act_with_text
    return await act(ticket.id, Move.WITHDRAW, BEN, world.form(), "reason", "The customer left")


async def test_edit_of_an_old_message_after_the_ticket_was_closed_tells_the_owner_once() -> None:
    world = await a_world()
    ticket = await closed_after_a_word(world)
    before = await notified(world, ticket)
    await world.desk.channel.receive(written(ticket, "It fails again since noon.", edited=True))
    assert await notified(world, ticket) == [*before, BEN]
    entry = await entry_of(world, ticket)
    ticket = await world.desk.queries.ticket(ticket.id)
    assert ticket.stage is Stage.CLOSED
    text = str(conversation.message(entry, ticket, world.desk.config, [BEN]).blocks)
    for words in ("It fails again since noon.", "PD-1001 was closed when this was edited.", "Should it be reopened?"):
        assert words in text
    for words in ("It fails again since one.", "It fails again since two."):
        await world.desk.channel.receive(written(ticket, words, edited=True))
    assert (await entry_of(world, ticket)).words == "It fails again since two."
    assert await notified(world, ticket) == [*before, BEN]


async def test_edit_that_changes_no_word_and_an_edit_while_it_is_open_ask_nobody() -> None:
    world = await a_world()
    ticket = await world.sent()
    await posted(world, ticket)
    await world.desk.channel.receive(written(ticket, "We look intoo it."))
    await world.desk.channel.receive(written(ticket, "We look into it.", edited=True))
    assert len(await notified(world, ticket)) == 1
    await world.desk.tickets.act_with_text(ticket.id, Move.WITHDRAW, BEN, world.form(), "reason", "It is over")
    await world.desk.channel.receive(written(ticket, "We look into it.", edited=True))
    assert len(await notified(world, ticket)) == 1
    entry, ticket = await entry_of(world, ticket), await world.desk.queries.ticket(ticket.id)
    assert "reopened?" not in str(conversation.message(entry, ticket, world.desk.config, [BEN]).blocks)


async def test_message_that_came_to_a_closed_ticket_is_reported_once_although_it_is_edited() -> None:
    world = await a_world()
    ticket = await closed_after_a_word(world)
    before = await notified(world, ticket)
    for words, edited in (("Still broken", False), ("Still broken on DE1", True)):
        await world.desk.channel.receive(written(ticket, words, ts="18.2", edited=edited))
    assert await notified(world, ticket) == [*before, BEN]


@pytest.mark.parametrize(
    ("owner", "second_owner", "second", "asked"),
    [
        (BEN, BEN, {}, (BEN,)),
        (GONE, BEA, {"leads": [BEN]}, (BEA,)),
        (GONE, GONE, {"second_person": BEA, "leads": [BEN]}, (BEA,)),
        (GONE, GONE, {"second_person": GONE, "leads": [GONE, BEN, BEA]}, (BEN, BEA)),
        (GONE, GONE, {}, (CARLA,)),
        (NEMO, BEN, {}, (BEN,)),
        (CARLA, BEN, {}, (CARLA,)),
        ("", BEN, {}, (BEN,)),
    ],
)
async def test_reopening_is_asked_of_the_owner_or_of_who_is_responsible_at_the_2nd_level_now(
    owner: str, second_owner: str, second: dict[str, object], asked: Sequence[str]
) -> None:
    world = await a_world(a_contact(BEN), levels={"second": second})
    sent = (await world.sent()).sent_at
    ticket = an_incident(Stage.CLOSED, owner=owner, second_owner=second_owner, sent_at=sent)
    assert await world.desk.conversation.asked_to_reopen(ticket) == asked


async def test_reopening_of_a_ticket_that_never_went_to_retarus_is_asked_at_the_1st_level() -> None:
    world = await a_world(levels={"first": {"leads": [ALEX]}, "second": {"leads": [BEN]}})
    ticket = an_incident(Stage.CLOSED, owner=GONE)
    assert await world.desk.conversation.asked_to_reopen(ticket) == (ALEX,)
    assert await world.desk.conversation.asked_to_reopen(an_incident(Stage.FIRST, owner=GONE)) == ()
    assert await world.desk.conversation.asked_to_reopen(an_incident(Stage.CLOSED, owner=ANNA)) == (ANNA,)
