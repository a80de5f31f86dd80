"""The same error code makes a ticket or note a suggestion, however long the sentence around it is."""

from __future__ import annotations

import pytest

from bot.search.error_codes import code_terms, is_error_code
from bot.search.ranking import marked
from tests.bot.search.test_known import named
from tests.factories import ANNA, BEN, RAISED, a_world
from tests.linear import growth

LONG = (
    "Good morning, since the maintenance of last night several colleagues in the branch offices complain that their "
    "messages to suppliers come back after some minutes, sometimes only to one recipient of many, and the report in "
    "the mailbox of the helpdesk ends with the words that the remote host said {code} without any further reason, "
    "although nothing was changed here and other recipients in the same domain receive everything as before."
)


@pytest.mark.parametrize("code", ["5.7.520", "0x80040115", "550-5.7.26", "ERR-4711", "E_CONN_042"])
async def test_note_and_open_ticket_with_the_same_code_are_offered_for_a_long_sentence(code: str) -> None:
    w = await a_world()
    await w.desk.notes.write({"symptom": f"Rejected: {code}", "remedy": "Ask for a new policy"}, BEN, w.form())
    await w.raised(customer="Adler AG", happens=f"Bounce with {code} from the gateway")
    typed = {**RAISED, "happens": LONG.format(code=code), "error": ""}
    assert sorted(named(await w.desk.search.offered(typed, ANNA))) == ["PD-1001", "TN-1"]


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("SIP 503", "SIP 503"),
        ("SIP/2.0 503 Service Unavailable", "SIP/503"),
        ("SIP/486", "sip-486"),
        ("SMTP 550", "SMTP-Fehler: 550"),
        ("HTTP status code 403", "HTTP 403"),
        ("HTTP/1.1 429", "HTTPS-Statuscode (429)"),
        ("fax error 34", "Fax-Fehlercode 34"),
        ("error no. 4711", "Fehlercode 4711"),
        ("Reason: Q.850;cause=17", "Q.850 cause 17"),
    ],
)
async def test_code_behind_its_protocol_is_offered_for_a_long_sentence(stored: str, asked: str) -> None:
    w = await a_world()
    await w.desk.notes.write({"symptom": f"Calls end with {stored}", "remedy": "Ask for a new route"}, BEN, w.form())
    await w.raised(customer="Adler AG", happens=f"All of it ends with {stored}", error="")
    typed = {**RAISED, "happens": LONG.format(code=asked), "error": ""}
    assert sorted(named(await w.desk.search.offered(typed, ANNA))) == ["PD-1001", "TN-1"]


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("SIP 503", "503"),
        ("503 calls", "SIP 503"),
        ("SIP 503", "SMTP 503"),
        ("SIP trunk, 503 calls", "SIP 503"),
        ("SMTP 550 5.7.26", "SMTP 550 5.1.1"),
        ("SMTP port 587", "SMTP 587 customers"),
    ],
)
async def test_bare_number_and_code_of_another_protocol_are_no_reason_to_suggest(stored: str, asked: str) -> None:
    w = await a_world()
    await w.raised(customer="Adler AG", happens=f"All of it ends with {stored}", error="")
    typed = {**RAISED, "happens": LONG.format(code=asked), "error": ""}
    assert named(await w.desk.search.offered(typed, ANNA)) == []


async def test_search_finds_and_marks_a_code_behind_its_protocol_in_another_spelling() -> None:
    w = await a_world()
    ticket = await w.raised(happens="Calls end with SIP/2.0 503", error="")
    await w.raised(customer="Adler AG", happens="A SIP trunk lost 503 calls", error="")
    first, *_ = (await w.desk.search.find("sip-503", ANNA)).hits
    assert first.found.id == ticket.id
    assert marked("Calls end with SIP/2.0 503 again", frozenset({"code:sip503"}))[1] == ("SIP/2.0 503", True)


@pytest.mark.parametrize(
    "text",
    [
        "SMTP 25",
        "HTTP 8080",
        "Fehler 10:55",
        "error 27.08.2019",
        "Fehler 2026",
        "error 250 mails",
        "SIP 10.0.0.1",
        "fax 089 12345",
        "gossip 503",
        "SIP 200-300",
        "HTTP 200 customers",
    ],
)
def test_ports_times_amounts_and_addresses_behind_a_protocol_are_no_codes(text: str) -> None:
    assert list(code_terms(text)) == []


@pytest.mark.parametrize("unit", ["SIP ", "error code no. ", "fax-fehler-", "(((", "HTTP/1.1 error 12"])
def test_code_terms_are_found_in_linear_time(unit: str) -> None:
    assert growth(lambda text: list(code_terms(text)), unit) < 3


@pytest.mark.parametrize(
    ("stored", "asked"), [("452 4.3.1", "452-4.3.1"), ("550-5.7.26", "550 5.7.26"), ("550-5.7.26", "550-5.7.26")]
)
async def test_code_of_a_mail_server_is_found_with_a_dash_or_a_blank(stored: str, asked: str) -> None:
    w = await a_world()
    ticket = await w.raised(happens="Outbound mail fails", error=f"{stored} refused")
    sentence = (
        "Guten Tag, seit heute Morgen bekommen wir bei mehreren Anwendern in der Buchhaltung beim Versenden großer "
        f"Anhänge über den Konnektor immer wieder die Meldung {asked} und wissen nicht weiter, bitte um Hilfe"
    )
    found = await w.desk.search.offered({"happens": sentence}, ANNA)
    assert [hit.found.id for hit in found.hits] == [ticket.id]


async def test_code_at_the_end_of_a_very_long_text_is_looked_up() -> None:
    w = await a_world()
    await w.desk.notes.write({"symptom": "Rejected: 5.7.520", "remedy": "New policy"}, BEN, w.form())
    words = " ".join(f"{first}{second}arium" for first in "bcdfghkl" for second in "aeiouy")
    assert named(await w.desk.search.offered({**RAISED, "happens": f"{words} 5.7.520", "error": ""}, ANNA)) == ["TN-1"]


async def test_code_of_another_service_or_of_a_great_many_tickets_is_no_suggestion() -> None:
    w = await a_world()
    note = {"symptom": "Rejected: 5.7.520", "remedy": "New policy", "services": "FAX"}
    await w.desk.notes.write(note, BEN, w.form())
    await w.raised(services="FAX", happens="Bounce with 5.7.520")
    typed = {**RAISED, "happens": LONG.format(code="5.7.520"), "error": ""}
    assert named(await w.desk.search.offered(typed, ANNA)) == []
    for number in range(13):
        await w.raised(customer=f"Customer {number}", happens=f"Message {number} is deferred 4.7.1")
    typed["happens"] = LONG.format(code="4.7.1")
    assert named(await w.desk.search.offered(typed, ANNA)) == []


@pytest.mark.parametrize(
    "word",
    [
        "550",
        "10:55",
        "27.08.2019",
        "2019-08-27",
        "500mb",
        "12345rs",
        "office365",
        "4.2",
        "smtp-de1.example.com",
        "pd1001",
    ],
)
def test_amounts_days_versions_and_names_are_no_error_codes(word: str) -> None:
    assert not is_error_code(word)
