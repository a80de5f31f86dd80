"""Reports are requested by staff and sent periodically once; Retarus's view is requested by authorised contacts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import Invalid, NotYours, Refused
from bot.model.contact import EndCustomer
from bot.model.notice import Notice, NoticeKind
from bot.privacy.erasure import PersonalDataArchive
from bot.reports import wording
from bot.reports.figures import Count
from bot.reports.service import Reports
from bot.tickets.ports import Batch
from tests.bot.reports.worked_out import figures_of
from tests.factories import ANNA, BEN, CARLA, MAIL, NO_STAFF, RETARUS, World, a_contact, a_world

OFFICE = {"office": {"timezone": "Europe/Berlin", "hours": ["mon-fri 09:00-17:00"]}}
MONDAY = datetime(2019, 9, 2, 7, 0, tzinfo=UTC)
"""Nine in Berlin, on September's first working day."""


async def a_desk(**tables: object) -> tuple[World, Reports]:
    world = await a_world(
        calendars=OFFICE,
        levels={"second": {"group": "S0SECOND", "calendar": "office"}},
        **tables,
    )
    return world, world.desk.reports


async def sent(world: World, *says: NoticeKind) -> list[Notice]:
    rows = (await world.store.letters(limit=100))[::-1]
    return [row.notice for row in rows if row.notice.kind in (says or {NoticeKind.REPORT})]


# --- by itself


async def test_report_comes_once_on_the_first_working_day_with_several_replicas() -> None:
    world, reporting = await a_desk()
    await world.raised()
    world.clock.at = MONDAY.replace(minute=0, hour=6)
    assert await reporting.monthly() == 0
    world.clock.at = MONDAY
    await asyncio.gather(*(world.desk.reports.monthly() for _ in range(4)))
    assert [(notice.to, notice.body["month"]) for notice in await sent(world)] == [(CARLA, "2019-08")]
    world.clock.forward(days=3)
    await reporting.monthly()
    assert len(await sent(world)) == 1


async def test_used_up_once_keys_are_forgotten_and_it_still_does_not_come_again() -> None:
    world, reporting = await a_desk()
    await world.raised()
    world.clock.at = MONDAY
    await reporting.monthly()
    for _ in range(27):
        world.clock.forward(days=1)
        await world.desk.reminders.prune(timedelta(days=14))
        await reporting.monthly()
    assert len(await sent(world)) == 1


@pytest.mark.parametrize(
    ("tables", "to"),
    [
        ({}, [CARLA]),
        ({"desk": {"leads": [BEN, ANNA]}}, [BEN, ANNA]),
        ({"reports": {"people": [ANNA]}, "desk": {"leads": [BEN]}}, [ANNA]),
        ({"reports": {"channel": "C0REPORTS1"}}, ["C0REPORTS1"]),
        ({"reports": {"working_day": 0}}, []),
    ],
)
async def test_report_goes_to_the_recipients_in_the_settings(tables: dict[str, object], to: list[str]) -> None:
    world, reporting = await a_desk(**tables)
    await world.raised()
    world.clock.at = MONDAY
    await reporting.monthly()
    assert [notice.to for notice in await sent(world)] == to


async def test_month_without_tickets_has_no_report_and_still_a_reminder_of_the_view() -> None:
    world, reporting = await a_desk()
    world.clock.at = MONDAY
    await reporting.monthly()
    assert await sent(world) == []
    assert [notice.to for notice in await sent(world, NoticeKind.VIEW)] == [CARLA]


# --- asked for


async def test_staff_get_what_they_ask_for_and_a_click_delivered_twice_is_one_report() -> None:
    world, reporting = await a_desk()
    await world.raised(customer="Müller GmbH")
    for _ in range(2):
        await reporting.ask("2019-07", " MÜLLER  GmbH ", ANNA, "click")
    (notice,) = await sent(world)
    assert (notice.to, notice.body) == (ANNA, {"month": "2019-07", "customer": "Müller GmbH"})


@pytest.mark.parametrize(
    ("text", "customer"),
    [
        ("July 2019", ""),
        ("Juli 2019 Müller GmbH", "Müller GmbH"),
        ("jul. 2019  Müller  GmbH", "Müller GmbH"),
        ("2019-07 Müller GmbH", "Müller GmbH"),
        ("July", ""),
        ("July Müller GmbH", "Müller GmbH"),
        ("07/2019 2026", "2026"),
    ],
)
async def test_month_is_one_word_or_two_and_the_rest_is_the_end_customer(text: str, customer: str) -> None:
    _, reporting = await a_desk()
    period, named = reporting.understood(text)
    assert (period.key, named) == ("2019-07", customer)


@pytest.mark.parametrize(("text", "expected"), [("December 2031 Müller", "December 2031"), ("Müller GmbH", "Müller")])
async def test_refusal_quotes_the_text_that_is_no_month(text: str, expected: str) -> None:
    _, reporting = await a_desk()
    with pytest.raises(Refused, match=f"“{expected}” is not a month"):
        reporting.understood(text)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Muller Gmbh", "“Müller GmbH”?"),  # on a ticket
        ("Adlar", "“Adler & Söhne KG”?"),  # in the register
        ("Nort", "“Nord AG”?"),  # joined a ticket
        ("2026", "No ticket names “2026”."),
    ],
)
async def test_unknown_end_customer_is_refused_with_the_nearest_name(name: str, near: str) -> None:
    world, reporting = await a_desk()
    await world.store.apply(Batch(customers=[EndCustomer(id="c1", name="Adler & Söhne KG")]))
    ticket = await world.raised(customer="Müller GmbH")
    await world.desk.known_issues.join(ticket.id, ANNA, {"customer": "Nord AG"}, "click")
    with pytest.raises(Invalid) as refused:
        await reporting.ask("2019-07", name, ANNA, "click")
    assert near in refused.value.errors["customer"]
    assert await sent(world) == []
    for known in ("müller gmbh", "ADLER & söhne kg", "nord ag"):
        await reporting.ask("2019-07", known, ANNA, known)
    assert [notice.body["customer"] for notice in await sent(world)] == ["Müller GmbH", "Adler & Söhne KG", "Nord AG"]


@pytest.mark.parametrize("user", NO_STAFF)
async def test_people_outside_the_team_get_no_report(user: str) -> None:
    world, reporting = await a_desk()
    with pytest.raises(NotYours):
        await reporting.ask("", "", user, "click")
    assert await sent(world) == []


async def test_report_holds_nothing_up_that_is_reported_to_the_same_person() -> None:
    world, reporting = await a_desk()
    await reporting.ask("", "", ANNA, "click")
    (notice,) = await sent(world)
    assert notice.lane != f"direct:{ANNA}"


async def test_report_for_one_end_customer_counts_their_tickets_in_every_spelling() -> None:
    world, reporting = await a_desk()
    await world.raised(customer="Müller GmbH")
    await world.raised(customer="Adler KG")
    world.clock.forward(hours=1)
    period = reporting.month("2019-08")
    theirs = await figures_of(reporting, period, "MÜLLER gmbh")
    assert (theirs.total.raised, list(theirs.customers)) == (1, ["Müller GmbH"])
    assert (await figures_of(reporting, period)).total.raised == 2
    assert (await figures_of(reporting, period, "Nobody")).is_empty


async def test_ticket_counts_with_each_end_customer_from_when_they_joined_it() -> None:
    world, reporting = await a_desk()
    ticket = await world.taken()
    world.clock.at = datetime(2019, 9, 10, 7, tzinfo=UTC)
    await world.desk.known_issues.join(ticket.id, ANNA, {"customer": "Adler KG"}, "click")
    world.clock.forward(hours=2)
    august, september = reporting.month("2019-08"), reporting.month("2019-09")
    assert list((await figures_of(reporting, august)).customers) == ["Müller GmbH"]
    assert (await figures_of(reporting, august, "Adler KG")).is_empty
    both = await figures_of(reporting, september)
    assert (both.total.raised, both.total.open) == (0, 1)
    assert both.customers == {"Adler KG": Count(1, 0, 1), "Müller GmbH": Count(0, 0, 1)}
    theirs = await figures_of(reporting, september, "ADLER kg")
    assert theirs.total == Count(1, 0, 1)
    assert theirs.response.count == 0  # it was taken before
    assert sum((each.elapsed for each in theirs.parties.values()), timedelta()) == timedelta(hours=2)
    printed = wording.paper(theirs, world.desk.config, world.clock.at).model_dump_json()
    assert "Adler KG" in printed
    assert "Müller" not in printed


async def test_joined_customers_are_named_in_the_report_and_the_spreadsheet() -> None:
    world, reporting = await a_desk()
    ticket = await world.raised(customer="Müller GmbH")
    await world.desk.known_issues.join(ticket.id, ANNA, {"customer": "Adler KG"}, "click")
    world.clock.forward(hours=2)
    figures = await figures_of(reporting, reporting.month("2019-08"))
    paper = wording.paper(figures, world.desk.config, world.clock.at)
    (part,) = [each for each in paper.parts if each.heading == "End-customers"]
    assert part.text[1].startswith("Also affected: Adler KG (PD-1001")
    assert not part.tables[0].total
    assert "Müller GmbH, Adler KG" in paper.sheet.rows[0]


async def test_erased_ticket_still_counts() -> None:
    world, reporting = await a_desk()
    ticket = await world.closed()
    world.clock.forward(days=2)
    before = await figures_of(reporting, reporting.month("2019-08"))
    await erase(world, ticket.id)
    after = await figures_of(reporting, reporting.month("2019-08"))
    assert after.total == before.total
    assert (after.kinds, after.services, after.priorities) == (before.kinds, before.services, before.priorities)
    assert (after.parties, after.response, after.remedy) == (before.parties, before.response, before.remedy)


async def erase(world: World, ticket_id: str) -> None:
    assert await PersonalDataArchive(world.store, world.drafts, world.clock, by="desk").expire(timedelta(days=1)) == 1
    ticket = await world.store.get(ticket_id)
    assert ticket
    assert ticket.is_erased


# --- Retarus's own view


async def test_authorised_contact_sends_the_request_on_every_way_and_it_is_marked() -> None:
    world, reporting = await a_desk()
    period, text = await reporting.draft("2019-07", BEN)
    assert "July 2019" in text
    assert "73125" in text
    assert text.endswith("Ben Brandt, authorised support contact")
    for _ in range(2):
        await reporting.request(period.key, BEN, text, "form")
    post, mail = await sent(world, NoticeKind.REQUEST_POST, NoticeKind.REQUEST_MAIL)
    assert (post.to, mail.to) == (RETARUS, MAIL)
    assert mail.body["text"] == text
    view = await reporting.view("2019-07")
    assert view.requested_at == world.clock.at
    assert view.received_at is None


@pytest.mark.parametrize("user", [ANNA, CARLA, *NO_STAFF])
async def test_view_is_requested_by_authorised_contacts_only(user: str) -> None:
    world, reporting = await a_desk()
    with pytest.raises(NotYours):
        await reporting.draft("2019-07", user)
    with pytest.raises(NotYours):
        await reporting.request("2019-07", user, "Please send it to us.", "form")
    assert await sent(world, *NoticeKind) == []


async def test_empty_request_or_a_secret_is_not_sent() -> None:
    world, reporting = await a_desk()
    for text in ("", "tbd", "password: hunter2hunter2"):
        with pytest.raises(Invalid):
            await reporting.request("2019-07", BEN, text, "form")
    assert await sent(world, *NoticeKind) == []


async def test_reminder_of_the_view_repeats_until_it_is_received() -> None:
    world, reporting = await a_desk()
    world.clock.at = MONDAY
    await reporting.monthly()
    await reporting.request("2019-08", BEN, "Please send us the view.", "form")
    world.clock.forward(days=4)
    await reporting.monthly()
    assert len(await sent(world, NoticeKind.VIEW)) == 1
    world.clock.forward(days=3)  # five working days later
    await reporting.monthly()
    assert len(await sent(world, NoticeKind.VIEW)) == 2
    await reporting.receive("2019-08", ANNA, "click")
    world.clock.at = datetime(2019, 10, 1, 7, tzinfo=UTC)
    await reporting.monthly()
    assert [notice.body["month"] for notice in await sent(world, NoticeKind.VIEW)] == ["2019-08", "2019-08", "2019-09"]


async def test_received_view_brings_no_reminder() -> None:
    world, reporting = await a_desk()
    world.clock.at = MONDAY.replace(hour=1)
    await reporting.receive("2019-08", ANNA, "click")
    world.clock.at = MONDAY
    await reporting.monthly()
    assert await sent(world, NoticeKind.VIEW) == []


async def test_request_for_the_view_needs_a_way_to_retarus() -> None:
    world = await a_world(a_contact(BEN))
    world = world.at(routes=type(world.desk.routes)(desk="C0DESKDESK"))
    with pytest.raises(Refused, match="No way to Retarus"):
        await world.desk.reports.draft("2019-07", BEN)
