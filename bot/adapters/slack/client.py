"""Clients of Slack's Web API: one for interactive calls, one for the outbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack.api_errors import is_rate_limit, retry_after
from bot.core import quick_json
from bot.core.rate_limiter import RateLimiter

_WARM = 75
"""Seconds an idle connection is kept: the next click must not pay a TLS handshake (aiohttp's own default is 15)."""
_TIMEOUT = 20
"""Seconds for one call."""
_LONGEST_WAIT_WITH_TRIGGER = 1
"""Seconds a call may wait for a rate limit while a trigger id is pending, which is valid for three."""
_LONGEST_WAIT = 30
"""Seconds any other call may wait for a rate limit."""
_BEFORE_A_FORM = ("views.open", "views.push", "users.info", "usergroups.users.list")
"""Methods that are called between a click and the form it opens."""

_OF_THE_APP_TOKEN = "apps.connections.open"  # noqa: S105 (a method's name)
POST = "chat.postMessage"
_BURST = 5
"""Messages to one channel that may be sent at once."""
_MARGIN = 1.05
"""Factor on the interval: a message may take less time on the way than the one before."""
_PER_MINUTE = {"chat.update": 48}
"""Methods the outbox calls as often as it posts, and how often Slack allows them."""

OnError = Callable[[SlackApiError], None]
"""Is called with every error of Slack."""


def open_session(*traces: aiohttp.TraceConfig) -> aiohttp.ClientSession:
    """The one pool of connections everything shares. Close it when the program ends."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=100, keepalive_timeout=_WARM),
        json_serialize=quick_json.dumps,
        trace_configs=list(traces),
    )


def post_limiter(per_minute: int = 60) -> RateLimiter:
    """The rate limit of messages, by channel; 0: unlimited."""
    return RateLimiter(_BURST, _BURST * 60 / per_minute * _MARGIN if per_minute else 0.0)


class _Client(AsyncWebClient):
    """Reports the errors Slack answers, wherever the call came from."""

    on_error: OnError | None = None

    async def api_call(self, api_method: str, **options: Any) -> AsyncSlackResponse:
        try:
            return await super().api_call(api_method, **options)
        except SlackApiError as error:
            if self.on_error and api_method != _OF_THE_APP_TOKEN:
                self.on_error(error)
            raise


class _PacedClient(_Client):
    """Keeps to Slack's rate limits: paces messages per channel, and holds a channel or a method after a 429."""

    posts: RateLimiter
    methods: dict[str, RateLimiter]

    async def api_call(self, api_method: str, **options: Any) -> AsyncSlackResponse:
        limiter, key = self._limiter(api_method, options)
        turn = await limiter.turn(key)
        try:
            return await super().api_call(api_method, **options)
        except SlackApiError as error:
            if is_rate_limit(error):
                await limiter.refused(key, retry_after(error))
            raise
        finally:
            await limiter.ended(key, turn)

    def _limiter(self, method: str, options: dict[str, Any]) -> tuple[RateLimiter, str]:
        if method == POST:
            return self.posts, str((options.get("json") or {}).get("channel"))
        if method not in self.methods:
            is_limited = method in _PER_MINUTE and self.posts.window > 0  # else this Slack has no limits
            self.methods[method] = RateLimiter(
                _PER_MINUTE[method] if is_limited else 1000, 60, shared=self.posts.shared if is_limited else None
            )
        return self.methods[method], method


class _ShortRateLimits(AsyncRateLimitErrorRetryHandler):
    """Waits once for a rate limit, unless the pending trigger id would expire."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,  # noqa: ARG002 (the SDK names its arguments)
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002
    ) -> bool:
        if response is None or response.status_code != 429:  # noqa: PLR2004 (Too Many Requests)
            return False
        longest = _LONGEST_WAIT_WITH_TRIGGER if request.url.endswith(_BEFORE_A_FORM) else _LONGEST_WAIT
        return _seconds(response) <= longest


def _seconds(response: HttpResponse) -> float:
    found = {name.lower(): value for name, value in response.headers.items()}.get("retry-after", ["1"])
    return float(found[0] if isinstance(found, list) else found)


def for_people(
    token: str, api_url: str, session: aiohttp.ClientSession, on_error: OnError | None = None
) -> AsyncWebClient:
    """The client for interactive calls: retries at once when a connection broke, or Slack asked for a short pause."""
    handlers: list[AsyncRetryHandler] = [AsyncConnectionErrorRetryHandler(), _ShortRateLimits(max_retry_count=1)]
    client = _Client(token=token, base_url=api_url, session=session, timeout=_TIMEOUT)
    client.retry_handlers = handlers
    client.on_error = on_error
    return client


def for_outbox(
    token: str,
    api_url: str,
    session: aiohttp.ClientSession,
    limiter: RateLimiter | None = None,
    on_error: OnError | None = None,
) -> AsyncWebClient:
    """The client for notices: paced, without retries of its own. A post that may have arrived is searched for."""
    client = _PacedClient(token=token, base_url=api_url, session=session, timeout=_TIMEOUT)
    client.retry_handlers = []
    client.posts = limiter or post_limiter()
    client.methods = {}
    client.on_error = on_error
    return client
