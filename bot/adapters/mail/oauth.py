"""OAuth2 access tokens for IMAP and SMTP (XOAUTH2): Microsoft by client credentials, others by refresh token."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.config.environment import Environment
from bot.core.errors import Misconfigured

MICROSOFT_SCOPE: Final = "https://outlook.office365.com/.default"
GOOGLE_TOKENS: Final = "https://oauth2.googleapis.com/token"
_EARLY: Final = 120
"""Seconds before its expiry from which a token is no longer used."""
_TIMEOUT: Final = ClientTimeout(total=20)


class NoToken(Exception):
    """The text is a sentence without a secret: which token service refused, and its error code."""

    def __init__(self, reason: str, *, is_passing: bool = False) -> None:
        """`is_passing`: the token service could not be reached, so a retry may help."""
        super().__init__(reason)
        self.is_passing = is_passing


class TokenSource(Protocol):
    """Gives an access token that is valid now. The same one serves IMAP and SMTP."""

    async def token(self) -> str: ...

    def forget(self) -> None:
        """Discards the token after the server refused it: the next one must be new."""


class MicrosoftToken:
    """Client credentials of an app registration with the permissions IMAP.AccessAsApp and SMTP.SendAsApp."""

    def __init__(
        self,
        *,
        tenant: str,
        client_id: str,
        client_secret: str,
        authority: str = "https://login.microsoftonline.com",
        http_client: Any = None,
    ) -> None:
        """`authority`, `http_client` (a `requests.Session`): replace Microsoft's own, for a proxy or a test."""
        self._settings: dict[str, Any] = {
            "client_id": client_id,
            "client_credential": client_secret,
            "authority": f"{authority.rstrip('/')}/{tenant}",
            "timeout": _TIMEOUT.total,
        }
        if http_client is not None:
            self._settings |= {"http_client": http_client, "instance_discovery": False}
        self._app: Any = None

    async def token(self) -> str:
        """The cached token; msal keeps it until it expires."""
        return await asyncio.to_thread(self._acquire)

    def forget(self) -> None:
        self._app = None

    def _acquire(self) -> str:
        from msal import ConfidentialClientApplication  # noqa: PLC0415 (0.15 s, which only desks with OAuth need)

        try:
            self._app = self._app or ConfidentialClientApplication(**self._settings)
            answer = self._app.acquire_token_for_client(scopes=[MICROSOFT_SCOPE])
        except (OSError, ValueError) as error:
            reason = f"Microsoft's token service cannot be used ({type(error).__name__})."
            raise NoToken(reason, is_passing=isinstance(error, OSError)) from error
        return _token_of(answer, "Microsoft's token service")


class RefreshToken:
    """A refresh token (RFC 6749, 6): Google, or Microsoft for one user's mailbox."""

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        refresh_token: str,
        token_url: str = GOOGLE_TOKENS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = token_url
        self._clock = clock
        self._form = {
            "grant_type": "refresh_token",
            "client_id": client_id,
            "client_secret": client_secret,
            "refresh_token": refresh_token,
        }
        self._access_token, self._until = "", -math.inf
        self._turn = asyncio.Lock()

    async def token(self) -> str:
        """The cached token until shortly before it expires. A renewed refresh token is used from then on."""
        async with self._turn:
            if self._until <= self._clock():
                answer = await self._ask()
                self._access_token = _token_of(answer, "The token service")
                self._until = self._clock() + max(0, int(answer.get("expires_in") or 0) - _EARLY)
                self._form["refresh_token"] = answer.get("refresh_token") or self._form["refresh_token"]
            return self._access_token

    def forget(self) -> None:
        self._until = -math.inf

    async def _ask(self) -> dict[str, Any]:
        try:
            async with ClientSession(timeout=_TIMEOUT) as session, session.post(self._url, data=self._form) as response:
                answer = await response.json(content_type=None)
        except (ClientError, TimeoutError, ValueError) as error:
            raise NoToken(f"The token service cannot be used ({type(error).__name__}).", is_passing=True) from error
        return answer if isinstance(answer, dict) else {}


def token_source(env: Environment) -> TokenSource | None:
    """The tokens that mail servers get in place of a password; none without OAUTH_CLIENT_ID."""
    if not env.oauth_client_id:
        return None
    if env.oauth_refresh_token:
        return RefreshToken(
            client_id=env.oauth_client_id,
            client_secret=env.oauth_client_secret,
            refresh_token=env.oauth_refresh_token,
            token_url=env.oauth_token_url or GOOGLE_TOKENS,
        )
    if env.oauth_tenant and env.oauth_client_secret:
        return MicrosoftToken(
            tenant=env.oauth_tenant, client_id=env.oauth_client_id, client_secret=env.oauth_client_secret
        )
    raise Misconfigured(
        "OAUTH_CLIENT_ID is set, but neither OAUTH_REFRESH_TOKEN nor OAUTH_TENANT with OAUTH_CLIENT_SECRET."
    )


def token_for(url: str, password: str, token: TokenSource | None) -> TokenSource | None:
    """The token source of a login without a password. `url`: the setting that names the user."""
    if password:
        return None
    if token is None:
        raise Misconfigured(
            f"{url} names a user without a password. Give the password, percent-encoded, or set OAUTH_CLIENT_ID."
        )
    return token


def _token_of(answer: dict[str, Any], who: str) -> str:
    token = answer.get("access_token")
    if isinstance(token, str) and token:
        return token
    raise NoToken(f"{who} gave no token; it said: {str(answer.get('error') or 'nothing')[:60]}.")
