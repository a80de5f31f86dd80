"""The mailbox receives mail of the usual clients, keeps it, and fails on demand."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from localslack.mail import Mail, Mailbox, MailServer, serve


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def server(mailbox: Mailbox) -> AsyncIterator[MailServer]:
    running = await serve(mailbox)
    yield running
    await running.close()


def mail_message(
    subject: str = "Störung, dringend", text: str = "Grüße\r\n", to: str = "help@example.com"
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Desk <desk@example.com>"
    message["To"] = f'"Müller, Eva" <{to}>'
    message["Subject"] = subject
    message["Date"] = "Tue, 27 Aug 2019 11:00:00 +0200"
    message["Message-ID"] = "<1@example.com>"
    message.set_content(text)
    return message


async def send(server: MailServer, message: EmailMessage, **how: Any) -> None:
    await aiosmtplib.send(message, hostname=server.host, port=server.port, **how)


async def test_a_mail_arrives_and_reads_as_it_was_written(server: MailServer, mailbox: Mailbox) -> None:
    message = mail_message()
    message.add_alternative("<p>Grüße</p>", subtype="html")
    message.add_attachment(b"\x00\x01", maintype="application", subtype="pdf", filename="Bericht ü.pdf")
    await send(server, message, recipients=["help@example.com", "hidden@example.com"])
    [mail] = mailbox.messages()
    assert mail.subject == "Störung, dringend"
    assert (mail.sender, mail.to) == ("desk@example.com", ["help@example.com", "hidden@example.com"])
    assert (mail.text.strip(), (mail.html or "").strip()) == ("Grüße", "<p>Grüße</p>")
    assert [(it.name, it.type, it.content) for it in mail.attachments] == [
        ("Bericht ü.pdf", "application/pdf", b"\x00\x01")
    ]
    assert mail.date == 1566896400
    assert mail.header("message-id") == "<1@example.com>"


async def test_smtplib_can_send_mail(server: MailServer, mailbox: Mailbox) -> None:
    def post() -> None:
        with smtplib.SMTP(server.host, server.port) as client:
            client.send_message(mail_message("First"))
            client.send_message(mail_message("Second"))

    await asyncio.to_thread(post)
    assert [mail.subject for mail in mailbox.messages()] == ["Second", "First"]


async def test_mail_has_the_fields_of_the_control_interface(server: MailServer, mailbox: Mailbox) -> None:
    await send(server, mail_message(text="One\n\n two " + "x" * 200))
    [mail] = mailbox.messages()
    listed = mail.listed()
    assert set(listed) == {"id", "date", "from", "to", "subject", "snippet"}
    assert listed["snippet"].startswith("One two xxx")
    assert len(listed["snippet"]) == 140
    full = mail.full()
    assert set(full) == {*listed, "text", "html", "headers", "raw", "attachments"}
    assert ["Return-Path", "<desk@example.com>"] in full["headers"]
    assert mailbox.get(mail.id) is mail


async def test_subscribers_are_notified_until_they_unsubscribe(server: MailServer, mailbox: Mailbox) -> None:
    received: list[Mail | None] = []
    stop = mailbox.subscribe(received.append)
    await send(server, mail_message("one"))
    mailbox.clear()
    stop()
    await send(server, mail_message("two"))
    assert [mail and mail.subject for mail in received] == ["one", None]
    assert [mail.subject for mail in mailbox.messages()] == ["two"]


async def test_mails_survive_a_restart_in_a_folder(tmp_path: Path) -> None:
    first = Mailbox(tmp_path)
    running = await serve(first)
    await send(running, mail_message("kept"))
    first.add(mail_message("kept too").as_bytes())
    await running.close()
    (tmp_path / "notes.eml").write_text("not ours")
    again = Mailbox(tmp_path)
    assert [(mail.id, mail.subject) for mail in again.messages()] == [("2", "kept too"), ("1", "kept")]
    assert again.add(b"\r\n").id == "3"
    again.clear()
    assert Mailbox(tmp_path).messages() == []
    assert (tmp_path / "notes.eml").exists()


async def test_server_can_refuse_the_next_mails(server: MailServer, mailbox: Mailbox) -> None:
    server.faults.refuse(code=451)
    server.faults.refuse(code=554, text="5.7.1 Rejected")
    with pytest.raises(aiosmtplib.SMTPDataError) as later:
        await send(server, mail_message())
    with pytest.raises(aiosmtplib.SMTPDataError) as never:
        await send(server, mail_message())
    assert (later.value.code, never.value.code) == (451, 554)
    assert mailbox.messages() == []
    await send(server, mail_message())
    assert len(mailbox.messages()) == 1


async def test_a_mailbox_can_be_full(server: MailServer, mailbox: Mailbox) -> None:
    server.faults.refuse_recipient("Help@example.com")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await send(server, mail_message())
    assert refused.value.recipients[0].code == 552
    server.faults.clear()
    await send(server, mail_message())
    assert len(mailbox.messages()) == 1


@pytest.mark.parametrize(("when", "expected"), [("before", 0), ("after", 1)])
async def test_the_connection_can_break_before_the_answer(
    server: MailServer, mailbox: Mailbox, when: str, expected: int
) -> None:
    server.faults.drop(when=when)  # type: ignore[arg-type]
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await send(server, mail_message())
    assert len(mailbox.messages()) == expected


async def test_server_can_answer_slowly(server: MailServer) -> None:
    server.faults.order("slow", seconds=30)
    with pytest.raises(aiosmtplib.SMTPTimeoutError):
        await send(server, mail_message(), timeout=0.2)


async def test_server_can_require_a_login(mailbox: Mailbox) -> None:
    server = await serve(mailbox, login=("desk", "secret"))
    try:
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await send(server, mail_message(), username="desk", password="wrong")
        with pytest.raises(aiosmtplib.SMTPException):
            await send(server, mail_message())
        await send(server, mail_message(), username="desk", password="secret")
    finally:
        await server.close()
    assert len(mailbox.messages()) == 1


async def test_taken_port_raises_os_error_and_closed_server_refuses_connections(mailbox: Mailbox) -> None:
    server = await serve(mailbox)
    with pytest.raises(OSError, match="address already in use"):
        await serve(mailbox, port=server.port)
    await server.close()
    await server.close()
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await send(server, mail_message())


@given(
    st.binary(max_size=300)
    | st.builds(
        lambda head, rest: head + b": " + rest,
        st.sampled_from([b"Date", b"From", b"To", b"Content-Type", b"Subject"]),
        st.binary(max_size=80),
    )
)
def test_any_bytes_can_be_read_as_a_mail(raw: bytes) -> None:
    mail = Mailbox().add(raw)
    assert mail.full()["id"] == "1"
