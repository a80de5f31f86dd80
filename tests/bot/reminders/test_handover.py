"""Shift handover: offered once, accepted by the first colleague, and listed at the end of a level's day."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from blocks.handover import message
from bot.core.errors import Invalid, NotNow, NotYours, StoreDown
from bot.desk import open_desk
from bot.model.notice import Notice, NoticeKind
from bot.model.ticket import Level, Stage
from bot.reminders.handover import LISTED, RETENTION, closed_day
from bot.tickets.ports import Query
from tests.doubles.failing_store import FailingStore
from tests.factories import ALEX, ANNA, BEA, BEN, NEMO, World, a_config, a_world

OFFICE = {
    "calendars": {"office": {"timezone": "Europe/Berlin", "hours": ("mon-fri 09:00-17:00",)}},
    "levels": {"first": {"calendar": "office"}, "second": {"group": "S0SECOND", "calendar": "office"}},
    "handover": {"at_close": ["second"]},
}


async def posted(w: World) -> list[Notice]:
    return [row.notice for row in (await w.store.letters(limit=500))[::-1] if row.notice.kind is NoticeKind.HANDOVER]


async def test_handover_is_posted_once_and_the_first_colleague_gets_the_tickets() -> None:
    w = await a_world()
    first, second, new = await w.taken(), await w.taken(), await w.raised()
    for _ in range(2):
        await w.desk.handovers.offer(ANNA, "Müller calls back at four", "form")
    (notice,) = await posted(w)
    key = str(notice.body["handover"])
    for _ in range(2):
        await w.desk.handovers.accept(key, ALEX)
    assert [(await w.desk.queries.ticket(each.id)).owner for each in (first, second, new)] == [ALEX, ALEX, ANNA]
    with pytest.raises(NotNow, match="Alex Adler accepted this handover already"):
        await w.desk.handovers.accept(key, BEN)


async def test_handover_of_many_tickets_names_the_most_urgent_and_says_how_many_stay() -> None:
    w = await a_world()
    for _ in range(LISTED + 1):
        await w.taken()
    first = await w.raised(priority="P1", priority_reason="All mail is down")
    named, others = await w.desk.handovers.mine(ANNA)
    assert (named[0].id, len(named), others) == (first.id, LISTED, 2)
    await w.desk.handovers.offer(ANNA, "", "form")
    key = str((await posted(w))[0].body["handover"])
    accepted = await w.desk.handovers.accept(key, ALEX)
    assert (len(accepted.tickets), accepted.others) == (LISTED, 2)
    shown = str(message(accepted, w.desk.config, str, {}).blocks)
    assert f"The {LISTED} most urgent are named. 2 more stay where they are" in shown
    assert len(await w.store.find(Query(open=True, owner=ANNA, limit=50))) == 3


async def test_handover_is_deleted_after_some_weeks_and_one_of_an_earlier_release_later() -> None:
    w = await a_world()
    await w.taken()
    await w.desk.handovers.offer(ANNA, "", "form")
    key = str((await posted(w))[0].body["handover"])
    await w.drafts.put("handover:old", {"giver": ANNA, "level": "", "note": "", "tickets": ""})
    assert await w.desk.handovers.prune() == 0
    w.clock.at += RETENTION - timedelta(seconds=1)
    assert await w.desk.handovers.prune() == 0
    w.clock.at += timedelta(seconds=1)
    assert await w.desk.handovers.prune() == 2
    with pytest.raises(NotNow, match="no longer stored"):
        await w.desk.handovers.accept(key, ALEX)


async def test_handover_broken_off_by_the_database_says_so_and_is_completed_by_accepting_again() -> None:
    w = await a_world()
    tickets = [await w.taken() for _ in range(2)]
    await w.desk.handovers.offer(ANNA, "", "form")
    key = str((await posted(w))[0].body["handover"])
    failing = open_desk(**{**w.parts, "store": FailingStore(w.store, None, StoreDown("full"))})
    with pytest.raises(NotNow, match="before all tickets were handed over: accept it again"):
        await failing.handovers.accept(key, ALEX)
    assert {(await w.desk.queries.ticket(each.id)).owner for each in tickets} == {ALEX, ANNA}
    await w.desk.handovers.accept(key, ALEX)
    assert {(await w.desk.queries.ticket(each.id)).owner for each in tickets} == {ALEX}
    assert [notice.to for notice in await posted(w)][1:] == [ANNA]


async def test_giver_is_notified_once_for_all_tickets() -> None:
    w = await a_world()
    tickets = [await w.taken() for _ in range(3)]
    await w.desk.handovers.offer(ANNA, "", "form")
    await w.desk.handovers.accept(str((await posted(w))[0].body["handover"]), ALEX)
    assert [notice.to for notice in await posted(w)][1:] == [ANNA]
    for each in tickets:
        assert await w.notices_of_kind(await w.desk.queries.ticket(each.id), NoticeKind.DIRECT) == []


async def test_tickets_that_moved_on_or_belong_to_another_level_stay_where_they_are() -> None:
    w = await a_world()
    moved = await w.accepted()
    await w.desk.handovers.offer(BEN, "", "form")
    key = str((await posted(w))[0].body["handover"])
    await w.desk.tickets.resolve(moved.id, BEN, w.form(), "Policy corrected", {})
    await w.desk.handovers.accept(key, BEA)
    now = await w.desk.queries.ticket(moved.id)
    assert (now.stage, now.owner) == (Stage.RESOLVED, ANNA)


async def test_handover_of_another_level_is_refused_and_left_to_a_colleague_of_that_level() -> None:
    w = await a_world()
    ticket = await w.accepted()
    await w.desk.handovers.offer(BEN, "", "form")
    key = str((await posted(w))[0].body["handover"])
    with pytest.raises(NotYours, match="2nd level"):
        await w.desk.handovers.accept(key, ALEX)
    assert (await w.desk.queries.ticket(ticket.id)).owner == BEN
    assert (await w.desk.handovers.accept(key, BEA)).tickets[0].owner == BEA


async def test_handover_is_refused_without_tickets_with_secrets_and_for_outsiders() -> None:
    w = await a_world()
    with pytest.raises(NotNow):
        await w.desk.handovers.offer(ANNA, "", "form")
    await w.taken()
    with pytest.raises(Invalid):
        await w.desk.handovers.offer(ANNA, "password: Sommer2026!", "form")
    with pytest.raises(NotYours):
        await w.desk.handovers.offer(NEMO, "", "form")
    await w.desk.handovers.offer(ANNA, "", "form")
    with pytest.raises(NotYours):
        await w.desk.handovers.accept(str((await posted(w))[0].body["handover"]), ANNA)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2019-08-27 16:59", ""),
        ("2019-08-27 17:00", "2019-08-27"),
        ("2019-08-27 18:30", "2019-08-27"),
        ("2019-08-27 19:30", ""),
        ("2019-08-28 08:00", ""),
        ("2019-08-31 17:00", ""),
    ],
)
def test_day_of_a_level_has_ended_for_two_hours_after_its_calendar_closes(at: str, day: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    assert closed_day(Level.SECOND, a_config(**OFFICE), moment) == day


NIGHT = ("mon-fri 22:00-24:00", "tue-sat 00:00-06:00")
LUNCH = ("mon-fri 08:00-12:00", "mon-fri 13:00-17:00")
LATE = ("mon-fri 14:00-24:00",)


@pytest.mark.parametrize(
    ("hours", "at", "day"),
    [
        (NIGHT, "2019-08-28 00:10", ""),
        (NIGHT, "2019-08-28 06:00", "2019-08-28"),
        (NIGHT, "2019-08-28 07:59", "2019-08-28"),
        (NIGHT, "2019-08-28 22:30", ""),
        (NIGHT, "2019-08-31 06:30", "2019-08-31"),
        (NIGHT, "2019-10-26 06:30", "2019-10-26"),
        (LUNCH, "2019-08-28 12:30", ""),
        (LUNCH, "2019-08-28 17:05", "2019-08-28"),
        (LATE, "2019-08-28 23:59", ""),
        (LATE, "2019-08-29 00:00", "2019-08-28"),
        (LATE, "2019-08-31 01:00", "2019-08-30"),
        (("mon-fri 00:00-24:00",), "2019-08-29 00:00", ""),
        (("mon-fri 00:00-24:00",), "2019-08-31 00:05", "2019-08-30"),
    ],
)
def test_shift_over_midnight_has_an_end_and_a_break_is_none(hours: tuple[str, ...], at: str, day: str) -> None:
    config = a_config(**{**OFFICE, "calendars": {"office": {"timezone": "Europe/Berlin", "hours": hours}}})
    assert closed_day(Level.SECOND, config, datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("Europe/Berlin"))) == day


def test_day_of_a_level_that_never_closes_has_no_end() -> None:
    moment = datetime(2019, 8, 27, 17, tzinfo=ZoneInfo("Europe/Berlin"))
    assert closed_day(Level.SECOND, a_config(), moment) == ""


async def test_open_tickets_of_a_level_are_listed_once_when_its_calendar_closes() -> None:
    w = await a_world(**OFFICE)
    ticket = await w.accepted()
    await w.raised()
    assert await w.desk.handovers.at_close() == 0
    w.clock.at = datetime(2019, 8, 27, 17, 5, tzinfo=ZoneInfo("Europe/Berlin"))
    assert await w.desk.handovers.at_close() == 1
    assert await w.desk.handovers.at_close() == 0
    (notice,) = await posted(w)
    found = await w.desk.handovers.accept(str(notice.body["handover"]), BEA)
    assert ([each.id for each in found.tickets], found.accepted_by) == ([ticket.id], BEA)
    assert (await w.desk.queries.ticket(ticket.id)).owner == BEN
