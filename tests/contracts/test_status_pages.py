"""Status page readers with a real server: a service is fine only if the page says so, otherwise unknown."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.status import open_status_page
from bot.adapters.status.feed import Feed
from bot.adapters.status.statuspage import Statuspage
from bot.config.settings import Retarus
from bot.escalation.status_page import (
    NO_ANSWER_YET,
    NOT_CHECKED,
    StatusPage,
    StatusPageReading,
    StatusPageWatch,
    UnreadablePage,
)
from tests.factories import NOW, ManualClock, an_incident
from tests.timeouts import TIMEOUT

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
FINE: dict[str, Any] = {"status": {"indicator": "none", "description": "All Systems Operational"}, "incidents": []}
TROUBLE = {
    "status": {"indicator": "major", "description": "Partial outage"},
    "incidents": [{"name": "E-mail delayed on DE1", "status": "identified"}],
    "scheduled_maintenances": [
        {"name": "SMS gateway", "status": "in_progress"},
        {"name": "Next month", "status": "scheduled"},
    ],
}


class StatusServer:
    """A status page server with a scripted answer that records the requested paths."""

    def __init__(self) -> None:
        self.answer: Answer = self.text("")
        self.requested_paths: list[str] = []
        self.url = ""

    def text(self, body: str, status: int = 200) -> Answer:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(text=body, status=status)

        return answer

    def answer_with(self, body: str, status: int = 200) -> None:
        self.answer = self.text(body, status)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requested_paths.append(request.path)
        return await self.answer(request)


@pytest.fixture
async def page() -> AsyncIterator[StatusServer]:
    page = StatusServer()
    app = web.Application()
    app.router.add_get("/{path:.*}", page.handle)
    async with TestServer(app, host="127.0.0.1") as server:
        page.url = str(server.make_url("/"))
        yield page


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def atom(*entries: tuple[str, str, datetime]) -> str:
    items = "".join(
        f"<entry><id>tag:{title}</id><title>{title}</title><updated>{at.isoformat()}</updated>"
        f"<content type='html'>&lt;p&gt;{text}&lt;/p&gt;</content></entry>"
        for title, text, at in entries
    )
    return f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>Status</title>{items}</feed>"


RSS = """<?xml version='1.0'?><rss version='2.0'><channel><title>Status</title>
<item><title>Fax delayed</title><description>Investigating - we look into it; it is not resolved yet.</description>
<pubDate>Tue, 27 Aug 2019 08:00:00 GMT</pubDate></item></channel></rss>"""


async def test_a_statuspage_without_incidents_is_fine(page: StatusServer, session: aiohttp.ClientSession) -> None:
    page.answer_with(json.dumps(FINE))
    assert await Statuspage(page.url, session).look() == StatusPageReading()
    assert page.requested_paths == ["/api/v2/summary.json"]


async def test_statuspage_lists_incidents_and_maintenance_in_progress(
    page: StatusServer, session: aiohttp.ClientSession
) -> None:
    page.answer_with(json.dumps(TROUBLE))
    expected = ("E-mail delayed on DE1 (identified)", "Maintenance: SMS gateway (in progress)")
    found = await Statuspage(page.url, session).look()
    assert isinstance(found, StatusPageReading)
    assert found.trouble == expected
    assert [each.says for each in found.notices] == list(expected)


async def test_notice_has_its_id_and_affected_components(page: StatusServer, session: aiohttp.ClientSession) -> None:
    incident = {
        "id": "kx7",
        "name": "Delays",
        "status": "monitoring",
        "components": [{"name": "Fax"}],
        "incident_updates": [{"body": "Inbound numbers are slow"}],
    }
    page.answer_with(json.dumps({**FINE, "incidents": [incident]}))
    found = await Statuspage(page.url, session).look()
    assert isinstance(found, StatusPageReading)
    (notice,) = found.notices
    assert (notice.id, notice.says) == ("kx7", "Delays (monitoring)")
    assert notice.about == "Delays · Fax · Inbound numbers are slow"


async def test_statuspage_with_only_an_indicator_is_trouble(page: StatusServer, session: aiohttp.ClientSession) -> None:
    page.answer_with(json.dumps({"status": {"indicator": "minor", "description": "Degraded"}}))
    assert await Statuspage(page.url, session).look() == StatusPageReading(("Degraded",))


@pytest.mark.parametrize("kind", [Statuspage, Feed])
@pytest.mark.parametrize(
    ("body", "status"),
    [("", 200), ("<html><body>Sign in</body></html>", 200), ("[]", 200), ('{"status": 1}', 200), ("gone", 404),
     ("down", 503), ("x" * 2_100_000, 200)],
    ids=["empty", "html", "a list", "another shape", "404", "503", "huge"],
)  # fmt: skip
async def test_response_that_is_no_status_page_is_unknown(
    page: StatusServer, session: aiohttp.ClientSession, kind: type[Statuspage], body: str, status: int
) -> None:
    page.answer_with(body, status)
    found = await kind(page.url, session).look()
    assert isinstance(found, UnreadablePage)
    assert found.reason.endswith(".")


@pytest.mark.parametrize("kind", [Statuspage, Feed])
async def test_unreachable_status_page_is_unknown(session: aiohttp.ClientSession, kind: type[Statuspage]) -> None:
    found = await kind("http://127.0.0.1:9/", session).look()
    assert found == UnreadablePage("It could not be reached.")


@pytest.mark.parametrize("kind", [Statuspage, Feed])
async def test_status_page_that_times_out_is_unknown(
    page: StatusServer, session: aiohttp.ClientSession, kind: type[Statuspage]
) -> None:
    async def never(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"{")
        assert request.transport
        while not request.transport.is_closing():
            await asyncio.sleep(0)
            await response.write(b" ")
        return response

    page.answer = never
    assert await kind(page.url, session, 0.05).look() == UnreadablePage("It did not answer within 0.05 s.")


async def test_a_feed_without_open_entries_is_fine(page: StatusServer, session: aiohttp.ClientSession) -> None:
    page.answer_with(
        atom(
            ("E-mail delayed", "Resolved - it works. Investigating - we look into it.", NOW),
            ("Long ago", "Investigating", NOW - timedelta(days=30)),
        )
    )
    assert await Feed(page.url, session, clock=ManualClock(), time_limit=TIMEOUT).look() == StatusPageReading()


async def test_feed_lists_unresolved_entries(page: StatusServer, session: aiohttp.ClientSession) -> None:
    page.answer_with(atom(("E-mail delayed", "Monitoring - a fix is out. Investigating - …", NOW - timedelta(hours=1))))
    found = await Feed(page.url, session, clock=ManualClock(), time_limit=TIMEOUT).look()
    assert isinstance(found, StatusPageReading)
    assert found.trouble == ("E-mail delayed",)
    assert [each.id for each in found.notices] == ["tag:E-mail delayed"]
    page.answer_with(RSS)
    found = await Feed(page.url, session, clock=ManualClock(), time_limit=TIMEOUT).look()
    assert isinstance(found, StatusPageReading)
    assert found.trouble == ("Fax delayed",)


async def test_feed_with_an_external_entity_reads_no_local_file(
    page: StatusServer, session: aiohttp.ClientSession
) -> None:
    entity = "<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    bomb = RSS.replace("<rss", f"{entity}<rss")
    page.answer_with(bomb.replace("Fax delayed", "Fax &f; delayed"))
    found = await Feed(page.url, session, clock=ManualClock(), time_limit=TIMEOUT).look()
    assert "root:" not in str(found)


@pytest.mark.parametrize(
    "hostile",
    [
        "<b>" * 200_000,
        RSS.replace("Fax delayed", "<b>" * 600_000),
        "<rss version='2.0'><channel>" + "<item><title>&lt;b&gt;" * 80_000,
    ],
    ids=["tags", "tags in a title", "items without an end"],
)
async def test_hostile_feed_costs_the_desk_no_processor_time_and_ends(
    page: StatusServer, session: aiohttp.ClientSession, hostile: str
) -> None:
    page.answer_with(hostile)
    own = time.process_time()
    found = await Feed(page.url, session, clock=ManualClock(), time_limit=0.3).look()
    assert isinstance(found, StatusPageReading | UnreadablePage)
    assert time.process_time() - own < 0.5


async def test_feed_that_takes_too_long_is_unreadable(page: StatusServer, session: aiohttp.ClientSession) -> None:
    page.answer_with(RSS)
    found = await Feed(page.url, session, clock=ManualClock(), time_limit=0.0).look()
    assert found == UnreadablePage("Its feed could not be read in time.")


def test_status_adapter_setting_selects_the_reader() -> None:
    def opened(adapter: str) -> StatusPage | None:
        settings = Retarus.model_validate({"status_adapter": adapter, "status_page": "https://status.example"})
        return open_status_page(settings, None)  # type: ignore[arg-type]  # no request is made

    assert isinstance(opened("statuspage"), Statuspage)
    assert isinstance(opened("feed"), Feed)
    assert opened("link") is None


class ScriptedStatusPage:
    """A status page with scripted readings."""

    def __init__(self, *answers: StatusPageReading | UnreadablePage) -> None:
        self.answers = list(answers)

    async def look(self) -> StatusPageReading | UnreadablePage:
        return self.answers.pop(0)


async def test_status_page_is_read_once_a_minute_and_keeps_the_time() -> None:
    status_page = StatusPageWatch(ScriptedStatusPage(StatusPageReading(("SMS down",))), ManualClock())
    assert status_page.report(an_incident()).says == (NO_ANSWER_YET,)
    first = await status_page.look()
    assert (first.health, first.says, first.at) == ("trouble", ("SMS down",), NOW)
    assert await status_page.look() == first == status_page.report(an_incident())


async def test_health_without_an_adapter_is_unknown_until_a_person_has_looked() -> None:
    status_page = StatusPageWatch(None, ManualClock())
    report = await status_page.look()
    assert (report.health, report.says) == ("unknown", (NOT_CHECKED,))
    assert status_page.report(an_incident()).health == "unknown"
    seen = report.model_copy(update={"health": "fine", "by": "U0BEN"})
    assert status_page.report(an_incident(status=seen)) == seen


async def test_unreadable_page_is_unknown_and_never_fine() -> None:
    report = await StatusPageWatch(
        ScriptedStatusPage(UnreadablePage("It could not be reached.")), lambda: datetime.now(UTC)
    ).look()
    assert report.health == "unknown"
