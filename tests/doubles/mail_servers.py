"""SMTP servers on loopback: a real one that receives mail, and one whose answers a test scripts."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).parent.parent / "contracts" / "localhost.pem"
"""A self-signed certificate for localhost, made for tests only."""

DROP = ""
"""Closes the connection instead of answering."""
SILENCE = "…"
"""Sends no answer and keeps the connection open."""


def server_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def client_tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATE))


class Inbox:
    """Collects the messages a real SMTP server received; `users` maps logins to passwords."""

    def __init__(self, users: Mapping[str, str] | None = None) -> None:
        self.raw: list[bytes] = []
        self.envelopes: list[Envelope] = []
        self.encrypted: list[bool] = []
        self.users = dict(users or {})
        self.port = 0

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, _class=EmailMessage, policy=policy.default) for raw in self.raw]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's)
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 OK"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, kind: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        known = self.users.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=known, handled=False)


@asynccontextmanager
async def smtp_server(
    inbox: Inbox, *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Inbox]:
    """Runs aiosmtpd with STARTTLS, with implicit TLS, or without encryption."""

    def protocol() -> SMTP:
        return SMTP(
            inbox,
            hostname="mail.test",
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=inbox.authenticate if inbox.users else None,
            auth_required=bool(inbox.users),
            auth_require_tls=starttls is not None,
        )

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=tls)
    inbox.port = server.sockets[0].getsockname()[1]
    try:
        yield inbox
    finally:
        server.close()
        await server.wait_closed()


def body(mail: EmailMessage, kind: str) -> str:
    """Decoded text of the plain or html part."""
    part = mail.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


_DEFAULT_ANSWERS = {
    "HELLO": "220 test",
    "EHLO": "250-test\r\n250-SIZE 99999\r\n250-AUTH PLAIN\r\n250 STARTTLS",
    "DATA": "354 go on",
    ".": "250 OK",
    "QUIT": "221 bye",
}


@asynccontextmanager
async def scripted_smtp_server(**answers: str) -> AsyncIterator[int]:
    """Runs an SMTP server with these answers by command (`dot`: the end of DATA) and gives its port."""
    closed = asyncio.Event()
    script = {**_DEFAULT_ANSWERS, **{name.upper().replace("DOT", "."): answer for name, answer in answers.items()}}

    connections: set[asyncio.StreamWriter] = set()

    async def handle_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(writer)
        try:
            await _converse(script, reader, writer)
        finally:
            connections.discard(writer)
            writer.close()
            closed.set()

    server = await asyncio.start_server(handle_connection, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        while connections:
            closed.clear()
            for writer in connections:
                writer.close()
            await closed.wait()


async def _converse(script: Mapping[str, str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    command, in_data = "HELLO", False
    while True:
        answer = script.get(command, "250 OK")
        if answer == DROP:
            return
        if answer != SILENCE:
            writer.write(f"{answer}\r\n".encode())
        in_data = command == "DATA" and answer.startswith("354")
        line = await reader.readline()
        while in_data and line not in {b".\r\n", b""}:
            line = await reader.readline()
        if not line:
            return
        command = "." if in_data else line.split()[0].decode().upper()
