"""Calendar of who is on duty, with a real server: shifts, people, conditional requests, and faults."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.on_duty.calendar_feed import CalendarFeed
from bot.adapters.on_duty.roster import CalendarOnDuty, findings, open_calendars, open_roster
from bot.adapters.on_duty.shift_people import Match, match
from bot.adapters.on_duty.shifts import Shift, read
from bot.config.environment import Environment
from bot.config.settings import Config, Levels, Team
from bot.config.settings_file import parse
from bot.core.errors import Misconfigured
from bot.model.contact import Person
from bot.model.ticket import Level
from bot.tickets.ports import Drafts, NoRoster
from runtime.health import calendar_probe
from tests.factories import ManualClock, MemoryDrafts

NIGHT = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""02:30 in Berlin for the first time: at 03:00 the clocks go back."""
BEA = Person(id="U0BEA", name="Bea Bäuer", email="Bea@partner.example")
BEN = Person(id="U0BEN", name="Ben Brandt", email="ben@partner.example")


def a_calendar(*events: str, head: str = "") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *head.split()]
    for number, event in enumerate(events):
        uid = () if "UID:" in event else (f"UID:{number}",)
        lines += ["BEGIN:VEVENT", *uid, *event.strip().splitlines(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


NIGHTLY = """UID:night
DTSTART;TZID=Europe/Berlin:20261024T220000
DTEND;TZID=Europe/Berlin:20261025T060000
RRULE:FREQ=DAILY;COUNT=4
EXDATE;TZID=Europe/Berlin:20261026T220000
SUMMARY:Night shift
ATTENDEE;CN=Bea:mailto:bea@PARTNER.example"""
MOVED = """UID:night
RECURRENCE-ID;TZID=Europe/Berlin:20261027T220000
DTSTART;TZID=Europe/Berlin:20261027T233000
DTEND;TZID=Europe/Berlin:20261028T060000
SUMMARY:Ben Brandt"""


def spans(body: bytes, at: datetime, zone: str = "Europe/Berlin") -> list[tuple[str, str]]:
    return [(f"{each.begin:%d %H:%M}", f"{each.end:%d %H:%M}") for each in read(body, zone, at).shifts]


def test_recurrence_with_exceptions_keeps_the_local_time_over_the_clock_change() -> None:
    found = spans(a_calendar(NIGHTLY, MOVED), NIGHT - timedelta(hours=6))
    assert found == [("24 20:00", "25 05:00"), ("25 21:00", "26 05:00"), ("27 22:30", "28 05:00")]


def test_all_day_event_and_local_time_are_in_the_zone_of_the_calendar_or_else_of_the_desk() -> None:
    events = "DTSTART;VALUE=DATE:20261025\nSUMMARY:All day", "DTSTART:20261026T080000\nDURATION:PT2H\nSUMMARY:Local"
    assert spans(a_calendar(*events), NIGHT) == [("24 22:00", "25 23:00"), ("26 07:00", "26 09:00")]
    named = a_calendar(*events, head="X-WR-TIMEZONE:America/New_York")
    assert spans(named, NIGHT) == [("25 04:00", "26 04:00"), ("26 12:00", "26 14:00")]


@pytest.mark.parametrize(
    ("start", "until"),
    [
        (";TZID=Europe/Berlin:20261023T220000", "20261025"),
        (":20261023T220000", "20261025"),
        (":20261023T200000Z", "20261025"),
    ],
)
def test_rule_that_ends_with_a_day_includes_the_events_of_that_day(start: str, until: str) -> None:
    daily = f"DTSTART{start}\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL={until}\nSUMMARY:Bea"
    assert [begin[:2] for begin, _ in spans(a_calendar(daily), NIGHT - timedelta(days=2))] == ["23", "24", "25"]


def test_rule_of_all_day_events_ends_with_its_last_day() -> None:
    days = "DTSTART;VALUE=DATE:20261024\nRRULE:FREQ=DAILY;UNTIL=20261025\nSUMMARY:Bea"
    assert len(spans(a_calendar(days), NIGHT - timedelta(days=2))) == 2


def test_two_events_with_one_uid_are_both_read_and_the_newer_version_of_one_event_alone() -> None:
    first = "UID:same\nDTSTART:20261026T080000Z\nDURATION:PT1H\nSUMMARY:Bea"
    second = "UID:same\nDTSTART:20261027T080000Z\nDURATION:PT1H\nSUMMARY:Ben"
    assert spans(a_calendar(first, second), NIGHT) == [("26 08:00", "26 09:00"), ("27 08:00", "27 09:00")]
    moved = f"{second}\nSEQUENCE:1"
    assert spans(a_calendar(first, moved), NIGHT) == [("27 08:00", "27 09:00")]


def test_cancelled_event_and_declined_or_impersonal_attendee_are_left_out() -> None:
    span = "DTSTART:20261025T000000Z\nDTEND:20261025T040000Z\n"
    people = (
        "ATTENDEE;PARTSTAT=DECLINED:mailto:ben@partner.example\n"
        "ATTENDEE;CUTYPE=ROOM:mailto:room@partner.example\nATTENDEE:mailto:bea@partner.example"
    )
    found = read(a_calendar(f"{span}STATUS:CANCELLED", f"{span}{people}"), "UTC", NIGHT).shifts
    assert [each.attendees for each in found] == [("bea@partner.example",)]


@pytest.mark.parametrize(
    "broken",
    [
        "DTSTART:20261025T000000Z\nDURATION:PT9H\nRRULE:FREQ=SOMETIMES\nSUMMARY:Broken",
        "SUMMARY:No beginning",
        "DTSTART:2026-13-45\nSUMMARY:No date",
        "DTSTART:20261025T000000Z\nDTEND:later\nSUMMARY:No end",
        "DTSTART:20261025T000000Z\nDURATION:long\nSUMMARY:No length",
        "UID:night\nRECURRENCE-ID:soon\nDTSTART:20261025T000000Z\nSUMMARY:Exception of no day",
    ],
)
def test_broken_event_does_not_hide_the_others(broken: str) -> None:
    assert spans(a_calendar(broken, NIGHTLY), NIGHT) == spans(a_calendar(NIGHTLY), NIGHT)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("DTSTART;TZID=W. Europe Standard Time:20261026T080000\nDURATION:PT8H", [("26 07:00", "26 15:00")]),
        ("DTSTART;VALUE=DATE:20261019\nDTEND;VALUE=DATE:20261026", [("18 22:00", "25 23:00")]),
        ("DTSTART:20261001T080000Z\nDURATION:PT8H\nRDATE:20261026T080000Z", [("26 08:00", "26 16:00")]),
        (
            "DTSTART;TZID=America/New_York:20261018T200000\nDURATION:PT12H\nRRULE:FREQ=WEEKLY;UNTIL=20261102T000000Z",
            [("26 00:00", "26 12:00")],
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20261005T080000\nDURATION:PT8H\nRRULE:FREQ=WEEKLY;BYDAY=MO,FR;COUNT=8",
            [("26 07:00", "26 15:00"), ("30 07:00", "30 15:00")],
        ),
        ("DTSTART:20261025T080000Z", []),
    ],
)
def test_shift_is_read_in_every_form_of_a_calendar(event: str, expected: list[tuple[str, str]]) -> None:
    found = spans(a_calendar(f"{event}\nSUMMARY:Bea"), NIGHT)
    assert [(begin, end) for begin, end in found if begin != end] == expected


def a_shift(summary: str = "", *attendees: str, organizer: str = "") -> Shift:
    return Shift(begin=NIGHT, end=NIGHT, summary=summary, attendees=attendees, organizer=organizer)


@pytest.mark.parametrize(
    ("shift", "users", "unknown"),
    [
        (a_shift("On call", "bea@partner.example", "ben@partner.example"), ("U0BEA", "U0BEN"), ()),
        (a_shift("On call", "bea@partner.example", organizer="ben@partner.example"), ("U0BEA",), ()),
        (a_shift("On call", "bea@partner.example", "old@partner.example"), ("U0BEA",), ("old@partner.example",)),
        (a_shift("On call: BEA BÄUER / Ben Brandt (night)"), ("U0BEA", "U0BEN"), ()),
        (a_shift("Nacht <Ben@partner.example>"), ("U0BEN",), ()),
        (a_shift("Ben Brandt", "rota@partner.example"), ("U0BEN",), ()),
        (a_shift("On call", organizer="ben@partner.example"), ("U0BEN",), ()),
        (a_shift("Ben Brandt-Meyer"), (), ("Ben Brandt-Meyer",)),
        (a_shift(), (), ()),
    ],
)
def test_shift_is_matched_by_address_or_by_name(shift: Shift, users: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    assert match([shift], [BEA, BEN]) == Match(users, unknown)


def test_name_that_two_people_share_and_people_who_left_match_nobody() -> None:
    namesake, left = BEN.model_copy(update={"id": "U0BEN2", "email": ""}), BEA.model_copy(update={"is_active": False})
    assert match([a_shift("Ben Brandt"), a_shift("Bea Bäuer")], [BEN, namesake, left]).users == ()


# --- with a server


@dataclass
class CalendarServer:
    """Answers with `body` or `status`, and keeps the status of each answer."""

    body: bytes = b""
    status: int = 200
    url: str = ""
    answers: list[int] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        tag = f'"{hash(self.body)}"'
        is_known = self.status == 200 and request.headers.get("If-None-Match") == tag
        self.answers.append(304 if is_known else self.status)
        self.answered.set()
        return web.Response(status=self.answers[-1], body=b"" if is_known else self.body, headers={"ETag": tag})


@pytest.fixture
async def server() -> AsyncIterator[CalendarServer]:
    served = CalendarServer()
    app = web.Application()
    app.router.add_get("/s3cret/calendar.ics", served.handle)
    async with TestServer(app, host="127.0.0.1") as running:
        served.url = str(running.make_url("/s3cret/calendar.ics"))
        yield served


class Team2:
    """A `Directory` with Bea and Ben at the 2nd level."""

    async def person(self, user_id: str) -> Person:
        return next(each for each in (BEA, BEN) if each.id == user_id)

    def is_current(self, level: Level) -> bool:
        return level in Level

    async def team(self, level: Level) -> tuple[str, ...]:
        return (BEA.id, BEN.id) if level is Level.SECOND else ()

    async def levels(self, person: Person) -> frozenset[Level]:
        return frozenset({Level.SECOND})

    def forget(self, user_id: str) -> None: ...

    def learn(self, user: object) -> Person:
        return BEA


async def test_people_on_duty_follow_the_calendar_and_are_kept_while_it_is_broken(
    server: CalendarServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    clock = ManualClock(NIGHT)
    config = Config(levels=Levels(second=Team(members=("U0BEA", "U0BEN"), on_duty=server.url)))
    duty = CalendarOnDuty(open_calendars(Environment(), config, clock), Team2(), NoRoster())
    assert await duty.now(Level.SECOND) == ()
    server.body = a_calendar(NIGHTLY, MOVED)
    await duty.read()
    assert await duty.now(Level.SECOND) == ("U0BEA",)
    assert await duty.now(Level.FIRST) == ()
    for server.status, server.body in ((500, b""), (500, b""), (200, b"<html>"), (200, b"x" * 1_000_001)):
        await duty.read()
        assert await duty.now(Level.SECOND) == ("U0BEA",)
    [calendar] = duty.calendars
    found = await calendar_probe(calendar, clock)()
    assert (found.ok, found.is_needed) == (False, False)
    assert "It is larger than 1 MB." in found.reason
    clock.at = NIGHT + timedelta(days=2, hours=23)  # the moved shift, beyond what a day-old list is used for
    server.body = a_calendar(NIGHTLY, MOVED)
    await duty.read()
    assert await duty.now(Level.SECOND) == ("U0BEN",)
    assert (await calendar_probe(calendar, clock)()).ok
    clock.at += timedelta(days=1)
    assert await duty.now(Level.SECOND) == ()
    lines = [each.getMessage() for each in caplog.records if each.name.endswith("calendar_feed")]
    assert len(lines) == 4
    assert not any("s3cret" in each for each in (*lines, found.reason))


async def test_recurrence_that_takes_too_long_is_a_fault(server: CalendarServer) -> None:
    server.body = a_calendar(NIGHTLY)
    feed = CalendarFeed(server.url, "UTC", ManualClock(NIGHT), time_limit=0.001)
    await feed.read()
    assert feed.fault == "Its events could not be read within the limits of time and memory."
    server.body = a_calendar("DTSTART:20261001T000000Z\nDURATION:PT1S\nRRULE:FREQ=MINUTELY\nSUMMARY:x")
    assert read(server.body, "UTC", NIGHT).fault == "One of its events is repeated every minute or second."


async def test_calendar_is_read_again_until_it_is_mended_and_then_asked_for_by_its_tag(server: CalendarServer) -> None:
    server.status = 500
    feed = CalendarFeed(server.url, "UTC", ManualClock(NIGHT))
    running = asyncio.create_task(CalendarOnDuty({Level.SECOND: feed}, Team2(), NoRoster()).run(0.001))
    await server.answered.wait()
    server.status, server.body = 200, a_calendar(NIGHTLY)
    while 304 not in server.answers:
        server.answered.clear()
        await server.answered.wait()
    running.cancel()
    assert server.answers.count(200) == 1
    assert not feed.fault
    assert [each.attendees for each in feed.now()] == [("bea@partner.example",)]


async def test_check_names_who_is_on_duty_and_what_matches_nobody(server: CalendarServer) -> None:
    server.body = a_calendar(NIGHTLY, "DTSTART:20261026T000000Z\nDURATION:PT1H\nSUMMARY:Otto Old")
    feeds = open_calendars(Environment(on_duty_url=server.url), Config(), ManualClock(NIGHT))
    [(subject, wrong)] = [each async for each in findings(CalendarOnDuty(feeds, Team2(), NoRoster()))]
    assert subject.startswith("on duty now by the calendar at 127.0.0.1: [levels.first] names nobody")
    assert subject.endswith("[levels.second] Bea Bäuer")
    assert wrong == "matches nobody of these levels: Otto Old"


@pytest.mark.parametrize("url", ["http://cal.example/s3cret.ics", "ftp://cal.example/s3cret", "https:///s3cret"])
def test_address_of_a_calendar_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        parse({"levels": {"second": {"on_duty": url}}})
    assert "[levels.second] `on_duty`" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_webcal_is_https() -> None:
    assert parse({"levels": {"second": {"on_duty": "webcal://cal.example/a.ics"}}}).levels.second.on_duty == (
        "https://cal.example/a.ics"
    )


# --- over a restart


def restarted(url: str, drafts: Drafts, clock: ManualClock) -> CalendarOnDuty:
    config = Config(levels=Levels(second=Team(members=("U0BEA", "U0BEN"), on_duty=url)))
    return open_roster(Environment(), config, Team2(), NoRoster(), drafts, clock)


async def test_last_calendar_is_used_after_a_restart_while_its_server_is_away(server: CalendarServer) -> None:
    drafts, clock = MemoryDrafts(), ManualClock(NIGHT)
    server.body = a_calendar(NIGHTLY, MOVED)
    await restarted(server.url, drafts, clock).read()
    server.status = 503
    duty = restarted(server.url, drafts, clock)
    await duty.restore()
    assert await duty.now(Level.SECOND) == ("U0BEA",)
    await duty.read()
    assert await duty.now(Level.SECOND) == ("U0BEA",)
    [calendar] = duty.calendars
    assert "The last shifts of the calendar at 127.0.0.1 are used." in (await calendar_probe(calendar, clock)()).reason
    clock.at = NIGHT + timedelta(days=2, hours=23)  # its rules are applied to the day of the restart
    later = restarted(server.url, drafts, clock)
    await later.restore()
    assert await later.now(Level.SECOND) == ("U0BEN",)
    assert "s3cret" not in str(await drafts.keys())


async def test_calendar_that_was_never_read_is_said_to_be_unknown(server: CalendarServer) -> None:
    server.status = 404
    duty = restarted(server.url, MemoryDrafts(), ManualClock(NIGHT))
    await duty.restore()
    await duty.read()
    [calendar] = duty.calendars
    assert "No shifts of the calendar" in (await calendar_probe(calendar, ManualClock(NIGHT))()).reason


async def test_calendar_of_an_address_that_is_not_used_any_more_is_deleted(server: CalendarServer) -> None:
    drafts, clock = MemoryDrafts(), ManualClock(NIGHT)
    server.body = a_calendar(NIGHTLY)
    await restarted(server.url, drafts, clock).read()
    await drafts.put("form:U0BEA", {"text": "kept"})
    await restarted(server.url + "?other", drafts, clock).restore()
    assert await drafts.keys() == ["form:U0BEA"]


async def test_saved_calendar_names_people_in_whole_words_and_is_written_only_when_it_says_something_else(
    server: CalendarServer,
) -> None:
    drafts, clock = MemoryDrafts(), ManualClock(NIGHT)
    duty = restarted(server.url, drafts, clock)
    folded = NIGHTLY.replace("bea@PARTNER.example", "bea@PART\n NER.example")
    server.body = a_calendar(f"DTSTAMP:20261024T000000Z\n{folded}")
    await duty.read()
    [key] = await drafts.keys()
    assert "bea@PARTNER.example" in (await drafts.get(key) or {})["calendar"]
    await drafts.drop(key)
    server.body = a_calendar(f"DTSTAMP:20261025T001500Z\n{folded}")
    await duty.read()
    assert server.answers[-2:] == [200, 200]
    assert await drafts.keys() == []
    assert await duty.now(Level.SECOND) == ("U0BEA",)


async def test_name_in_a_calendar_in_latin_1_is_matched(server: CalendarServer) -> None:
    server.body = a_calendar("DTSTART:20261025T000000Z\nDURATION:PT4H\nSUMMARY:Bea Bäuer").decode().encode("latin-1")
    duty = restarted(server.url, MemoryDrafts(), ManualClock(NIGHT))
    await duty.restore()
    await duty.read()
    assert await duty.now(Level.SECOND) == ("U0BEA",)


async def test_saved_calendar_that_cannot_be_parsed_does_not_keep_the_next_one_away(server: CalendarServer) -> None:
    drafts, clock = MemoryDrafts(), ManualClock(NIGHT)
    server.body = a_calendar(NIGHTLY)
    await restarted(server.url, drafts, clock).read()
    [key] = await drafts.keys()
    await drafts.put(key, {"calendar": "BEGIN:VCALENDAR\nBEGIN:VEVENT"})
    duty = restarted(server.url, drafts, clock)
    await duty.restore()
    await duty.read()
    assert await duty.now(Level.SECOND) == ("U0BEA",)
