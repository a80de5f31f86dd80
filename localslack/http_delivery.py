"""Delivery over HTTP: signed POSTs, as Slack signs them."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from localslack.records import App, Json


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The answer to a POST; the status is None for a broken or too slow connection."""

    status: int | None
    body: Any = None
    failure: str = ""  # http_timeout, connection_failed
    no_retry: bool = False


class HttpDelivery:
    """Posts payloads; one client session for all apps."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self, app: App, url: str, body: str, content_type: str, seconds: float, **headers: str
    ) -> HttpAnswer:
        """One attempt, ended after `seconds`."""
        signed = {"Content-Type": content_type, **signature(app, body), **headers}
        try:
            async with asyncio.timeout(seconds):
                async with self._client().post(
                    url, data=body.encode(), headers=signed, allow_redirects=False
                ) as response:
                    no_retry = response.headers.get("X-Slack-No-Retry") == "1"
                    return HttpAnswer(response.status, _content(await response.text()), no_retry=no_retry)
        except TimeoutError:
            return HttpAnswer(None, failure="http_timeout")
        except (aiohttp.ClientError, OSError, UnicodeDecodeError, ValueError) as error:
            return HttpAnswer(None, body=str(error), failure="connection_failed")

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session

    async def close(self) -> None:
        """End the session."""
        if self._session is not None:
            await self._session.close()


def _content(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def signature(app: App, body: str) -> dict[str, str]:
    """Slack's headers. The time is the wall clock's: a receiver compares it with its own, whatever the time is here."""
    timestamp = str(int(time.time()))
    digest = hmac.new(app.signing_secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={digest}",
    }


def encoded(kind: str, payload: Json) -> tuple[str, str]:
    """Body and content type: a command's fields and an interaction's `payload` as a form, an event as JSON."""
    form = "application/x-www-form-urlencoded"
    if kind == "slash_commands":
        return urlencode(payload), form
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}), form
    return json.dumps(payload), "application/json"
