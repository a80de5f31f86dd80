"""Weeks of a ticket's life, swept, remind exactly as a simple, slow reference says that looks at every minute."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.clocks.schedule import ReminderAudience
from bot.core.errors import DeskError
from bot.model import timestamps
from bot.model.notice import NoticeKind
from bot.model.ticket import Event, Stage, Ticket
from bot.model.transitions import Move, Step
from bot.reminders.sweep import LINES
from tests.factories import ALEX, ANNA, BEN, CARLA, HANDED_OFF, World, a_config, a_world

START = datetime(2025, 10, 20, 7, 0, tzinfo=UTC)
"""Shortly before winter time begins in Berlin."""
WEEKS = 9
MINUTE = timedelta(minutes=1)
CONFIG = a_config(
    desk={"leads": [CARLA]},
    calendars={"office": {"timezone": "Europe/Berlin", "hours": ["mon-fri 08:00-12:00", "mon-fri 13:00-18:00"]}},
    levels={
        "first": {"calendar": "office", "second_person": ALEX},
        "second": {"group": "S0SECOND", "calendar": "office"},
    },
    reminders={
        "new": 45,
        "first": 240,
        "handed_off": 30,
        "second": 300,
        "waiting_for_customer": 900,
        "resolved": 600,
        "repeat": 170,
        "second_person_after": 2,
        "leads_after": 3,
        "quiet": "17:00-09:00",
    },
)
TIMEOUT = {
    Stage.NEW: 45,
    Stage.FIRST: 240,
    Stage.HANDED_OFF: 30,
    Stage.SECOND: 300,
    Stage.FIRST_ASKED: 900,
    Stage.SECOND_ASKED: 900,
    Stage.RESOLVED: 600,
}
MOVES_ON = {Stage.FIRST, Stage.SECOND}
"""Stages in which any action is progress."""


# --- the plain, slow reference


def is_worked(at: datetime) -> bool:
    wall = at.astimezone(ZoneInfo("Europe/Berlin"))
    return wall.weekday() < 5 and (8 <= wall.hour < 12 or 13 <= wall.hour < 18)


def is_awake(at: datetime) -> bool:
    return 9 <= at.astimezone(ZoneInfo("Europe/Berlin")).hour < 17


def by_the_minute(history: list[Event]) -> list[tuple[datetime, ReminderAudience]]:
    """Times and recipients of the reminders, from people's actions."""
    done = {event.at: event for event in history if event.by}
    stage, waited, quiet, unanswered = Stage.NEW, 0, None, 0
    notified: list[tuple[datetime, ReminderAudience]] = []
    for number in range(WEEKS * 7 * 24 * 60):
        at = START + number * MINUTE
        if number and is_worked(at - MINUTE):
            waited += 1
            quiet = None if quiet is None else quiet + 1
        is_late = waited >= TIMEOUT.get(stage, 10**9)
        if at in done:
            after = timestamps.stage_after(stage, done[at].kind)
            if after is not stage or stage in MOVES_ON:
                waited, quiet, is_late = 0, None, False
            elif is_late:
                quiet = 0
            stage, unanswered = after, 0
        if is_late and is_worked(at) and is_awake(at) and (quiet is None or quiet >= 170):
            notified.append(
                (
                    at,
                    ReminderAudience.LEADS
                    if unanswered >= 3
                    else ReminderAudience.SECOND
                    if unanswered >= 2
                    else ReminderAudience.OWNER,
                )
            )
            quiet, unanswered = 0, unanswered + 1
    return notified


# --- a ticket's life


def deeds(chance: random.Random) -> list[datetime]:
    """Moments of people's actions."""
    minutes = sorted(chance.sample(range(1, WEEKS * 7 * 24 * 60), 14))
    return [START + number * MINUTE for number in minutes]


async def do_something(world: World, ticket: Ticket, chance: random.Random) -> None:
    desk, form = world.desk, world.form()
    ticket = await desk.queries.ticket(ticket.id)
    kind = chance.choice([*Move, Step.NOTE, Step.NOTE])
    with suppress(DeskError):
        if kind is Step.NOTE:
            await desk.tickets.note(ticket.id, ANNA, "Called them", form)
        elif kind is Move.HAND_OFF:
            await desk.tickets.hand_off(ticket.id, ANNA, HANDED_OFF, form, ticket.version)
        elif kind not in {Move.ESCALATE, Move.CONFIRM, Move.WITHDRAW, Move.HAND_ON}:
            await desk.tickets.act(ticket.id, Move(kind), chance.choice([ANNA, BEN, CARLA]), form)


async def lived(seed: int) -> tuple[World, Ticket]:
    """Sweeps whenever something is due, and after each action."""
    chance = random.Random(seed)
    world = await a_world()
    world = world.at(config=CONFIG)
    world.clock.at = START
    ticket = await world.raised(start=str(int(START.timestamp()) - 600))
    for moment in [*deeds(chance), START + timedelta(weeks=WEEKS) - MINUTE]:
        while (due := (await world.desk.queries.ticket(ticket.id)).due) and due < moment:
            world.clock.at = due
            assert await world.desk.reminders.sweep() == 1
        world.clock.at = moment
        await do_something(world, ticket, chance)
        await world.desk.reminders.sweep()
    return world, await world.desk.queries.ticket(ticket.id)


@pytest.mark.parametrize("seed", range(6))
async def test_every_reminder_comes_when_the_reference_says_and_goes_as_far(seed: int) -> None:
    world, ticket = await lived(seed)
    history = await world.store.history(ticket.id)
    reminded = [(each.at, ReminderAudience(each.detail["rung"])) for each in history if each.kind == Step.REMIND]
    assert reminded == by_the_minute(history)
    assert reminded


@pytest.mark.parametrize("seed", range(6, 12))
async def test_times_of_a_ticket_equal_the_fold_over_its_history(seed: int) -> None:
    world, ticket = await lived(seed)
    assert timestamps.of(await world.store.history(ticket.id)) == ticket.times


async def test_the_time_each_party_had_the_ball_adds_up() -> None:
    _world, ticket = await lived(3)
    assert ticket.times.turn
    spent = timedelta(milliseconds=sum(ticket.times.spent.values()))
    assert spent == ticket.times.turn - ticket.raised_at  # it was never closed, and so always somebody's


# --- many at once


async def test_sweep_after_an_outage_sends_one_message_per_person_and_a_few_lines() -> None:
    world = await a_world()
    tickets = [await world.raised() for _ in range(30)]
    world.clock.forward(hours=12)
    assert await world.desk.reminders.sweep(limit=7) == 30
    rows = [row for ticket in tickets for row in await world.notices(ticket) if row.notice.due == world.clock.at]
    notices = [row for row in rows if row.notice.kind is NoticeKind.REMINDERS and row.state == "waiting"]
    assert [row.notice.body["total"] for row in notices] == [30]
    assert len(notices[0].notice.body["places"]) == 10  # type: ignore[arg-type]
    assert len([row for row in rows if row.notice.kind is NoticeKind.THREAD]) == 20
    cards = [row.notice for row in rows if row.notice.kind is NoticeKind.CARD]
    assert len(cards) == 30  # each says that it is overdue; that is silent, and comes after everything else
    assert {each.rank for each in cards} == {50}


async def test_direct_message_names_the_most_urgent_of_many_first_however_they_are_found() -> None:
    world = await a_world()
    for number in range(30):
        await world.raised(priority="P1" if number in {13, 29} else "P2")
        world.clock.forward(seconds=1)
    world.clock.forward(hours=12)
    assert await world.desk.reminders.sweep(limit=7) == 30
    rows = [row for row in await world.store.letters(limit=1000) if row.state == "waiting"]
    [notice] = [row.notice for row in rows if row.notice.kind is NoticeKind.REMINDERS]
    named = [await world.desk.queries.ticket(ticket_id) for ticket_id, _ in notice.pairs("places")]
    assert [each.answer("priority") for each in named] == ["P1", "P1", *["P2"] * 8]
    assert [each.number for each in named] == [1014, 1030, *range(1001, 1009)]


async def test_each_reminder_redraws_the_one_before_it_and_no_older_one() -> None:
    world = await a_world()
    tickets = [await world.raised() for _ in range(LINES + 1)]  # so many that one has no line in its thread
    for _ in range(3):
        world.clock.forward(hours=12)
        await world.desk.reminders.sweep()
    for ticket in tickets:
        history = await world.store.history(ticket.id)
        first, second, _ = [f"reminder:{each.version}" for each in history if each.kind == Step.REMIND]
        redrawn = [
            row.notice.names("places") for row in await world.notices(ticket) if row.notice.kind is NoticeKind.ANSWERED
        ]
        versions = [{":".join(name.split(":")[:2]) for name in each} for each in redrawn]
        assert versions in ([{first}, {second}], [{second}, {first}])
        assert all(len(each) > 1 for each in redrawn)  # the direct messages too


async def test_changed_policy_moves_the_due_time_of_tickets() -> None:
    world = await a_world()
    ticket = await world.raised()
    long_timeouts = world.at(config=a_config(reminders={"new": 600}))
    world.clock.forward(hours=1)
    assert await long_timeouts.desk.reminders.sweep() == 0
    assert (await world.desk.queries.ticket(ticket.id)).due == ticket.raised_at + timedelta(hours=10)
