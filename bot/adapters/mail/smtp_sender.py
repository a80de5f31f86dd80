"""Sends a message to the mail server, and turns its reply into an outcome."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from email.message import EmailMessage

import aiosmtplib
from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException

from bot.adapters.mail.compose import address, ascii_domain
from bot.adapters.mail.oauth import NoToken, TokenSource, token_for
from bot.adapters.mail.smtp_replies import closes_mail, is_passing, reason, sentence
from bot.adapters.mail.smtp_url import SmtpServer
from bot.core.backoff import backoff, unknown
from bot.model.notice import Blocked, Dead, Outcome, Retry, Sent

SESSION_TIMEOUT = 40.0
"""Seconds for a whole delivery; shorter than the lease the outbox takes."""

COMMAND_TIMEOUT = 20.0
"""Seconds for one answer of the server."""

_FAILURES = (SMTPException, OSError, NoToken, ValueError)  # ValueError: what cannot stand on a command line


class SmtpSender:
    """Sends one message at a time to one recipient, over a connection of its own. Never raises: see `Outcome`."""

    def __init__(
        self,
        server: SmtpServer,
        *,
        name: str,
        trust: ssl.SSLContext | None = None,
        command_timeout: float = COMMAND_TIMEOUT,
        token: TokenSource | None = None,
    ) -> None:
        """`name`: the domain for EHLO. `trust`: other certificates than the system's. `command_timeout`: see there.

        `token`: OAuth2, for a user without a password; `Misconfigured` when such a user has none.
        """
        self._server = server
        self._token = token_for("SMTP_URL", server.password, token) if server.username else None
        self._name = ascii_domain(name)
        self._trust = trust
        self._command_timeout = command_timeout

    async def send(self, message: EmailMessage, to: str, *, attempt: int, at: datetime) -> Outcome:
        """`to` is the envelope recipient, whatever the headers say."""
        sender: str = message["From"].addresses[0].addr_spec
        data, key = await asyncio.to_thread(message.as_bytes), str(message["Message-ID"])
        handed_over = accepted = False
        try:
            async with asyncio.timeout(SESSION_TIMEOUT), self._session() as session:
                await session.mail(sender, options=_size(session, data))
                await session.rcpt(address(to).addr_spec)
                handed_over = True
                await session.data(data)
                accepted = True
        except _FAILURES as error:
            if accepted:
                return Sent()  # only the goodbye went wrong
            if closes_mail(error):
                return Blocked(sentence(error, self._server, sender=sender, to=to))
            if not is_passing(error):
                return Dead(sentence(error, self._server, sender=sender, to=to))
            wait = unknown if handed_over and not _is_answer(error) else backoff
            return Retry(at + wait(attempt, key), reason(error))
        return Sent()

    async def check(self) -> str | None:
        """A sentence on what is wrong with the connection, the encryption or the login; nothing when all is well."""
        try:
            async with asyncio.timeout(SESSION_TIMEOUT), self._session():
                return None
        except _FAILURES as error:
            return sentence(error, self._server)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[SMTP]:
        """A client that is connected, encrypted and logged in, according to the server's settings."""
        server = self._server
        session = SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=self._name,
            timeout=self._command_timeout,
            use_tls=server.tls == "tls",
            start_tls=False,  # STARTTLS is done below, where it is required
            tls_context=self._trust,
        )
        await session.connect()
        try:
            if server.tls == "starttls":
                await session.starttls()
            await session.ehlo()
            if server.username:
                await self._login(session)
            yield session
            await _leave(session, min(2, self._command_timeout))
        finally:
            session.close()

    async def _login(self, session: SMTP) -> None:
        """Logs in by password, or by XOAUTH2; a token that was revoked before its end is renewed once."""
        user = self._server.username
        if self._token is None:
            await session.login(user, self._server.password)
            return
        try:
            await session.auth_xoauth2(user, await self._token.token())
        except SMTPAuthenticationError:
            self._token.forget()
            await session.auth_xoauth2(user, await self._token.token())


async def _leave(session: SMTP, command_timeout: float) -> None:
    """Quits the session; an accepted message stays accepted if that fails."""
    try:
        await session.quit(timeout=command_timeout)
    except (SMTPException, OSError):
        return


def _size(session: SMTP, data: bytes) -> list[str]:
    """Declares the size, so that the server can refuse a message that is too big before it is sent."""
    return [f"SIZE={len(data)}"] if session.supports_extension("size") else []


def _is_answer(error: BaseException) -> bool:
    """Returns the outcome of a reply."""
    return isinstance(error, aiosmtplib.SMTPResponseException) and error.code > 0
