"""Faults of the local mail servers: what a mail program meets, and how they are ordered over the control interface."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage

import aiosmtplib
import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from localslack import LocalSlack, Mailbox, PersonDriver, Refusal
from localslack.mail import MAIL_FAULTS, InvalidMailFault, MailServer, serve, serve_imap
from tests.localslack.embedded import seed
from tests.timeouts import TIMEOUT

LOGIN = ("desk@example.com", "secret")


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def server(mailbox: Mailbox) -> AsyncIterator[MailServer]:
    running = await serve(mailbox, login=LOGIN)
    yield running
    await running.close()


async def send(server: MailServer, to: str = "help@example.com") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = LOGIN[0], to, "One"
    message.set_content("Hello.\n")
    await aiosmtplib.send(
        message, hostname=server.host, port=server.port, username=LOGIN[0], password=LOGIN[1], start_tls=False
    )


@pytest.mark.parametrize(
    ("fault", "error", "expected"),
    [
        ("smtp_down", (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPConnectError, OSError), 0),
        ("login_refused", aiosmtplib.SMTPAuthenticationError, 0),
        ("greylisted", aiosmtplib.SMTPRecipientsRefused, 0),
        ("recipient_refused", aiosmtplib.SMTPRecipientsRefused, 0),
        ("refused", aiosmtplib.SMTPDataError, 0),
        ("break_before", aiosmtplib.SMTPServerDisconnected, 0),
        ("break_after", aiosmtplib.SMTPServerDisconnected, 1),
    ],
)
async def test_sender_meets_the_fault_once_and_then_none(
    server: MailServer, mailbox: Mailbox, fault: str, error: type[Exception], expected: int
) -> None:
    ordered = mailbox.faults.order(fault, times=1)
    with pytest.raises(error):
        await send(server)
    assert (len(mailbox.messages()), ordered.hits) == (expected, 1)
    assert mailbox.faults.listed() == []
    await send(server)
    assert len(mailbox.messages()) == expected + 1


async def test_greylisting_takes_a_mail_when_it_comes_again(server: MailServer, mailbox: Mailbox) -> None:
    mailbox.faults.order("greylisted", address="Help@example.com")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await send(server)
    assert refused.value.recipients[0].code == 451
    await send(server)
    await send(server, to="other@example.com")
    assert len(mailbox.messages()) == 2


async def test_greylisting_refuses_again_within_its_seconds(server: MailServer, mailbox: Mailbox) -> None:
    mailbox.faults.order("greylisted", seconds=3600)
    for _ in range(2):
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
            await send(server)


async def test_smtp_down_lasts_until_it_is_taken_back(server: MailServer, mailbox: Mailbox) -> None:
    ordered = mailbox.faults.order("smtp_down")
    for _ in range(2):
        with pytest.raises((aiosmtplib.SMTPException, OSError)):
            await send(server)
    assert mailbox.faults.cancel(ordered.id)
    assert not mailbox.faults.cancel(ordered.id)
    await send(server)


async def test_imap_drops_out_refuses_the_login_and_breaks_within_a_mail(mailbox: Mailbox) -> None:
    server = await serve_imap(mailbox, *LOGIN)
    mailbox.add(b"Delivered-To: desk@example.com\r\nSubject: One\r\n\r\nHello.\r\n")
    loop = asyncio.get_running_loop()

    def order(fault: str, times: int | None = None) -> None:
        asyncio.run_coroutine_threadsafe(_order(mailbox, fault, times), loop).result()

    def read() -> list[str]:
        met = []
        client = logged_in(server.port)
        order("imap_down", 1)
        for ask in (client.noop, lambda: logged_in(server.port)):
            try:
                ask()
            except (OSError, client.Error) as error:
                met.append(type(error).__name__)
        order("imap_login_refused", 1)
        with pytest.raises(LoginError):
            logged_in(server.port)
        order("imap_break", 1)
        client = logged_in(server.port)
        client.select_folder("INBOX")
        with pytest.raises((OSError, client.Error)):
            client.fetch([1], ["BODY.PEEK[]"])
        client = logged_in(server.port)
        client.select_folder("INBOX")
        assert b"Hello." in client.fetch([1], ["BODY.PEEK[]"])[1][b"BODY[]"]
        return met

    assert len(await asyncio.to_thread(read)) == 2
    await server.close()


async def _order(mailbox: Mailbox, fault: str, times: int | None) -> None:
    mailbox.faults.order(fault, times=times)


def logged_in(port: int) -> IMAPClient:
    client = IMAPClient("127.0.0.1", port, ssl=False, timeout=TIMEOUT)
    client.login(*LOGIN)
    return client


@pytest.mark.parametrize(
    "wanted",
    [
        {"fault": "on fire"},
        {"fault": "refused", "times": 0},
        {"fault": "refused", "times": True},
        {"fault": "refused", "code": 250},
        {"fault": "refused", "text": "one\r\ntwo"},
        {"fault": "slow", "seconds": float("nan")},
        {"fault": "slow", "seconds": -1},
        {"fault": "slow", "colour": "red"},
    ],
)
def test_order_that_no_mail_server_can_carry_out_is_refused(mailbox: Mailbox, wanted: dict[str, object]) -> None:
    with pytest.raises(InvalidMailFault):
        mailbox.faults.order(**wanted)  # type: ignore[arg-type]
    assert mailbox.faults.listed() == []


async def test_faults_of_mail_are_ordered_listed_and_taken_back_over_the_control_interface(mailbox: Mailbox) -> None:
    async with LocalSlack(seed(), mailbox=mailbox) as slack:
        anna: PersonDriver = slack.person("anna")
        ordered = (await anna.control("POST", "mail/faults", fault="break_after", times=2))["fault"]
        listed = await anna.control("GET", "mail/faults")
        assert (listed["faults"], set(listed["mail_faults"])) == ([ordered], set(MAIL_FAULTS))
        await anna.control("DELETE", f"mail/faults/{ordered['id']}")
        with pytest.raises(Refusal):
            await anna.control("DELETE", f"mail/faults/{ordered['id']}")
        with pytest.raises(Refusal):
            await anna.control("POST", "mail/faults", fault="on fire")
        for path in ("mail/faults", "faults"):
            await anna.control("POST", "mail/faults", fault="smtp_down")
            await anna.control("DELETE", path)
            assert mailbox.faults.listed() == []


async def test_local_slack_without_a_mailbox_has_no_faults_of_mail() -> None:
    async with LocalSlack(seed()) as slack:
        assert (await slack.person("anna").control("GET", "mail/faults"))["faults"] == []
        with pytest.raises(Refusal):
            await slack.person("anna").control("POST", "mail/faults", fault="smtp_down")
