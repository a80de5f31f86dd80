"""Status pages, read from a real server: good news only where the page gives it; everything else is unknown."""

from __future__ import annotations

import json
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
from bot.escalation.status_page import NO_ANSWER_YET, NOBODY_LOOKED, Lookout, Reading, StatusPage, Unreadable
from tests.factories import NOW, Hands, an_incident

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


class Page:
    """A server that answers as it is told, and counts."""

    def __init__(self) -> None:
        self.answer: Answer = self.text("")
        self.asked: list[str] = []
        self.url = ""

    def text(self, body: str, status: int = 200) -> Answer:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(text=body, status=status)

        return answer

    def says(self, body: str, status: int = 200) -> None:
        self.answer = self.text(body, status)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        return await self.answer(request)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    page = Page()
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


async def test_a_statuspage_without_incidents_is_fine(page: Page, session: aiohttp.ClientSession) -> None:
    page.says(json.dumps(FINE))
    assert await Statuspage(page.url, session).look() == Reading()
    assert page.asked == ["/api/v2/summary.json"]


async def test_a_statuspage_tells_incidents_and_maintenance_under_way(
    page: Page, session: aiohttp.ClientSession
) -> None:
    page.says(json.dumps(TROUBLE))
    expected = ("E-mail delayed on DE1 (identified)", "Maintenance: SMS gateway (in progress)")
    found = await Statuspage(page.url, session).look()
    assert isinstance(found, Reading)
    assert found.trouble == expected
    assert [each.says for each in found.notices] == list(expected)


async def test_a_notice_keeps_its_id_and_names_the_components_it_is_about(
    page: Page, session: aiohttp.ClientSession
) -> None:
    incident = {
        "id": "kx7",
        "name": "Delays",
        "status": "monitoring",
        "components": [{"name": "Fax"}],
        "incident_updates": [{"body": "Inbound numbers are slow"}],
    }
    page.says(json.dumps({**FINE, "incidents": [incident]}))
    found = await Statuspage(page.url, session).look()
    assert isinstance(found, Reading)
    (notice,) = found.notices
    assert (notice.id, notice.says) == ("kx7", "Delays (monitoring)")
    assert notice.about == "Delays · Fax · Inbound numbers are slow"


async def test_a_statuspage_that_only_says_how_bad_it_is_is_trouble(page: Page, session: aiohttp.ClientSession) -> None:
    page.says(json.dumps({"status": {"indicator": "minor", "description": "Degraded"}}))
    assert await Statuspage(page.url, session).look() == Reading(("Degraded",))


@pytest.mark.parametrize("kind", [Statuspage, Feed])
@pytest.mark.parametrize(
    ("body", "status"),
    [("", 200), ("<html><body>Sign in</body></html>", 200), ("[]", 200), ('{"status": 1}', 200), ("gone", 404),
     ("down", 503), ("x" * 2_100_000, 200)],
    ids=["empty", "html", "a list", "another shape", "404", "503", "huge"],
)  # fmt: skip
async def test_what_is_no_status_page_is_unknown(
    page: Page, session: aiohttp.ClientSession, kind: type[Statuspage], body: str, status: int
) -> None:
    page.says(body, status)
    found = await kind(page.url, session).look()
    assert isinstance(found, Unreadable)
    assert found.why.endswith(".")


@pytest.mark.parametrize("kind", [Statuspage, Feed])
async def test_one_that_cannot_be_reached_is_unknown(session: aiohttp.ClientSession, kind: type[Statuspage]) -> None:
    found = await kind("http://127.0.0.1:9/", session).look()
    assert found == Unreadable("It could not be reached.")


@pytest.mark.parametrize("kind", [Statuspage, Feed])
async def test_one_that_does_not_answer_in_time_is_unknown(
    page: Page, session: aiohttp.ClientSession, kind: type[Statuspage]
) -> None:
    async def never(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"{")
        assert request.transport
        while not request.transport.is_closing():
            await request.content.read()
            await response.write(b" ")
        return response

    page.answer = never
    assert await kind(page.url, session, 0.05).look() == Unreadable("It did not answer within 0.05 s.")


async def test_a_feed_without_open_entries_is_fine(page: Page, session: aiohttp.ClientSession) -> None:
    page.says(
        atom(
            ("E-mail delayed", "Resolved - it works. Investigating - we look into it.", NOW),
            ("Long ago", "Investigating", NOW - timedelta(days=30)),
        )
    )
    assert await Feed(page.url, session, clock=Hands()).look() == Reading()


async def test_a_feed_tells_what_is_not_over(page: Page, session: aiohttp.ClientSession) -> None:
    page.says(atom(("E-mail delayed", "Monitoring - a fix is out. Investigating - …", NOW - timedelta(hours=1))))
    found = await Feed(page.url, session, clock=Hands()).look()
    assert isinstance(found, Reading)
    assert found.trouble == ("E-mail delayed",)
    assert [each.id for each in found.notices] == ["tag:E-mail delayed"]
    page.says(RSS)
    found = await Feed(page.url, session, clock=Hands()).look()
    assert isinstance(found, Reading)
    assert found.trouble == ("Fax delayed",)


async def test_a_feed_that_names_a_file_of_the_machine_reads_none(page: Page, session: aiohttp.ClientSession) -> None:
    entity = "<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    bomb = RSS.replace("<rss", f"{entity}<rss")
    page.says(bomb.replace("Fax delayed", "Fax &f; delayed"))
    found = await Feed(page.url, session, clock=Hands()).look()
    assert "root:" not in str(found)


def test_the_settings_say_which_technology() -> None:
    def opened(adapter: str) -> StatusPage | None:
        settings = Retarus.model_validate({"status_adapter": adapter, "status_page": "https://status.example"})
        return open_status_page(settings, None)  # type: ignore[arg-type]  # nothing is asked

    assert isinstance(opened("statuspage"), Statuspage)
    assert isinstance(opened("feed"), Feed)
    assert opened("link") is None


class Told:
    """A page that says what it is told."""

    def __init__(self, *answers: Reading | Unreadable) -> None:
        self.answers = list(answers)

    async def look(self) -> Reading | Unreadable:
        return self.answers.pop(0)


async def test_the_lookout_asks_once_a_minute_and_keeps_when() -> None:
    lookout = Lookout(Told(Reading(("SMS down",))), Hands())
    assert lookout.report(an_incident()).says == (NO_ANSWER_YET,)
    first = await lookout.look()
    assert (first.health, first.says, first.at) == ("trouble", ("SMS down",), NOW)
    assert await lookout.look() == first == lookout.report(an_incident())


async def test_without_an_adapter_nothing_is_known_until_somebody_has_looked() -> None:
    lookout = Lookout(None, Hands())
    report = await lookout.look()
    assert (report.health, report.says) == ("unknown", (NOBODY_LOOKED,))
    assert lookout.report(an_incident()).health == "unknown"
    seen = report.model_copy(update={"health": "fine", "by": "U0BEN"})
    assert lookout.report(an_incident(status=seen)) == seen


async def test_an_unreadable_page_is_unknown_never_fine() -> None:
    report = await Lookout(Told(Unreadable("It could not be reached.")), lambda: datetime.now(UTC)).look()
    assert report.health == "unknown"
