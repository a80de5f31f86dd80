"""People who can act are reminded: the receiving team, not an owner who waits for it, nor one who has left."""

from __future__ import annotations

from typing import Any

import pytest

from bot.model.contact import Person
from bot.model.notice import NoticeKind
from bot.model.ticket import Level, Ticket
from bot.model.timestamps import after_event
from bot.model.transitions import Move, Step, change, event
from bot.tickets.ports import Batch
from tests.factories import ALEX, ANNA, BEA, BEN, CARLA, GONE, NEMO, PEOPLE, Cast, World, a_world

GROUP = "S0SECOND"


class Leaving(Cast):
    """The directory, with people who have left, and one that cannot be looked up."""

    def __init__(self, *left: str, unknown: str = "") -> None:
        self.left = left
        self.unknown = unknown

    async def person(self, user_id: str) -> Person:
        if user_id == self.unknown:
            raise ConnectionError("Slack is out of reach")
        person = await super().person(user_id)
        return person.model_copy(update={"is_active": False}) if user_id in self.left else person


async def a_desk(**tables: Any) -> World:
    levels = {"first": {"second_person": ALEX}, "second": {"group": GROUP, "second_person": BEA}}
    return await a_world(**{"desk": {"leads": [CARLA], "admins": [NEMO]}, "levels": levels, **tables})


async def reminder(world: World, ticket: Ticket, **later: float) -> dict[str, str]:
    """The details that the next sweep saves with its reminder."""
    world.clock.forward(**(later or {"hours": 30}))
    assert await world.desk.reminders.sweep() == 1
    last = (await world.store.history(ticket.id))[-1]
    assert last.kind == Step.REMIND
    return last.detail


async def direct_messages(world: World, ticket: Ticket) -> list[str]:
    rows = [row.notice for row in await world.notices(ticket)]
    return sorted(row.to for row in rows if row.kind is NoticeKind.REMINDERS and row.due == world.clock.at)


# --- a handoff that is not accepted


async def test_unaccepted_handoff_calls_the_receiving_group_and_tells_its_owner() -> None:
    world = await a_desk()
    ticket = await world.handed_off()
    detail = await reminder(world, ticket, minutes=31)
    assert (detail["mentioned"], detail["people"], detail["unable"], detail["owner"]) == (GROUP, ANNA, ANNA, ANNA)
    assert await direct_messages(world, ticket) == [ANNA]


async def test_unaccepted_handoff_goes_to_the_second_person_and_the_lead_in_time() -> None:
    world = await a_desk(reminders={"repeat": 60, "second_person_after": 1, "leads_after": 2})
    ticket = await world.handed_off()
    called = [(await reminder(world, ticket, minutes=61))["mentioned"] for _ in range(3)]
    assert called == [GROUP, f"{GROUP} {BEA}", f"{GROUP} {BEA} {CARLA}"]


async def test_unaccepted_handoff_calls_the_people_of_a_level_without_a_group() -> None:
    world = await a_desk(levels={"second": {"members": [BEN, GONE, BEA]}})
    assert (await reminder(world, await world.handed_off()))["mentioned"] == f"{BEN} {BEA}"


@pytest.mark.parametrize(
    ("second", "called"),
    [
        ({"members": [GONE], "second_person": BEA}, BEA),
        ({"members": [GONE]}, f"{CARLA} {NEMO}"),
        ({}, f"{CARLA} {NEMO}"),
        ({"members": [GONE], "leads": [BEN]}, BEN),
    ],
)
async def test_unaccepted_handoff_to_a_team_without_people_calls_the_next_person_at_once(
    second: dict[str, object], called: str
) -> None:
    world = await a_desk(levels={"second": second})
    detail = await reminder(world, await world.handed_off(), minutes=31)
    assert (detail["mentioned"], detail["people"]) == (called, f"{ANNA} {called}")
    assert NEMO not in detail["unable"].split()


class EmptyGroup(Cast):
    """The directory, with an empty user group of the 2nd level."""

    async def team(self, level: Level) -> tuple[str, ...]:
        return () if level is Level.SECOND else await super().team(level)


async def test_unaccepted_handoff_to_an_empty_group_calls_the_second_person_and_not_the_group() -> None:
    world = await a_desk()
    ticket = await world.handed_off()
    detail = await reminder(world.at(directory=EmptyGroup()), ticket, minutes=31)
    assert (detail["mentioned"], detail["people"]) == (BEA, f"{ANNA} {BEA}")


async def test_new_ticket_of_a_first_level_without_people_calls_the_next_person_at_once() -> None:
    world = await a_desk(levels={"first": {"members": [GONE], "second_person": ALEX}})
    detail = await reminder(world, await world.raised(by=BEN))
    assert (detail["mentioned"], detail["people"], detail["unable"]) == (ALEX, f"{BEN} {ALEX}", BEN)


async def test_new_ticket_calls_the_first_level_when_it_has_people() -> None:
    world = await a_desk(levels={"first": {"members": [ANNA, ALEX]}, "second": {"group": GROUP}})
    detail = await reminder(world, await world.raised())
    assert (detail["mentioned"], detail["people"], detail["unable"]) == (f"{ANNA} {ALEX}", ANNA, "")


async def test_new_ticket_reminds_its_owner_when_the_first_level_is_everybody() -> None:
    world = await a_desk()
    detail = await reminder(world, await world.raised())
    assert (detail["mentioned"], detail["people"]) == (ANNA, ANNA)


async def test_raiser_on_no_level_is_notified_that_the_ticket_is_not_taken_yet() -> None:
    world = await a_desk(
        desk={"leads": [CARLA], "admins": [CARLA]}, levels={"first": {"group": "S0FIRST"}, "second": {"group": GROUP}}
    )
    detail = await reminder(world, await world.raised(by=NEMO))
    assert (detail["mentioned"], detail["people"], detail["unable"]) == ("S0FIRST", NEMO, NEMO)


async def test_owner_of_an_accepted_ticket_is_reminded_alone() -> None:
    world = await a_desk()
    detail = await reminder(world, await world.accepted())
    assert (detail["mentioned"], detail["people"], detail["unable"]) == (BEN, BEN, "")


async def test_leads_on_no_level_are_notified_without_a_button_to_act() -> None:
    world = await a_desk(sla={"P1": {"action_plan": 120, "warn_before": 0}})
    detail = await reminder(world, await world.accepted())
    assert (detail["people"], detail["unable"]) == (f"{BEN} {BEA} {CARLA}", CARLA)


# --- an owner who has left


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ((BEN,), [BEA]),
        ((BEN, BEA), [CARLA]),
        ((BEN, BEA, CARLA), [NEMO]),
        ((BEN, CARLA), [BEA]),
        ((BEN, BEA, CARLA, NEMO), []),
        ((BEA,), [BEN]),
    ],
)
async def test_owner_who_left_is_skipped_and_the_next_person_is_reminded_at_once(
    left: tuple[str, ...], expected: list[str]
) -> None:
    world = await a_desk()
    ticket = await world.accepted()
    world = world.at(directory=Leaving(*left))
    detail = await reminder(world, ticket)
    assert await direct_messages(world, ticket) == expected
    assert detail["owner"] == ("" if BEN in left else BEN)
    assert (GROUP in detail["mentioned"].split()) is (BEN in left)  # anybody there can take it over


async def test_owner_who_left_after_raising_calls_the_first_level() -> None:
    world = await a_desk(levels={"first": {"members": [ANNA, ALEX], "second_person": ALEX}, "second": {"group": GROUP}})
    ticket = await world.raised()
    world = world.at(directory=Leaving(ANNA))
    detail = await reminder(world, ticket)
    assert (detail["mentioned"], await direct_messages(world, ticket)) == (ALEX, [ALEX])


async def test_owner_who_changed_the_team_is_notified_and_the_team_is_called() -> None:
    world = await a_desk()
    ticket = await world.accepted()

    class Moved(Cast):
        async def levels(self, person: Person) -> frozenset[Level]:
            return frozenset() if person.id == BEN else await super().levels(person)

    detail = await reminder(world.at(directory=Moved()), ticket)
    assert (detail["mentioned"], detail["people"], detail["unable"]) == (GROUP, BEN, BEN)


async def test_person_who_cannot_be_looked_up_is_reminded_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    world = await a_desk()
    ticket = await world.accepted()
    detail = await reminder(world.at(directory=Leaving(unknown=BEN)), ticket)
    assert (detail["people"], detail["unable"]) == (BEN, "")
    assert "could not be looked up" in caplog.text
    assert PEOPLE[BEN].name not in caplog.text


# --- the breach


async def test_breach_is_reported_to_owner_and_lead_at_once() -> None:
    world = await a_desk(sla={"P1": {"action_plan": 120, "warn_before": 30}}, reminders={"second": 0, "handed_off": 0})
    ticket = await world.accepted()
    warned = await reminder(world, ticket, minutes=90)
    assert (warned["watches"], warned["people"]) == ("plan", BEN)
    breached = await reminder(world, ticket, minutes=30)
    assert (breached["watches"], breached["people"]) == ("plan", f"{BEN} {BEA} {CARLA}")
    assert await direct_messages(world, ticket) == sorted([BEN, BEA, CARLA])


# --- what the reminder says of the time


async def test_reminder_keeps_when_a_person_last_acted() -> None:
    world = await a_desk(reminders={"second": 240})
    ticket = await world.accepted()
    world.clock.forward(hours=3)
    await world.desk.tickets.note(ticket.id, BEN, "Looked at the policy", world.form())
    detail = await reminder(world, ticket, hours=5)
    assert (detail["rest"], detail["idle"]) == (str(8 * 3600), str(5 * 3600))


async def test_message_of_retarus_is_activity_in_a_reminder() -> None:
    world = await a_desk(reminders={"rcr": 60, "retarus": 600})
    ticket = await world.sent()
    world.clock.forward(minutes=55)
    received = change(ticket)
    wrote = event(received, Step.RETARUS_WROTE, "", world.clock.at)
    times = after_event(ticket.times, wrote, ticket.stage, ticket.stage)
    await world.store.apply(Batch(tickets=[received.model_copy(update={"times": times})], events=[wrote]))
    detail = await reminder(world, ticket, minutes=5)
    assert (detail["watches"], detail["rest"], detail["idle"]) == ("rcr", str(60 * 60), str(5 * 60))


async def test_reminder_without_activity_keeps_none() -> None:
    world = await a_desk()
    detail = await reminder(world, await world.accepted(), hours=5)
    assert (detail["rest"], "idle" in detail, "counted" in detail) == (str(5 * 3600), False, False)


async def test_reminder_counts_working_time_where_its_timer_does() -> None:
    office = {"office": {"timezone": "Europe/Berlin", "hours": ["mon-fri 09:00-17:00"]}}
    world = await a_desk(
        calendars=office,
        levels={"second": {"group": GROUP, "calendar": "office"}},
        priorities=[{"name": "P1"}, {"name": "P2"}],
    )
    detail = await reminder(world, await world.accepted(), hours=24)  # from 11:20 to 11:20
    assert (detail["rest"], detail["counted"]) == (str(8 * 3600), "work")


async def test_move_of_another_kind_leaves_nothing_to_remind() -> None:
    world = await a_desk()
    ticket = await world.raised()
    await world.desk.tickets.act_with_text(ticket.id, Move.WITHDRAW, ANNA, world.form(), "reason", "Raised twice")
    world.clock.forward(days=30)
    assert await world.desk.reminders.sweep() == 0


class Roster:
    """`OnDuty` with these people at the 2nd level, or one that is out of reach."""

    def __init__(self, *people: str) -> None:
        self.people = people

    async def now(self, level: Level) -> tuple[str, ...]:
        if not self.people:
            raise ConnectionError("Slack is out of reach")
        return self.people if level is Level.SECOND else ()


async def test_people_on_duty_are_called_before_the_team() -> None:
    world = (await a_desk()).at(duty=Roster(BEA, GONE, ANNA))
    ticket = await world.handed_off()
    first = await reminder(world, ticket, hours=1)
    assert first["mentioned"].split()[0] == BEA
    assert GROUP not in first["mentioned"].split()
    assert first["people"].split()[0] == BEA
    assert GONE not in first["people"]
    later = first
    for _ in range(6):
        if GROUP in later["mentioned"].split():
            break
        later = await reminder(world, ticket)
    assert GROUP in later["mentioned"].split()


async def test_roster_out_of_reach_leaves_the_team_reminded() -> None:
    world = (await a_desk()).at(duty=Roster())
    ticket = await world.handed_off()
    assert GROUP in (await reminder(world, ticket))["mentioned"].split()


async def test_ticket_with_an_owner_does_not_call_people_on_duty() -> None:
    world = (await a_desk()).at(duty=Roster(BEA))
    ticket = await world.accepted()
    assert (await reminder(world, ticket, hours=30))["people"].split()[0] == BEN
