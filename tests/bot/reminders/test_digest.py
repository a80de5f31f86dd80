"""Each level and each lead read in the morning of their calendar what is breached, stale or due today; once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.model.notice import Notice, NoticeKind
from tests.factories import ANNA, CARLA, DESK, World, a_world

TUESDAY = datetime(2019, 8, 27, tzinfo=UTC)
"""Midnight in UTC; summer time in Berlin."""
OFFICE = {"office": {"timezone": "Europe/Berlin", "hours": ["mon-fri 09:00-17:00"], "closed": ["2019-08-29"]}}


@pytest.fixture
async def world() -> World:
    return await a_world(
        desk={"leads": [CARLA]},
        calendars=OFFICE,
        levels={"first": {"calendar": "office"}, "second": {"group": "S0SECOND", "calendar": "office"}},
        reminders={"new": 60, "first": 600, "repeat": 60},
    )


async def sent(world: World) -> list[Notice]:
    return [row.notice for row in (await world.store.letters(limit=100))[::-1] if row.notice.kind is NoticeKind.DIGEST]


async def test_digest_is_sent_to_channel_and_lead_when_their_day_begins(world: World) -> None:
    await world.raised()
    world.clock.at = TUESDAY + timedelta(days=1, hours=6, minutes=59)
    assert await world.desk.digests.send() == 0
    world.clock.forward(minutes=1)  # 9:00 in Berlin
    assert await world.desk.digests.send() == 2
    assert [notice.to for notice in await sent(world)] == [DESK, CARLA]


async def test_digest_is_sent_once_a_day(world: World) -> None:
    await world.raised()
    world.clock.at = TUESDAY + timedelta(days=1, hours=8)
    assert sum(await asyncio.gather(*(world.desk.digests.send() for _ in range(3)))) == 2
    world.clock.forward(hours=2)
    assert await world.desk.digests.send() == 0


async def test_digest_missed_in_the_morning_is_sent_the_same_day_or_not_at_all(world: World) -> None:
    await world.raised()
    world.clock.at = TUESDAY + timedelta(days=3, hours=13)
    assert await world.desk.digests.send() == 2
    assert len(await sent(world)) == 2


async def test_digest_is_not_sent_on_a_day_off(world: World) -> None:
    await world.raised()
    for days in (2, 4):  # a closing day, a Saturday
        world.clock.at = TUESDAY + timedelta(days=days, hours=9)
        assert await world.desk.digests.send() == 0


async def test_empty_digest_is_not_sent(world: World) -> None:
    world.clock.at = TUESDAY + timedelta(days=1, hours=9)
    assert await world.desk.digests.send() == 0
    assert await sent(world) == []


async def test_digest_separates_breached_overdue_and_due_today() -> None:
    world = await a_world(sla={"P1": {"action_plan": 60}}, reminders={"new": 60, "second": 60, "repeat": 60})
    await world.raised()
    breached, _ = await world.accepted(), await world.accepted()
    world.clock.at = TUESDAY + timedelta(days=1, hours=9)
    late = await world.raised()
    await world.desk.digests.send()
    first, second = await sent(world)
    assert (first.body["breached_total"], first.body["stale_total"], first.body["today"]) == (0, 1, [late.id])
    assert second.body["breached_total"] == 2
    assert breached.id in str(second.body["breached"])


async def test_a_level_whose_calendar_never_closes_reads_it_at_seven() -> None:
    world = await a_world()
    await world.raised(by=ANNA)
    world.clock.at = TUESDAY + timedelta(days=1, hours=4, minutes=59)
    assert await world.desk.digests.send() == 0
    world.clock.forward(minutes=1)
    assert await world.desk.digests.send() == 1


async def test_digest_includes_tickets_reminded_of_this_morning() -> None:
    world = await a_world(reminders={"new": 60, "repeat": 24 * 60})
    late = await world.raised()
    world.clock.at = TUESDAY + timedelta(days=1, hours=4, minutes=59)
    assert await world.desk.reminders.sweep() == 1
    world.clock.forward(minutes=2)
    await world.desk.digests.send()
    (notices,) = await sent(world)
    assert notices.body["stale"] == [late.id]


async def test_digest_leaves_out_snoozed_tickets_except_past_the_sla() -> None:
    world = await a_world(sla={"P1": {"action_plan": 60}}, reminders={"new": 60, "second": 60})
    asleep, breached = await world.raised(), await world.accepted()
    for ticket in (asleep, breached):
        until = f"{(world.clock.at + timedelta(days=9)).timestamp():.0f}"
        await world.desk.reminders.snooze(ticket.id, ticket.owner, until, "The end-customer is away", f"F-{ticket.id}")
    world.clock.at = TUESDAY + timedelta(days=1, hours=9)
    assert await world.desk.digests.send() == 1
    (notices,) = await sent(world)
    assert (notices.body["levels"], notices.body["breached"]) == (["second"], [breached.id])


async def test_digest_counts_every_due_ticket_and_lists_those_due_first() -> None:
    world = await a_world(reminders={"new": 60})
    raised = []
    for _ in range(60):
        raised.append(await world.raised())
        world.clock.forward(minutes=1)
    world.clock.at = TUESDAY + timedelta(days=1, hours=9)
    await world.desk.digests.send()
    (notices,) = await sent(world)
    assert notices.body["stale_total"] == 60
    assert notices.body["stale"] == [ticket.id for ticket in raised[:10]]


async def test_digest_of_many_names_the_highest_priority_first_although_others_are_due_sooner() -> None:
    world = await a_world(reminders={"new": 60, "repeat": 60})
    for _ in range(30):
        await world.raised(priority="P2")
        world.clock.forward(minutes=1)
    urgent, without = await world.raised(priority="P1"), await world.raised()
    world.clock.at = TUESDAY + timedelta(days=1, hours=9)
    await world.desk.digests.send()
    listed = (await sent(world))[0].names("stale")
    assert listed[0] == urgent.id
    assert without.id not in listed
    assert len(listed) < 30
