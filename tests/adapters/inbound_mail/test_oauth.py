"""OAuth2: tokens are asked for, kept and renewed, and let IMAP and SMTP in; real servers on loopback."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import requests
from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult
from aiosmtplib import SMTP as SmtpClient  # noqa: N811  aiosmtpd's server bears the same name

from bot.adapters.inbound_mail.oauth import MICROSOFT_SCOPE, MicrosoftToken, NoToken, RefreshToken
from bot.adapters.inbound_mail.source import ImapSource, PollingPace
from tests.adapters.inbound_mail.test_source import now
from tests.doubles.imap_hosts import USER, dovecot
from tests.doubles.mail_servers import CERTIFICATE, Inbox, server_tls, smtp_server


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
        """As Dovecot asks (RFC 7662)."""
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
async def test_refused_token_is_said_without_secrets(service: TokenService, error: str) -> None:
    service.refuses = error
    with pytest.raises(NoToken) as told:
        await refresh(service).token()
    assert str(told.value) == f"The token service gave no token; it said: {error}."


async def test_unreachable_token_service_is_said() -> None:
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


async def test_forgotten_microsoft_token_is_asked_for_anew() -> None:
    async with running(TokenService(), tls=True) as service:
        source = microsoft(service)
        assert await source.token() == "T1"
        source.forget()
        assert await source.token() == "T2"


async def test_microsoft_refusal_is_said_without_secrets() -> None:
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
        fresh = ImapSource(server, clock=now, token=refresh(service), pace=PollingPace(read=10))
        assert "No OAuth2 token for the mailbox" in str((await fresh.check()).fault)


class Bearer(Inbox):
    """An SMTP server that lets in whoever bears the token."""

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 (aiosmtpd's)
        login = b64decode(args[1]).decode()
        return AuthResult(success=login == f"user={USER}\1auth=Bearer T1\1\1")


async def test_token_of_imap_lets_smtp_in_too(service: TokenService) -> None:
    source = refresh(service)
    inbox = Bearer(users={"x": "y"})
    async with smtp_server(inbox, starttls=server_tls()):
        client = SmtpClient(
            hostname="localhost",
            port=inbox.port,
            username=USER,
            oauth_token_generator=source.token,
            start_tls=True,
            cert_bundle=str(CERTIFICATE),
        )
        async with client:
            await client.sendmail(USER, ["support@retarus.example"], b"Subject: x\r\n\r\nx\r\n")
    assert len(inbox.raw) == 1
