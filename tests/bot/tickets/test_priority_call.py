"""A ticket that becomes one of the highest priority is called out once, and taken by one click."""

from __future__ import annotations

from datetime import timedelta

import pytest

from blocks.direct_messages import direct
from bot.core.errors import NotNow, NotYours
from bot.model.notice import Notice, NoticeKind
from bot.model.ticket import Level, Stage, Ticket
from bot.model.transitions import Move, Step
from bot.model.transitions import event as transition
from bot.tickets.notifications import notice as a_notice
from bot.tickets.priority_call import quickest
from tests.factories import (
    ALEX,
    ANNA,
    BEA,
    BEN,
    CARLA,
    NEMO,
    NOW,
    PEOPLE,
    RAISED,
    World,
    a_config,
    a_world,
    an_actor,
    an_incident,
)


async def a_desk() -> World:
    levels = {"first": {"second_person": ALEX}, "second": {"group": "S0SECOND", "second_person": BEA}}
    return await a_world(levels=levels, desk={"leads": [CARLA]})


async def calls(world: World, ticket: Ticket) -> list[tuple[NoticeKind, str]]:
    rows = [row.notice for row in await world.notices(ticket)]
    return sorted((each.kind, each.to) for each in rows if is_call(each))


def is_call(notice: Notice) -> bool:
    return bool(notice.body.get("call"))


async def test_priority_that_becomes_the_highest_is_called_out_once() -> None:
    world = await a_desk()
    ticket = await world.raised()
    assert await calls(world, ticket) == []
    ticket = await world.desk.answers.fill_in(
        ticket.id, ANNA, {"priority": "P1", "priority_reason": "All mail is down"}, "f1", 1
    )
    called = await calls(world, ticket)
    assert [to for kind, to in called if kind is NoticeKind.DIRECT] == [ALEX, BEA, CARLA]
    assert len([to for kind, to in called if kind is NoticeKind.THREAD]) == 1
    await world.desk.tickets.note(ticket.id, ANNA, "A call of the customer", "f2")
    assert await calls(world, ticket) == called


async def test_other_priorities_are_not_called_out() -> None:
    world = await a_desk()
    ticket = await world.raised()
    await world.desk.answers.fill_in(ticket.id, ANNA, {"priority": "P2", "priority_reason": "Works in part"}, "f1", 1)
    assert await calls(world, ticket) == []


@pytest.mark.parametrize(
    ("by", "stage", "owner"), [(ALEX, Stage.FIRST, ALEX), (BEN, Stage.SECOND, BEN), (CARLA, Stage.SECOND, CARLA)]
)
async def test_take_now_makes_the_quickest_move_and_is_idempotent(by: str, stage: Stage, owner: str) -> None:
    world = await a_desk()
    ticket = await world.raised(priority="P1", priority_reason="All mail is down")
    taken = await world.desk.tickets.take_now(ticket.id, by, "click")
    assert (taken.stage, taken.owner) == (stage, owner)
    assert await world.desk.tickets.take_now(ticket.id, by, "click") == taken


@pytest.mark.parametrize("end", ["taken", "closed", "lowered", "planned"])
async def test_call_that_is_over_is_redrawn_once_in_the_channel_and_for_everybody_who_was_notified(end: str) -> None:
    world = await a_desk()
    ticket = await world.raised(priority="P1", priority_reason="All mail is down")
    match end:
        case "taken":
            await world.desk.tickets.take_now(ticket.id, BEN, "c1")
        case "closed":
            await world.desk.tickets.act_with_text(
                ticket.id, Move.WITHDRAW, ANNA, "f1", "reason", "Raised by mistake, sorry"
            )
        case "lowered":
            lower = {"priority": "P2", "priority_reason": "Only one mailbox is concerned"}
            await world.desk.answers.fill_in(ticket.id, ANNA, lower, "f1", ticket.version)
        case _:
            await world.desk.reminders.record_plan(ticket.id, ANNA, "Ben restarts the connector at four", "f1")
    await world.desk.tickets.note(ticket.id, ANNA, "A call of the customer", "f2")
    notices = [row.notice for row in await world.notices(ticket) if is_call(row.notice)]
    rows = [each for each in notices if each.kind is NoticeKind.LINE]
    assert sorted(str(each.body["place"]) for each in rows) == ["call", *(f"call:{to}" for to in (ALEX, BEA, CARLA))]
    posted = [
        row.notice
        for row in await world.notices(ticket)
        if is_call(row.notice) and row.notice.kind is not NoticeKind.LINE
    ]
    assert {role for each in posted for _, role in each.pairs("places")} == {str(each.body["place"]) for each in rows}
    assert {(each.to, each.lane) for each in rows} == {(each.to, each.lane) for each in posted}


async def test_reopened_ticket_is_called_again_and_its_reopening_can_be_undone() -> None:
    world = await a_desk()
    ticket = await world.raised(priority="P1", priority_reason="All mail is down")
    first = await calls(world, ticket)
    ticket = await world.desk.tickets.act_with_text(ticket.id, Move.WITHDRAW, ANNA, "f1", "reason", "Raised by mistake")
    over = await calls(world, ticket)
    ticket = await world.desk.tickets.act_with_text(ticket.id, Move.REOPEN, ANNA, "f2", "reason", "It is down again")
    again = await calls(world, ticket)
    assert sorted(again) == sorted([*over, *first])
    await world.desk.undo.undo(ticket.id, ticket.version, ANNA, "c1")
    lines = [each for each in await calls(world, ticket) if each[0] is NoticeKind.LINE]
    assert len(lines) == 2 * len(first)


async def test_resolving_that_is_undone_calls_nobody() -> None:
    world = await a_desk()
    ticket = await world.raised(priority="P1", priority_reason="All mail is down")
    ticket = await world.desk.tickets.take_now(ticket.id, BEN, "c1")
    before = [each for each in await calls(world, ticket) if each[0] is not NoticeKind.LINE]
    ticket = await world.desk.tickets.resolve(ticket.id, BEN, "f1", "Rolled the connector back", {})
    await world.desk.undo.undo(ticket.id, ticket.version, BEN, "c2")
    assert [each for each in await calls(world, ticket) if each[0] is not NoticeKind.LINE] == before


async def judged(world: World, ticket: Ticket, priority: str) -> Ticket:
    answers = {"priority": priority, "priority_reason": f"Judged anew by the engineer: {priority}"}
    seen = (await world.desk.queries.ticket(ticket.id)).version
    return await world.desk.answers.fill_in(ticket.id, BEN, answers, world.form(), seen)


async def act(world: World, ticket: Ticket, move: Move, by: str, **detail: str) -> Ticket:
    return await world.desk.tickets.act(ticket.id, move, by, world.form(), **detail)


async def merged(world: World, ticket: Ticket, by: str) -> Ticket:
    leading = await world.raised(customer="Nordsee Reederei")
    name = f"PD-{leading.number}"
    return await world.desk.known_issues.same_cause(ticket.id, by, name, world.form())


async def planned(world: World, ticket: Ticket, by: str) -> Ticket:
    return await world.desk.reminders.record_plan(ticket.id, by, "The connector is restarted at four", world.form())


async def withdrawn(world: World, ticket: Ticket, by: str) -> Ticket:
    reason = "It was a test of the customer's"
    return await world.desk.tickets.act_with_text(ticket.id, Move.WITHDRAW, by, world.form(), "reason", reason)


async def resolved(world: World, ticket: Ticket, by: str) -> Ticket:
    return await world.desk.tickets.resolve(ticket.id, by, world.form(), "Rolled the connector back", {})


async def lowered(world: World, ticket: Ticket, _by: str) -> Ticket:
    return await judged(world, ticket, "P2")


async def sent_back(world: World, ticket: Ticket, by: str) -> Ticket:
    return await act(world, ticket, Move.SEND_BACK, by, reason="The log is missing")


async def taken_over(world: World, ticket: Ticket, _by: str) -> Ticket:
    return await act(world, ticket, Move.TAKE_OVER, BEA)


async def waiting(world: World, ticket: Ticket, by: str) -> Ticket:
    return await act(world, ticket, Move.ASK_CUSTOMER, by, question="Which mailbox is it?")


CHANGES = {
    each.__name__: each for each in (merged, planned, withdrawn, resolved, lowered, sent_back, taken_over, waiting)
}


def redrawn(notices: list[Notice], version: int) -> list[str]:
    """The places of the call that this version redraws, without those at a later time."""
    now = [each for each in notices if each.kind is NoticeKind.LINE and not each.key.endswith(":due")]
    return sorted(str(each.body["place"]) for each in now if each.version == version and is_call(each))


ALL_PLACES = ["call", *(f"call:{to}" for to in (ALEX, BEA, CARLA))]


@pytest.mark.parametrize("change", CHANGES)
async def test_call_of_a_ticket_that_the_second_level_has_is_redrawn_by_every_change_that_it_shows(change: str) -> None:
    world = await a_desk()
    ticket = await world.accepted() if change != "merged" else await world.raised()
    ticket = await judged(world, ticket, "P2")
    ticket = await judged(world, ticket, "P1")
    assert redrawn([row.notice for row in await world.notices(ticket)], ticket.version) == []
    ticket = await CHANGES[change](world, ticket, ticket.owner)
    assert redrawn([row.notice for row in await world.notices(ticket)], ticket.version) == ALL_PLACES
    if change in {"withdrawn", "resolved", "sent_back", "taken_over", "waiting"}:
        ticket = await world.desk.undo.undo(ticket.id, ticket.version, BEA if change == "taken_over" else BEN, "undo")
        assert redrawn([row.notice for row in await world.notices(ticket)], ticket.version) == ALL_PLACES


async def test_call_is_redrawn_when_its_ticket_is_confirmed_and_when_that_is_undone() -> None:
    world = await a_desk()
    ticket = await world.raised(priority="P1", priority_reason="All mail is down")
    ticket = await world.desk.tickets.take_now(ticket.id, BEN, "c1")
    ticket = await resolved(world, ticket, BEN)
    ticket = await act(world, ticket, Move.CONFIRM, ANNA)
    assert redrawn([row.notice for row in await world.notices(ticket)], ticket.version) == ALL_PLACES
    ticket = await world.desk.undo.undo(ticket.id, ticket.version, ANNA, "undo")
    assert redrawn([row.notice for row in await world.notices(ticket)], ticket.version) == ALL_PLACES


@pytest.mark.parametrize("end", ["note", "snoozed", "filled in"])
async def test_call_is_not_redrawn_by_a_change_that_it_does_not_show(end: str) -> None:
    world = await a_desk()
    ticket = await world.raised(priority="P1", priority_reason="All mail is down")
    match end:
        case "note":
            ticket = await world.desk.tickets.note(ticket.id, ANNA, "A call of the customer", "f2")
        case "snoozed":
            until = f"{int((world.clock() + timedelta(hours=1)).timestamp())}"
            ticket = await world.desk.reminders.snooze(ticket.id, ANNA, until, "", "f2")
        case _:
            ticket = await world.desk.answers.fill_in(ticket.id, ANNA, {"error": "550 5.7.1"}, "f2", ticket.version)
    assert redrawn([row.notice for row in await world.notices(ticket)], ticket.version) == []


async def test_priority_that_is_lowered_and_raised_again_is_called_again() -> None:
    world = await a_desk()
    ticket = await world.raised(priority="P1", priority_reason="All mail is down")
    first = await calls(world, ticket)
    for number, (name, reason) in enumerate((("P2", "Only one mailbox"), ("P1", "All mailboxes after all"))):
        answers = {"priority": name, "priority_reason": reason}
        ticket = await world.desk.answers.fill_in(ticket.id, ANNA, answers, f"f{number}", ticket.version)
    posted = [each for each in await calls(world, ticket) if each[0] is not NoticeKind.LINE]
    assert sorted(posted) == sorted([*first, *first])


async def test_admins_are_called_where_no_lead_and_no_second_person_is_named() -> None:
    world = await a_world(desk={"admins": [CARLA]})
    ticket = await world.raised(priority="P1", priority_reason="All mail is down")
    assert [to for kind, to in await calls(world, ticket) if kind is NoticeKind.DIRECT] == [CARLA]
    await world.desk.tickets.take_now(ticket.id, BEN, "c1")
    assert (NoticeKind.LINE, CARLA) in await calls(world, ticket)


@pytest.mark.parametrize(
    ("stage", "to", "expected"),
    [
        (Stage.FIRST, CARLA, "Please make sure that somebody takes it"),
        (Stage.SECOND, CARLA, "It is P1 now, according to Anna Arnold. Ben Brandt has it."),
        (Stage.SECOND, BEN, "It is P1 now, according to Anna Arnold, and it is yours."),
    ],
)
def test_direct_message_of_the_call_says_who_has_the_ticket(stage: Stage, to: str, expected: str) -> None:
    owner = {Stage.FIRST: ANNA, Stage.SECOND: BEN}[stage]
    ticket = an_incident(stage, owner=owner, answers={**RAISED, "priority": "P1"})
    event = transition(ticket, Step.FILL_IN, ANNA, NOW)
    notice = a_notice(ticket, NoticeKind.DIRECT, to, NOW, {"call": True})
    message = direct(notice, ticket, event, a_config(), lambda user: PEOPLE[user].name, "")
    assert expected in message.text


async def test_take_now_is_for_the_support_team_and_only_while_nobody_has_it() -> None:
    world = await a_desk()
    ticket = await world.raised(priority="P1", priority_reason="All mail is down")
    with pytest.raises(NotYours):
        await world.desk.tickets.take_now(ticket.id, NEMO, "c1")
    await world.desk.tickets.take_now(ticket.id, BEN, "c2")
    with pytest.raises(NotNow, match="Somebody has it already"):
        await world.desk.tickets.take_now(ticket.id, BEA, "c3")
    await world.desk.tickets.act(ticket.id, Move.WITHDRAW, BEN, "c4", reason="It was a test of the customer")
    with pytest.raises(NotNow, match="this ticket is now closed"):
        await world.desk.tickets.take_now(ticket.id, BEA, "c5")


@pytest.mark.parametrize("stage", [Stage.FIRST, Stage.HANDED_OFF])
def test_first_level_is_notified_that_the_second_can_take_it_now(stage: Stage) -> None:
    with pytest.raises(NotNow, match="Now the 2nd level"):
        quickest(an_incident(stage), an_actor(ALEX, Level.FIRST))


@pytest.mark.parametrize("stage", [Stage.SECOND, Stage.RETARUS, Stage.RESOLVED, Stage.CLOSED])
def test_quickest_move_is_over_once_the_second_level_has_it(stage: Stage) -> None:
    with pytest.raises(NotNow):
        quickest(an_incident(stage), an_actor(BEN, Level.SECOND))
