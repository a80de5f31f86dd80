"""Outgoing mail, with real SMTP on loopback."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from pydantic import JsonValue

from bot.adapters.mail.compose import address, compose
from bot.adapters.mail.mail_carrier import MailCarrier
from bot.adapters.mail.smtp_sender import SmtpSender
from bot.adapters.mail.smtp_url import SmtpServer, parse_smtp_url
from bot.conversation.thread_headers import OutgoingMails
from bot.core.backoff import AMBIGUOUS
from bot.core.errors import Misconfigured
from bot.core.i18n import Language
from bot.model.notice import Blocked, Claim, Dead, NoticeKind, Outcome, Retry, Sent
from tests.doubles.mail_servers import (
    DROP,
    SILENCE,
    Inbox,
    body,
    client_tls,
    scripted_smtp_server,
    server_tls,
    smtp_server,
)
from tests.doubles.memory_store import MemoryStore
from tests.doubles.records import START, a_notice
from tests.timeouts import TIMEOUT

TO = "support@retarus.example"


def a_message(**values: object) -> EmailMessage:
    defaults: dict[str, object] = {
        "message_id": "<t1@partner.example>",
        "sender": address("desk@partner.example", "Partner Desk"),
        "to": address(TO),
        "reply_to": address("ben@partner.example", "Ben Brandt"),
        "subject": "[PD-1042] P1 incident",
        "text": "Hello",
        "html": "<p>Hello</p>",
        "at": START,
    }
    return compose(**{**defaults, **values})  # type: ignore[arg-type]


def sender_to(url: str, trust: ssl.SSLContext | None = None, timeout: float = 20) -> SmtpSender:
    return SmtpSender(parse_smtp_url(url), name="partner.example", trust=trust, command_timeout=timeout)


async def send(port: int, *, attempt: int = 1, command_timeout: float = 20) -> Outcome:
    sender = sender_to(f"smtp://127.0.0.1:{port}", timeout=command_timeout)
    return await sender.send(a_message(), TO, attempt=attempt, at=START)


# --- delivery


async def test_real_server_receives_the_composed_message() -> None:
    async with smtp_server(Inbox()) as inbox:
        assert await send(inbox.port) == Sent()
    (mail,) = inbox.messages
    assert inbox.envelopes[0].rcpt_tos == [TO]
    assert inbox.envelopes[0].mail_from == "desk@partner.example"
    assert mail["From"] == "Partner Desk <desk@partner.example>"
    assert mail["Reply-To"] == "Ben Brandt <ben@partner.example>"
    assert mail["Date"].datetime == START
    assert body(mail, "plain") == "Hello\n"
    assert body(mail, "html") == "<p>Hello</p>\n"


async def test_retry_has_the_same_message_id() -> None:
    async with smtp_server(Inbox()) as inbox:
        await send(inbox.port)
        await send(inbox.port, attempt=2)
    first, second = inbox.messages
    assert first["Message-ID"] == second["Message-ID"]


async def test_sender_uses_starttls_and_login_as_configured() -> None:
    async with smtp_server(Inbox({"desk": "s3cr@t"}), starttls=server_tls()) as inbox:
        sender = sender_to(f"smtp://desk:s3cr%40t@127.0.0.1:{inbox.port}?starttls=1", client_tls())
        assert await sender.send(a_message(), TO, attempt=1, at=START) == Sent()
        assert await sender.check() is None
    assert inbox.encrypted == [True]


async def test_sender_uses_implicit_tls() -> None:
    async with smtp_server(Inbox(), tls=server_tls()) as inbox:
        sender = sender_to(f"smtps://127.0.0.1:{inbox.port}", client_tls())
        assert await sender.send(a_message(), TO, attempt=1, at=START) == Sent()


# --- failures

REFUSALS = [
    ({"rcpt": "552 5.2.2 Mailbox full"}, f"The mailbox {TO} is full"),
    ({"rcpt": "552 no room"}, f"The mailbox {TO} is full"),
    ({"rcpt": "550 5.1.1 User unknown"}, f"knows no mailbox {TO}"),
    ({"rcpt": "550 no such user"}, f"knows no mailbox {TO}"),
    ({"rcpt": "550 5.7.1 Relaying denied"}, "refused the message"),
    ({"mail": "550 5.7.1 Not yours"}, "does not let desk@partner.example send"),
    ({"mail": "530 5.7.0 Authentication required"}, "refused our login"),
    ({"mail": "552 5.3.4 too big"}, "too big"),
    ({"dot": "552 5.3.4 too big"}, "too big"),
    ({"dot": "554 5.6.0 looks like spam"}, "refused the message"),
    ({"hello": "554 no service"}, "refused the message"),
]


@pytest.mark.parametrize(("answers", "words"), REFUSALS)
async def test_refusal_is_explained_with_the_servers_answer(answers: dict[str, str], words: str) -> None:
    async with scripted_smtp_server(**answers) as port:
        outcome = await send(port)
    assert isinstance(outcome, Blocked if words == "refused our login" else Dead)
    assert words in outcome.reason
    assert outcome.reason.endswith(f"It said: {next(iter(answers.values()))}")


async def test_long_server_answer_is_truncated() -> None:
    async with scripted_smtp_server(rcpt="550-" + "x" * 400 + "\r\n550 " + "y" * 400) as port:
        outcome = await send(port)
    assert isinstance(outcome, Dead)
    assert len(outcome.reason.partition("It said: ")[2]) == 200


SHORT_WAIT = timedelta(seconds=6)

TEMPORARY_FAILURES = [
    {"hello": "421 busy"},
    {"rcpt": "450 greylisted"},
    {"mail": DROP},
    {"hello": DROP},
    {"dot": "451 later"},
]


@pytest.mark.parametrize("answers", TEMPORARY_FAILURES)
async def test_temporary_failure_is_retried_soon(answers: dict[str, str]) -> None:
    async with scripted_smtp_server(**answers) as port:
        outcome = await send(port)
    assert isinstance(outcome, Retry)
    assert START < outcome.at <= START + SHORT_WAIT
    assert "@" not in outcome.reason


async def test_unreachable_server_is_retried_with_growing_intervals() -> None:
    async with scripted_smtp_server() as port:
        pass
    waits = [outcome.at - START for n in range(1, 9) if isinstance(outcome := await send(port, attempt=n), Retry)]
    assert waits[0] <= SHORT_WAIT
    assert waits == sorted(waits) or max(waits[5:]) <= timedelta(minutes=36)
    assert all(wait >= timedelta(minutes=24) for wait in waits[5:])


@pytest.mark.parametrize("answers", [{"dot": DROP}, {"dot": SILENCE}, {"data": DROP}])
async def test_ambiguous_delivery_is_retried_after_a_long_wait(answers: dict[str, str]) -> None:
    async with scripted_smtp_server(**answers) as port:
        outcome = await send(port, command_timeout=_timeout(answers.values()))
    assert isinstance(outcome, Retry)
    assert outcome.at >= START + AMBIGUOUS


def _timeout(answers: Iterable[str]) -> float:
    """A short timeout for an answer that never comes, long enough for the answers before it."""
    return 2 if SILENCE in answers else TIMEOUT


async def test_unresponsive_server_times_out() -> None:
    async with scripted_smtp_server(ehlo=SILENCE) as port:
        outcome = await send(port, command_timeout=0.2)
    assert isinstance(outcome, Retry)
    assert outcome.at <= START + SHORT_WAIT


@pytest.mark.parametrize("goodbye", [DROP, SILENCE, "500 what?"])
async def test_accepted_message_is_sent_even_if_quit_fails(goodbye: str) -> None:
    async with scripted_smtp_server(quit=goodbye) as port:
        assert await send(port, command_timeout=_timeout([goodbye])) == Sent()


async def test_recipient_that_smtp_cannot_express_is_dead() -> None:
    async with scripted_smtp_server() as port:
        sender = sender_to(f"smtp://127.0.0.1:{port}")
        for wrong in ("a@b.example>\r\nRCPT TO:<x@y.example", "ä@b.example", "a b@c.example"):
            assert isinstance(await sender.send(a_message(), wrong, attempt=1, at=START), Dead)


async def test_a_cancelled_delivery_ends_at_once() -> None:
    async with scripted_smtp_server(ehlo=SILENCE) as port:
        task = asyncio.create_task(send(port))
        await asyncio.wait([task], timeout=0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


# --- letters

LETTER: dict[str, JsonValue] = {
    "subject": "[PD-1042] P1 incident",
    "opening": ["INCIDENT"],
    "template": [{"heading": "DESCRIPTION", "lines": ["<b>Müller</b> & co"]}],
    "prequalification": [],
}


def outgoing() -> OutgoingMails:
    store = MemoryStore()
    return OutgoingMails(store, store, store)


def a_letter(reply_to: str = "ben@partner.example") -> Claim:
    body: dict[str, JsonValue] = {"letter": LETTER, "reply_to": reply_to}
    return Claim(notice=a_notice(to=TO, kind=NoticeKind.LETTER_MAIL, body=body), attempt=1)


async def test_letter_arrives_as_text_and_html_with_reply_to() -> None:
    async with smtp_server(Inbox()) as inbox:
        carrier = MailCarrier(sender_to(f"smtp://127.0.0.1:{inbox.port}"), "desk@partner.example", "", outgoing())
        assert await carrier.deliver(a_letter(), START) == Sent()
    (mail,) = inbox.messages
    assert (mail["Subject"], mail["Reply-To"]) == ("[PD-1042] P1 incident", "ben@partner.example")
    assert "<b>Müller</b> & co" in body(mail, "plain")
    assert "&lt;b&gt;Müller&lt;/b&gt; &amp; co" in body(mail, "html")


async def test_chaser_html_declares_the_language_of_letters() -> None:
    chaser = a_notice(
        to=TO, kind=NoticeKind.CHASE_MAIL, body={"text": "Wie steht es?", "subject": "P1", "reply_to": "b@p.example"}
    )
    async with smtp_server(Inbox()) as inbox:
        sender = sender_to(f"smtp://127.0.0.1:{inbox.port}")
        carrier = MailCarrier(sender, "desk@partner.example", "", outgoing(), language=Language.GERMAN)
        await carrier.deliver(Claim(notice=chaser, attempt=1), START)
    (mail,) = inbox.messages
    assert "<html lang='de'>" in body(mail, "html")


async def test_mail_that_answers_none_does_not_begin_with_re() -> None:
    words: dict[str, JsonValue] = {"text": "How does it stand?", "subject": "Re: P1", "reply_to": "b@p.example"}
    first, second = (a_notice(f"t1:{n}:chase_mail:x", to=TO, kind=NoticeKind.CHASE_MAIL, body=words) for n in (1, 2))
    async with smtp_server(Inbox()) as inbox:
        carrier = MailCarrier(sender_to(f"smtp://127.0.0.1:{inbox.port}"), "desk@partner.example", "", outgoing())
        for notice in (first, second):
            await carrier.deliver(Claim(notice=notice, attempt=1), START)
    assert [mail["Subject"] for mail in inbox.messages] == ["P1", "Re: P1"]
    assert inbox.messages[1]["In-Reply-To"] == inbox.messages[0]["Message-ID"]


async def test_second_automatic_mail_within_the_hour_waits_and_is_no_failure() -> None:
    words: dict[str, JsonValue] = {"text": "Hello", "subject": "P1", "reply_to": "b@p.example", "automatic": True}
    first, second = (a_notice(f"t1:{n}:chase_mail:x", to=TO, kind=NoticeKind.CHASE_MAIL, body=words) for n in (1, 2))
    async with smtp_server(Inbox()) as inbox:
        carrier = MailCarrier(sender_to(f"smtp://127.0.0.1:{inbox.port}"), "desk@partner.example", "", outgoing())
        assert await carrier.deliver(Claim(notice=first, attempt=1), START) == Sent()
        waits = await carrier.deliver(Claim(notice=second, attempt=1), START + timedelta(minutes=5))
    assert isinstance(waits, Retry)
    assert (waits.at, waits.is_failure) == (START + timedelta(hours=1), False)
    (mail,) = inbox.messages
    assert mail["Auto-Submitted"] == "auto-generated"


async def test_letter_with_an_invalid_reply_to_is_dead_with_a_reason() -> None:
    async with scripted_smtp_server() as port:
        outcome = await MailCarrier(
            sender_to(f"smtp://127.0.0.1:{port}"), "desk@partner.example", "", outgoing()
        ).deliver(a_letter("ben@@partner"), START)
    assert isinstance(outcome, Dead)
    assert outcome.reason.startswith("“ben@@partner” is not an e-mail address")


async def test_letter_without_a_mail_server_is_dead_with_a_reason() -> None:
    outcome = await MailCarrier(None, "desk@partner.example", "", outgoing()).deliver(a_letter(), START)
    assert isinstance(outcome, Dead)
    assert "SMTP_URL" in outcome.reason


# --- app.py check


async def test_wrong_password_is_reported_without_revealing_it() -> None:
    async with smtp_server(Inbox({"desk": "right"}), starttls=server_tls()) as inbox:
        sender = sender_to(f"smtp://desk:wr0ng@127.0.0.1:{inbox.port}?starttls=1", client_tls())
        problem = await sender.check()
        outcome = await sender.send(a_message(), TO, attempt=1, at=START)
    assert problem is not None
    assert "refused our login" in problem
    assert "wr0ng" not in problem
    assert outcome == Blocked(problem)


async def test_untrusted_certificate_is_refused() -> None:
    async with smtp_server(Inbox(), starttls=server_tls()) as inbox:
        problem = await sender_to(f"smtp://127.0.0.1:{inbox.port}?starttls=1").check()
    assert problem is not None
    assert problem.startswith("No secure connection")
    async with smtp_server(Inbox(), tls=server_tls()) as inbox:
        outcome = await sender_to(f"smtps://127.0.0.1:{inbox.port}").send(a_message(), TO, attempt=1, at=START)
    assert isinstance(outcome, Blocked)
    assert outcome.reason.startswith("No secure connection")


async def test_server_without_encryption_or_login_is_not_used() -> None:
    async with scripted_smtp_server(ehlo="250 test") as port:
        no_tls = await sender_to(f"smtp://127.0.0.1:{port}?starttls=1").check()
        no_login = await sender_to(f"smtp://desk:secret@127.0.0.1:{port}").check()
    assert no_tls is not None
    assert no_tls.startswith("No secure connection")
    assert no_login is not None
    assert "refused our login" in no_login


async def test_unreachable_server_is_reported_with_its_name() -> None:
    async with scripted_smtp_server() as port:
        pass
    problem = await sender_to(f"smtp://127.0.0.1:{port}").check()
    assert problem is not None
    assert problem.startswith(f"The mail server 127.0.0.1:{port} cannot be reached")


# --- SMTP_URL


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:1025", SmtpServer("127.0.0.1", 1025, "none")),
        ("smtp://mail.example.com", SmtpServer("mail.example.com", 25, "none")),
        ("smtp://u:p@mail.example.com:587", SmtpServer("mail.example.com", 587, "starttls", "u", "p")),
        ("smtp://u:p@mail.example.com?starttls=1", SmtpServer("mail.example.com", 587, "starttls", "u", "p")),
        ("smtp://mail.example.com:587?starttls=0", SmtpServer("mail.example.com", 587, "none")),
        ("smtps://u%40x:p%2F%23@mail.example.com", SmtpServer("mail.example.com", 465, "tls", "u@x", "p/#")),
        ("smtps://u%40x@mail.example.com", SmtpServer("mail.example.com", 465, "tls", "u@x")),
        ("smtps://[::1]:465/", SmtpServer("::1", 465, "tls")),
    ],
)
def test_smtp_url_is_parsed(url: str, server: SmtpServer) -> None:
    assert parse_smtp_url(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.com:25",
        "http://u:s3cret@mail.example.com",
        "smtp://",
        "smtp://u:s3cret@",
        "smtp://u:s3cret#x@mail.example.com:587",
        "smtp://u:s3cret/x@mail.example.com:587",
        "smtp://u:s3cret@mail.example.com:99999?starttls=1",
        "smtp://u:s3cret@mail.example.com:587/folder",
        "smtp://u:s3cret@mail.example.com:587?tls=1",
        "smtp://u:s3cret@mail.example.com:587?starttls=maybe",
        "smtps://u:s3cret@mail.example.com?starttls=1",
        "smtp://u:s3cret@mail.example.com:25",
        "smtps://:s3cret@mail.example.com",
        "smtp://[::1:25",
        "smtp://u:s3cret@ma\u2100il.example.com",
    ],
)
def test_a_wrong_smtp_url_is_refused_without_repeating_the_password(url: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        parse_smtp_url(url)
    assert "SMTP_URL" in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_server_does_not_print_its_password() -> None:
    assert "s3cret" not in repr(parse_smtp_url("smtps://u:s3cret@mail.example.com"))
