"""A pasted table or a CSV file becomes the transactions a ticket keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as anything
from hypothesis import strategies as st

from bot.core.transaction_headings import heading_part
from bot.core.transaction_table import as_answers, read_table, transactions
from bot.forms.template_fields import BY_KEY
from tests.bot.core.test_cleaning import ODD
from tests.linear import growth

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2019, 8, 27, 10, tzinfo=UTC)
ONE = {
    "when": "1566896640",
    "sender": "a@mueller.example",
    "recipient": "b@target.example",
    "status": "550 5.7.1 rejected",
}


def read(text: str) -> tuple[dict[str, str], ...]:
    return transactions(text, BERLIN, "DE", NOW)


CELLS = ("27.08.2019 11:04", "a@mueller.example", "b@target.example", "550 5.7.1 rejected")


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(("Timestamp\tSender\tRecipient\tStatus", "\t".join(CELLS))),
        "\n".join(("Zeit;Absender;Empfänger;Fehlermeldung", ";".join(CELLS), "")),
        'When,From,To,Error\n2019-08-27T09:04:00Z,a@mueller.example,b@target.example,"550 5.7.1 rejected"',
        "\n".join(("| Time | From | To | Status |", "|---|---|---|---|", f"| {' | '.join(CELLS)} |")),
        "\r\n".join(("\ufeffDatum;Uhrzeit;Von;An;Ergebnis", ";".join(CELLS).replace(" ", ";", 1), "")),
        "\t".join(CELLS),
        "Time (UTC),From,To,Status\n27.08.2019 09:04,Anna <a@mueller.example>,b@target.example,550 5.7.1 rejected",
    ],
)
def test_table_is_read_in_every_shape(text: str) -> None:
    assert read(text) == (ONE,)


@pytest.mark.parametrize(
    "headings", ["Time;Direction;From;To;Status", "Zeitstempel;Richtung;Absenderkonto;Empfangsrufnummer;Status"]
)
def test_telephone_numbers_are_written_for_abroad_and_an_inbound_one_is_the_number_called(headings: str) -> None:
    text = f"{headings};Job ID\n27.08.2019 11:04;eingehend;089 1234–5678;040 66969 100;Error 62;J-1"
    assert read(text) == (
        {
            "when": "1566896640", "direction": "inbound", "sender": "+49 89 12345678", "inbound": "+49 40 66969100",
            "status": "Error 62", "log": "Job ID: J-1",
        },
    )  # fmt: skip


def test_every_fault_is_reported_with_its_line() -> None:
    with pytest.raises(ValueError) as refused:
        read(
            "Time;From;Status\n27.08.2019 11:04;;550\nsoon;a@mueller.example;550\n27.08.2019 11:04;a@mueller.example;\n"
        )
    assert str(refused.value).split("\n") == [
        "Line 2: Name at least one: sending account, termination address or inbound number.",
        "Line 3: “soon” is not a date and time that can be read. Write it like 27.08.2019 11:04.",
        "Line 4: What was its status or error message?",
    ]


def test_text_that_does_not_fit_is_refused_and_not_cut() -> None:
    with pytest.raises(ValueError, match=r"Line 2: .* is 501 characters long; at most 500 fit"):
        read(f"Time;From;Status\n27.08.2019 11:04;a@mueller.example;{'x' * 501}")


@pytest.mark.parametrize("text", ["", "hello, world", "Name;Place\nAnna;Munich", "no table at all"])
def test_text_without_transactions_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="No transactions were read"):
        read(text)


def _rows(count: int) -> str:
    return "Time;From;Status\n" + "27.08.2019 11:04;a@mueller.example;550\n" * count


def test_fifty_transactions_fit_and_more_are_refused() -> None:
    assert len(read(_rows(50))) == 50
    with pytest.raises(ValueError, match="These are 51 transactions; at most 50 fit"):
        read(_rows(51))


def test_answers_have_the_keys_of_the_form() -> None:
    answers = as_answers([ONE, ONE])
    assert answers["example.2.status"] == "550 5.7.1 rejected"
    assert answers.keys() <= BY_KEY.keys()


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("Zielnummer", "recipient"),
        ("Called number", "inbound"),
        ("Sending account", "sender"),
        ("Termination address", "recipient"),
        ("Datum/Uhrzeit", "when"),
        ("Pages", ""),
    ],
)
def test_heading_names_a_part(heading: str, part: str) -> None:
    assert heading_part(heading) == part


@anything(st.one_of(ODD, st.text('Time;From\tStatus,|"\n27.08.2019 11:04a@x')))
def test_any_text_is_a_table_or_none(text: str) -> None:
    table = read_table(text, BERLIN, "DE", NOW)
    assert table is None or all(row.line >= 1 for row in table.rows)


@pytest.mark.parametrize("head", ["", "Zeit;Absender;Status\n"])
@pytest.mark.parametrize("unit", [",", '"', ";\t", "a@", "1,", "27.08.2019 10:00;a;b\n", "|", "\n"])
def test_reading_a_table_is_linear(unit: str, head: str) -> None:
    assert growth(lambda text: read_table(head + text, BERLIN, "DE", NOW), unit) < 3
