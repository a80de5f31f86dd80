"""Composed mail is readable by every mail program, whatever text people typed."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.mail.compose import NoAddress, address, attach, compose
from bot.core.cleaning import clean_text, shorten_middle
from tests.doubles.mail_servers import body
from tests.doubles.records import START

NASTY = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("\r\n\x00\t,;:<>@\"'\\().=? äöü🎉\u202e\u2028"),
    ),
    max_size=120,
)


def compose_bytes(**values: object) -> bytes:
    defaults: dict[str, object] = {
        "message_id": "<t1@partner.example>",
        "sender": address("desk@partner.example", "Partner Desk"),
        "to": address("support@retarus.example"),
        "reply_to": None,
        "subject": "[PD-1042]",
        "text": "Hello",
        "html": "<p>Hello</p>",
        "at": START,
    }
    return compose(**{**defaults, **values}).as_bytes()  # type: ignore[arg-type]


def parse(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, _class=EmailMessage, policy=policy.default)


def decoded_name_and_address(raw: bytes, header: str) -> tuple[str, str]:
    """Display name and address decoded by RFC 2047; the newer parser inserts blanks between encoded words."""
    name, found = parseaddr(str(message_from_bytes(raw)[header]))
    return str(make_header(decode_header(name))), found


def collapse_blanks(text: str) -> str:
    """Text with runs of blanks collapsed, as the number of blanks at a fold is undefined."""
    return " ".join(text.split())


@given(subject=NASTY, name=NASTY)
def test_headers_contain_the_typed_text_and_cannot_be_injected(subject: str, name: str) -> None:
    raw = compose_bytes(subject=subject, reply_to=address("ben@partner.example", name))
    mail = parse(raw)
    assert list(dict.fromkeys(mail.keys())) == [
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
    ]  # fmt: skip
    assert collapse_blanks(str(mail["Subject"])) == collapse_blanks(shorten_middle(subject, 200).replace("=?", "= ?"))
    assert decoded_name_and_address(raw, "Reply-To") == (
        collapse_blanks(shorten_middle(name, 80)),
        "ben@partner.example",
    )
    assert_lines_are_short_and_ascii(raw)


@given(text=NASTY, html=NASTY)
def test_bodies_contain_the_typed_text(text: str, html: str) -> None:
    mail = parse(compose_bytes(text=text, html=html))
    assert lines_of_part(mail, "plain") == re.split(r"[\n\x0b\x0c]", clean_text(text) + "\n")
    assert lines_of_part(mail, "html") == re.split(r"[\n\x0b\x0c]", clean_text(html) + "\n")


def lines_of_part(mail: EmailMessage, kind: str) -> list[str]:
    return re.split(r"[\n\x0b\x0c]", body(mail, kind))


LONG = "[PD-1042] " + "Müller, “Störung” " * 8


@pytest.mark.parametrize("text", [LONG, "w" * 190, "ü" * 190, "🎉" * 60, "a, b " * 30, 'the "best" \\ of '], ids=len)
def test_long_headers_keep_every_blank_quote_and_comma(text: str) -> None:
    raw = compose_bytes(subject=text, reply_to=address("b@c.example", text))
    assert str(parse(raw)["Subject"]) == shorten_middle(text, 200)
    assert decoded_name_and_address(raw, "Reply-To") == (shorten_middle(text, 80), "b@c.example")
    assert_lines_are_short_and_ascii(raw)


def test_text_that_looks_encoded_is_not_decoded() -> None:
    raw = compose_bytes(subject="=?utf-8?q?x?=", reply_to=address("b@c.example", "=?utf-8?q?x?="))
    assert str(parse(raw)["Subject"]) == "= ?utf-8?q?x?="
    assert decoded_name_and_address(raw, "Reply-To") == ("=?utf-8?q?x?=", "b@c.example")


def test_long_message_ids_are_not_folded() -> None:
    ids = [f"<{'a' * 90}.{n}@{'b' * 40}.example.com>" for n in range(4)]
    raw = compose_bytes(references=ids)
    assert f"In-Reply-To: {ids[-1]}\r\n".encode() in raw.replace(b"\r\n <", b" <")
    assert str(parse(raw)["References"]).split() == ids
    assert b"=?" not in raw


def test_long_text_is_wrapped_in_transit_and_restored() -> None:
    text = "x" * 3000 + "\n" + "ü" * 3000 + "\n.\nFrom here\n" + "a b " * 500
    raw = compose_bytes(text=text)
    assert body(parse(raw), "plain") == clean_text(text) + "\n"
    assert_lines_are_short_and_ascii(raw)


def assert_lines_are_short_and_ascii(raw: bytes) -> None:
    assert raw.isascii()
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 200
    assert not any(b"\n" in line or b"\r" in line for line in lines)


def test_automatic_mail_says_so_and_a_persons_mail_does_not() -> None:
    automatic, by_hand = parse(compose_bytes(is_automatic=True)), parse(compose_bytes())
    assert automatic["Auto-Submitted"] == "auto-generated"
    assert automatic["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert by_hand["Auto-Submitted"] is None


@pytest.mark.parametrize(
    "wrong",
    ["", "a", "a@", "@b.example", "a b@c.example", "a@b.example\r\nBcc: x@y.example", "ä@b.example", "a@b@c.example",
     "<a@b.example>", "a@b.example, c@d.example", "a@b..example", "a@b.example>", f"a@{'b' * 64}.example"],
)  # fmt: skip
def test_invalid_address_is_refused_with_an_explanation(wrong: str) -> None:
    with pytest.raises(NoAddress, match="is not an e-mail address mail can be sent to"):
        address(wrong)


def test_address_domain_is_encoded_as_idna() -> None:
    assert address(" anna@bücher.example ", "Anna\nBcc: x").addr_spec == "anna@xn--bcher-kva.example"
    assert address("anna@bücher.example", "Anna\nBcc: x").display_name == "Anna Bcc: x"


@pytest.mark.parametrize(
    "name", ["x" * 250 + ".log", "Prüfbericht " * 20 + ".pcap.gz", "日本" * 60 + ".csv", "🎉" * 50 + ".png"], ids=len
)
def test_long_file_name_arrives_whole_with_its_ending(name: str) -> None:
    mail = parse(compose_bytes())
    attach(mail, name, "application/gzip", b"content")
    (part,) = parse(mail.as_bytes()).iter_attachments()
    assert part.get_filename() == name
    assert part.get_content() == b"content"
    assert max(map(len, mail.as_bytes().splitlines())) <= 200
