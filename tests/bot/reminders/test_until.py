"""The moment until which reminders wait, as a person types it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.errors import Refused
from bot.reminders.until import read_until
from tests.factories import ANNA, NOW, World, a_world

BERLIN = ZoneInfo("Europe/Berlin")


def at(day: int, hour: int, minute: int = 0, month: int = 8) -> datetime:
    return datetime(2019, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "until", "reason"),
    [
        ("2h", at(27, 13, 20), ""),
        ("2 h Bea asks the provider", at(27, 13, 20), "Bea asks the provider"),
        ("for 30 min", at(27, 11, 50), ""),
        ("1 Tag", at(28, 11, 20), ""),
        ("14:00", at(27, 14), ""),
        ("8:00", at(28, 8), ""),
        ("bis 15 Uhr: Kunde ruft an", at(27, 15), "Kunde ruft an"),
        ("until tomorrow", at(28, 9), ""),
        ("morgen um 14:00 ruft er an", at(28, 14), "ruft er an"),
        ("Tuesday", at(3, 9, month=9), ""),
        ("mo 10:30, they call", at(2, 10, 30, month=9), "they call"),
        ("1.9.", at(1, 9, month=9), ""),
        ("28.08.2019 10:00 then again", at(28, 10), "then again"),
        ("in 2 Stunden", at(27, 13, 20), ""),
        ("1h 30m Bea asks", at(27, 12, 50), "Bea asks"),
        ("2h30", at(27, 13, 50), ""),
        ("1,5 h", at(27, 12, 50), ""),
        ("half an hour", at(27, 11, 50), ""),
        ("in zwei Stunden", at(27, 13, 20), ""),
        ("three hours because of Ben", at(27, 14, 20), "because of Ben"),
        ("eine Stunde, dann Rückruf", at(27, 12, 20), "dann Rückruf"),
        ("heute", at(27, 17), ""),
        ("heute Nachmittag", at(27, 14), ""),
        ("this afternoon at 15:30 they test", at(27, 15, 30), "they test"),
        ("end of day", at(27, 17), ""),
        ("übermorgen früh", at(29, 9), ""),
        ("tomorrow afternoon", at(28, 14), ""),
        ("morgen Nachmittag 15 Uhr", at(28, 15), ""),
        ("am Montag 9", at(2, 9, month=9), ""),
        ("next week", at(2, 9, month=9), ""),
        ("nächsten Dienstag mittags", at(3, 12, month=9), ""),
    ],
)
def test_moment_is_read_from_the_beginning(text: str, until: datetime, reason: str) -> None:
    assert read_until(text, BERLIN, NOW) == (until.astimezone(UTC), reason)


@pytest.mark.parametrize(
    ("now", "text", "until"),
    [
        (at(27, 13, 30), "this afternoon", at(27, 16)),
        (at(27, 14, 30), "heute Nachmittag", at(27, 16)),
        (at(27, 12, 59), "this afternoon", at(27, 14)),
        (at(27, 13, 30), "this afternoon 14:00", at(27, 14)),
    ],
)
def test_this_afternoon_is_the_moment_that_the_form_offers(now: datetime, text: str, until: datetime) -> None:
    assert read_until(text, BERLIN, now.astimezone(UTC)) == (until.astimezone(UTC), "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "they call back",
        "for Bea",
        "in the end they call",
        "a colleague asks",
        "yesterday they called",
        "do not call them",
        "so they said",
        "until",
    ],
)
def test_words_without_a_moment_stay_whole(text: str) -> None:
    assert read_until(text, BERLIN, NOW) == (None, text)


@pytest.fixture
async def w() -> World:
    return await a_world()


async def test_wait_without_a_moment_takes_the_first_that_the_form_offers(w: World) -> None:
    ticket = await w.taken()
    done = await w.desk.reminders.wait(ticket.id, ANNA, "they call back", w.form())
    assert done.times.snoozed_until == at(27, 12, 20)
    assert (await w.store.history(ticket.id))[-1].detail["reason"] == "they call back"


async def test_wait_needs_no_reason(w: World) -> None:
    ticket = await w.taken()
    done = await w.desk.reminders.wait(ticket.id, ANNA, "14:00", w.form())
    assert done.times.snoozed_until == at(27, 14)


@pytest.mark.parametrize(
    "words",
    ["5", "99.99.2019", "12/13", "heute 8 Uhr", "today 9:00", "2 working days", "-2 h", "– 30 min", "for -1 day", "-2"],
)
async def test_wait_until_no_moment_is_refused(w: World, words: str) -> None:
    ticket = await w.taken()
    with pytest.raises(Refused, match="is not a time"):
        await w.desk.reminders.wait(ticket.id, ANNA, words, w.form())


@pytest.mark.parametrize("words", ["tonight", "end of day", "until EOD", "Feierabend", "tonight 18:30 they test"])
async def test_wait_until_a_part_of_today_that_has_passed_is_refused(w: World, words: str) -> None:
    ticket = await w.taken()
    w.clock.forward(hours=8)
    with pytest.raises(Refused, match="is not a time to come"):
        await w.desk.reminders.wait(ticket.id, ANNA, words, w.form())
    assert (await w.desk.queries.ticket(ticket.id)).times.snoozed_until is None


def test_noon_that_has_passed_is_tomorrows() -> None:
    assert read_until("noon", BERLIN, at(27, 13).astimezone(UTC)) == (at(28, 12).astimezone(UTC), "")
