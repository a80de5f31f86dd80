"""The SMTP server that receives mails."""

import asyncio
import hmac
import warnings
import weakref
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from localslack.mail.faults import Faults
from localslack.mail.mailbox import Mailbox

LARGEST = 32 * 1024 * 1024


class _Handler:
    """The handler for aiosmtpd; the names of its methods are aiosmtpd's."""

    def __init__(self, mailbox: Mailbox, faults: Faults) -> None:
        self._mailbox = mailbox
        self._faults = faults

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        refusal = self._faults.refusal_of(str(envelope.mail_from), address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated and self._faults.next("login_refused"):
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self._faults.next("slow", "refused", "break_before", "break_after", "smtp_down")
        name = fault.fault if fault else ""
        if fault and name == "slow":
            await asyncio.sleep(fault.seconds)
        if fault and name == "refused":
            return fault.answer
        if name not in {"break_before", "smtp_down"}:
            await self._mailbox.receive(_delivered(envelope))
        if name in {"break_before", "break_after", "smtp_down"} and isinstance(
            server.transport, asyncio.WriteTransport
        ):
            server.transport.abort()
        return "250 OK: queued"


class _Down(asyncio.Protocol):
    """Closes a connection before the greeting."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()


class MailServer:
    """A running SMTP server. `faults` are its switches."""

    def __init__(self, host: str, faults: Faults) -> None:
        self.host = host
        self.port = 0
        self.faults = faults
        self._listening: asyncio.Server | None = None
        self._sessions: weakref.WeakSet[Any] = weakref.WeakSet()

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    async def listen(self, port: int, **options: Any) -> None:
        def session() -> asyncio.Protocol:
            if self.faults.next("smtp_down"):
                return _Down()
            with warnings.catch_warnings():  # a login without TLS is intended: it does not leave this machine
                warnings.simplefilter("ignore", UserWarning)
                protocol = SMTP(hostname="localhost", enable_SMTPUTF8=True, data_size_limit=LARGEST, **options)
            self._sessions.add(protocol)
            return protocol

        self._listening = await asyncio.get_running_loop().create_server(session, self.host, port)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._listening is None:
            return
        self._listening.close()
        for protocol in tuple(self._sessions):
            if protocol.transport is not None:
                protocol.transport.abort()
        await self._listening.wait_closed()
        self._listening = None


async def serve(
    mailbox: Mailbox, host: str = "127.0.0.1", port: int = 0, *, login: tuple[str, str] | None = None
) -> MailServer:
    """Listen on the running loop and put what comes into `mailbox`; port 0 takes a free one.

    With `login` (user and password) only who gives them may send. OSError if the port is taken.
    """
    options: dict[str, Any] = {"handler": _Handler(mailbox, mailbox.faults)}
    if login is not None:
        options |= {"auth_required": True, "auth_require_tls": False, "authenticator": _only(login, mailbox.faults)}
    server = MailServer(host, mailbox.faults)
    await server.listen(port, **options)
    return server


def _only(login: tuple[str, str], faults: Faults) -> Any:
    refused: weakref.WeakSet[Session] = weakref.WeakSet()  # clients try one way to log in after the other

    def authenticator(_server: SMTP, session: Session, _envelope: Envelope, _how: str, given: object) -> AuthResult:
        pairs = zip(login, (given.login, given.password), strict=True) if isinstance(given, LoginPassword) else ()
        right = [hmac.compare_digest(expected.encode(), given) for expected, given in pairs]
        if session not in refused and faults.next("login_refused"):
            refused.add(session)
        return AuthResult(success=bool(right) and all(right) and session not in refused, handled=False)

    return authenticator


def _delivered(envelope: Envelope) -> bytes:
    """The mail with the envelope written on top of it, as a mailbox keeps it."""
    content = envelope.content or b""
    raw = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    lines = [f"Return-Path: <{envelope.mail_from or ''}>", *(f"Delivered-To: {to}" for to in envelope.rcpt_tos)]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape") + raw
