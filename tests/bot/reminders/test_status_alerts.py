"""Notices of the status page are posted once in the thread of each open ticket they may concern."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.escalation.status_page import ServiceNotice, StatusPageReading, StatusPageWatch, UnreadablePage
from bot.model.notice import NoticeKind
from bot.model.ticket import Ticket
from bot.model.timestamps import of
from bot.model.transitions import Step
from bot.reminders.status_alerts import concerns
from tests.factories import World, a_config, a_world, an_incident

FAX = ServiceNotice("i1", "Fax delayed (identified)", "Fax delayed FAX We are looking into it")


class Page:
    """A page with set notices."""

    def __init__(self, *notices: ServiceNotice) -> None:
        self.found: StatusPageReading | UnreadablePage = StatusPageReading(
            tuple(each.says for each in notices), notices
        )

    def reports(self, *notices: ServiceNotice) -> None:
        self.found = StatusPageReading(tuple(each.says for each in notices), notices)

    async def look(self) -> StatusPageReading | UnreadablePage:
        return self.found


@pytest.fixture
async def w() -> World:
    return await a_world()


def watching(w: World, page: Page) -> World:
    """The same desk in a process of its own, without memory of earlier readings."""
    return w.at(status_page=StatusPageWatch(page, w.clock))


async def swept(w: World) -> int:
    """Reads the page once more, whatever was read a moment ago."""
    w.desk.evidence.status_page.cache.forget("")
    return await w.desk.status_alerts.match()


async def alert_texts(w: World, ticket: Ticket) -> list[str]:
    return [each.detail["says"] for each in await w.store.history(ticket.id) if each.kind == Step.SERVICE]


async def test_notice_is_posted_in_the_thread_of_open_tickets_of_its_service_and_of_no_others(w: World) -> None:
    fax, mail = await w.raised(services="FAX"), await w.raised(services="Email Security")
    assert await swept(watching(w, Page(FAX))) == 1
    assert (await alert_texts(w, fax), await alert_texts(w, mail)) == (["Fax delayed (identified)"], [])
    ticket = await w.store.get(fax.id)
    assert ticket
    assert len(await w.notices_of_kind(ticket, NoticeKind.THREAD)) == 1
    assert await w.notices_of_kind(ticket, NoticeKind.DIRECT) == []


async def test_notice_is_reported_once_by_any_number_of_processes(w: World) -> None:
    ticket = await w.raised(services="FAX")
    page = Page(FAX)
    one, two = watching(w, page), watching(w, page)
    assert [await swept(one), await swept(one), await swept(two)] == [1, 0, 0]
    page.reports(ServiceNotice("i1", "Fax delayed (monitoring)", FAX.about))
    assert await swept(one) == 0
    assert await alert_texts(w, ticket) == ["Fax delayed (identified)"]


async def test_notice_is_reported_once_even_when_it_outlives_the_once_keys(w: World) -> None:
    ticket = await w.raised(services="FAX")
    page = Page(FAX)
    assert await swept(watching(w, page)) == 1
    w.clock.forward(hours=15 * 24)
    await w.desk.reminders.prune(timedelta(days=14))
    assert await swept(watching(w, page)) == 0
    assert await alert_texts(w, ticket) == [FAX.says]


async def test_ticket_raised_later_is_notified_too_and_older_ones_are_not_gone_through_again(w: World) -> None:
    await w.raised(services="FAX")
    desk = watching(w, Page(FAX))
    await swept(desk)
    w.clock.forward(hours=2)
    later = await w.raised(services="FAX")
    assert await swept(desk) == 1
    assert await alert_texts(w, later) == [FAX.says]


async def test_new_notice_is_posted_beside_the_old_one(w: World) -> None:
    ticket = await w.raised(services="FAX")
    page = Page(FAX)
    desk = watching(w, page)
    await swept(desk)
    page.reports(FAX, ServiceNotice("i2", "Fax stopped (investigating)", "Fax"))
    await swept(desk)
    assert await alert_texts(w, ticket) == [FAX.says, "Fax stopped (investigating)"]


async def test_closed_ticket_gets_no_message(w: World) -> None:
    ticket = await w.closed()
    assert await swept(watching(w, Page(ServiceNotice("i3", "Mail", "Email Security")))) == 0
    assert await alert_texts(w, ticket) == []


async def test_a_page_out_of_reach_or_read_by_people_tells_nothing(w: World) -> None:
    await w.raised(services="FAX")
    page = Page(FAX)
    page.found = UnreadablePage("It could not be reached.")
    assert await swept(watching(w, page)) == 0
    assert await w.desk.status_alerts.match() == 0


async def test_notice_answers_no_reminder_and_counts_as_no_activity(w: World) -> None:
    before = await w.raised(services="FAX")
    w.clock.forward(minutes=10)
    await swept(watching(w, Page(FAX)))
    after = await w.store.get(before.id)
    assert after
    assert (after.times.touched, after.due, after.owner, after.stage) == (
        before.times.touched, before.due, before.owner, before.stage,
    )  # fmt: skip
    assert after.times == of(await w.store.history(after.id))


@pytest.mark.parametrize(
    ("about", "services", "does"),
    [
        ("Email Security: delays", "Email Security", True),
        ("E-Mail Security is slow", "Email Security", True),
        ("fax: busy", "SMS\nFAX", True),
        ("Faxolution", "FAX", False),
        ("Transactional Email delayed", "Email Security", False),
        ("Other maintenance", "Other", False),
        ("Everything", "", False),
    ],
)
def test_a_notice_concerns_a_service_it_names_in_whole_words(about: str, services: str, does: bool) -> None:
    notice = ServiceNotice("i", about, about)
    assert concerns(notice, an_incident(also={"services": services}), a_config()) is does


def test_names_of_a_service_on_the_status_page_can_be_configured() -> None:
    notice, ticket = ServiceNotice("i", "x", "Secure Email Platform"), an_incident()
    assert not concerns(notice, ticket, a_config())
    names = {"Email Security": ["Secure Email Platform"]}
    assert concerns(notice, ticket, a_config(services={"notices": names}))
