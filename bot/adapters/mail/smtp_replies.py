"""Explains a mail server's reply: retry or give up, and a sentence for people."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from bot.adapters.mail.oauth import NoToken
from bot.adapters.mail.smtp_url import SmtpServer
from bot.core.cleaning import excerpt
from bot.core.i18n import mark, t

_ANSWER = 200  # characters of the server's own words
_LAST_PASSING = 499
_ENHANCED = re.compile(r"\b[245]\.(\d{1,3}\.\d{1,3})\b")  # RFC 3463

_SENTENCES = {
    "full": mark("The mailbox {to} is full. Ask its owner another way to make room, then try again."),
    "unknown": mark("The mail server knows no mailbox {to}. Have an admin check the address, then try again."),
    "sender": mark(
        "The mail server does not let {sender} send. Have an admin check the sender's address, then try again."
    ),
    "login": mark(
        "The mail server refused our login. Have an admin check user and password in SMTP_URL, or the OAuth2 settings."
    ),
    "token": mark("There is no OAuth2 token for the mail server: {why} Have an admin check the OAuth2 settings."),
    "size": mark("The message is too big for the mail server. Shorten the ticket's longest answers, then try again."),
    "tls": mark("No secure connection to the mail server {host} can be made. Have an admin check SMTP_URL."),
    "reach": mark("The mail server {host} cannot be reached. Check host and port in SMTP_URL, and the way there."),
    "refused": mark("The mail server refused the message. Have an admin look at what it said, then try again."),
}


def is_passing(error: BaseException) -> bool:
    """True if a retry may help: 4xx, a lost connection, a timeout; but not a refusal, nor a wrong certificate."""
    if isinstance(error, SMTPResponseException):
        return error.code <= _LAST_PASSING
    if isinstance(error, NoToken):
        return error.is_passing
    if any(isinstance(cause, ssl.SSLError) and not isinstance(cause, _BROKEN_OFF) for cause in _causes(error)):
        return False
    return isinstance(error, (OSError, TimeoutError, SMTPServerDisconnected, SMTPTimeoutError))


def closes_mail(error: BaseException) -> bool:
    """True if it concerns every message: our login is refused, or no secure connection can be established."""
    return not is_passing(error) and _kind(error) in {"login", "tls", "token"}


def reason(error: BaseException) -> str:
    """The reason for a retry, without a person's address."""
    if isinstance(error, SMTPResponseException) and error.code > 0:
        return t("the mail server asked to wait (it said {code})", code=error.code)
    if isinstance(error, NoToken):
        return t("the service for OAuth2 tokens cannot be reached")
    if isinstance(error, TimeoutError):
        return t("the mail server did not answer in time")
    return t("the connection to the mail server failed")


def sentence(error: BaseException, server: SmtpServer, *, sender: str = "", to: str = "") -> str:
    """A sentence for the ticket's owner or an admin: what is wrong, what to do, what the server said."""
    host = f"{server.host}:{server.port}"
    plain = t(_SENTENCES[_kind(error)]).format(to=to, sender=sender, host=host, why=str(error))
    answer = "" if isinstance(error, NoToken) else _answer_of(error)
    return t("{why} It said: {words}", why=plain, words=answer) if answer else plain


def _kind(error: BaseException) -> str:
    if isinstance(error, NoToken):
        return "token"
    if any(isinstance(cause, ssl.SSLError) for cause in _causes(error)):
        return "tls"
    if isinstance(error, SMTPResponseException):
        is_login = isinstance(error, SMTPAuthenticationError) or error.code in _NEEDS_LOGIN
        return "login" if is_login else _kind_of_refusal(error)
    if isinstance(error, OSError):
        return "reach"
    if isinstance(error, SMTPException):  # without a reply code: the server does not offer what we need
        return "login" if "AUTH" in error.message.upper() else "tls"
    return "unknown"  # ValueError: no address that can stand on a command line


_BY_STATUS = {
    "1.1": "unknown",
    "1.2": "unknown",
    "1.6": "unknown",
    "1.10": "unknown",
    "2.1": "unknown",
    "1.7": "sender",
    "1.8": "sender",
    "2.2": "full",
    "2.3": "size",
    "3.4": "size",
    "7.8": "login",
}
"""Enhanced status → what is wrong (RFC 3463); the same for every command."""

_NEEDS_LOGIN = frozenset({530, 534, 535, 538})
_BY_CODE: dict[type[SMTPResponseException], dict[int, str]] = {
    SMTPSenderRefused: {552: "size"},
    SMTPRecipientRefused: {550: "unknown", 551: "unknown", 552: "full", 553: "unknown"},
    SMTPDataError: {552: "size"},
}
"""Without an enhanced status, a code means different things to different commands (RFC 5321)."""

_OTHERWISE: dict[type[SMTPResponseException], str] = {SMTPSenderRefused: "sender", SMTPResponseException: "tls"}


def _kind_of_refusal(error: SMTPResponseException) -> str:
    status, command = _ENHANCED.search(error.message), type(error)
    found = _BY_STATUS.get(status[1]) if status else _BY_CODE.get(command, {}).get(error.code)
    return found or _OTHERWISE.get(command, "refused")


def _answer_of(error: BaseException) -> str:
    """The server's own words, or the system's, on one line."""
    if isinstance(error, SMTPResponseException):
        return excerpt(f"{error.code} {error.message}", _ANSWER)
    return excerpt(getattr(error, "message", "") or str(error), _ANSWER)


_BROKEN_OFF = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLWantReadError)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
