"""The mailbox is read by IMAP, and a mail in it is answered like a mail program does it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from bot.adapters.inbound_mail.server import ImapServer as ImapServerAddress
from bot.adapters.inbound_mail.source import Arrived, ImapSource, Position
from localslack.mail import ImapServer, Mailbox, reply_to, serve_imap
from tests.timeouts import TIMEOUT

DESK = "desk@example.com"
MAIL = (
    b"Delivered-To: desk@example.com\r\nFrom: rita@retarus.example\r\nTo: desk@example.com\r\nSubject: One\r\n"
    b"Message-ID: <1@r.example>\r\n\r\nHello.\r\n"
)
OTHER = MAIL.replace(b"desk@example.com", b"other@example.com")


@pytest.fixture
async def server() -> AsyncIterator[tuple[ImapServer, Mailbox]]:
    mailbox = Mailbox()
    running = await serve_imap(mailbox, DESK, "secret")
    yield running, mailbox
    await running.close()


def client_of(server: ImapServer, password: str = "secret") -> IMAPClient:
    client = IMAPClient("127.0.0.1", server.port, ssl=False, timeout=TIMEOUT)
    client.login(DESK, password)
    return client


async def test_imap_shows_mail_of_the_address_only(server: tuple[ImapServer, Mailbox]) -> None:
    running, mailbox = server
    for raw in (OTHER, MAIL, OTHER):
        mailbox.add(raw)

    def read() -> tuple[dict[bytes, object], list[int], bytes, bytes]:
        client = client_of(running)
        selected = client.select_folder("INBOX")
        uids = client.search(["UID", "1:*"])
        whole = client.fetch(uids, ["BODY.PEEK[]"])[2][b"BODY[]"]
        part = client.fetch(uids, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])[2]
        client.add_flags(uids, [b"\\Seen"])
        client.logout()
        return selected, uids, whole, next(value for key, value in part.items() if key.startswith(b"BODY["))

    selected, uids, whole, header = await asyncio.to_thread(read)
    assert (selected[b"EXISTS"], selected[b"UIDNEXT"], uids, whole) == (1, 3, [2], MAIL)
    assert header == b"Message-ID: <1@r.example>\r\n\r\n"


async def test_idle_tells_of_a_new_mail(server: tuple[ImapServer, Mailbox]) -> None:
    running, mailbox = server

    def idle() -> list[tuple[object, ...]]:
        client = client_of(running)
        client.select_folder("INBOX")
        client.idle()
        loop.call_soon_threadsafe(mailbox.add, MAIL)
        responses = client.idle_check(timeout=TIMEOUT)
        client.idle_done()
        client.logout()
        return list(responses)

    loop = asyncio.get_running_loop()
    assert await asyncio.to_thread(idle) == [(1, b"EXISTS")]


async def test_wrong_password_is_refused(server: tuple[ImapServer, Mailbox]) -> None:
    with pytest.raises(LoginError):
        await asyncio.to_thread(client_of, server[0], "wrong")


def test_reply_goes_into_the_thread_with_the_mail_quoted() -> None:
    mail = Mailbox().add(MAIL)
    reply = message_from_bytes(reply_to(mail, "Answer.", 1_700_000_000), policy=policy.default)
    assert (reply["From"], reply["To"], reply["Subject"]) == (DESK, "rita@retarus.example", "Re: One")
    assert reply["In-Reply-To"] == reply["References"] == "<1@r.example>"
    text = reply.get_body().get_content()  # type: ignore[union-attr]
    assert text.startswith("Answer.")
    assert "> Hello." in text


async def test_desk_reads_what_arrives(server: tuple[ImapServer, Mailbox]) -> None:
    running, mailbox = server
    mailbox.add(OTHER)
    source = ImapSource(
        ImapServerAddress("127.0.0.1", running.port, "none", DESK, "secret"), clock=lambda: datetime.now(UTC)
    )
    arrivals = source.arrivals(None, known=nothing)
    async with asyncio.timeout(TIMEOUT):
        first = await anext(arrivals)
        mailbox.add(MAIL)
        second = await anext(arrivals)
    assert isinstance(first, Position)
    assert isinstance(second, Arrived)
    assert second.raw == MAIL
    await source.mark(second)
    await arrivals.aclose()


async def nothing(_ids: object) -> set[str]:
    """No mail was taken in before."""
    return set()
