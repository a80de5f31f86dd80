"""Several tickets at once: each has its own change, and its own refusal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.bulk import MAX_TICKETS, BulkAction, BulkRequest
from bot.core.errors import Invalid, NotYours, SaveInDoubt, StoreDown
from bot.desk import open_desk
from bot.model.ticket import Stage
from tests.doubles.failing_store import FailingStore
from tests.factories import ALEX, ANNA, BEN, NEMO, a_world


async def test_each_ticket_is_taken_or_accepted_and_a_refusal_names_who_has_it() -> None:
    w = await a_world()
    new, offered, taken = await w.raised(), await w.handed_off(), await w.taken()
    found = await w.desk.bulk.apply([new.id, taken.id, offered.id], ALEX, BulkRequest(BulkAction.TAKE), "form")
    assert [each.ticket.owner for each in found] == [ALEX, ANNA, ANNA]
    assert [bool(each.refusal) for each in found] == [False, True, True]
    assert "Anna Arnold was a moment quicker and owns" in found[1].refusal
    assert "This is for the 2nd level" in found[2].refusal
    (accepted,) = await w.desk.bulk.apply([offered.id], BEN, BulkRequest(BulkAction.TAKE), "another form")
    assert (accepted.ticket.stage, accepted.ticket.owner) == (Stage.SECOND, BEN)


async def test_repeated_form_changes_nothing_and_tells_the_same() -> None:
    w = await a_world()
    tickets = [await w.raised() for _ in range(3)]
    ids = [each.id for each in tickets]
    first, again = [await w.desk.bulk.apply(ids, ALEX, BulkRequest(BulkAction.TAKE), "form") for _ in range(2)]
    assert first == again
    assert all(not each.refusal for each in first)


async def test_snooze_of_several_needs_a_moment_to_come_and_leaves_out_closed_tickets() -> None:
    w = await a_world()
    ids = [(await w.raised()).id, (await w.closed()).id]
    for until in ("", "1"):
        with pytest.raises(Invalid) as wrong:
            await w.desk.bulk.apply(ids, ANNA, BulkRequest(BulkAction.SNOOZE, until), w.form())
        assert set(wrong.value.errors) == {"until"}
    until = str(int(w.clock().timestamp()) + 3600)
    snoozed, closed = await w.desk.bulk.apply(ids, ANNA, BulkRequest(BulkAction.SNOOZE, until), w.form())
    assert snoozed.ticket.times.snoozed_until
    assert "is closed and has no more reminders" in closed.refusal


async def test_tickets_with_the_same_cause_are_linked_but_for_the_leading_one() -> None:
    w = await a_world()
    leading, one, other = [await w.raised() for _ in range(3)]
    with pytest.raises(Invalid) as wrong:
        await w.desk.bulk.apply(
            [one.id, other.id], ANNA, BulkRequest(BulkAction.SAME_CAUSE, leader="PD-9999"), w.form()
        )
    assert set(wrong.value.errors) == {"cause"}
    wish = BulkRequest(BulkAction.SAME_CAUSE, leader=f"PD-{leading.number}")
    found = await w.desk.bulk.apply([one.id, leading.id, other.id], ANNA, wish, w.form())
    assert [each.ticket.parent for each in found] == [leading.id, "", leading.id]
    assert found[1].refusal == "This is the ticket itself."
    assert (await w.desk.queries.ticket(leading.id)).leads == 2


async def test_ticket_that_was_closed_meanwhile_is_not_linked_to_a_common_cause() -> None:
    w = await a_world()
    leading, led, closed = await w.raised(), await w.raised(), await w.closed()
    wish = BulkRequest(BulkAction.SAME_CAUSE, leader=f"PD-{leading.number}")
    found = await w.desk.bulk.apply([led.id, closed.id], ANNA, wish, w.form())
    assert [each.ticket.parent for each in found] == [leading.id, ""]
    assert found[1].refusal.startswith(f"PD-{closed.number} is closed.")
    assert (await w.desk.queries.ticket(leading.id)).leads == 1


async def test_lead_assigns_several_and_each_level_keeps_its_own_people() -> None:
    w = await a_world(desk={"leads": [NEMO]})
    new, offered, taken = await w.raised(), await w.handed_off(), await w.taken()
    wish = BulkRequest(BulkAction.ASSIGN, to=ALEX)
    for _ in range(2):
        found = await w.desk.bulk.apply([new.id, offered.id, taken.id], NEMO, wish, "form")
        assert [each.ticket.owner for each in found] == [ALEX, ANNA, ALEX]
        assert [bool(each.refusal) for each in found] == [False, True, False]
    with pytest.raises(Invalid) as wrong:
        await w.desk.bulk.apply([new.id], NEMO, BulkRequest(BulkAction.ASSIGN), w.form())
    assert set(wrong.value.errors) == {"to"}


async def test_several_are_for_the_support_team_and_never_more_than_a_form_lists() -> None:
    w = await a_world()
    ids = [(await w.raised()).id for _ in range(MAX_TICKETS + 1)]
    with pytest.raises(NotYours):
        await w.desk.bulk.apply(ids, NEMO, BulkRequest(BulkAction.TAKE), w.form())
    with pytest.raises(Invalid):
        await w.desk.bulk.apply([], ANNA, BulkRequest(BulkAction.TAKE), w.form())
    assert len(await w.desk.bulk.apply(ids, ANNA, BulkRequest(BulkAction.TAKE), w.form())) == MAX_TICKETS


async def test_tickets_that_were_saved_before_the_database_failed_are_distinguished() -> None:
    w = await a_world()
    ids = [(await w.raised()).id for _ in range(3)]
    failing = FailingStore(w.store, None, SaveInDoubt("broke"), StoreDown("full"))
    desk = open_desk(**{**w.parts, "store": failing})
    done = await desk.bulk.apply(ids, ALEX, BulkRequest(BulkAction.TAKE), "form")
    assert [bool(each.refusal) for each in done] == [False, True, True]
    assert "may be saved or not" in done[1].refusal
    assert "was not changed" in done[2].refusal
    assert [(await w.desk.queries.ticket(each)).owner == ALEX for each in ids] == [True, False, False]


async def test_form_stays_open_when_no_ticket_could_be_saved() -> None:
    w = await a_world()
    ids = [(await w.raised()).id for _ in range(2)]
    desk = open_desk(**{**w.parts, "store": FailingStore(w.store, StoreDown("full"), StoreDown("full"))})
    with pytest.raises(StoreDown):
        await desk.bulk.apply(ids, ALEX, BulkRequest(BulkAction.TAKE), "form")


@pytest.mark.parametrize("trouble", [StoreDown("locked"), SaveInDoubt("broke")])
@pytest.mark.parametrize("action", [BulkAction.SAME_CAUSE, BulkAction.SNOOZE])
async def test_further_tickets_are_not_tried_after_the_database_failed(trouble: StoreDown, action: BulkAction) -> None:
    """Each would wait for the database again, and Slack waits for three seconds."""
    w = await a_world()
    leading, *others = [await w.raised() for _ in range(MAX_TICKETS)]
    failing = FailingStore(w.store, None, *[trouble] * 40)
    desk = open_desk(**{**w.parts, "store": failing})
    until = str(int(w.clock.at.timestamp()) + 3600)
    wish = BulkRequest(action, until=until, word="They look for it", leader=f"PD-{leading.number}")
    done = await desk.bulk.apply([each.id for each in others], ANNA, wish, "form")
    assert not done[0].refusal
    assert len(failing.failures) >= 40 - 8
    assert "was not changed" in done[-1].refusal
    failing.failures.clear()
    again = await desk.bulk.apply([each.id for each in others], ANNA, wish, "form")
    assert not any(each.refusal for each in again)


async def test_snooze_of_tickets_of_two_levels_ends_for_each_when_its_own_calendar_opens() -> None:
    office = {"timezone": "Europe/Berlin", "hours": ["mon-fri 08:00-18:00"]}
    w = await a_world(levels={"first": {"calendar": "office"}}, calendars={"office": office})
    ids = [(await w.raised()).id, (await w.accepted()).id]
    sunday = datetime(2019, 9, 1, 7, tzinfo=UTC)
    found = await w.desk.bulk.apply(ids, BEN, BulkRequest(BulkAction.SNOOZE, f"{int(sunday.timestamp())}"), "form")
    assert [each.ticket.times.snoozed_until for each in found] == [sunday, sunday]
    assert [each.ticket.due for each in found] == [sunday + timedelta(hours=23), sunday]
