"""Dispatch of the Web API: token, rate limit, scope, the method itself, and Slack's error bodies."""

import logging
import secrets
from dataclasses import dataclass, field

from aiohttp import web

from localslack.api import (
    assistant,
    basics,
    bookmarks,
    chat,
    conversations,
    files,
    history,
    pins,
    reactions,
    scheduled,
    streams,
    usergroups,
    users,
    views,
)
from localslack.api.arguments import Arguments, read
from localslack.api.registry import METHODS, Call, Method
from localslack.broken_answers import answered, rate_limited
from localslack.errors import SlackError
from localslack.records import App, Json
from localslack.services import Services
from localslack.traffic import Row

FAMILIES = (
    assistant, basics, bookmarks, chat, conversations, files, history, pins, reactions, scheduled, streams,
    usergroups, users, views,
)  # fmt: skip
log = logging.getLogger(__name__)


class RateLimited(Exception):
    """429 with Retry-After."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


@dataclass
class _Opened:
    """A call before its method is looked up: arguments, warnings, app or refusal."""

    values: Json = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    app: App | None = None
    refusal: Json | None = None


class Dispatch:
    """`POST` and `GET /api/{method}`."""

    def __init__(self, slack: Services) -> None:
        self._slack = slack

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call; every error is a JSON body, unless a fault was ordered."""
        name = request.match_info["method"].rstrip("/")
        opened = await self._open(request, name)
        row = self._slack.traffic.begin(
            opened.app, direction="from_app", transport="api", kind=name, request=_shown(opened.values)
        )
        names = self._slack.names(opened.app)
        fault = self._slack.faults.for_call(name, names, self._channel(opened.values)) if opened.app else None
        response = await answered(self._slack.faults, fault, request, lambda: self._answered(name, opened, row))
        if fault is not None:
            self._slack.traffic.record_fault(row, fault.fault, response.status)
        return response

    async def _answered(self, name: str, opened: _Opened, row: Row) -> web.Response:
        """The answer to a call, as it is without faults."""
        try:
            body = opened.refusal or await self._answer(name, opened.app, opened.values)
        except RateLimited as limited:
            self._slack.traffic.end(row, "ratelimited", None, 429)
            return rate_limited(limited.seconds)
        body |= _warned(body, opened.warnings)
        self._slack.traffic.end(row, "ok" if body["ok"] else body["error"], body)
        return web.json_response(body, headers=_headers(name, opened.app))

    def _channel(self, values: Json) -> tuple[str, ...]:
        """All names of the channel that a call is about."""
        return self._slack.channel_names(values.get("channel") or values.get("channel_id"))

    async def _open(self, request: web.Request, name: str) -> _Opened:
        """Read the arguments and find the app, or the reason to refuse."""
        opened = _Opened()
        try:
            opened.values, opened.warnings = await read(request)
            opened.app = self._app(request, name, opened.values)
        except SlackError as error:
            opened.refusal = _refusal(error)
        return opened

    async def _answer(self, name: str, app: App | None, values: Json) -> Json:
        try:
            answer = await self._run(name, app, values)
            await self._slack.workspace.journal.flush()
        except SlackError as error:
            return _refusal(error)
        except RateLimited:
            raise
        except Exception:  # last resort: an error body, and the trace in the log
            log.exception("%s failed", name)
            return {"ok": False, "error": "internal_error"}
        return {"ok": True, **answer}

    async def _run(self, name: str, app: App | None, values: Json) -> Json:
        known = METHODS.get(name)
        if known is None:
            raise SlackError("unknown_method", req_method=name)
        if app is None and known.bearer != "none":
            raise SlackError("not_authed")
        call = Call(name, app or _nobody(), Arguments(values), self._slack)
        if app is not None:
            self._check_rate(call, known)
            if known.scopes:
                call.need_scope(*known.scopes)
        return await known.run(call)

    def _check_rate(self, call: Call, known: Method) -> None:
        wait = self._slack.limits.wait(call.app.id, known.name, known.tier)
        if known.name == "chat.postMessage":
            channel = self._channel(call.arguments.values)
            wait = self._slack.limits.wait_to_post(call.app.id, channel[0] if channel else "")
        if wait:
            raise RateLimited(wait)

    def _app(self, request: web.Request, name: str, values: Json) -> App | None:
        """The app whose token came in the header or among the arguments, None without one."""
        header = request.headers.get("Authorization", "")
        token = header[7:] if header.lower().startswith("bearer ") else values.pop("token", None)
        values.pop("token", None)
        if not token:
            return None
        app = self._slack.workspace.app_by_token(token) if isinstance(token, str) else None
        known = METHODS.get(name)
        if app is None:
            raise SlackError("invalid_auth")
        if known and known.bearer != "none" and (token == app.app_token) != (known.bearer == "app"):
            raise SlackError("not_allowed_token_type")
        if trouble := self._slack.tokens.error(app, token):
            raise SlackError(trouble)
        if self._slack.workspace.people[app.bot_user].deleted:
            raise SlackError("account_inactive")
        return app


def _refusal(error: SlackError) -> Json:
    return {"ok": False, "error": error.error, **error.extra}


def _nobody() -> App:
    empty = dict.fromkeys(
        ("id", "name", "bot_user", "bot_id", "bot_token", "app_token", "signing_secret", "verification_token"), ""
    )
    return App(**empty, scopes=[])  # type: ignore[arg-type]


def _warned(body: Json, warnings: list[str]) -> Json:
    if not warnings:
        return {}
    return {
        "warning": ",".join(warnings),
        "response_metadata": {**body.get("response_metadata", {}), "warnings": warnings},
    }


def _shown(values: Json) -> Json:
    return {key: value if not isinstance(value, web.FileField) else value.filename for key, value in values.items()}


def _headers(name: str, app: App | None) -> dict[str, str]:
    """Bolt and the SDKs read an app's scopes from here."""
    known, headers = METHODS.get(name), {"X-Slack-Req-Id": secrets.token_hex(16)}
    if app is not None and app.scopes is not None:
        headers["X-OAuth-Scopes"] = ",".join(app.granted)
    if known is not None and known.scopes:
        headers["X-Accepted-OAuth-Scopes"] = ",".join(known.scopes)
    return headers
