"""Builds raw mails of invented people. Ticket PD-42; our letter is `<L1@partner.example>`."""

from __future__ import annotations

ANNA = "Anna Muster <anna.muster@retarus.example>"
DESK = "desk@partner.example"
LETTER = "<L1@partner.example>"
PASSED = "mx.partner.example; dmarc=pass (p=reject) header.from=retarus.example"
FAILED = "mx.partner.example; dmarc=fail (p=reject) header.from=retarus.example"


def mail(
    subject: str,
    text: str = "",
    *headers: str,
    sender: str = ANNA,
    answers: str = "",
    proof: str = "",
    html: str = "",
    number: int = 1,
) -> bytes:
    """A mail with one text, or with HTML only. `answers`: a Message-ID for In-Reply-To and References."""
    lines = [
        *(f"Authentication-Results: {each}" for each in [proof] if each),
        *headers,
        f"From: {sender}",
        f"To: {DESK}",
        f"Subject: {subject}",
        f"Message-ID: <m{number}@mail.retarus.example>",
        "Date: Thu, 3 Dec 2026 10:12:00 +0100",
        "MIME-Version: 1.0",
        *(f"{name}: {answers}" for name in ("In-Reply-To", "References") if answers),
        f"Content-Type: text/{'html' if html else 'plain'}; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    return "\r\n".join([*lines, "", html or text.replace("\n", "\r\n"), ""]).encode()


def multipart(kind: str, *parts: bytes, head: str = "", params: str = "") -> bytes:
    """A multipart mail: parts with their own headers below a head without Content-Type."""
    first = f'{head}MIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary="=_b"{params}\r\n\r\n'
    return first.encode() + b"".join(b"--=_b\r\n" + each + b"\r\n" for each in parts) + b"--=_b--\r\n"


def part(kind: str, body: str | bytes, *headers: str) -> bytes:
    content = body if isinstance(body, bytes) else body.encode()
    return "\r\n".join([f"Content-Type: {kind}", *headers, "", ""]).encode() + content


def head(subject: str, *headers: str, sender: str = ANNA) -> str:
    fixed = (f"From: {sender}", f"To: {DESK}", f"Subject: {subject}", "Message-ID: <m2@mail.retarus.example>")
    return "".join(f"{each}\r\n" for each in (*headers, *fixed))


def report(
    recipient: str,
    action: str,
    status: str,
    diagnostic: str = "",
    *,
    returned: str = LETTER,
    subject: str = "Undelivered Mail Returned to Sender",
    sender: str = "Mail Delivery System <MAILER-DAEMON@mx.partner.example>",
    text: str = "This is the mail system at host mx.partner.example.",
) -> bytes:
    """A delivery status notification (RFC 3464) that returns the headers of a mail."""
    fields = f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
    fields += f"Diagnostic-Code: smtp; {diagnostic}\r\n" if diagnostic else ""
    return multipart(
        "report",
        part("text/plain; charset=utf-8", text),
        part("message/delivery-status", f"Reporting-MTA: dns; mx.partner.example\r\n\r\n{fields}"),
        part("text/rfc822-headers", f"Message-ID: {returned}\r\nSubject: [PD-42] Faxe\r\n"),
        head=head(subject, "Return-Path: <>", sender=sender),
        params="; report-type=delivery-status",
    )
