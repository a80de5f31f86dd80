"""Tickets move between people: once per click, and with one winner of a race."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.clocks.timers import Timer
from bot.core.errors import Invalid, NotNow, NotYours
from bot.forms.validation import Incomplete
from bot.model.notice import NoticeKind
from bot.model.ticket import Party, Stage, Ticket
from bot.model.transitions import Move, Step
from tests.factories import ALEX, ANNA, BEA, BEN, GUS, HANDED_OFF, RAISED, RITA, World, a_world, without


@pytest.fixture
async def world() -> World:
    return await a_world()


async def test_concurrent_take_has_one_owner_and_one_polite_refusal(world: World) -> None:
    ticket = await world.raised()
    results = await asyncio.gather(
        world.desk.tickets.act(ticket.id, Move.TAKE, ANNA, "C1"),
        world.desk.tickets.act(ticket.id, Move.TAKE, ALEX, "C2"),
        return_exceptions=True,
    )
    (taken,) = [each for each in results if isinstance(each, Ticket)]
    (refusal,) = [each for each in results if isinstance(each, NotNow)]
    name = {ANNA: "Anna Arnold", ALEX: "Alex Adler"}[taken.owner]
    assert str(refusal) == f"{name} was a moment quicker and owns PD-1001 now."


async def test_second_accept_is_refused_with_the_owners_name(world: World) -> None:
    ticket = await world.handed_off()
    await world.desk.tickets.act(ticket.id, Move.ACCEPT, BEN, "C1")
    with pytest.raises(NotNow, match="Ben Brandt was a moment quicker"):
        await world.desk.tickets.act(ticket.id, Move.ACCEPT, BEA, "C2")


async def test_take_of_a_ticket_that_was_taken_long_ago_names_its_owner_without_a_race(world: World) -> None:
    ticket = await world.accepted()
    world.clock.forward(hours=3)
    with pytest.raises(NotNow, match=r"^Ben Brandt owns PD-1001 already\.$"):
        await world.desk.tickets.act(ticket.id, Move.ACCEPT, BEA, "C2")


async def test_second_click_says_that_the_ticket_is_theirs(world: World) -> None:
    ticket = await world.taken()
    for move in (Move.TAKE, Move.TAKE_OVER):
        with pytest.raises(NotNow, match="You own PD-1001 already"):
            await world.desk.tickets.act(ticket.id, move, ANNA, "C2")


async def test_click_delivered_twice_is_one_change(world: World) -> None:
    ticket = await world.raised()
    first = await world.desk.tickets.act(ticket.id, Move.TAKE, ANNA, "C1")
    assert await world.desk.tickets.act(ticket.id, Move.TAKE, ANNA, "C1") == first
    assert len(await world.notices_of_kind(first, NoticeKind.THREAD)) == 1


async def test_click_delivered_again_much_later_gives_the_ticket_as_it_is_and_no_refusal(world: World) -> None:
    ticket = await world.raised()
    await world.desk.tickets.act(ticket.id, Move.TAKE, ANNA, "C1")
    now = await world.desk.tickets.act_with_text(
        ticket.id, Move.RESOLVE, ANNA, "V2", "remedy", "Restarted the connector"
    )
    assert await world.desk.tickets.act(ticket.id, Move.TAKE, ANNA, "C1") == now


async def test_two_clicks_delivered_at_once_are_one_change(world: World) -> None:
    ticket = await world.raised()
    first, second = await asyncio.gather(
        world.desk.tickets.act(ticket.id, Move.TAKE, ANNA, "C1"),
        world.desk.tickets.act(ticket.id, Move.TAKE, ANNA, "C1"),
    )
    assert first == second
    assert first.version == 2


@pytest.mark.parametrize(("user", "reason"), [(BEN, "1st level"), (GUS, "Guests"), (RITA, "Only the partner's people")])
async def test_move_without_the_right_is_refused_on_the_server(world: World, user: str, reason: str) -> None:
    ticket = await world.raised()
    with pytest.raises(NotYours, match=reason):
        await world.desk.tickets.act(ticket.id, Move.TAKE, user, "C1")


async def test_move_that_is_over_says_where_the_ticket_is(world: World) -> None:
    ticket = await world.closed()
    with pytest.raises(NotNow, match="this ticket is now closed"):
        await world.desk.tickets.act_with_text(ticket.id, Move.RESOLVE, ANNA, "V9", "remedy", "Restarted")


async def test_move_that_goes_with_a_word_keeps_it(world: World) -> None:
    ticket = await world.handed_off()
    back = await world.desk.tickets.act_with_text(
        ticket.id, Move.SEND_BACK, BEN, "V9", "reason", "The tenant is missing"
    )
    event = await world.desk.queries.event_at(back, back.version)
    assert (event.kind, event.by, event.detail) == ("send_back", BEN, {"reason": "The tenant is missing"})
    assert (back.owner, back.bounces) == (ANNA, 1)


@pytest.mark.parametrize("word", ["", "-", "tbd", "n/a", "\x00"])
async def test_filler_is_no_reason(world: World, word: str) -> None:
    ticket = await world.handed_off()
    with pytest.raises(Invalid) as wrong:
        await world.desk.tickets.act_with_text(ticket.id, Move.SEND_BACK, BEN, "V9", "reason", word)
    assert wrong.value.errors.keys() == {"word"}


async def test_person_whose_turn_it_became_gets_a_direct_message(world: World) -> None:
    ticket = await world.resolved()
    assert [notice.to for notice in await world.notices_of_kind(ticket, NoticeKind.DIRECT)] == [ANNA]


async def test_whole_story_ends_closed_and_can_begin_again(world: World) -> None:
    ticket = await world.closed()
    assert (ticket.stage, ticket.due) == (Stage.CLOSED, None)
    ticket = await world.desk.tickets.act_with_text(ticket.id, Move.REOPEN, BEN, "V9", "reason", "It happens again")
    assert (ticket.stage, ticket.owner) == (Stage.FIRST, ANNA)


# --- the handoff


async def test_handoff_keeps_the_tasks_and_the_summary(world: World) -> None:
    ticket = await world.handed_off()
    event = await world.desk.queries.event_at(ticket, ticket.version)
    assert (ticket.stage, ticket.answers) == (Stage.HANDED_OFF, RAISED | HANDED_OFF)
    assert event.detail["summary"] == HANDED_OFF["summary_first"]
    assert event.detail["answer.triage"] == HANDED_OFF["triage"]


async def test_every_task_that_is_empty_is_marked_beside_its_field_and_the_ticket_stays(world: World) -> None:
    ticket = await world.taken()
    with pytest.raises(Invalid) as wrong:
        await world.desk.tickets.hand_off(ticket.id, ANNA, dict.fromkeys(HANDED_OFF, ""), "V9", ticket.version)
    assert wrong.value.errors.keys() == set(HANDED_OFF)
    assert await world.desk.queries.ticket(ticket.id) == ticket


async def test_tasks_the_form_did_not_show_are_named_all_at_once(world: World) -> None:
    ticket = await world.taken()
    shown = without(HANDED_OFF, "triage", "remote")
    with pytest.raises(Incomplete) as refusal:
        await world.desk.tickets.hand_off(ticket.id, ANNA, shown, "V9", ticket.version)
    assert [each.key for each in refusal.value.missing] == ["triage", "remote"]


async def test_handoff_submitted_twice_is_one_handoff(world: World) -> None:
    ticket = await world.taken()
    first = await world.desk.tickets.hand_off(ticket.id, ANNA, HANDED_OFF, "V9", ticket.version)
    assert await world.desk.tickets.hand_off(ticket.id, ANNA, HANDED_OFF, "V9", ticket.version) == first


async def test_handoff_after_the_ticket_moved_on_is_refused(world: World) -> None:
    ticket = await world.taken()
    await world.desk.tickets.act_with_text(ticket.id, Move.RESOLVE, ANNA, "V8", "remedy", "Restarted the connector")
    with pytest.raises(NotNow, match="resolved"):
        await world.desk.tickets.hand_off(ticket.id, ANNA, HANDED_OFF, "V9", ticket.version)


async def test_second_level_cannot_hand_off_to_itself(world: World) -> None:
    ticket = await world.taken()
    with pytest.raises(NotYours):
        await world.desk.tickets.hand_off(ticket.id, BEN, HANDED_OFF, "V9", ticket.version)


# --- reminders


async def test_idle_ticket_is_reminded_once_and_then_at_the_repeating_pace(world: World) -> None:
    ticket = await world.handed_off()
    world.clock.forward(minutes=29)
    assert await world.desk.reminders.sweep() == 0
    world.clock.forward(minutes=1)
    assert await world.desk.reminders.sweep() == 1
    assert await world.desk.reminders.sweep() == 0
    world.clock.forward(minutes=239)
    assert await world.desk.reminders.sweep() == 0
    world.clock.forward(minutes=1)
    assert await world.desk.reminders.sweep() == 1
    assert (await world.desk.queries.ticket(ticket.id)).reminded == 2


async def test_reminder_goes_to_the_thread_and_to_the_owner(world: World) -> None:
    ticket = await world.handed_off()
    world.clock.forward(hours=1)
    await world.desk.reminders.sweep()
    reminded = await world.desk.queries.ticket(ticket.id)
    event = await world.desk.queries.event_at(reminded, reminded.version)
    assert (event.kind, event.by) == (Step.REMIND, "")
    assert (event.detail["stage"], event.detail["watches"], event.detail["people"]) == ("handed_off", "unclaimed", ANNA)
    assert len(await world.notices_of_kind(reminded, NoticeKind.THREAD)) == 1
    assert [notice.to for notice in await world.notices_of_kind(reminded, NoticeKind.REMINDERS)] == [ANNA]


async def test_reminder_redraws_the_card_only_when_something_becomes_overdue(world: World) -> None:
    ticket = await world.handed_off()
    world.clock.forward(hours=1)
    await world.desk.reminders.sweep()
    overdue = await world.desk.queries.ticket(ticket.id)
    assert overdue.drawn == overdue.version
    world.clock.forward(hours=6)
    await world.desk.reminders.sweep()
    reminded = await world.desk.queries.ticket(overdue.id)
    assert (reminded.version, reminded.drawn) == (overdue.version + 1, overdue.version)
    assert await world.notices_of_kind(reminded, NoticeKind.CARD) == []


async def test_reminder_moves_nothing(world: World) -> None:
    ticket = await world.handed_off()
    world.clock.forward(hours=1)
    await world.desk.reminders.sweep()
    after = await world.desk.queries.ticket(ticket.id)
    assert (after.stage, after.owner, after.since, after.answers) == (
        ticket.stage,
        ticket.owner,
        ticket.since,
        ticket.answers,
    )


async def test_acting_puts_the_reminder_off(world: World) -> None:
    ticket = await world.handed_off()
    world.clock.forward(minutes=29)
    await world.desk.tickets.act(ticket.id, Move.ACCEPT, BEN, "C1")
    world.clock.forward(minutes=29)
    assert await world.desk.reminders.sweep() == 0


async def test_a_closed_ticket_is_never_reminded(world: World) -> None:
    await world.closed()
    world.clock.forward(days=365)
    assert await world.desk.reminders.sweep() == 0


async def test_two_processes_that_sweep_at_once_remind_once(world: World) -> None:
    ticket = await world.handed_off()
    world.clock.forward(hours=1)
    assert sum(await asyncio.gather(world.desk.reminders.sweep(), world.desk.reminders.sweep())) == 1
    assert (await world.desk.queries.ticket(ticket.id)).reminded == 1


async def test_ticket_is_reminded_once_after_a_night(world: World) -> None:
    tickets = [await world.handed_off() for _ in range(3)]
    world.clock.forward(hours=12)
    assert await world.desk.reminders.sweep() == 3
    assert [(await world.desk.queries.ticket(ticket.id)).reminded for ticket in tickets] == [1, 1, 1]


async def test_another_priority_needs_another_reason_in_a_form_and_at_the_handoff(world: World) -> None:
    ticket = await world.taken()
    first = {"priority": "P2", "priority_reason": "one mailbox, workaround exists"}
    ticket = await world.desk.answers.fill_in(ticket.id, ANNA, first, world.form(), ticket.version)
    for change in (world.desk.answers.fill_in, world.desk.tickets.hand_off):
        typed = HANDED_OFF | first | {"priority": "P1"}
        with pytest.raises(Invalid) as refused:
            await change(
                ticket.id, BEN if change == world.desk.answers.fill_in else ANNA, typed, world.form(), ticket.version
            )
        assert refused.value.errors == {
            "priority_reason": "The reason is still the one for P2. Why is it P1 now?",
        }
    again = first | {"priority": "P1", "priority_reason": "all mailboxes now"}
    ticket = await world.desk.answers.fill_in(ticket.id, ANNA, again, world.form(), ticket.version)
    assert ticket.answer("priority") == "P1"


# --- the end-customer stays silent


async def test_resume_without_an_answer_ends_the_wait_like_an_answer_does(world: World) -> None:
    asked = await world.taken()
    asked = await world.desk.tickets.act_with_text(
        asked.id, Move.ASK_CUSTOMER, ANNA, "V1", "question", "Which recipients?"
    )
    assert [run.timer for run in world.desk.reminders.runs(asked)] == [Timer.CUSTOMER]
    since, world.clock.at = world.clock.at, world.clock.at + timedelta(hours=3)
    gone_on = await world.desk.tickets.act_with_text(
        asked.id, Move.GO_ON, ALEX, "V2", "reason", "Three calls, nobody there"
    )
    assert (gone_on.stage, gone_on.owner, gone_on.times.waits) == (Stage.FIRST, ANNA, ((since, world.clock.at),))
    assert gone_on.times.spent[Party.CUSTOMER] == timedelta(hours=3) / timedelta(milliseconds=1)
    assert Timer.CUSTOMER not in [run.timer for run in world.desk.reminders.runs(gone_on)]
    assert [notice.to for notice in await world.notices_of_kind(gone_on, NoticeKind.DIRECT)] == [ANNA]


@pytest.mark.parametrize(("user", "word", "wrong"), [(BEN, "Three calls", NotYours), (ANNA, "n/a", Invalid)])
async def test_resume_without_an_answer_is_the_levels_right_and_needs_a_reason(
    world: World, user: str, word: str, wrong: type[Exception]
) -> None:
    ticket = await world.taken()
    asked = await world.desk.tickets.act_with_text(
        ticket.id, Move.ASK_CUSTOMER, ANNA, "V1", "question", "Which recipients?"
    )
    with pytest.raises(wrong):
        await world.desk.tickets.act_with_text(asked.id, Move.GO_ON, user, "V2", "reason", word)
    assert await world.desk.queries.ticket(asked.id) == asked
