"""How is a call answered? Token, rate limit, scope, the method itself, and Slack's way of saying what went wrong."""

import asyncio
import logging
import secrets
from dataclasses import dataclass, field

from aiohttp import web

from localslack.api import (
    basics,
    bookmarks,
    chat,
    conversations,
    files,
    history,
    pins,
    reactions,
    scheduled,
    usergroups,
    users,
    views,
)
from localslack.api.arguments import Arguments, read
from localslack.api.registry import METHODS, Call, Method
from localslack.errors import SlackError
from localslack.faults import Fault
from localslack.records import App, Json
from localslack.services import Services

FAMILIES = (
    basics, bookmarks, chat, conversations, files, history, pins, reactions, scheduled, usergroups, users, views,
)  # fmt: skip
log = logging.getLogger(__name__)


class RateLimited(Exception):
    """429 with Retry-After."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


@dataclass
class _Opened:
    """What is known of a call before its method is looked at."""

    values: Json = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    app: App | None = None
    refusal: Json | None = None


class Dispatch:
    """`POST` and `GET /api/{method}`."""

    def __init__(self, slack: Services) -> None:
        self._slack = slack

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call; every error is a JSON body."""
        name = request.match_info["method"].rstrip("/")
        opened = await self._open(request, name)
        row = self._slack.traffic.begin(
            opened.app, direction="from_app", transport="api", kind=name, request=_shown(opened.values)
        )
        fault = self._slack.faults.take(name) if opened.app else None
        try:
            body = opened.refusal or await self._answer(name, opened.app, opened.values, fault)
        except RateLimited as limited:
            self._slack.traffic.end(row, "ratelimited", None, 429)
            return _rate_limited(limited.seconds)
        body |= _warned(body, opened.warnings)
        self._slack.traffic.end(row, "ok" if body["ok"] else body["error"], body)
        return await _respond(request, body, opened.app, fault)

    async def _open(self, request: web.Request, name: str) -> _Opened:
        """Who calls with which arguments, or why not."""
        opened = _Opened()
        try:
            opened.values, opened.warnings = await read(request)
            opened.app = self._app(request, name, opened.values)
        except SlackError as error:
            opened.refusal = _refusal(error)
        return opened

    async def _answer(self, name: str, app: App | None, values: Json, fault: Fault | None) -> Json:
        try:
            answer = await self._run(name, app, values, fault)
            await self._slack.workspace.journal.flush()
        except SlackError as error:
            return _refusal(error)
        except RateLimited:
            raise
        except Exception:  # the last line of defence: an error body, and the trace in the log
            log.exception("%s failed", name)
            return {"ok": False, "error": "internal_error"}
        return {"ok": True, **answer}

    async def _run(self, name: str, app: App | None, values: Json, fault: Fault | None) -> Json:
        known = METHODS.get(name)
        if known is None:
            raise SlackError("unknown_method", req_method=name)
        await _before(fault)
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
            wait = self._slack.limits.wait_to_post(call.app.id, str(call.arguments.values.get("channel")))
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
        if self._slack.workspace.people[app.bot_user].deleted:
            raise SlackError("account_inactive")
        return app


def _refusal(error: SlackError) -> Json:
    return {"ok": False, "error": error.error, **error.extra}


async def _before(fault: Fault | None) -> None:
    if fault is None or fault.fault == "lost_answer":
        return
    if fault.fault == "slow":
        await asyncio.sleep(fault.seconds)
    elif fault.fault == "ratelimited":
        raise RateLimited(fault.retry_after)
    elif fault.fault == "http_500":
        raise SlackError("fatal_error")
    else:
        raise SlackError(fault.fault)


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


def _rate_limited(seconds: int) -> web.Response:
    body = {"ok": False, "error": "ratelimited"}
    return web.json_response(body, status=429, headers={"Retry-After": str(seconds)})


async def _respond(request: web.Request, body: Json, app: App | None, fault: Fault | None) -> web.Response:
    if fault is not None and fault.fault == "lost_answer" and request.transport is not None:
        request.transport.close()
    if fault is not None and fault.fault == "http_500":
        return web.Response(status=500, text="Internal Server Error")
    return web.json_response(body, headers=_headers(request.match_info["method"].rstrip("/"), app))


def _headers(name: str, app: App | None) -> dict[str, str]:
    """Bolt and the SDKs read an app's scopes from here."""
    known, headers = METHODS.get(name), {"X-Slack-Req-Id": secrets.token_hex(16)}
    if app is not None and app.scopes is not None:
        headers["X-OAuth-Scopes"] = ",".join(app.scopes)
    if known is not None and known.scopes:
        headers["X-Accepted-OAuth-Scopes"] = ",".join(known.scopes)
    return headers
