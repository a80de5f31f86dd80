"""Rows of addresses, SMTP sessions, JSON, and what surrounds them in a chat are read as transactions."""

from __future__ import annotations

import pytest

from bench.intake import KNOWN
from bot.intake.json_table import json_table
from bot.intake.model import IntakeDocument
from bot.intake.reader import read


def _parts(text: str, name: str = "") -> list[dict[str, str]]:
    return [dict(each.parts) for each in read([IntakeDocument(text, name)], KNOWN).transactions]


@pytest.mark.parametrize(
    "line",
    [
        "27.08.2019 09:12 from a@one.example to b@two.example 550 5.7.1 Relay denied",
        "a@one.example -> b@two.example, 27.08.2019 09:12, 550 5.7.1 Relay denied",
        "- 27.08.2019 09:12: a@one.example an b@two.example mit 550 5.7.1 Relay denied.",
        "2019-08-27T07:12:00Z | a@one.example | b@two.example | 550 5.7.1 Relay denied",
    ],
)
def test_row_of_two_addresses_is_a_transaction(line: str) -> None:
    at, status = "1566889920", "550 5.7.1 Relay denied"
    assert _parts(line) == [{"when": at, "sender": "a@one.example", "recipient": "b@two.example", "status": status}]


def test_row_of_two_numbers_is_a_fax() -> None:
    found = read([IntakeDocument("Fax 089 99998777 -> 0711 5558899 09:31 SIP 606 Not Acceptable")], KNOWN)
    assert found.transactions[0].parts["recipient"] == "+49 711 5558899"
    assert found.answers()["services"] == "FAX"


@pytest.mark.parametrize(
    "line", ["a@one.example, b@two.example", "Please ask a@one.example or b@two.example about 550 5.7.1 and the rest"]
)
def test_two_addresses_in_a_sentence_are_no_row(line: str) -> None:
    assert _parts(line) == []


def test_times_before_pairs_of_addresses_belong_to_those_behind_them() -> None:
    text = (
        "um 08:20 ging es von a@one.example an b@two.example schief, dann um 08:40 von c@one.example an d@two.example"
    )
    assert [each["when"] for each in _parts(text)] == ["1566886800", "1566888000"]


def test_session_gives_the_refused_recipients() -> None:
    text = (
        "> MAIL FROM:<a@one.example> SIZE=5\n< 250 2.1.0 Ok\n> RCPT TO:<b@two.example>\n< 550 5.1.1 Unknown\n"
        "> RCPT TO:<c@two.example>\n< 250 2.1.5 Ok\n> DATA\n< 354 go on\n< 554 5.7.1 Spam"
    )
    assert [(each["recipient"], each["status"]) for each in _parts(text)] == [
        ("b@two.example", "550 5.1.1 Unknown"),
        ("c@two.example", "554 5.7.1 Spam"),
    ]


def test_session_without_a_refusal_gives_nothing() -> None:
    text = "MAIL FROM:<a@one.example>\n250 2.1.0 Ok\nRCPT TO:<b@two.example>\n250 2.1.5 Ok"
    assert (_parts(text), "error" in read([IntakeDocument(text)], KNOWN).answers()) == ([], False)


def test_json_of_lists_and_of_lines_is_read() -> None:
    sent = '{"to": "4917155512345", "sentAt": "2019-08-27T07:00:00Z", "status": {"name": "FAILED"}}'
    nested = '{"channel": "SMS", "results": [' + sent + "]}"
    lines = '{"to": "a@one.example", "time": "2019-08-27T07:00:00Z", "status": "550 no"}\n' * 2
    assert _parts(nested)[0] == {
        "when": "1566889200", "direction": "outbound", "recipient": "+49 171 55512345", "status": "FAILED",
    }  # fmt: skip
    assert [each["status"] for each in _parts(lines)] == ["550 no"]


def test_json_without_transactions_stays_as_it_was_pasted() -> None:
    text = '{"service": "Email Security", "note": "tenant 12345RS"}'
    found = read([IntakeDocument(text)], KNOWN)
    assert (found.prose, found.answers()["tenants"]) == (text, "12345RS")


@pytest.mark.parametrize("text", ["{", "[1, 2]", "[]", "[FIRING:1] queue", '{"a": ' * 50, "plain"])
def test_text_that_is_no_json_of_objects_is_none(text: str) -> None:
    assert json_table(text) is None


def test_quotes_and_bold_of_a_chat_hide_no_label_and_no_bounce() -> None:
    text = "*Störung seit:* 27.08.2019 09:05 Uhr\n> <a@one.example>: host mx.one.example said: 550 5.1.1 no"
    found = read([IntakeDocument(text)], KNOWN).answers()
    assert (found["start"], found["example.1.recipient"]) == ("1566889500", "a@one.example")


def test_words_of_a_person_above_a_forwarded_bounce_are_read() -> None:
    text = (
        "From: t@mueller.example\nTo: support@nordlicht.example\nSubject: FW\nMIME-Version: 1.0\n\n"
        "Tenant 12345RS\n\nFrom: Microsoft Outlook\nSent: Tuesday, August 27, 2019 10:58 AM\nTo: T\n\n"
        "Delivery has failed to these recipients or groups:\n\nb@two.example\nRemote Server returned '550 5.1.1 no'"
    )
    found = read([IntakeDocument(text, "fw.eml")], KNOWN).answers()
    assert (found["tenants"], found["example.1.recipient"]) == ("12345RS", "b@two.example")
    assert "example.1.when" not in found  # the moment is the bounce's own


def test_fax_number_in_a_signature_names_no_service() -> None:
    assert "services" not in read([IntakeDocument("Tel. +49 711 2233440 · Fax +49 711 2233449")], KNOWN).answers()
    assert read([IntakeDocument("Fax +49 711 2233449 ist gestört")], KNOWN).answers()["services"] == "FAX"
