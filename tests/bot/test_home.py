"""The Home of one person: items that need them, and a fixed number of look-ups for any number of tickets."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.clocks import urgency
from bot.core.errors import NotYours
from bot.home import COMPARED, PAGE, AttentionReason, Screen, Tab, needs
from bot.model.ticket import Level, Party, Stage, Ticket
from bot.tickets.ports import Batch
from tests.factories import (
    ALEX,
    ANNA,
    BEN,
    CARLA,
    NO_STAFF,
    NOW,
    MemoryDrafts,
    World,
    a_config,
    a_world,
    an_actor,
    an_incident,
)

CONFIG = a_config()


def reason_of(stage: Stage, user: str, **values: Any) -> AttentionReason | None:
    ticket = an_incident(stage, **values)
    mine = [ticket] if ticket.owner == user else []
    found = needs(an_actor(user), mine, [ticket], CONFIG, NOW)
    return found[0].reason if found else None


@pytest.mark.parametrize(
    ("stage", "user", "reason"),
    [
        (Stage.NEW, ANNA, AttentionReason.TAKE), (Stage.NEW, ALEX, AttentionReason.TAKE), (Stage.NEW, BEN, None),
        (Stage.FIRST, ANNA, AttentionReason.WORK), (Stage.FIRST, ALEX, None),
        (Stage.HANDED_OFF, BEN, AttentionReason.ACCEPT), (Stage.HANDED_OFF, ANNA, None),
        (Stage.SECOND, BEN, AttentionReason.WORK), (Stage.SECOND_ASKED, BEN, None), (Stage.RETARUS, BEN, None),
        (Stage.RESOLVED, ANNA, AttentionReason.WORK), (Stage.NEW, CARLA, None),
    ],
)  # fmt: skip
def test_ticket_needs_the_person_who_can_do_the_next_step(
    stage: Stage, user: str, reason: AttentionReason | None
) -> None:
    assert reason_of(stage, user) is reason


@pytest.mark.parametrize("late", [{"due": NOW}, {"reminded": 1}])
def test_waiting_owner_is_needed_once_it_takes_too_long(late: dict[str, Any]) -> None:
    assert reason_of(Stage.RETARUS, BEN, **late) is AttentionReason.CHASE
    assert reason_of(Stage.RETARUS, BEN, due=NOW + timedelta(minutes=1)) is None


def test_the_highest_priority_comes_first_then_what_is_due_soonest() -> None:
    soon, late = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    tickets = [
        an_incident(Stage.FIRST, due=due, also={"priority": priority}).model_copy(update={"id": key})
        for key, due, priority in (("d", None, "P2"), ("c", late, "P2"), ("b", soon, "P2"), ("a", late, "P1"))
    ]
    assert [each.ticket.id for each in needs(an_actor(ANNA), tickets, [], CONFIG, NOW)] == ["a", "b", "c", "d"]


async def many(world: World, number: int) -> None:
    stages = [stage for stage in Stage if stage.is_open]
    tickets = [
        an_incident(stages[each % len(stages)], raised_at=NOW + timedelta(seconds=each)).model_copy(
            update={"id": f"t{each:05}"}
        )
        for each in range(number)
    ]
    for start in range(0, number, 500):
        await world.store.apply(Batch(tickets=tickets[start : start + 500]))


class Counted:
    """A store that records its calls, and the size of its answers."""

    def __init__(self, store: object) -> None:
        self._store = store
        self.asked: list[str] = []
        self.maximum = 0

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def ask(*values: Any, **named: Any) -> Any:
            self.asked.append(name)
            found = await getattr(self._store, name)(*values, **named)
            self.maximum = max(self.maximum, len(found) if isinstance(found, list) else 0)
            return found

        return ask


@pytest.mark.parametrize(
    "screen", [Screen(), Screen(level=Level.FIRST), Screen(ball=Party.CUSTOMER), Screen(mine=True)]
)
async def test_a_home_costs_the_same_with_5000_open_tickets_as_with_50(screen: Screen) -> None:
    costs = []
    for number in (50, 5000):
        world = await a_world()
        await many(world, number)
        counted = Counted(world.store)
        seen = await world.at(store=counted).desk.home.overview(ANNA, screen)
        assert seen.open == number
        assert len(seen.page) == min(PAGE, seen.total)
        costs.append(counted.asked)
        assert counted.maximum <= COMPARED
    assert len(costs[0]) <= 16
    more = {"find": len(screen.stages) + 1 if screen.ball else 2}  # of very many, the newest are asked for too
    assert not Counter(costs[1]) - Counter(costs[0]) - Counter(more)


@pytest.mark.parametrize(
    "screen",
    [
        Screen(), Screen(level=Level.SECOND), Screen(ball=Party.FIRST), Screen(level=Level.FIRST, ball=Party.CUSTOMER),
        Screen(mine=True), Screen(mine=True, ball=Party.FIRST),
    ],
)  # fmt: skip
async def test_list_shows_every_ticket_once_most_urgent_first_over_its_pages(screen: Screen) -> None:
    world = await a_world()
    await many(world, 100)
    seen: list[Ticket] = []
    at: Screen | None = screen
    while at:
        page = await world.desk.home.overview(ANNA, at)
        seen += page.page
        assert len(seen) == at.first + len(page.page)
        at = page.next
    assert len(seen) == len({ticket.id for ticket in seen}) == page.total == page.compared
    assert seen == sorted(seen, key=lambda ticket: urgency.order(ticket, CONFIG, NOW))
    assert all(ticket.stage in screen.stages for ticket in seen)
    assert all(ticket.ball is screen.ball for ticket in seen if screen.ball)
    assert not screen.mine or {ticket.owner for ticket in seen} == {ANNA}


async def test_old_ticket_that_is_due_is_listed_first_however_many_newer_ones_there_are() -> None:
    world = await a_world()
    await many(world, 300)
    old = an_incident(Stage.FIRST, raised_at=NOW - timedelta(days=9), due=NOW, also={"priority": "P1"})
    await world.store.apply(Batch(tickets=[old.model_copy(update={"id": "old"})]))
    for screen in (Screen(), Screen(level=Level.FIRST), Screen(ball=Party.FIRST), Screen(mine=True)):
        seen = await world.desk.home.overview(ANNA, screen)
        assert seen.page[0].id == seen.urgent[0].ticket.id == "old"
        assert screen.ball or seen.compared <= COMPARED < seen.total


async def test_page_beyond_the_end_is_the_first_one() -> None:
    world = await a_world()
    await many(world, 12)
    seen = await world.desk.home.overview(ANNA, Screen(first=90, urgent=80))
    assert (seen.screen.first, seen.screen.urgent, len(seen.page)) == (0, 0, PAGE)


@pytest.mark.parametrize("tab", Tab)
async def test_outsider_sees_no_part_of_the_home(tab: Tab) -> None:
    world = await a_world()
    for user in NO_STAFF:
        with pytest.raises(NotYours):
            await world.desk.home.allowed(user, tab)


@pytest.mark.parametrize("tab", [Tab.CONTACTS, Tab.CUSTOMERS, Tab.SETTINGS, Tab.LETTERS])
async def test_parts_for_admins_are_for_admins_only(tab: Tab) -> None:
    world = await a_world()
    for user in (ANNA, BEN):
        with pytest.raises(NotYours):
            await world.desk.home.allowed(user, tab)
    assert (await world.desk.home.allowed(CARLA, tab)).is_admin


async def test_late_event_does_not_reset_a_newer_view() -> None:
    home = (await a_world()).desk.home
    contacts = Screen(tab=Tab.CONTACTS)
    await home.remember_screen(CARLA, contacts, "1700000002.000000")
    await home.remember_screen(CARLA, Screen(), "1700000001.900000")
    assert await home.screen_of(CARLA) == contacts
    await home.remember_screen(CARLA, Screen(), "1700000003.000000")
    assert await home.screen_of(CARLA) == Screen()


class _Meeting(MemoryDrafts):
    """Blocks each reader until all have read."""

    def __init__(self, readers: int) -> None:
        super().__init__()
        self._all_have_read = asyncio.Barrier(readers)

    async def get(self, key: str) -> dict[str, str] | None:
        found = await super().get(key)
        if not self.stored:
            await self._all_have_read.wait()
        return found


@pytest.mark.parametrize("order", [1, -1], ids=["older first", "newer first"])
async def test_look_at_keeps_the_newer_of_two_screens_that_replicas_handle_at_the_same_time(order: int) -> None:
    home = (await a_world()).at(drafts=_Meeting(2)).desk.home
    clicks = ((Screen(), "1700000001.900000"), (Screen(tab=Tab.CONTACTS), "1700000002.000000"))
    await asyncio.gather(*(home.remember_screen(CARLA, screen, at) for screen, at in clicks[::order]))
    assert await home.screen_of(CARLA) == Screen(tab=Tab.CONTACTS)


async def test_look_at_the_same_screen_again_still_counts_as_newer() -> None:
    home = (await a_world()).desk.home
    contacts = Screen(tab=Tab.CONTACTS)
    for screen, at in ((contacts, "1"), (contacts, "3"), (Screen(), "2")):
        await home.remember_screen(CARLA, screen, at)
    assert await home.screen_of(CARLA) == contacts


@pytest.mark.parametrize("mine", [True, False])
@pytest.mark.parametrize(
    ("times", "ball"),
    [({}, Party.RETARUS), ({"asked": NOW}, Party.SECOND), ({"customer_asked": NOW}, Party.CUSTOMER)],
)
async def test_ticket_with_retarus_is_listed_under_the_party_that_must_act(
    times: dict[str, datetime], ball: Party, mine: bool
) -> None:
    world = await a_world()
    ticket = await world.sent()
    asked = ticket.model_copy(
        update={"version": ticket.version + 1, "times": ticket.times.model_copy(update=times), "owner": ANNA}
    )
    await world.store.apply(Batch(tickets=[asked]))
    for each in Party:
        seen = await world.desk.home.overview(ANNA, Screen(ball=each, level=Level.THIRD, mine=mine))
        assert (seen.total, len(seen.page)) == ((1, 1) if each is ball else (0, 0))
        assert seen.standing == {(Stage.RETARUS, ball): 1}
