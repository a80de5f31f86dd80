"""Charsets, structures, names and files of real and invented mails; and a fuzzer."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.adapters.inbound_mail.html import html_text
from bot.adapters.inbound_mail.parser import file_bytes, parse
from bot.conversation.kind import classify
from bot.conversation.mail import InboundMail
from bot.conversation.quoted_text import new_words
from tests.adapters.inbound_mail.corpus import CORPUS
from tests.adapters.inbound_mail.mails import head, mail, multipart, part
from tests.adapters.inbound_mail.malformed import MALFORMED

UMLAUTS = "Grüße aus Köln – 5 €"


def of_charset(charset: str, encoded: bytes) -> bytes:
    first = head("x") + f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return first.encode() + encoded


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("utf-8", "utf-8"),
        ("UTF8", "utf-8"),
        ('"utf-8"', "utf-8"),
        ("windows-1252", "cp1252"),
        ("iso-8859-1", "cp1252"),
        ("us-ascii", "utf-8"),
        ("us-ascii", "cp1252"),
        ("bogus-99", "utf-8"),
        ("bogus-99", "cp1252"),
        ("iso-8859-15", "iso-8859-15"),
        ("utf-16", "utf-16"),
        ("utf-8", "cp1252"),
    ],
)
def test_text_is_decoded_whatever_the_charset_says(charset: str, codec: str) -> None:
    text = UMLAUTS if codec != "iso-8859-15" else UMLAUTS.replace("–", "-")
    found = parse(of_charset(charset, text.encode(codec))).text
    assert found == text or (charset, codec) == ("utf-8", "cp1252")
    assert "Gr" in found


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?iso-8859-1?Q?Gr=FC=DFe_aus?= =?iso-8859-1?Q?_K=F6ln?=", "Grüße aus Köln"),
        ("=?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?b?R3LD?=\r\n =?utf-8?b?vMOfZQ==?=", "Grüße"),
        ("=?UTF-8*de?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("plain =?utf-8?q?Gr=C3=BC=C3=9Fe?= plain", "plain Grüße plain"),
        ("=?bogus?q?abc?=", "abc"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        ("folded\r\n\tsubject", "folded subject"),
        ("=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"),
        ("Grüße", "Grüße"),
        ("5 =?= 5", "5 =?= 5"),
    ],
)
def test_subject_is_decoded_onto_one_line(raw: str, text: str) -> None:
    assert " ".join(parse(f"Subject: {raw}\r\n\r\nx".encode()).subject.split()) == text


@pytest.mark.parametrize(
    ("date", "wanted"),
    [
        ("Thu, 3 Dec 2026 10:12:00 +0100", datetime(2026, 12, 3, 9, 12, tzinfo=UTC)),
        ("3 Dec 2026 10:12:00 GMT", datetime(2026, 12, 3, 10, 12, tzinfo=UTC)),
        ("Thu, 3 Dec 2026 10:12:00 -0000", datetime(2026, 12, 3, 10, 12, tzinfo=UTC)),
        ("gestern", None),
        ("Thu, 31 Dec 9999 23:59:00 -2359", None),
        ("", None),
    ],
)
def test_date_is_in_utc_or_none(date: str, wanted: datetime | None) -> None:
    assert parse(f"Date: {date}\r\n\r\nx".encode()).date == wanted


def test_plain_text_of_an_alternative_is_taken() -> None:
    raw = multipart("alternative", part("text/plain", "plain words"), part("text/html", "<p>html words</p>"))
    assert (parse(raw).text, parse(raw).is_from_html) == ("plain words", False)


@pytest.mark.parametrize("plain", ["", " \r\n", "Diese Mail ist HTML."])
def test_html_of_an_alternative_is_taken_when_the_plain_text_says_nothing(plain: str) -> None:
    html = "<p>Der Versand lief um 09:40 wieder an, die Ursache war ein voller Spool auf dem Server.</p>"
    found = parse(multipart("alternative", part("text/plain", plain), part("text/html", html)))
    assert found.text.startswith("Der Versand lief")


def test_text_around_pictures_is_kept_as_apple_mail_sends_it() -> None:
    raw = multipart(
        "mixed",
        part("text/plain", "davor"),
        part("image/png", b"png", "Content-Disposition: inline; filename=bild.png"),
        part("text/plain", "danach"),
    )
    assert parse(raw).text == "davor\n\ndanach"
    assert [each.name for each in parse(raw).files] == ["bild.png"]


def test_flowed_text_is_joined_but_no_signature_and_no_quotation() -> None:
    text = "Eine lange \r\nZeile.\r\n> alte \r\n> Zeile\r\n-- \r\nAnna"
    raw = part("text/plain; charset=utf-8; format=flowed", text)
    assert parse(raw).text == "Eine lange Zeile.\n> alte Zeile\n-- \nAnna"


def test_text_file_is_a_file_and_no_text() -> None:
    raw = multipart(
        "mixed",
        part("text/plain", "Anbei."),
        part("text/plain; name=log.txt", "log"),
        part("text/csv", "a;b", "Content-Disposition: attachment; filename=liste.csv"),
        part("text/calendar", "BEGIN:VCALENDAR"),
        part("message/rfc822", "Subject: =?utf-8?q?Fall?=\r\n\r\nx"),
    )
    found = parse(raw)
    assert found.text == "Anbei."
    assert [each.name for each in found.files][:2] == ["log.txt", "liste.csv"]
    assert file_bytes(raw, 1) == b"a;b"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('"../../etc/passwd"', "passwd"),
        ('"C:\\\\Temp\\\\plan.pdf"', "plan.pdf"),
        ("=?utf-8?q?=C3=9Cbersicht.pdf?=", "Übersicht.pdf"),
        ("*=utf-8''%C3%9Cbersicht.pdf", "Übersicht.pdf"),
        ('"a\tb.pdf"', "a b.pdf"),
        ('"..."', "file-1.pdf"),
        ('" "', "file-1.pdf"),
        (f'"{"x" * 300}.pdf"', f"{'x' * 88}….pdf"),
        ('"a\u200bb\u202efdp.exe"', "abfdp.exe"),
    ],
)
def test_file_name_is_safe(written: str, wanted: str) -> None:
    disposition = f"attachment; filename{'' if written.startswith('*') else '='}{written}"
    raw = multipart("mixed", part("application/pdf", b"%PDF", f"Content-Disposition: {disposition}"))
    assert [each.name for each in parse(raw).files] == [wanted]


def test_size_of_a_file_is_that_of_its_bytes() -> None:
    content = bytes(range(256)) * 77
    raw = multipart("mixed", part("application/x", b64encode(content), "Content-Transfer-Encoding: base64"))
    assert parse(raw).files[0].size == len(content)
    assert file_bytes(raw, 0) == content


def test_long_references_keep_the_first_and_the_newest() -> None:
    raw = "References: " + "\r\n ".join(f"<{each}@x.example>" for each in range(500)) + "\r\n\r\nx"
    found = parse(raw.encode()).references
    assert (found[0], found[-1], len(found)) == ("<0@x.example>", "<499@x.example>", 50)


def test_html_keeps_lists_tables_and_link_targets_and_drops_what_is_hidden() -> None:
    html = (
        "<style>p {}</style><p>Eins<br>zwei</p><ul><li>a</li></ul><table><tr><td>x</td><td>y</td></tr></table>"
        '<p style="display:none">versteckt</p><a href="https://evil.example/x">retarus.example</a>'
        '<a href="https://retarus.example/">https://retarus.example</a><script>bad()</script><!-- no -->'
    )
    text, is_cut = html_text(html)
    assert not is_cut
    assert "retarus.example <https://evil.example/x>" in text
    assert all(each in text for each in ("Eins\nzwei", "* a", "x  y"))
    assert not any(each in text for each in ("versteckt", "bad()", "p {}", "no -->", "<https://retarus.example/>"))


def test_html_nested_too_deeply_for_the_library_keeps_its_words() -> None:
    assert html_text("<div>" * 600 + "Hallo &amp; Welt" + "</div>" * 600)[0] == "Hallo & Welt"


def test_quotation_in_html_becomes_quoted_lines_and_answers_between_stay() -> None:
    html = "<p>Siehe:</p><blockquote><p>Läuft er?</p></blockquote><p>Ja.</p><blockquote>Seit wann?</blockquote>9:40"
    text, _ = html_text(html)
    assert [line for line in text.split("\n") if line] == ["Siehe:", "> Läuft er?", "Ja.", "> Seit wann?", "9:40"]
    assert new_words(text).is_whole


def test_outlook_html_reply_is_cut_at_its_header_block() -> None:
    html = (
        '<div class="WordSection1"><p class="MsoNormal">Erledigt.<o:p></o:p></p><p>Anna</p>'
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>Von:</b> Desk '
        "&lt;desk@partner.example&gt; <br><b>Gesendet:</b> Donnerstag, 3. Dezember 2026 10:12<br>"
        "<b>An:</b> Support<br><b>Betreff:</b> [PD-42] Faxe</p></div><p>Guten Tag</p></div>"
    )
    found = new_words(parse(mail("AW: [PD-42] Faxe", html=html)).text, "AW: [PD-42] Faxe")
    assert found.new.split() == ["Erledigt.", "Anna"]


# --- fuzzing

SEEDS = [each.raw for each in CORPUS] + [raw for raw in MALFORMED.values() if len(raw) < 5000]
PIECES = st.sampled_from(
    [
        *(b"\r\n", b"\n\n", b"\r", b"\0", b"--", b"--=_b", b"--=_b--", b'"', b"(", b"<", b"=?utf-8?b?", b"?="),
        *(b"Content-Type: multipart/mixed; boundary=x\r\n", b"Content-Type: message/rfc822\r\n\r\n", b"--x\r\n"),
        *(b"Content-Type: text/html\r\n\r\n<div>", b"Content-Transfer-Encoding: base64\r\n", b"; charset=rot13"),
        *(b"; name*0*=", b"From: ", b"> ", b"Am 3.12.2026 um 10:12 schrieb a@b.de:", b"\xff\xfe", b"\xed\xa0\x80"),
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A mail of the corpus with pieces put in, taken out and doubled."""
    raw = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(raw)))
        length = draw(st.integers(0, 60))
        raw[at : at + length] = draw(st.one_of(PIECES, st.binary(max_size=8), st.just(bytes(raw[at : at + 90]) * 2)))
    return bytes(raw)


@given(st.one_of(mutated(), st.binary(max_size=400), st.lists(PIECES, max_size=60).map(b"".join)))
@example(b"")
@settings(max_examples=600)
def test_any_bytes_are_read(raw: bytes) -> None:
    found = parse(raw)
    kind = classify(found, own_addresses=(), is_own_id=False, is_allowed=True, rcr_pattern=r"RCR[-\s#:]*\d+")
    assert InboundMail.model_validate_json(found.model_dump_json()) == found
    words = new_words(found.text, found.subject)
    assert words.new.split() + words.quoted.split() == found.text.split()
    assert all(file_bytes(raw, each.number) is not None for each in found.files)
    assert "\n" not in found.subject
    assert kind.sign


def test_half_characters_of_a_charset_cost_no_other_word() -> None:
    raw = b"From: =?utf-7?q?A+2AA-nna?= <a@b.example>\r\nSubject: =?utf-7?q?+2AA-Faxe?=\r\n"
    mail = parse(raw + b"Content-Type: text/plain; charset=utf-7\r\n\r\nIt +2AA- works +2D3eAA-")
    assert mail.model_dump_json().encode()
    assert (mail.senders[0].name, mail.subject, mail.text) == ("Anna", "Faxe", "It  works \U0001f600")


@pytest.mark.parametrize("name", [b"Message-ID", b"References", b"In-Reply-To"])
def test_message_id_holds_no_control_character(name: bytes) -> None:
    mail = parse(b"From: a@b.example\r\n" + name + b": <x\0@b.example>\r\n\r\nHello")
    assert "\\u0000" not in mail.model_dump_json()
