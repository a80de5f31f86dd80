"""The contract of the stores for the tickets that were open in a month, and its view by Retarus."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.core.errors import Conflict
from bot.model.monthly_view import View
from bot.model.ticket import Event, Stage, Ticket
from bot.model.transitions import Step
from bot.model.undoing import AUTHOR, OF, UNDONE
from bot.ports import Store
from bot.tickets.ports import Batch
from tests.contracts.tickets_in_store import save
from tests.doubles.records import START, a_ticket, an_affected_customer, an_event, minutes, next_version

MONTH = (datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC))
"""March in Berlin, in which summer time starts."""


def closed_at(moment: datetime, ticket_id: str, **values: object) -> Ticket:
    return a_ticket(ticket_id, stage=Stage.CLOSED, since=moment, **values)


async def test_tickets_open_in_a_month_are_found_after_they_were_closed(store: Store) -> None:
    begins, ends = MONTH
    last = minutes(1 / 60000)
    await save(
        store,
        closed_at(begins - last, "before", raised_at=begins - minutes(9)),
        closed_at(begins, "just", raised_at=begins - minutes(9)),
        closed_at(ends + minutes(99999), "all the time", raised_at=begins - minutes(99999)),
        closed_at(ends + minutes(9), "late", raised_at=ends - last),
        closed_at(ends + minutes(9), "after", raised_at=ends),
        a_ticket("open", raised_at=begins - minutes(999999)),
        a_ticket("open later", raised_at=ends),
    )
    assert await store.open_between(*MONTH) == ["all the time", "just", "late", "open"]


async def test_reopened_ticket_is_still_found_in_its_first_months(store: Store) -> None:
    (ticket,) = await save(store, closed_at(START, "t1", raised_at=START - minutes(5)))
    (ticket,) = await save(store, next_version(ticket, stage=Stage.FIRST, since=START + minutes(60 * 24 * 70)))
    assert await store.open_between(*MONTH) == ["t1"]
    await save(store, next_version(ticket, stage=Stage.CLOSED, since=START + minutes(60 * 24 * 80)))
    assert await store.open_between(*MONTH) == ["t1"]
    assert await store.open_between(START + minutes(60 * 24 * 81), START + minutes(60 * 24 * 90)) == []


async def test_tickets_open_in_a_month_can_be_filtered_by_customer(store: Store) -> None:
    mine, others = {"customer": "Müller GmbH"}, {"customer": "Adler KG"}
    await save(
        store,
        closed_at(START + minutes(1), "closed", answers=mine),
        a_ticket("open", answers=mine),
        closed_at(START + minutes(1), "theirs", answers=others),
        a_ticket("theirs too", answers=others),
    )
    assert await store.open_between(*MONTH, customer="müller gmbh") == ["closed", "open"]


async def test_tickets_open_in_a_month_can_be_filtered_by_a_customer_who_joined(store: Store) -> None:
    mine = {"customer": "Müller GmbH"}
    joined = (an_affected_customer("Straße AG"), an_affected_customer("STRASSE ag"), an_affected_customer("Nord AG"))
    (ticket, *_) = await save(
        store,
        a_ticket("open", answers=mine),
        closed_at(START + minutes(1), "closed", answers=mine, affected=joined),
        closed_at(START + minutes(60 * 24 * 300), "later", answers=mine, affected=joined, raised_at=MONTH[1]),
    )
    assert await store.open_between(*MONTH, customer="strasse ag") == ["closed"]
    await save(store, next_version(ticket, affected=(an_affected_customer("Strasse AG"),)))
    assert await store.open_between(*MONTH, customer="strasse ag") == ["closed", "open"]
    assert await store.open_between(*MONTH, customer="müller gmbh") == ["closed", "open"]
    assert await store.open_between(*MONTH, customer="nobody") == []


async def test_ticket_is_not_a_customers_any_more_once_their_joining_was_undone(store: Store) -> None:
    (ticket,) = await save(store, a_ticket("open", affected=(an_affected_customer("Nord AG"),)))
    assert await store.open_between(*MONTH, customer="nord ag") == ["open"]
    undone = next_version(ticket, affected=())
    detail = {OF: "1", UNDONE: Step.JOIN.value, AUTHOR: "U1"}
    event = Event(ticket_id="open", version=undone.version, at=START, by="U1", kind=Step.UNDO.value, detail=detail)
    await store.apply(Batch(tickets=[undone], events=[event]))
    assert await store.open_between(*MONTH, customer="nord ag") == []
    assert await store.neighbouring_names("nord ag") == []


async def test_names_on_tickets_are_found_with_their_neighbours(store: Store) -> None:
    assert await store.neighbouring_names("müller gmbh") == []
    joined = (an_affected_customer("Adler AG"), an_affected_customer("Nord AG"))
    await save(store, a_ticket("t1", answers={"customer": "Müller GmbH"}), a_ticket("t2", affected=joined))
    assert "Müller GmbH" in await store.neighbouring_names("müller gmbh")
    assert "Nord AG" in await store.neighbouring_names("nord ag")
    assert {"Müller GmbH", "Adler AG"} <= set(await store.neighbouring_names("muster"))


async def test_monthly_view_of_retarus_is_replaced_by_its_latest_state(store: Store) -> None:
    assert await store.view("2026-03") is None
    asked = View(month="2026-03", requested_at=START)
    await store.apply(Batch(views=[asked, View(month="2026-02")]))
    assert await store.view("2026-03") == asked
    came = asked.model_copy(update={"received_at": START + minutes(5)})
    with pytest.raises(Conflict):
        await store.apply(Batch(views=[came], tickets=[a_ticket(version=9)]))
    assert await store.view("2026-03") == asked
    await store.apply(Batch(views=[came]))
    assert await store.view("2026-03") == came


async def test_stored_histories_are_the_tickets_and_events_that_were_saved_on_one_line(store: Store) -> None:
    answers = {"customer": 'Müller "GmbH" \u2028 日本', "happens": "One line\nand another"}
    saved = await save(store, *(a_ticket(each, answers=answers) for each in ("t1", "t2", "t3")))
    first = [an_event(each, note="Line\nbreak") for each in saved]
    later = [next_version(each) for each in saved]
    second = [an_event(each, note="ü") for each in later]
    later = list(await store.apply(Batch(tickets=later, events=[*second, *first])))
    line = await store.stored_histories(["t3", "t1", "nobody"])
    assert "\n" not in line
    found = json.loads(line)
    tickets = {ticket.id: ticket for ticket in map(Ticket.model_validate, found["tickets"])}
    assert tickets == {"t1": later[0], "t3": later[2]}
    events = list(map(Event.model_validate, found["events"]))
    assert [each for each in events if each.ticket_id == "t1"] == [first[0], second[0]]
    assert [each for each in events if each.ticket_id == "t3"] == [first[2], second[2]]
    assert len(events) == 4
    assert json.loads(await store.stored_histories([])) == {"tickets": [], "events": []}
