"""Assignment of a ticket: by its level or a lead, to people of its level."""

from __future__ import annotations

import pytest

from bot.core.errors import Invalid, NotNow, NotYours
from bot.model.notice import NoticeKind
from bot.model.ticket import Level, Stage
from bot.model.transitions import Move
from bot.tickets.assignment import MAX_CANDIDATES, Assignee
from tests.factories import ALEX, ANNA, BEA, BEN, CARLA, GUS, NEMO, NO_STAFF, Cast, World, a_world


@pytest.fixture
async def world() -> World:
    """A desk that Nemo leads, who works at neither level."""
    return await a_world(desk={"leads": [NEMO]})


async def test_ticket_is_assigned_within_its_level(world: World) -> None:
    ticket = await world.accepted()
    assigned = await world.desk.assignment.assign(ticket.id, BEN, BEA, world.form())
    assert (assigned.owner, assigned.second_owner, assigned.stage) == (BEA, BEA, ticket.stage)
    for to in (ALEX, BEA, GUS, ""):  # of the other level; its owner already; a guest; nobody
        with pytest.raises(Invalid) as error:
            await world.desk.assignment.assign(ticket.id, BEA, to, world.form())
        assert list(error.value.errors) == ["to"]


@pytest.mark.parametrize("to", NO_STAFF)
async def test_guest_or_deactivated_person_on_the_team_is_refused_with_the_true_reason(world: World, to: str) -> None:
    ticket = await world.accepted()
    with pytest.raises(Invalid) as error:
        await world.desk.assignment.assign(ticket.id, BEN, to, world.form())
    assert error.value.errors["to"].endswith("cannot own it: only active, full members can own tickets.")


async def test_lead_assigns_what_nobody_has_taken_and_the_person_is_notified_once(world: World) -> None:
    raised = await world.raised()
    for by in (ANNA, BEN):
        with pytest.raises(NotYours):
            await world.desk.assignment.assign(raised.id, by, ALEX, world.form())
    for _ in range(2):  # delivered again
        taken = await world.desk.assignment.assign(raised.id, NEMO, ALEX, "form")
    assert (taken.stage, taken.owner, taken.first_owner) == (Stage.FIRST, ALEX, ALEX)
    assert [each.to for each in await world.notices_of_kind(taken, NoticeKind.DIRECT)] == [ALEX, ANNA]
    assert len(await world.notices_of_kind(taken, NoticeKind.THREAD)) == 1
    assert [each.kind for each in await world.store.history(raised.id)] == ["raise", "hand_on"]


async def test_handed_off_ticket_goes_to_the_2nd_level_only_and_its_sender_is_not_told_directly(world: World) -> None:
    offered = await world.handed_off()
    with pytest.raises(Invalid):
        await world.desk.assignment.assign(offered.id, NEMO, ALEX, world.form())
    accepted = await world.desk.assignment.assign(offered.id, CARLA, BEN, world.form())
    assert (accepted.stage, accepted.owner, accepted.first_owner) == (Stage.SECOND, BEN, ANNA)
    assert [each.to for each in await world.notices_of_kind(accepted, NoticeKind.DIRECT)] == [BEN]


async def test_raiser_can_be_assigned_their_own_new_ticket(world: World) -> None:
    raised = await world.raised()
    assert (await world.desk.assignment.assign(raised.id, NEMO, ANNA, world.form())).stage is Stage.FIRST


async def test_closed_ticket_is_assigned_to_nobody(world: World) -> None:
    closed = await world.closed()
    with pytest.raises(NotNow):
        await world.desk.assignment.assign(closed.id, NEMO, ALEX, world.form())


async def test_lead_of_one_level_assigns_nothing_of_the_other() -> None:
    w = await a_world(levels={"first": {"leads": [NEMO]}, "second": {"group": "S0SECOND", "leads": [CARLA]}})
    ticket = await w.accepted()
    with pytest.raises(NotYours):
        await w.desk.assignment.assign(ticket.id, NEMO, BEA, w.form())
    assert (await w.desk.queries.actor(NEMO)).leads == {Level.FIRST}


async def test_candidates_are_the_people_of_the_level_with_what_they_own(world: World) -> None:
    ticket, _ = await world.accepted(), await world.handed_off()
    _, found = await world.desk.assignment.ask(ticket.id, BEN)
    assert found == [Assignee(BEA, "Bea Bauer", 0), Assignee(BEN, "Ben Brandt", 1)]
    with pytest.raises(NotYours):
        await world.desk.assignment.ask(ticket.id, ALEX)


@pytest.mark.parametrize("team", [(), tuple(f"U{number}" for number in range(MAX_CANDIDATES + 1))])
async def test_menu_is_slacks_own_where_no_team_is_named_or_it_is_too_large(team: tuple[str, ...]) -> None:
    class Crowd(Cast):
        async def team(self, level: Level) -> tuple[str, ...]:
            return team if level is Level.FIRST else await super().team(level)

    w = (await a_world(desk={"leads": [NEMO]})).at(directory=Crowd())
    assert await w.desk.assignment.candidates([Level.FIRST, Level.SECOND]) == []
    assert len(await w.desk.assignment.candidates([Level.SECOND])) == 2


async def test_reminder_after_an_assignment_goes_to_the_new_owner(world: World) -> None:
    raised = await world.raised()
    assigned = await world.desk.assignment.assign(raised.id, NEMO, ALEX, world.form())
    assert assigned.due is not None
    world.clock.at = assigned.due
    await world.desk.reminders.sweep()
    assert [
        each.to
        for each in await world.notices_of_kind(await world.desk.queries.ticket(raised.id), NoticeKind.REMINDERS)
    ] == [ALEX]


async def test_assignment_is_no_acceptance_of_somebody_else(world: World) -> None:
    ticket = await world.handed_off()
    await world.desk.assignment.assign(ticket.id, NEMO, BEN, world.form())
    with pytest.raises(NotNow, match="Ben Brandt was a moment quicker"):
        await world.desk.tickets.act(ticket.id, Move.ACCEPT, BEA, world.form())


@pytest.mark.parametrize("first", ["assigned", "taken"])
async def test_second_of_two_people_who_assign_at_once_is_refused_with_the_new_owners_name(first: str) -> None:
    world = await a_world(desk={"leads": [NEMO]})
    raised = await world.raised()
    if first == "assigned":
        await world.desk.assignment.assign(raised.id, CARLA, ALEX, world.form(), raised.version)
    else:
        await world.desk.tickets.act(raised.id, Move.TAKE, ALEX, world.form())
    with pytest.raises(Invalid) as refused:
        await world.desk.assignment.assign(raised.id, NEMO, ANNA, world.form(), raised.version)
    assert refused.value.errors["to"].startswith("Alex Adler became its owner meanwhile.")
    seen = (await world.desk.queries.ticket(raised.id)).version
    assert (await world.desk.assignment.assign(raised.id, NEMO, ANNA, world.form(), seen)).owner == ANNA


async def test_assignment_is_not_refused_for_what_changed_no_owner_or_was_undone() -> None:
    world = await a_world(desk={"leads": [NEMO]})
    raised = await world.raised()
    await world.desk.tickets.note(raised.id, ANNA, "They called again", world.form())
    taken = await world.desk.tickets.act(raised.id, Move.TAKE, ALEX, world.form())
    await world.desk.undo.undo(raised.id, taken.version, ALEX, world.form())
    assert (await world.desk.assignment.assign(raised.id, NEMO, ANNA, world.form(), raised.version)).owner == ANNA
