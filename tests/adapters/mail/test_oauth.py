"""OAuth2: tokens are asked for, kept and renewed, and let IMAP and SMTP in; real servers on loopback."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult

from app import _check
from bot.adapters.inbound_mail.opening import open_mailbox
from bot.adapters.inbound_mail.source import ImapSource, PollingPace
from bot.adapters.mail.oauth import MICROSOFT_SCOPE, MicrosoftToken, NoToken, RefreshToken, TokenSource
from bot.adapters.mail.smtp_sender import SmtpSender
from bot.adapters.mail.smtp_url import parse_smtp_url
from bot.config.environment import Environment
from bot.core.errors import Misconfigured
from bot.model.notice import Blocked, Outcome, Retry, Sent
from tests.adapters.inbound_mail.test_source import now
from tests.contracts.test_mailer import TO, a_message
from tests.doubles.imap_hosts import USER, dovecot
from tests.doubles.mail_servers import CERTIFICATE, Inbox, client_tls, server_tls, smtp_server
from tests.doubles.records import START
from tests.handlers.world import DEMO, settings


class TokenService:
    """Gives tokens T1, T2 …, and says whether one is valid."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.refuses = ""
        self.seconds = 3600
        self.url = ""

    async def give(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.asked.append(form)
        if self.refuses:
            return web.json_response({"error": self.refuses, "error_description": "secret words"}, status=400)
        token = f"T{len(self.asked)}"
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": self.seconds}
        return web.json_response({**answer, **({"refresh_token": "R2"} if "refresh_token" in form else {})})

    async def introspect(self, request: web.Request) -> web.Response:
        """Token introspection, as Dovecot requests it (RFC 7662)."""
        token = request.query.get("access_token", "")
        valid = token == f"T{len(self.asked)}"
        return web.json_response({"active": True, "email": USER} if valid else {"active": False}, status=200)

    async def discover(self, request: web.Request) -> web.Response:
        base = f"{self.url}/tenant"
        return web.json_response(
            {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
            }
        )


@asynccontextmanager
async def running(service: TokenService, *, tls: bool = False) -> AsyncIterator[TokenService]:
    app = web.Application()
    app.router.add_post("/token", service.give)
    app.router.add_post("/tenant/oauth2/v2.0/token", service.give)
    app.router.add_get("/tenant/v2.0/.well-known/openid-configuration", service.discover)
    app.router.add_get("/introspect", service.introspect)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "localhost" if tls else "127.0.0.1", 0, ssl_context=server_tls() if tls else None)
    await site.start()
    assert site._server
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    service.url = f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"
    try:
        yield service
    finally:
        await runner.cleanup()


@pytest.fixture
async def service() -> AsyncIterator[TokenService]:
    async with running(TokenService()) as found:
        yield found


class Hand:
    """A clock in seconds."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def refresh(service: TokenService, clock: Hand | None = None) -> RefreshToken:
    return RefreshToken(
        client_id="id",
        client_secret="secret",
        refresh_token="R1",
        token_url=f"{service.url}/token",
        clock=clock or Hand(),
    )


def microsoft(service: TokenService) -> MicrosoftToken:
    session = requests.Session()
    session.verify, session.trust_env = str(CERTIFICATE), False
    return MicrosoftToken(
        tenant="tenant", client_id="id", client_secret="secret", authority=service.url, http_client=session
    )


async def test_refresh_token_gives_one_token_until_shortly_before_its_end(service: TokenService) -> None:
    clock = Hand()
    source = refresh(service, clock)
    assert [await source.token() for _ in range(3)] == ["T1"] * 3
    clock.now = 3600 - 60
    assert await source.token() == "T2"
    assert [each["refresh_token"] for each in service.asked] == ["R1", "R2"]
    assert service.asked[0]["grant_type"] == "refresh_token"


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client"])
async def test_refused_token_is_reported_without_secrets(service: TokenService, error: str) -> None:
    service.refuses = error
    with pytest.raises(NoToken) as caught:
        await refresh(service).token()
    assert str(caught.value) == f"The token service gave no token; it said: {error}."


async def test_unreachable_token_service_is_reported() -> None:
    async with running(TokenService()) as service:
        source = refresh(service)
    with pytest.raises(NoToken, match="cannot be used"):
        await source.token()


async def test_microsoft_token_comes_by_client_credentials_and_is_kept() -> None:
    async with running(TokenService(), tls=True) as service:
        source = microsoft(service)
        assert [await source.token() for _ in range(2)] == ["T1", "T1"]
        (asked,) = service.asked
        assert (asked["grant_type"], asked["scope"]) == ("client_credentials", MICROSOFT_SCOPE)


async def test_forgotten_microsoft_token_is_requested_again() -> None:
    async with running(TokenService(), tls=True) as service:
        source = microsoft(service)
        assert await source.token() == "T1"
        source.forget()
        assert await source.token() == "T2"


async def test_microsoft_refusal_is_reported_without_secrets() -> None:
    async with running(TokenService(), tls=True) as service:
        service.refuses = "unauthorized_client"
        source = microsoft(service)
        with pytest.raises(NoToken, match="it said: unauthorized_client"):
            await source.token()


PASSDB = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {base}/oauth2.conf.ext
}}
"""
OAUTH2 = """
introspection_url = {url}/introspect?access_token=
introspection_mode = get
username_attribute = email
active_attribute = active
active_value = true
"""


async def test_imap_login_by_xoauth2(service: TokenService) -> None:
    async with dovecot(passdb=PASSDB, files={"oauth2.conf.ext": OAUTH2.format(url=service.url)}) as host:
        server = host.server(password="")
        source = ImapSource(server, clock=now, token=refresh(service), pace=PollingPace(read=10))
        assert (await source.check()).fault is None
        service.asked.append({})  # the kept token is no longer valid
        assert "refused our login" in str((await source.check()).fault)
        assert (await source.check()).fault is None  # with a new one
        service.refuses = "invalid_grant"
        restarted = ImapSource(server, clock=now, token=refresh(service), pace=PollingPace(read=10))
        assert "No OAuth2 token for the mailbox" in str((await restarted.check()).fault)


class Bearer(Inbox):
    """An SMTP server that accepts the newest token."""

    def __init__(self, service: TokenService) -> None:
        super().__init__(users={"nobody": "password"})
        self.service = service
        self.refused = 0

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 (aiosmtpd's)
        login = b64decode(args[1]).decode()
        lets_in = login == f"user={USER}\1auth=Bearer T{len(self.service.asked)}\1\1"
        self.refused += not lets_in
        return AuthResult(success=lets_in, handled=False)


def smtp_url(port: int) -> str:
    return f"smtp://{quote(USER, safe='')}@localhost:{port}?starttls=1"


def sender(port: int, token: TokenSource | None) -> SmtpSender:
    return SmtpSender(parse_smtp_url(smtp_url(port)), name="partner.example", trust=client_tls(), token=token)


async def send(port: int, token: TokenSource) -> Outcome:
    return await sender(port, token).send(a_message(), TO, attempt=1, at=START)


async def test_token_of_imap_lets_smtp_in_too(service: TokenService) -> None:
    source = refresh(service)
    async with smtp_server(Bearer(service), starttls=server_tls()) as inbox:
        assert await sender(inbox.port, source).check() is None
        assert await send(inbox.port, source) == Sent()
    assert len(inbox.raw) == 1
    assert len(service.asked) == 1


async def test_microsoft_token_lets_smtp_in() -> None:
    async with (
        running(TokenService(), tls=True) as service,
        smtp_server(Bearer(service), starttls=server_tls()) as inbox,
    ):
        assert await send(inbox.port, microsoft(service)) == Sent()


async def test_revoked_token_is_renewed_within_the_delivery(service: TokenService) -> None:
    source = refresh(service)
    async with smtp_server(inbox := Bearer(service), starttls=server_tls()):
        await source.token()
        service.asked.append({})  # the kept token is no longer valid
        assert await send(inbox.port, source) == Sent()
    assert inbox.refused == 1


async def test_refused_token_closes_the_transport_with_what_to_do(service: TokenService) -> None:
    service.refuses = "invalid_grant"
    async with smtp_server(Bearer(service), starttls=server_tls()) as inbox:
        outcome = await send(inbox.port, refresh(service))
        problem = await sender(inbox.port, refresh(service)).check()
    assert isinstance(outcome, Blocked)
    assert "it said: invalid_grant. Have an admin check the OAuth2 settings." in outcome.reason
    assert problem == outcome.reason


async def test_mail_waits_for_a_token_service_that_cannot_be_reached(service: TokenService) -> None:
    async with running(TokenService()) as gone:
        source = refresh(gone)
    async with smtp_server(Bearer(service), starttls=server_tls()) as inbox:
        outcome = await send(inbox.port, source)
    assert isinstance(outcome, Retry)
    assert outcome.reason == "the service for OAuth2 tokens cannot be reached"


async def test_login_refused_with_a_new_token_closes_the_transport(service: TokenService) -> None:
    async with smtp_server(Inbox(users={USER: "password"}), starttls=server_tls()) as inbox:
        outcome = await send(inbox.port, refresh(service))
    assert isinstance(outcome, Blocked)
    assert "refused our login" in outcome.reason


def test_user_without_a_password_needs_a_token() -> None:
    with pytest.raises(Misconfigured, match="SMTP_URL names a user without a password"):
        sender(587, None)
    env = Environment(imap_url="imaps://desk@mail.example/INBOX")
    with pytest.raises(Misconfigured, match="IMAP_URL names a user without a password"):
        open_mailbox(env, settings(), now)


async def test_check_looks_at_both_ways_with_the_same_settings(service: TokenService, tmp_path: Path) -> None:
    imap = dovecot(passdb=PASSDB, files={"oauth2.conf.ext": OAUTH2.format(url=service.url)})
    async with imap as host, smtp_server(Bearer(service)) as inbox:
        env = Environment(
            smtp_url=f"smtp://{quote(USER, safe='')}@127.0.0.1:{inbox.port}",
            imap_url=f"imap://{quote(USER, safe='')}@127.0.0.1:{host.port}/INBOX",
            oauth_client_id="id",
            oauth_client_secret="secret",
            oauth_refresh_token="R1",
            oauth_token_url=f"{service.url}/token",
            database_url=f"sqlite:///{tmp_path / 'desk.sqlite3'}",
            desk_config=DEMO / "desk.toml",
        )
        found = [str(line) async for line in _check(env, post=False)]
        assert "ok    mail" in found
        assert "ok    mailbox: new mail is told at once" in found
        assert any("by a number in the subject: never, as [mail] authserv is not set" in line for line in found)
        service.refuses = "invalid_grant"
        found = [str(line) async for line in _check(env, post=False)]
        assert len([line for line in found if line.startswith("FIX   mail") and "invalid_grant" in line]) == 2
