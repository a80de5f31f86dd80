"""The fold over a history: priorities, remedies and plans, and the time in which nothing was owed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.clocks.timers import TimerRun, TimerState, plan
from bot.core.month import period
from bot.model import timestamps
from bot.model.ticket import Ticket
from bot.model.transitions import Move
from bot.reports.ticket_month import line
from tests.factories import ANNA, BEN, NOW, World, a_world

HOUR = timedelta(hours=1)
SLA = {"P1": {"action_plan": 240, "warn_before": 60}, "P2": {"action_plan": 600}}


@pytest.fixture
async def world() -> World:
    return await a_world(sla=SLA)


def at(hours: float) -> datetime:
    return NOW + hours * HOUR


async def judged(world: World, ticket: Ticket, priority: str) -> Ticket:
    typed = {"priority": priority, "priority_reason": f"it is {priority} now, at {world.clock.at}"}
    return await world.desk.answers.fill_in(ticket.id, ANNA, typed, world.form(), ticket.version)


async def resolved(world: World, ticket: Ticket, by: str = ANNA) -> Ticket:
    return await world.desk.tickets.resolve(ticket.id, by, world.form(), "Policy corrected", {})


async def moved(world: World, ticket: Ticket, move: Move) -> Ticket:
    return await world.desk.tickets.act_with_text(ticket.id, move, ANNA, world.form(), "reason", "It came back")


def clock_of(world: World, ticket: Ticket) -> TimerRun:
    run = plan(ticket, world.desk.config)
    assert run
    return run


# --- the priority


async def test_sla_counts_from_the_earliest_moment_of_the_priority(world: World) -> None:
    ticket = await judged(world, await world.taken(), "P1")
    for hours, priority in ((1, "P2"), (2, "P1"), (3, "P2"), (3.5, "P1")):
        world.clock.at = at(hours)
        ticket = await judged(world, ticket, priority)
    assert (clock_of(world, ticket).start, clock_of(world, ticket).due) == (at(0), at(4))
    assert ticket.times == timestamps.of(await world.store.history(ticket.id))


async def test_sla_of_another_priority_counts_from_its_own_first_moment(world: World) -> None:
    ticket = await judged(world, await world.taken(), "P1")
    world.clock.at = at(1)
    ticket = await judged(world, ticket, "P2")
    assert (clock_of(world, ticket).start, clock_of(world, ticket).due) == (at(1), at(11))


async def test_sla_starts_when_the_ticket_is_raised_with_its_priority(world: World) -> None:
    ticket = await world.raised(priority="P1", priority_reason="no outbound mail")
    assert (clock_of(world, ticket).start, clock_of(world, ticket).due) == (at(0), at(4))


# --- reopening


async def test_reopening_makes_the_clock_run_again_without_the_time_the_remedy_held(world: World) -> None:
    ticket = await resolved(world, await judged(world, await world.taken(), "P1"))
    assert clock_of(world, ticket).state(at(1)) is TimerState.ENDED
    world.clock.at = at(100)
    ticket = await moved(world, ticket, Move.REOPEN)
    run = clock_of(world, ticket)
    assert (run.end, run.due, run.state(at(103.9)), run.state(at(104))) == (
        None,
        at(104),
        TimerState.SOON,
        TimerState.OVERDUE,
    )
    assert ticket.times == timestamps.of(await world.store.history(ticket.id))


async def test_reopening_keeps_a_breach_a_breach(world: World) -> None:
    ticket = await judged(world, await world.taken(), "P1")
    world.clock.at = at(5)
    ticket = await resolved(world, ticket)
    assert clock_of(world, ticket).is_late(at(5))
    world.clock.at = at(9)
    ticket = await moved(world, ticket, Move.REOPEN)
    assert (clock_of(world, ticket).due, clock_of(world, ticket).state(at(9))) == (at(4), TimerState.OVERDUE)


async def test_time_in_which_the_ticket_was_closed_without_a_remedy_is_not_owed(world: World) -> None:
    ticket = await judged(world, await world.taken(), "P1")
    world.clock.at = at(3)
    ticket = await moved(world, ticket, Move.WITHDRAW)
    world.clock.at = at(50)
    ticket = await moved(world, ticket, Move.REOPEN)
    assert (clock_of(world, ticket).due, clock_of(world, ticket).end) == (at(51), None)


async def test_action_plan_before_a_reopening_no_longer_counts_and_a_new_one_does(world: World) -> None:
    ticket = await judged(world, await world.taken(), "P1")
    ticket = await world.desk.reminders.record_plan(ticket.id, BEN, "1. Ben rolls back by noon", world.form())
    world.clock.at = at(2)
    ticket = await moved(world, await resolved(world, ticket), Move.REOPEN)
    assert clock_of(world, ticket).state(at(2)) is TimerState.RUNNING
    world.clock.at = at(3)
    ticket = await world.desk.reminders.record_plan(ticket.id, BEN, "2. Bea replaces the disk", world.form())
    assert (ticket.times.planned, clock_of(world, ticket).state(at(9))) == (at(3), TimerState.ENDED)


async def test_waiting_for_the_customer_while_a_plan_stood_is_counted_once(world: World) -> None:
    ticket = await judged(world, await world.taken(), "P1")
    world.clock.at = at(1)
    ticket = await world.desk.reminders.record_plan(ticket.id, BEN, "1. Ben rolls back by noon", world.form())
    world.clock.at = at(2)
    ticket = await moved(world, ticket, Move.ASK_CUSTOMER)
    world.clock.at = at(5)
    ticket = await resolved(world, await moved(world, ticket, Move.CUSTOMER_ANSWERED))
    world.clock.at = at(6)
    ticket = await moved(world, ticket, Move.REOPEN)
    assert (clock_of(world, ticket).pauses, clock_of(world, ticket).due) == (((at(1), at(6)),), at(9))


async def test_report_of_a_reopened_ticket_does_not_say_that_the_sla_was_kept(world: World) -> None:
    ticket = await resolved(world, await judged(world, await world.taken(), "P1"))
    ticket = await moved(world, ticket, Move.REOPEN)
    history = await world.store.history(ticket.id)
    for hours, expected in ((1, "running"), (48, "missed")):
        row = line(ticket, history, period(NOW.date(), "UTC", at(hours)), world.desk.config)
        assert row
        assert row.plan == expected


# --- a plan that is taken away


async def test_plan_that_is_emptied_no_longer_ends_the_clock(world: World) -> None:
    ticket = await judged(world, await world.taken(), "P1")
    filled = {"plan": "1. Ben rolls back by noon", "workaround": "Send by DE2"}
    ticket = await world.desk.answers.fill_in(ticket.id, BEN, filled, world.form(), ticket.version)
    assert clock_of(world, ticket).state(at(1)) is TimerState.ENDED
    ticket = await world.desk.answers.fill_in(ticket.id, BEN, {"plan": ""}, world.form(), ticket.version)
    assert (clock_of(world, ticket).state(at(1)), clock_of(world, ticket).due) == (TimerState.RUNNING, at(4))
    assert ticket.times == timestamps.of(await world.store.history(ticket.id))


async def test_plan_that_is_emptied_beside_a_remedy_leaves_the_clock_ended(world: World) -> None:
    ticket = await judged(world, await world.taken(), "P1")
    filled = {"plan": "1. Ben rolls back by noon", "remedy": "Policy corrected"}
    ticket = await world.desk.answers.fill_in(ticket.id, BEN, filled, world.form(), ticket.version)
    ticket = await world.desk.answers.fill_in(ticket.id, BEN, {"plan": ""}, world.form(), ticket.version)
    assert clock_of(world, ticket).end == at(0)


# --- a clock that was set back


async def test_times_of_a_clock_that_was_set_back_are_never_negative(world: World) -> None:
    ticket = await judged(world, await world.taken(), "P1")
    ticket = await moved(world, ticket, Move.ASK_CUSTOMER)
    world.clock.at = at(-2)
    ticket = await moved(world, ticket, Move.CUSTOMER_ANSWERED)
    assert ticket.times.waits == ((at(0), at(0)),)
    assert min(ticket.times.spent.values()) == 0
    assert clock_of(world, ticket).due == at(4)


async def test_remedy_that_held_in_a_set_back_hour_shortens_nothing(world: World) -> None:
    ticket = await judged(world, await world.taken(), "P1")
    world.clock.at = at(2)
    ticket = await resolved(world, ticket)
    world.clock.at = at(1.5)
    ticket = await moved(world, ticket, Move.REOPEN)
    assert clock_of(world, ticket).due == at(4)
    assert all(begun <= (ended or begun) for begun, ended in clock_of(world, ticket).pauses)
    assert ticket.times == timestamps.of(await world.store.history(ticket.id))


async def test_hour_set_back_in_the_middle_of_a_pause_shortens_the_pause_only(world: World) -> None:
    ticket = await judged(world, await world.taken(), "P1")
    world.clock.at = at(1)
    ticket = await moved(world, ticket, Move.ASK_CUSTOMER)
    world.clock.at = at(3)
    ticket = await judged(world, ticket, "P2")
    world.clock.at = at(2)
    ticket = await judged(world, ticket, "P1")
    world.clock.at = at(2.5)
    ticket = await moved(world, ticket, Move.CUSTOMER_ANSWERED)
    assert (clock_of(world, ticket).start, clock_of(world, ticket).due) == (at(0), at(5.5))


async def test_reopening_twice_takes_out_both_times_the_remedy_held(world: World) -> None:
    ticket = await judged(world, await world.taken(), "P1")
    for hours, move in ((1, None), (11, Move.REOPEN), (12, None), (32, Move.REOPEN)):
        world.clock.at = at(hours)
        ticket = await (moved(world, ticket, move) if move else resolved(world, ticket))
    assert (clock_of(world, ticket).end, clock_of(world, ticket).due) == (None, at(34))
    world.clock.at = at(33)
    ticket = await resolved(world, ticket)
    assert (clock_of(world, ticket).end, clock_of(world, ticket).is_late(at(99))) == (at(33), False)
    assert ticket.times == timestamps.of(await world.store.history(ticket.id))


async def test_priority_without_an_sla_in_between_moves_nothing() -> None:
    world = await a_world(sla={"P1": SLA["P1"]})
    ticket = await judged(world, await world.taken(), "P1")
    world.clock.at = at(1)
    ticket = await judged(world, ticket, "P2")
    assert plan(ticket, world.desk.config) is None
    world.clock.at = at(6)
    ticket = await judged(world, ticket, "P1")
    run = clock_of(world, ticket)
    assert (run.start, run.due, run.state(at(6))) == (at(0), at(4), TimerState.OVERDUE)


async def test_priority_of_a_reopened_ticket_still_counts_from_its_first_moment(world: World) -> None:
    ticket = await judged(world, await world.taken(), "P1")
    world.clock.at = at(1)
    ticket = await judged(world, ticket, "P2")
    world.clock.at = at(2)
    ticket = await resolved(world, ticket)
    world.clock.at = at(10)
    ticket = await moved(world, ticket, Move.REOPEN)
    ticket = await judged(world, ticket, "P1")
    assert (clock_of(world, ticket).start, clock_of(world, ticket).due) == (at(0), at(12))
