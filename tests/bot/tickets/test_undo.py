"""Undo of a ticket's newest step: all is as before, for ten minutes, by its author or a lead."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.core.errors import NotNow, NotYours
from bot.escalation.correspondence import is_scope_changed
from bot.model import timestamps
from bot.model.notice import NoticeKind
from bot.model.ticket import Stage, Ticket
from bot.model.transitions import Move, Step
from bot.model.undoing import TIME_TO_UNDO, UNDOABLE, counted
from bot.tickets.ports import Batch
from tests.factories import ALEX, ANNA, BEA, BEN, CARLA, HANDED_OFF, NEMO, NOW, World, a_world


@pytest.fixture
async def world() -> World:
    return await a_world()


def as_before(ticket: Ticket) -> dict[str, object]:
    """Everything of the ticket that a step may change."""
    counters = {"version", "drawn", "undo_until"}
    return ticket.model_dump(exclude=counters)


async def undone(w: World, ticket: Ticket, by: str = ANNA) -> Ticket:
    return await w.desk.undo.undo(ticket.id, ticket.version, by, w.form())


async def asked(w: World) -> Ticket:
    ticket = await w.accepted()
    return await w.desk.tickets.act_with_text(
        ticket.id, Move.ASK_CUSTOMER, BEN, w.form(), "question", "Which connector is it?"
    )


def by(user: str, move: Move, **detail: str) -> Callable[[World, Ticket], Awaitable[Ticket]]:
    async def step(w: World, ticket: Ticket) -> Ticket:
        return await w.desk.tickets.act(ticket.id, move, user, w.form(), **detail)

    return step


async def resolve(w: World, ticket: Ticket) -> Ticket:
    return await w.desk.tickets.resolve(ticket.id, BEN, w.form(), "Policy corrected", {})


async def note(w: World, ticket: Ticket) -> Ticket:
    return await w.desk.tickets.note(ticket.id, BEN, "They called again", w.form())


async def snooze(w: World, ticket: Ticket) -> Ticket:
    return await w.desk.reminders.wait(ticket.id, BEN, "2 h", w.form())


async def rcr(w: World, ticket: Ticket) -> Ticket:
    return await w.desk.escalation.record_rcr(ticket.id, BEN, "RCR-88123", w.form())


async def check(w: World, ticket: Ticket) -> Ticket:
    return await w.desk.answers.check(ticket.id, BEN, {"cause": "A policy on DE1"}, w.form(), ticket.version)


async def join(w: World, ticket: Ticket) -> Ticket:
    return await w.desk.known_issues.join(ticket.id, BEN, {"customer": "Nordsee", "tenants": "22222RS"}, w.form())


def recorded(move: Move, **typed: str) -> Callable[[World, Ticket], Awaitable[Ticket]]:
    async def step(w: World, ticket: Ticket) -> Ticket:
        words = "They removed the rule"
        return await w.desk.retarus_replies.record_reply(ticket.id, BEN, move, words, typed, w.form(), ticket.version)

    return step


async def expect(w: World, ticket: Ticket) -> Ticket:
    return await w.desk.reminders.expect(ticket.id, BEN, {"question": "Which connector?"}, w.form())


async def found(w: World, ticket: Ticket) -> Ticket:
    return await w.desk.retarus_replies.record(ticket.id, BEN, {"caused_by": "retarus"}, w.form(), ticket.version)


async def given_back(w: World, ticket: Ticket) -> Ticket:
    return await w.desk.retarus_replies.record(ticket.id, BEN, {"caused_by": "other"}, w.form(), ticket.version)


async def joined(w: World) -> Ticket:
    return await join(w, await w.accepted())


async def join_another(w: World, ticket: Ticket) -> Ticket:
    return await w.desk.known_issues.join(ticket.id, BEN, {"customer": "Ostsee"}, w.form())


STEPS: list[tuple[Callable[[World], Awaitable[Ticket]], str, Callable[[World, Ticket], Awaitable[Ticket]]]] = [
    (World.raised, ANNA, by(ANNA, Move.TAKE)),
    (World.taken, ALEX, by(ALEX, Move.TAKE_OVER)),
    (World.handed_off, BEN, by(BEN, Move.ACCEPT)),
    (World.handed_off, BEN, by(BEN, Move.SEND_BACK, reason="Which connector is it?")),
    (World.accepted, BEN, by(BEN, Move.ASK_CUSTOMER, question="Which connector is it?")),
    (World.accepted, BEN, by(BEN, Move.WITHDRAW, reason="It was a test of the customer")),
    (World.accepted, BEN, resolve),
    (World.accepted, BEN, note),
    (World.accepted, BEN, snooze),
    (World.accepted, BEN, check),
    (World.sent, BEN, join),
    (joined, BEN, join_another),
    (asked, BEN, by(BEN, Move.CUSTOMER_ANSWERED, answer="Version 4.2")),
    (asked, BEN, by(BEN, Move.GO_ON, reason="The log says it")),
    (World.sent, BEN, resolve),
    (World.sent, BEN, rcr),
    (World.sent, BEN, recorded(Move.RETARUS_UPDATE)),
    (World.sent, BEN, recorded(Move.RETARUS_ANSWERED)),
    (World.sent, BEN, recorded(Move.RETARUS_ANSWERED, their_remedy="The rule is removed")),
    (World.sent, BEN, expect),
    (World.sent, BEN, found),
    (World.sent, BEN, given_back),
    (World.sent, BEA, by(BEA, Move.TAKE_OVER)),
    (World.resolved, ANNA, by(ANNA, Move.CONFIRM)),
    (World.closed, ANNA, by(ANNA, Move.REOPEN, reason="It is rejected again")),
]


@pytest.mark.parametrize(("begin", "user", "step"), STEPS)
async def test_undone_step_leaves_all_as_it_was_and_both_in_the_history(
    world: World,
    begin: Callable[[World], Awaitable[Ticket]],
    user: str,
    step: Callable[[World, Ticket], Awaitable[Ticket]],
) -> None:
    before = await begin(world)
    world.clock.forward(minutes=30)
    done = await step(world, before)
    world.clock.forward(minutes=9)
    ticket = await undone(world, done, user)
    assert as_before(ticket) == as_before(before)
    history = await world.store.history(ticket.id)
    assert [each.version for each in history[-2:]] == [done.version, ticket.version]
    assert history[-1].detail["undone"] == history[-2].kind
    assert timestamps.of(history) == ticket.times
    assert counted(history) == history[:-2]


async def test_steps_that_reach_retarus_cannot_be_undone(world: World) -> None:
    ticket = await world.sent()
    assert ticket.undo_until is None
    with pytest.raises(NotNow, match="This step cannot be undone"):
        await undone(world, ticket, BEN)
    assert not UNDOABLE & {Move.ESCALATE.value, Step.CHASE.value, Step.TELL.value}


async def test_handoff_and_a_form_of_answers_offer_no_undo(world: World) -> None:
    assert (await world.handed_off()).undo_until is None
    ticket = await world.raised()
    ticket = await world.desk.answers.fill_in(ticket.id, ANNA, {"priority": "P2"}, world.form(), ticket.version)
    assert ticket.undo_until is None


async def test_undo_is_refused_after_ten_minutes(world: World) -> None:
    ticket = await world.taken()
    world.clock.at = NOW + TIME_TO_UNDO
    with pytest.raises(NotNow, match="for 10 minutes"):
        await undone(world, ticket)
    world.clock.at -= timedelta(milliseconds=1)
    assert (await undone(world, ticket)).stage is Stage.NEW


async def test_undo_is_refused_with_a_name_once_something_newer_was_done(world: World) -> None:
    taken = await world.taken()
    await world.desk.tickets.note(taken.id, ALEX, "They called again", world.form())
    with pytest.raises(NotNow, match="Alex Adler has done something newer on PD-1001"):
        await undone(world, taken)


async def test_undo_is_refused_to_whoever_did_something_newer_themselves(world: World) -> None:
    taken = await world.taken()
    await world.desk.tickets.note(taken.id, ANNA, "They called again", world.form())
    with pytest.raises(NotNow, match="You have done something newer on PD-1001"):
        await undone(world, taken)


async def test_undo_is_refused_after_a_step_of_the_desk_itself(world: World) -> None:
    taken = await world.taken()
    reminded = taken.model_copy(update={"version": taken.version + 1})
    event = (await world.store.history(taken.id))[-1].model_copy(
        update={"version": reminded.version, "by": "", "kind": Step.REMIND.value, "before": None}
    )
    await world.store.apply(Batch(tickets=[reminded], events=[event]))
    with pytest.raises(NotNow, match="Something newer has happened on PD-1001"):
        await undone(world, taken)


async def test_undo_is_idempotent_for_one_click_and_for_two(world: World) -> None:
    taken = await world.taken()
    first = await world.desk.undo.undo(taken.id, taken.version, ANNA, "click")
    again = await world.desk.undo.undo(taken.id, taken.version, ANNA, "click")
    other = await undone(world, taken, CARLA)
    assert first == again == other
    assert len(await world.store.history(taken.id)) == 3


async def test_undone_step_can_be_done_and_undone_again(world: World) -> None:
    await undone(world, taken := await world.taken())
    again = await world.desk.tickets.act(taken.id, Move.TAKE, ALEX, world.form())
    ticket = await undone(world, again, ALEX)
    history = await world.store.history(ticket.id)
    assert (ticket.stage, ticket.owner) == (Stage.NEW, ANNA)
    assert [each.kind for each in counted(history)] == [Move.RAISE.value]
    assert timestamps.of(history) == ticket.times


async def test_undone_joining_is_a_change_of_scope_and_adds_no_tenant_to_the_next_message(world: World) -> None:
    sent = await world.sent()
    done = await join(world, sent)
    assert "22222RS" in await world.desk.outbound.newly_affected(done)
    ticket = await undone(world, done, BEN)
    assert await world.desk.outbound.newly_affected(ticket) == ""
    history = await world.store.history(ticket.id)
    assert is_scope_changed(history, done.version)
    assert not is_scope_changed(history, ticket.version)


@pytest.mark.parametrize("user", [ALEX, BEN, NEMO])
async def test_undo_of_anothers_step_is_refused(world: World, user: str) -> None:
    taken = await world.taken()
    with pytest.raises(NotYours):
        await undone(world, taken, user)
    assert await world.store.get(taken.id) == taken


@pytest.mark.parametrize("tables", [{"desk": {"leads": [ALEX]}}, {"levels": {"first": {"leads": [ALEX]}}}])
async def test_lead_undoes_the_step_of_another_and_its_author_is_notified(tables: dict[str, object]) -> None:
    world = await a_world(**tables)
    taken = await world.taken()
    ticket = await undone(world, taken, ALEX)
    assert ticket.stage is Stage.NEW
    assert [each.to for each in await world.notices_of_kind(ticket, NoticeKind.DIRECT)] == [ANNA]


async def test_line_of_a_step_is_redrawn_when_its_time_is_over(world: World) -> None:
    taken = await world.taken()
    (late,) = await world.notices_of_kind(taken, NoticeKind.LINE)
    (line,) = await world.notices_of_kind(taken, NoticeKind.THREAD)
    assert late.due == NOW + TIME_TO_UNDO
    assert line.pairs("places") == [(taken.id, late.body["place"])]
    assert late.lane != line.lane


async def test_newer_step_redraws_the_line_at_once_and_not_again_later(world: World) -> None:
    ticket = await world.taken()
    await world.desk.tickets.hand_off(ticket.id, ANNA, HANDED_OFF, world.form(), ticket.version)
    lines = [row for row in await world.notices(ticket) if row.notice.kind is NoticeKind.LINE]
    assert [(row.state, row.notice.version, row.notice.due) for row in lines] == [
        ("dropped", ticket.version, NOW + TIME_TO_UNDO),
        ("waiting", ticket.version, NOW),
    ]


async def test_undone_remedy_is_said_to_everybody_who_heard_of_it(world: World) -> None:
    leading, other = await world.accepted(), await world.raised()
    await world.desk.known_issues.same_cause(other.id, BEN, f"PD-{leading.number}", world.form())
    done = await resolve(world, await world.desk.queries.ticket(leading.id))
    ticket = await undone(world, done, BEN)
    there = [row.notice for row in await world.notices(other) if row.notice.body.get("from") == leading.id]
    assert [each.version for each in there if each.kind is NoticeKind.THREAD] == [done.version, ticket.version]


async def test_newly_linked_ticket_gets_no_remedy_that_was_undone(world: World) -> None:
    leading = await world.accepted()
    await undone(world, await resolve(world, leading), BEN)
    other = await world.raised()
    await world.desk.known_issues.same_cause(other.id, BEN, f"PD-{leading.number}", world.form())
    assert [row for row in await world.notices(other) if row.notice.body.get("from") == leading.id] == []
