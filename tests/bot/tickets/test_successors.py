"""A direct message to somebody who has left goes to the next person at once."""

from __future__ import annotations

import pytest

from bot.model.notice import Claim, Gone, Notice, NoticeKind
from bot.model.ticket import Affected, Stage, Ticket
from bot.tickets.successors import Successors
from tests.bot.reminders.test_recipients import Leaving
from tests.factories import ALEX, ANNA, BEA, BEN, CARLA, NEMO, NOW, World, a_config, a_world, an_incident

LEVELS = {"first": {"second_person": ALEX}, "second": {"group": "S0SECOND", "second_person": BEA}}
CONFIG = a_config(desk={"leads": [CARLA], "admins": [NEMO]}, levels=LEVELS)


async def successors(person: str, ticket: Ticket, *left: str) -> tuple[str, ...]:
    return await Successors(Leaving(person, *left), CONFIG).of([person], ticket)


@pytest.mark.parametrize(
    ("stage", "person", "left", "expected"),
    [
        (Stage.FIRST, ANNA, (), (ALEX,)),
        (Stage.FIRST, ANNA, (ALEX,), (CARLA,)),
        (Stage.FIRST, ANNA, (ALEX, CARLA), (NEMO,)),
        (Stage.FIRST, ANNA, (ALEX, CARLA, NEMO), ()),
        (Stage.SECOND, BEN, (), (BEA,)),
        (Stage.SECOND, ANNA, (), (ALEX,)),
        (Stage.SECOND, CARLA, (), ()),
    ],
)
async def test_second_person_then_leads_then_admins_are_notified_in_place_of_one_who_left(
    stage: Stage, person: str, left: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert await successors(person, an_incident(stage), *left) == expected


async def test_owner_is_notified_in_place_of_a_second_owner_or_of_one_who_joined() -> None:
    joined = (Affected(customer="Nordsee", impact="none", by=CARLA, at=NOW),)
    ticket = an_incident(Stage.FIRST, second_owner=BEN, affected=joined)
    assert await successors(BEN, ticket) == (ANNA,)
    assert await successors(CARLA, ticket) == (ANNA,)


async def test_unknown_directory_loses_no_message() -> None:
    directory = Leaving(ANNA, unknown=ALEX)
    assert await Successors(directory, CONFIG).of([ANNA], an_incident(Stage.FIRST)) == (ALEX,)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ((ALEX,), {}),
        ((ALEX, BEA), {}),
        ((ALEX, BEA, CARLA), {ALEX: (NEMO,)}),
        ((ALEX, BEA, CARLA, NEMO), {}),
    ],
)
async def test_admins_are_called_once_where_everybody_who_was_called_has_left(
    left: tuple[str, ...], expected: dict[str, tuple[str, ...]]
) -> None:
    found = Successors(Leaving(*left), CONFIG)
    notified = {each: await found.of_call([each], an_incident(Stage.FIRST)) for each in left}
    assert {each: people for each, people in notified.items() if people} == expected


async def a_desk(*left: str) -> World:
    world = await a_world(desk={"leads": [CARLA], "admins": [NEMO]}, levels=LEVELS)
    return world.at(directory=Leaving(*left))


async def follow_up(world: World, notice: Notice) -> list[Notice]:
    return list(await world.desk.receipts.follow_up(Claim(notice=notice, attempt=1), Gone()))


async def test_resolved_ticket_of_an_owner_who_left_is_reported_to_the_second_person() -> None:
    world = await a_desk()
    ticket = await world.resolved()
    (notice,) = [each for each in await world.notices_of_kind(ticket, NoticeKind.DIRECT) if each.to == ANNA]
    (message,) = await follow_up(world.at(directory=Leaving(ANNA)), notice)
    assert (message.kind, message.to, message.names("left")) == (NoticeKind.DIRECT, ALEX, [ANNA])
    (message,) = await follow_up(world.at(directory=Leaving(ANNA, ALEX)), notice)
    assert message.to == CARLA


async def test_message_passed_on_to_another_who_left_goes_further_and_never_back() -> None:
    world = await a_desk()
    ticket = await world.resolved()
    (notice,) = [each for each in await world.notices_of_kind(ticket, NoticeKind.DIRECT) if each.to == ANNA]
    (alex,) = await follow_up(world, notice)
    (carla,) = await follow_up(world, alex)
    (nemo,) = await follow_up(world, carla)
    assert [alex.to, carla.to, nemo.to] == [ALEX, CARLA, NEMO]
    assert await follow_up(world, nemo) == []
    assert len({notice.key, alex.key, carla.key, nemo.key}) == 4
