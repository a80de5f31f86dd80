"""Reading takes time linear in the length of what was pasted, however it is made."""

from __future__ import annotations

import pytest

from bench.intake import KNOWN
from bot.intake.model import IntakeDocument
from bot.intake.reader import read
from tests.linear import growth

UNITS = [
    "a", "1\n", "a@b.example\n", "<a@b.example>\n", "<a@b.example>: host x said: ", "From: a\nTo: b\nDate: c\n\n",
    "\n", '"\n', '"550 5.7.1 x"\n', "550 5.7.1 \n", "from a@b.example to\n", "since 11:00\n",
    "call Anna +49 89 1234 5678,\n", "RCR-1 PD-1\n", "12345RS\n", "Müller GmbH\n", "a;b\n", "Zeit;Status;An\n",
    "SIP/2.0 486 Busy\nCall-ID: a\n", "Final-Recipient: rfc822;a@b.example\n\n", "Status: x\nFax: 1\nTime: 11:00\n",
    "Content-Type: multipart/mixed; boundary=a\n\n--a\n", "id:1 submit date:1908270930 stat:X\n",
    "error: 550 5.7.1\n", "START OF INCIDENT\n", "delivered to a@b.example \n", "The response was:\n",
    "\u0301\u0316", "von 10:00 bis\n", "fax sms Email Security\n", "Recipient address:\n", "because:\n\n", "Aa & ",
    "tenants 12345rs, ", "12345RS/", "SMTP 452 Aaa ",
    "RCR 88123/88124, ", "call Anna 0171 5551234 a ", "halb neun ", "seit heute ", "> ", "*a ", "*a* ",
    "MAIL FROM:<a@b.example>\n",
    "RCPT TO:<a@b.example>\n", "a@b.example -> ", "+49 89 1234 to ", "a  b  c\n", "Fax 123456 ",
    "frau a ", "[", '{"a":',
    "Aug 27 08:22:19 mx sendmail[1]: aaaa: to=<a@b.example>, ", "Reported error: 550 5.1.1 x\n",
    "5 customers affected\n",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_reading_pasted_words_is_linear(unit: str) -> None:
    assert growth(lambda text: read([IntakeDocument(text)], KNOWN), unit, 6000) < 3


@pytest.mark.parametrize(
    "unit", ["--a\n", "<style>", "<a ", "=?utf-8?q?a?=", "a\n", "<br>", "Final-Recipient: rfc822;a@b.example\n\n"]
)
def test_reading_a_mail_is_linear(unit: str) -> None:
    head = "Subject: a\nContent-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/html\n\n"
    assert growth(lambda text: read([IntakeDocument(head + text, "a.eml")], KNOWN), unit, 6000) < 3


@pytest.mark.parametrize("depth", [5, 60, 5000])
def test_mail_of_many_nested_parts_is_read(depth: int) -> None:
    parts = "".join(f"Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n" for number in range(depth))
    text = f"From: a@b.example\nTo: support@nordlicht.example\n{parts}\n\nTenant 12345RS"
    assert len(read([IntakeDocument(text, "a.eml")], KNOWN).transactions) <= 1
