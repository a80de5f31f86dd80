"""Pasted or attached text becomes answers, each marked with its source."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given as anything
from hypothesis import strategies as st

from bench.intake import HELD_OUT, KNOWN, MADE, inputs
from bot.core.telephone import contact_lines
from bot.forms.template_fields import BY_KEY
from bot.forms.validators import MAIN_ID, TENANT_ID, moment
from bot.intake.model import IntakeDocument, Origin, Source
from bot.intake.reader import read
from tests.bot.core.test_cleaning import ODD
from tests.factories import given

BOUNCE = """<{}@target.example>: host mx.target.example[192.0.2.7] said: 550 5.7.1 rejected
    (in reply to RCPT TO command)

"""


def answers(text: str | bytes, name: str = "") -> dict[str, str]:
    return read([IntakeDocument(text, name)], KNOWN).answers()


# --- what comes out


def test_answers_are_canonical_and_of_fields_that_exist() -> None:
    for each in (*inputs(MADE), *inputs(HELD_OUT)):
        found = read([each.document], KNOWN).answers()
        numbered = {key for key in found if key.startswith("example.")}
        assert {key for key in found if key not in BY_KEY} <= {key for key in numbered if int(key.split(".")[1]) > 5}
        for key in ("start", "end"):
            assert key not in found or moment(found[key], replace(given(), now=KNOWN.now)) == found[key]
        assert all(TENANT_ID.fullmatch(each) for each in found.get("tenants", "").split("\n") if each)
        assert "main_id" not in found or MAIN_ID.fullmatch(found["main_id"])
        assert "contact" not in found or contact_lines(found["contact"], "DE") == found["contact"]


@pytest.mark.parametrize(
    ("text", "key", "answer"),
    [
        ("Adler & Söhne KG: mails are late", "customer", "Adler & Söhne KG"),
        ("\nBäckerei Huber GmbH & Co. KG: Faxe fehlen", "customer", "Bäckerei Huber GmbH & Co. KG"),
        ("Adler & Söhne KG: like Müller GmbH, mails are late", "customer", "Adler & Söhne KG"),
        ("Nordsee Reederei GmbH & Co. KG: as at Müller GmbH", "customer", "Nordsee Reederei GmbH & Co. KG"),
        ("Adler und Söhne haben Ärger wie Müller GmbH", "customer", "Müller GmbH"),
        ("mails are rejected with SMTP 452 since 10:15", "error", "SMTP 452"),
        ("faxes end with SIP 503 Service Unavailable", "error", "SIP 503 Service Unavailable"),
        ("we get error 550: user unknown, always", "error", "error 550: user unknown"),
        ("SMTP error 550 5.7.1 from DE1", "error", "550 5.7.1"),
        ("Fax-Fehler 417 beim Versand", "error", "Fax-Fehler 417"),
        ("mandanten 12345rs und 23456RS betroffen", "tenants", "12345RS\n23456RS"),
        ("tenants: 12345 RS, 23456-RS", "tenants", "12345RS\n23456RS"),
        ("12345RS/23456RS, see /34567RS/log", "tenants", "12345RS\n23456RS"),
        ("RCR 88123/88124, 12 users wait", "related", "RCR-88123, RCR-88124"),
        ("RCR-88123 / 550", "related", "RCR-88123"),
        ("Faxe fehlen, Beginn ca. 8 Uhr", "start", "1566885600"),
        ("Please call Anna Bach at +49 89 5528 1234, mails bounce", "contact", "Anna Bach, +49 89 55281234"),
        ("Kontakt: Anna Bach 0171 5551234 oder 0172 5551234", "contact", "Anna Bach, +49 171 5551234, +49 172 5551234"),
    ],
)
def test_codes_numbers_and_people_are_read_in_sentences(text: str, key: str, answer: str) -> None:
    assert answers(text)[key] == answer


@pytest.mark.parametrize(
    "text", ["room 550", "code 404", "sip of tea 500", "error-free 4.2", "error 4711", "SMTP 250 ok"]
)
def test_numbers_without_a_protocol_are_no_errors(text: str) -> None:
    assert "error" not in answers(text)


def test_each_value_is_marked_with_where_it_was_read() -> None:
    found = read(
        [
            IntakeDocument("Hello,\ntenant 12345RS is down", "words.txt"),
            IntakeDocument(BOUNCE.format("b"), "bounce.txt"),
        ],
        KNOWN,
    )
    sources = found.sources()
    assert sources["tenants"] == Source(Origin.WORDS, "words.txt", 2, "tenant 12345RS is down")
    where = sources["example.1.recipient"]
    assert (where.origin, where.document, where.line) == (Origin.BOUNCE, "bounce.txt", 1)


def test_prose_is_what_people_wrote_and_no_machine() -> None:
    found = read([IntakeDocument(f"Hansa Logistik got this, please check.\n\n{BOUNCE.format('b')}")], KNOWN)
    assert found.prose == "Hansa Logistik got this, please check."


@pytest.mark.parametrize(
    "line", ["Impact: no outbound mail", "Auswirkung: keine E-Mail", "- Business impact: none out"]
)
def test_prose_does_not_repeat_the_line_of_the_impact(line: str) -> None:
    found = read([IntakeDocument(f"Mail is rejected since 08:00.\n{line}\nPlease hurry.")], KNOWN)
    assert found.prose == "Mail is rejected since 08:00.\nPlease hurry."
    assert found.answers()["impact"] == line.partition(": ")[2]


def test_prose_keeps_the_lines_of_several_impacts() -> None:
    text = "Impact: no outbound mail\nImpact: fax is slow"
    assert read([IntakeDocument(text)], KNOWN).prose == text


def test_several_documents_are_read_together() -> None:
    found = read(
        [IntakeDocument("Müller GmbH, since 11:00"), IntakeDocument(BOUNCE.format("b"), "bounce.txt")], KNOWN
    ).answers()
    assert found["customer"] == "Müller GmbH"
    assert found["example.1.recipient"] == "b@target.example"
    assert found["error"] == "550 5.7.1 rejected"


def test_fifty_transactions_are_taken_and_the_rest_is_counted() -> None:
    found = read([IntakeDocument("".join(BOUNCE.format(f"b{number}") for number in range(60)))], KNOWN)
    assert (len(found.transactions), found.left_out) == (50, 10)
    assert found.answers()["example.50.recipient"] == "b49@target.example"


def test_same_transaction_is_taken_once() -> None:
    assert (
        len(read([IntakeDocument(BOUNCE.format("b") * 3), IntakeDocument(BOUNCE.format("b"))], KNOWN).transactions) == 1
    )


def test_several_customers_give_none() -> None:
    assert "customer" not in answers("Müller GmbH and Hansa Logistik are affected")
    assert answers("Müller GmbH, tenant 12345RS")["customer"] == "Müller GmbH"
    assert "customer" not in answers("Müller GmbH, tenant 45678HL")


def test_reading_is_deterministic() -> None:
    documents = [each.document for each in inputs(MADE)]
    assert read(documents, KNOWN) == read(documents, KNOWN)


# --- what goes in


def test_document_of_more_than_a_megabyte_is_refused() -> None:
    assert read([IntakeDocument("a" * 1_000_000)], KNOWN).readings == ()
    with pytest.raises(ValueError, match=r"trace\.csv is larger than 1 MB"):
        read([IntakeDocument(b"a" * 1_000_001, "trace.csv")], KNOWN)
    with pytest.raises(ValueError, match="larger than 1 MB"):
        read([IntakeDocument("ä" * 500_001)], KNOWN)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_file_is_read_in_every_usual_encoding(encoding: str) -> None:
    assert answers("Störung bei Müller GmbH".encode(encoding), "words.txt")["customer"] == "Müller GmbH"


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_mail_is_read_with_every_line_end(ends: str) -> None:
    for each in inputs(MADE)[:6]:
        text = str(each.document.content)
        assert answers(text.replace("\n", ends), each.document.name) == answers(text, each.document.name)


def test_pasted_source_of_a_mail_is_read_as_its_file() -> None:
    for each in inputs(MADE):
        if each.document.name.endswith(".eml") and "MIME-Version" in str(each.document.content):
            assert answers(str(each.document.content)) == answers(str(each.document.content), each.document.name)


def test_own_domains_tell_a_complaint_from_an_example() -> None:
    text = "From: k@mueller.example\nTo: support@{}\nSubject: Fax\nMIME-Version: 1.0\n\nTenant 12345RS\n"
    assert answers(text.format("nordlicht.example"), "a.eml")["tenants"] == "12345RS"
    example = answers(text.format("target.example"), "a.eml")
    assert example["example.1.recipient"] == "support@target.example"
    assert "tenants" not in example


def test_bounce_that_was_forwarded_as_a_file_is_read_with_the_words_beside_it() -> None:
    text = """From: Karin <k.meier@mueller.example>
To: support@nordlicht.example
Subject: Fwd: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=zz

--zz
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

SGFsbG8sIHNlaXQgOTozMCBVaHIgYmVpIE3DvGxsZXIgR21iSCBzbyBlaW5lIE1lbGR1bmcsIHNpZWhlIEFuaGFuZy4=
--zz
Content-Type: message/rfc822

From: MAILER-DAEMON@mx.mueller.example
To: e@mueller.example
Content-Type: multipart/report; report-type=delivery-status; boundary=qq

--qq
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.mueller.example

Final-Recipient: rfc822; z@target.example
Action: failed
Diagnostic-Code: smtp; 550 5.1.1 nope

--qq
Content-Type: text/rfc822-headers

From: e@mueller.example
To: z@target.example
Date: Tue, 27 Aug 2019 09:31:00 +0200

--qq--

--zz--
"""
    found = answers(text, "forwarded.eml")
    assert (found["customer"], found["start"]) == ("Müller GmbH", "1566891000")
    assert (found["example.1.sender"], found["example.1.status"]) == ("e@mueller.example", "550 5.1.1 nope")


# --- variants of what is labelled


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("bei Stadtwerke Beispielstadt kommen seit ca. 7:30 Uhr keine Mails", "start", "1566883800"),
        ("Incident from 9.15 Uhr to 9.45 Uhr, mails were lost", "end", "1566891900"),
        ("It started at 23:30, nothing arrives", "start", "1566855000"),
        ("alle 140 Mitarbeiter sind betroffen", "affected", "140 Mitarbeiter"),
        ("Fehler: 451 4.4.0 DNS query failed. Bitte um Rückruf.", "error", "451 4.4.0 DNS query failed"),
        ("they bounce with '550 5.7.0 Requested action not taken'.", "error", "550 5.7.0 Requested action not taken"),
        ("Rückruf an Herrn Arnold unter 089 1234 5678.", "contact", "Arnold, +49 89 12345678"),
        ("Kunde Weber & So\u0308hne KG", "customer", "Weber & Söhne KG"),
        ("Tenant １２３４５ＲＳ", "tenants", "12345RS"),
        ("siehe RCR‑88123, RCR: 77 und PD–1009", "related", "RCR-88123, RCR-77, PD-1009"),
        ("eFax geht nicht", "services", "FAX"),
        ("Anfrage zu transactional e-mail und Transactional Email", "services", "Transactional Email"),
    ],
)
def test_variant_of_words_is_read(text: str, key: str, value: str) -> None:
    assert answers(text)[key] == value


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Termin am 27.08.2019 von 10:00 bis 11:00 Uhr wegen der Störung", "start"),
        ("Incident started 27/08/2019 08:15 IST", "start"),
        ("since 03/04/2019 10:00 nothing works", "start"),
        ("seit 2 h geht nichts", "start"),
        ("Postfach hat 20480KB und 10000MB", "tenants"),
        ("mail 12345RS@target.example, https://x.example/12345RS", "tenants"),
        ("We have 500 customers in Munich", "affected"),
        ("Ticket beim Kunden: INC0012345", "related"),
        ("bei Müller gibt es ein Problem", "customer"),
        ("Karin Meier\nTel.: +49 40 66969 321", "contact"),
        ("call 10 or 20 colleagues", "contact"),
        ("Mit freundlichen Grüßen an alle", "example.1.recipient"),
    ],
)
def test_look_alike_is_not_read(text: str, key: str) -> None:
    assert key not in answers(text)


def test_pasted_delivery_report_is_read() -> None:
    found = answers(
        "<q@target.example>: connect to target.example[192.0.2.8]:25: Connection timed out\n\n"
        "Reporting-MTA: dns; mx.alpen.example\nX-Postfix-Sender: rfc822; w@alpen.example\n"
        "Arrival-Date: Tue, 27 Aug 2019 07:00:00 +0200 (CEST)\n\n"
        "Final-Recipient: rfc822; q@target.example\nAction: delayed\nStatus: 4.4.1\n"
        "Diagnostic-Code: X-Postfix; connect to target.example[192.0.2.8]:25: Connection timed out\n"
    )
    assert found == {
        "error": "connect to target.example[192.0.2.8]:25: Connection timed out",
        "example.1.when": "1566882000",
        "example.1.sender": "w@alpen.example",
        "example.1.recipient": "q@target.example",
        "example.1.status": "connect to target.example[192.0.2.8]:25: Connection timed out",
    }


def test_several_fax_jobs_of_one_report_are_read() -> None:
    job = "Job: {}\nDate: 27.08.2019 11:0{}\nTo: 040 66969 20{}\nResult: busy\n\n"
    found = answers("Fax transmission report\n\n" + "".join(job.format(each, each, each) for each in range(3)))
    assert [found[f"example.{number}.recipient"] for number in (1, 2, 3)] == [
        f"+49 40 6696920{each}" for each in range(3)
    ]
    assert found["services"] == "FAX"


def test_words_of_a_web_page_are_read_without_tags_styles_and_scripts() -> None:
    text = (
        "From: k@mueller.example\nTo: support@nordlicht.example\nContent-Type: text/html; charset=utf-8\n\n"
        "<html><style>.a{content:'23456RS '}</style><script>var x='34567AV "
        "';</script><p>Tenant&nbsp;12345RS<br>is down</p></html>"
    )
    assert answers(text, "a.eml")["tenants"] == "12345RS"


@anything(
    st.one_of(ODD, st.text("From: a@b.example\n<>;|\"'550 .1RCSI/2+")), st.sampled_from(["", "a.eml", "a.csv", "a.txt"])
)
def test_any_text_is_read(text: str, name: str) -> None:
    found = read([IntakeDocument(text, name)], KNOWN)
    assert all(value for value in found.answers().values())
    assert found.answers().keys() == found.sources().keys()


@anything(st.binary(max_size=300))
def test_any_file_is_read(content: bytes) -> None:
    read(
        [
            IntakeDocument(
                b"From: a@b.example\nTo: c@d.example\nContent-Type: multipart/report; boundary=x\n\n" + content, "a.eml"
            )
        ],
        KNOWN,
    )


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", b"PK\x03\x04\x14\0\x08", bytes(range(256))]
)
@pytest.mark.parametrize("name", ["trace.log", "bounce.eml", "table.csv"])
def test_file_that_is_no_text_says_nothing(content: bytes, name: str) -> None:
    found = read([IntakeDocument(content, name)], KNOWN)
    assert (found.prose, found.answers()) == ("", {})
