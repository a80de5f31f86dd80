"""The leads' part of the App Home: its lists, their order, and a fixed number of look-ups for any number of tickets."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from blocks import kit, team
from bot.core.errors import NotYours
from bot.home import COMPARED, PAGE, Screen, Tab
from bot.model.ticket import Stage, Ticket
from bot.team import OWN, SHOWN, Load, TeamList
from bot.tickets.ports import Batch
from localslack.visible import text_of
from tests.bot.test_home import Counted, many
from tests.factories import ALEX, ANNA, BEA, BEN, CARLA, NEMO, NOW, World, a_world, an_incident

SLA = {"P1": {"action_plan": 60}}


async def a_desk(**tables: object) -> World:
    """A desk that Nemo leads, with an SLA for the highest priority."""
    return await a_world(desk={"leads": [NEMO]}, sla=SLA, **tables)


async def test_part_shows_leads_the_sla_first_then_people_what_waits_and_what_is_longest_with_retarus() -> None:
    w = await a_desk()
    sent = await w.sent()
    w.clock.forward(minutes=1)
    waiting = await w.raised()
    w.clock.forward(minutes=1)
    offered = await w.handed_off()
    w.clock.forward(minutes=90)
    seen = await w.desk.team.overview(NEMO, Screen(Tab.TEAM))
    lists = {name: [each.id for each in page.tickets] for name, page in seen.lists.items()}
    assert list(lists) == [TeamList.BREACHED, TeamList.WAITING, TeamList.RETARUS]
    assert lists[TeamList.BREACHED] == [sent.id, offered.id]
    assert lists[TeamList.WAITING] == [waiting.id, offered.id]
    assert lists[TeamList.RETARUS] == [sent.id]
    assert seen.people == [Load(BEN, 1, 1), *(Load(user, 0, 0) for user in sorted((ALEX, ANNA, BEA)))]
    assert seen.who(BEN) == "Ben Brandt"


@pytest.mark.parametrize("user", [ANNA, BEN])
async def test_part_is_for_leads_and_admins(user: str) -> None:
    w = await a_desk()
    for screen in (Screen(Tab.TEAM), Screen(Tab.TEAM, listed=OWN + ANNA)):
        with pytest.raises(NotYours):
            await w.desk.team.overview(user, screen)
        with pytest.raises(NotYours):
            await w.desk.team.listed(user, screen)
    assert await w.desk.team.overview(CARLA, Screen(Tab.TEAM))
    assert [await w.desk.team.leads(each) for each in (NEMO, CARLA)] == [True, False]


async def test_lead_of_one_level_sees_the_tickets_of_that_level() -> None:
    w = await a_world(levels={"first": {"leads": [NEMO]}, "second": {"group": "S0SECOND", "leads": [CARLA]}})
    taken, _ = await w.taken(), await w.accepted()
    seen = await w.desk.team.overview(NEMO, Screen(Tab.TEAM))
    assert seen.people == [Load(ANNA, 1, 0), Load(ALEX, 0, 0)]
    own = await w.desk.team.overview(NEMO, Screen(Tab.TEAM, listed=OWN + BEN))
    assert own.lists[OWN + BEN].total == 0
    assert await w.desk.team.listed(NEMO, Screen(Tab.TEAM, listed=OWN + ANNA)) == [taken]


async def test_list_of_a_person_has_the_tickets_that_are_counted_for_them() -> None:
    w = await a_desk()
    taken, _, _ = await w.taken(), await w.handed_off(), await w.raised()
    seen = await w.desk.team.overview(NEMO, Screen(Tab.TEAM))
    assert Load(ANNA, 1, 0) in seen.people
    own = await w.desk.team.overview(NEMO, Screen(Tab.TEAM, listed=OWN + ANNA))
    assert (list(own.lists[OWN + ANNA].tickets), own.lists[OWN + ANNA].total) == ([taken], 1)


async def test_list_has_every_ticket_once_over_its_pages_longest_waiting_first() -> None:
    w = await a_desk()
    tickets = [
        an_incident(Stage.HANDED_OFF, since=NOW - timedelta(minutes=number * 7 % 35)).model_copy(
            update={"id": f"t{number}"}
        )
        for number in range(35)
    ]
    await w.store.apply(Batch(tickets=tickets))
    first = await w.desk.team.overview(NEMO, Screen(Tab.TEAM))
    assert (len(first.lists[TeamList.WAITING].tickets), first.lists[TeamList.WAITING].total) == (SHOWN, 35)
    found = list[Ticket]()
    for begin in range(0, 35, PAGE):
        seen = await w.desk.team.overview(NEMO, Screen(Tab.TEAM, listed=TeamList.WAITING, first=begin))
        found += seen.lists[TeamList.WAITING].tickets
    assert [each.id for each in found] == [each.id for each in sorted(tickets, key=lambda one: one.since)]
    beyond = await w.desk.team.overview(NEMO, Screen(Tab.TEAM, listed=TeamList.WAITING, first=90))
    assert beyond.screen.first == 0
    assert beyond.lists[TeamList.WAITING].tickets[0] == found[0]


@pytest.mark.parametrize("listed", ["", *TeamList, OWN + ANNA])
async def test_part_costs_the_same_with_5000_open_tickets_as_with_50(listed: str) -> None:
    costs = []
    for number in (50, 5000):
        world = await a_desk()
        await many(world, number)
        counted = Counted(world.store)
        await world.at(store=counted).desk.team.overview(NEMO, Screen(Tab.TEAM, listed=listed))
        assert counted.maximum <= COMPARED
        costs.append(counted.asked)
    assert len(costs[0]) <= 9
    assert not Counter(costs[1]) - Counter(costs[0]) - Counter({"find": 1})


@pytest.mark.parametrize("listed", ["", *TeamList, OWN + BEN])
def test_screen_is_read_from_a_button_as_it_was_packed(listed: str) -> None:
    screen = Screen(Tab.TEAM, listed=listed, first=20)
    assert Screen.unpack(screen.pack()) == screen


async def test_row_below_past_the_sla_says_that_it_is_past_before_any_reminder_has() -> None:
    w = await a_desk()
    for _ in range(12):
        await w.raised(priority="P1")
    w.clock.forward(hours=2)
    seen = await w.desk.team.overview(NEMO, Screen(Tab.TEAM, listed=TeamList.BREACHED))
    found = team.blocks(seen, w.desk.config, kit.divider())
    rows = [text_of({"blocks": [each]}) for each in found if each["type"] == "rich_text"]
    assert rows
    assert [row for row in rows if "⚠️ past the SLA since" not in row] == []
    numbers = [each.number for each in seen.lists[TeamList.BREACHED].tickets]
    assert numbers == sorted(numbers)
