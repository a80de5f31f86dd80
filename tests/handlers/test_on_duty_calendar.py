"""Calendar of who is on duty, in the whole desk: people in it are named on the card of a P1, and called."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.on_duty.roster import CalendarOnDuty
from localslack.visible import text_of
from tests.handlers.world import world

CALENDAR = "\r\n".join(
    (
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", "BEGIN:VEVENT", "UID:1"),
        *("DTSTART;VALUE=DATE:20000101", "RRULE:FREQ=DAILY", "SUMMARY:On call: Alex Adler", "END:VEVENT"),
        *("END:VCALENDAR", ""),
    )
)


async def test_card_and_call_of_a_p1_name_who_is_on_duty_by_the_calendar(tmp_path: Path) -> None:
    async def calendar(_: web.Request) -> web.Response:
        return web.Response(text=CALENDAR)

    app = web.Application()
    app.router.add_get("/s3cret.ics", calendar)
    async with TestServer(app, host="127.0.0.1") as server:
        environment = {"on_duty_url": str(server.make_url("/s3cret.ics"))}
        async with world(tmp_path, environment=environment) as w:
            duty = w.running.desk.queries.duty
            assert isinstance(duty, CalendarOnDuty)
            await duty.read()  # besides the reading in the background
            card = await w.raised(priority="P1")
            assert "On duty: Alex Adler" in str(card["blocks"])
            call = await w.alex.reply(card, "On duty:")
            elements = [each for section in call["blocks"][0]["elements"] for each in section["elements"]]
            assert {"type": "user", "user_id": "U0ALEX"} in elements
            assert "raised it\nOn duty:" in text_of(call)
            await w.carla.message("@partner-desk", "Please make sure that somebody takes it at once.")
            found = (await w.running.health.findings())["on duty"]
            assert found.ok
            assert found.reason == "The calendar at 127.0.0.1 is read."
