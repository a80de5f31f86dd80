"""With Retarus, a ticket can wait for the end-customer, be withdrawn or be resolved, without an answer of theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clocks.timers import Timer, TimerState, plan
from bot.core.errors import NotNow, NotYours
from bot.model import timestamps
from bot.model.notice import NoticeKind
from bot.model.ticket import Party, Stage, Ticket
from bot.model.transitions import Move
from tests.factories import ANNA, BEA, BEN, World, a_world

SLA = {"P1": {"action_plan": 120, "warn_before": 30}}
HOUR = timedelta(hours=1)


@pytest.fixture
async def world() -> World:
    return await a_world(sla=SLA)


async def says(world: World, ticket: Ticket, move: Move, by: str = BEN) -> Ticket:
    return await world.desk.tickets.act_with_text(ticket.id, move, by, world.form(), "word", "Which mailbox was it?")


async def asked(world: World) -> Ticket:
    return await says(world, await world.sent(), Move.ASK_CUSTOMER)


# --- waiting for the end-customer


async def test_end_customer_has_the_ball_while_they_are_asked_and_retarus_again_after(world: World) -> None:
    ticket = await asked(world)
    assert (ticket.stage, ticket.ball, ticket.owner) == (Stage.RETARUS, Party.CUSTOMER, BEN)
    ticket = await says(world, ticket, Move.CUSTOMER_ANSWERED)
    assert (ticket.stage, ticket.ball, ticket.owner) == (Stage.RETARUS, Party.RETARUS, BEN)


async def test_second_level_has_the_ball_after_the_customers_answer_to_what_retarus_asked(world: World) -> None:
    ticket = await world.sent()
    ticket = await world.desk.reminders.expect(ticket.id, BEN, {"question": "Which mailbox?"}, world.form())
    ticket = await says(world, ticket, Move.ASK_CUSTOMER)
    assert ticket.ball is Party.CUSTOMER
    ticket = await says(world, ticket, Move.CUSTOMER_ANSWERED)
    assert ticket.ball is Party.SECOND
    ticket = await world.desk.reminders.chase(ticket.id, BEN, "It was info@.", world.form())
    assert ticket.ball is Party.RETARUS


@pytest.mark.parametrize("ends", [Move.CUSTOMER_ANSWERED, Move.GO_ON])
async def test_sla_pauses_while_the_end_customer_is_asked_and_retarus_has_the_ticket(world: World, ends: Move) -> None:
    ticket = await asked(world)
    run = plan(ticket, world.desk.config)
    assert run
    assert run.state(world.clock.at + 9 * HOUR) is TimerState.PAUSED
    begun, world.clock.at = world.clock.at, world.clock.at + HOUR
    ticket = await says(world, ticket, ends)
    run = plan(ticket, world.desk.config)
    assert run
    assert (run.due, run.pauses) == (run.start + 3 * HOUR, ((begun, begun + HOUR),))
    assert ticket.times.spent[Party.CUSTOMER] == 3600 * 1000
    assert ticket.times == timestamps.of(await world.store.history(ticket.id))


async def test_end_customers_silence_is_reminded_while_retarus_has_the_ticket(world: World) -> None:
    ticket = await asked(world)
    assert Timer.CUSTOMER in [run.timer for run in world.desk.reminders.runs(ticket)]
    assert Timer.UPDATE in [run.timer for run in world.desk.reminders.runs(ticket)]  # Retarus works on it meanwhile
    ticket = await says(world, ticket, Move.GO_ON)
    assert Timer.CUSTOMER not in [run.timer for run in world.desk.reminders.runs(ticket)]


@pytest.mark.parametrize("move", [Move.CUSTOMER_ANSWERED, Move.GO_ON])
async def test_answer_of_a_customer_who_was_not_asked_is_refused(world: World, move: Move) -> None:
    with pytest.raises(NotNow, match="The end-customer is no longer being asked"):
        await says(world, await world.sent(), move)


async def test_end_customer_is_asked_once_at_a_time(world: World) -> None:
    ticket = await asked(world)
    with pytest.raises(NotNow):
        await says(world, ticket, Move.ASK_CUSTOMER)
    ticket = await says(world, ticket, Move.CUSTOMER_ANSWERED)
    assert (await says(world, ticket, Move.ASK_CUSTOMER)).ball is Party.CUSTOMER


async def test_retarus_answer_ends_the_wait_for_the_end_customer(world: World) -> None:
    ticket = await says(world, await asked(world), Move.RETARUS_ANSWERED)
    assert (ticket.stage, ticket.ball, ticket.times.customer_asked) == (Stage.SECOND, Party.SECOND, None)
    assert [ended for _, ended in ticket.times.waits] == [world.clock.at]


async def test_retarus_update_leaves_the_end_customer_asked(world: World) -> None:
    ticket = await says(world, await asked(world), Move.RETARUS_UPDATE)
    assert ticket.ball is Party.CUSTOMER


async def test_colleague_takes_over_while_the_end_customer_is_asked(world: World) -> None:
    ticket = await world.desk.tickets.act((await asked(world)).id, Move.TAKE_OVER, BEA, world.form())
    assert (ticket.owner, ticket.ball) == (BEA, Party.CUSTOMER)


# --- its end


async def test_ticket_with_retarus_is_resolved_because_the_customer_says_it_works(world: World) -> None:
    ticket = await world.sent()
    ticket = await world.desk.tickets.resolve(ticket.id, BEN, world.form(), "It works again, the customer says", {})
    assert (ticket.stage, ticket.ball, ticket.owner) == (Stage.RESOLVED, Party.FIRST, ANNA)
    assert ticket.answer("remedy") == "It works again, the customer says"
    assert not {"caused_by", "their_remedy", "their_workaround"} & ticket.answers.keys()
    history = await world.store.history(ticket.id)
    assert Move.RETARUS_ANSWERED not in [event.kind for event in history]
    assert [notice.to for notice in await world.notices_of_kind(ticket, NoticeKind.DIRECT)] == [ANNA]
    closed = await world.desk.tickets.act(ticket.id, Move.CONFIRM, ANNA, world.form())
    assert closed.stage is Stage.CLOSED


async def test_ticket_with_retarus_is_withdrawn_with_a_reason(world: World) -> None:
    ticket = await says(world, await world.sent(), Move.WITHDRAW)
    assert (ticket.stage, ticket.due) == (Stage.CLOSED, None)
    assert (await world.store.history(ticket.id))[-1].detail["word"] == "Which mailbox was it?"


@pytest.mark.parametrize("move", [Move.ASK_CUSTOMER, Move.RESOLVE, Move.WITHDRAW])
async def test_ticket_with_retarus_is_the_second_levels_to_end(world: World, move: Move) -> None:
    with pytest.raises(NotYours):
        await says(world, await world.sent(), move, ANNA)


async def test_ticket_resolved_while_with_retarus_can_be_reopened_and_escalated_again() -> None:
    world = await a_world()
    ticket = await world.sent()
    ticket = await world.desk.tickets.resolve(ticket.id, BEN, world.form(), "It works again", {})
    ticket = await says(world, ticket, Move.REOPEN, ANNA)
    assert (ticket.stage, ticket.sent_at is None, ticket.times.asked) == (Stage.FIRST, False, None)
