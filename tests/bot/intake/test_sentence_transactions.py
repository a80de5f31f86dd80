"""Transactions and errors in sentences: either order, German words, times that have been."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bench.intake import KNOWN
from bot.intake.model import IntakeDocument
from bot.intake.reader import read

BERLIN = ZoneInfo("Europe/Berlin")


def answers(text: str) -> dict[str, str]:
    return read([IntakeDocument(text)], KNOWN).answers()


def unix(text: str) -> str:
    return str(int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            "Kunde meldet 550 5.4.1 Empfängeradresse abgelehnt seit heute 8:00 Uhr",
            "550 5.4.1 Empfängeradresse abgelehnt",
        ),
        ("die Mails kommen mit 554 5.7.1 Zurückgewiesen zurück", "554 5.7.1 Zurückgewiesen"),
        ("immer 554 5.7.1 Ungültige Absenderadresse", "554 5.7.1 Ungültige Absenderadresse"),
        ("delayed: 451 4.7.1 Try later; Message-ID <x@y.example>", "451 4.7.1 Try later"),
    ],
)
def test_error_in_a_sentence_is_read_to_the_end_of_its_words(text: str, error: str) -> None:
    assert answers(text)["error"] == error


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Fax to +49 69 1234567 at 2019-08-26T14:22:01+02:00 from +49 89 5550001 failed: SIP/2.0 603 Decline",
            ("2019-08-26T14:22:01", "outbound", "+49 89 5550001", "+49 69 1234567"),
        ),
        (
            "Your message to kai@a.example sent on 26.08.2019 at 18:02 from otto@b.example failed: 452 4.2.2 No",
            ("2019-08-26T18:02:00", "", "otto@b.example", "kai@a.example"),
        ),
        (
            "Mail von a@q.example an b@z.example um 18:10 Uhr kam nicht an",
            ("2019-08-26T18:10:00", "", "a@q.example", "b@z.example"),
        ),
        (
            "Mail von a@q.example an b@z.example um 9:10 Uhr kam nicht an",
            ("2019-08-27T09:10:00", "", "a@q.example", "b@z.example"),
        ),
    ],
)
def test_sender_recipient_and_time_are_read_in_either_order(text: str, parts: tuple[str, str, str, str]) -> None:
    found = answers(text)
    when, direction, sender, recipient = parts
    assert found["example.1.when"] == unix(when)
    assert found.get("example.1.direction", "") == direction
    assert (found["example.1.sender"], found["example.1.recipient"]) == (sender, recipient)


def test_fax_that_came_in_has_the_own_number_that_received_it() -> None:
    found = answers("Inbound fax to +49 89 99998 200 from +49 30 23125 417 failed on 27.08.2019 at 09:12")
    assert (found["example.1.direction"], found["example.1.sender"]) == ("inbound", "+49 30 23125417")
    assert found["example.1.inbound"] == "+49 89 99998200"


def test_day_to_come_is_left_out() -> None:
    assert "example.1.when" not in answers("Mail von a@q.example an b@z.example am 28.08.2019 um 9:10 Uhr kam nicht an")


@pytest.mark.parametrize("quote", ["'", ""])
def test_bounce_without_blank_lines_ends_its_error_before_the_headers(quote: str) -> None:
    found = answers(
        "Your message wasn't delivered.\n\nDiagnostic information for administrators:\nGenerating server: EX1\n"
        f"jan@hafen.example\nRemote server returned {quote}550 5.7.509 Access denied, no DMARC{quote}\n"
        "Original message headers:\nFrom: Dirk <dirk@vogel.example>\nTo: jan@hafen.example\n"
        "Date: Mon, 26 Aug 2019 22:10:11 +0000\n"
    )
    assert found["error"] == found["example.1.status"] == "550 5.7.509 Access denied, no DMARC"
    assert found["example.1.sender"] == "dirk@vogel.example"
