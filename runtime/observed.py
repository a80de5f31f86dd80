"""Observation of the desk's work: each wrapper measures one kind of work and names it in the log lines."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Protocol

import aiohttp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.conversation.mail import InboundMail, UnreadableMail
from bot.core.errors import StoreDown
from bot.model.conversation import Entry
from bot.model.notice import BY_MAIL, Blocked, Claim, Dead, Gone, NoticeKind, Outcome, Retry, Sent
from bot.outbox import Carrier
from runtime import log_context
from runtime.metrics import Metrics
from runtime.tracing import NO_SPANS

_KINDS = {
    "shortcut": "shortcut",
    "message_action": "shortcut",
    "block_suggestion": "search",
    "block_actions": "click",
    "view_submission": "submission",
    "event_callback": "event",
}
OTHER = "other"
_ID = re.compile(r"[0-9A-Za-z-]{1,40}")
_METHOD = re.compile(r"/api/([a-zA-Z.]{1,60})$")
_REASONS = {Sent: "none", Retry: "passing", Blocked: "transport closed", Dead: "refused", Gone: "recipient left"}


class InteractionWatch:
    """Measures the time to the acknowledgement of each interaction; its log lines name request, person and ticket."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    @contextmanager
    def __call__(self, body: Mapping[str, Any], ack: AsyncAck) -> Iterator[None]:
        kind = "command" if "command" in body else _KINDS.get(str(body.get("type")), OTHER)
        began, outcome = time.perf_counter(), "failed"
        request, ticket = log_context.new_request(), ticket_in(body)
        with self._metrics.spans.span(f"interaction {kind}", request=request, ticket=ticket) as span:
            try:
                with log_context.about(request=request, person=person_in(body), ticket=ticket):
                    yield
                outcome = _outcome(ack)
            finally:
                span.set("outcome", outcome)
                self._metrics.interactions.labels(kind, outcome).observe(time.perf_counter() - began)


def _outcome(ack: AsyncAck) -> str:
    body = ack.response.body if ack.response else None
    return "refused" if body and '"errors"' in body[:200] else "acknowledged"


def person_in(body: Mapping[str, Any]) -> str:
    """The Slack user id of who did it; empty when it is none."""
    event = body.get("event")
    holder = event if isinstance(event, Mapping) else body
    found = holder.get("user", body.get("user_id"))
    user = found.get("id") if isinstance(found, Mapping) else found
    return user if isinstance(user, str) and _ID.fullmatch(user) else ""


def ticket_in(body: Mapping[str, Any]) -> str:
    """The id of the ticket a modal or a button is about; empty when it names none."""
    view, actions = body.get("view"), body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    for holder, name in ((view, "private_metadata"), (action, "value")):
        found = holder.get(name) if isinstance(holder, Mapping) else None
        first = found.partition("|")[0] if isinstance(found, str) else ""
        if _ID.fullmatch(first):
            return first
    return ""


class ObservedCarrier:
    """A carrier whose deliveries are measured; their log lines name the ticket."""

    def __init__(self, carrier: Carrier, way: str, metrics: Metrics) -> None:
        self._carrier = carrier
        self._way = way
        self._metrics = metrics

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        request, ticket = log_context.new_request(), claim.notice.ticket_id
        log_context.name_for_this_task(request=request, ticket=ticket)
        began, outcome, reason = time.perf_counter(), "failed", "error"
        kind = claim.notice.kind.value
        with self._metrics.spans.span(f"delivery {self._way}", request=request, ticket=ticket, kind=kind) as span:
            try:
                done = await self._carrier.deliver(claim, at)
                outcome, reason = type(done).__name__.lower(), _REASONS[type(done)]
            finally:
                span.set("outcome", outcome)
                self._metrics.deliveries.labels(self._way, outcome, reason).observe(time.perf_counter() - began)
        return done


def observed_carriers(carriers: Mapping[NoticeKind, Carrier], metrics: Metrics) -> dict[NoticeKind, Carrier]:
    """The same carriers, measured by transport: Slack or e-mail."""
    return {
        kind: ObservedCarrier(carrier, "mail" if kind in BY_MAIL else "slack", metrics)
        for kind, carrier in carriers.items()
    }


class ObservedIntake(Protocol):
    """Takes in a mail."""

    async def take(self, mail: InboundMail | UnreadableMail, raw: bytes) -> Entry | None: ...


class ObservedInbound:
    """A wrapper that counts mails by kind; one that was taken in before is not counted."""

    def __init__(self, inbound: ObservedIntake, metrics: Metrics) -> None:
        self._inbound = inbound
        self._metrics = metrics

    async def take(self, mail: InboundMail | UnreadableMail, raw: bytes) -> Entry | None:
        with log_context.about(request=log_context.new_request()):
            entry = await self._inbound.take(mail, raw)
        if entry:
            self._metrics.mail_in.labels(entry.kind).inc()
        return entry


class JobWatch:
    """Measures each run of a periodic job."""

    def __init__(self, metrics: Metrics, counted: str) -> None:
        """`counted`: the job whose result is the number of reminders."""
        self._metrics = metrics
        self._counted = counted

    async def __call__(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        began, outcome = time.perf_counter(), "failed"
        with self._metrics.spans.span(f"job {name}") as span:
            try:
                result = await work()
                outcome = "done"
                if name == self._counted and isinstance(result, int):
                    self._metrics.reminders.inc(result)
            except StoreDown:
                outcome = "database down"
                raise
            finally:
                span.set("outcome", outcome)
                self._metrics.jobs.labels(name, outcome).observe(time.perf_counter() - began)


def slack_trace(metrics: Metrics) -> aiohttp.TraceConfig:
    """Counts the calls of Slack's Web API by method and status; 429 is a rate limit. Each is a span."""
    trace = aiohttp.TraceConfig()

    def count(call: SimpleNamespace, url: Any, status: str) -> None:
        found = _METHOD.search(url.path)
        if found:
            metrics.slack_calls.labels(found[1], status).inc()
            call.span.end(status)

    async def started(_: aiohttp.ClientSession, call: SimpleNamespace, params: aiohttp.TraceRequestStartParams) -> None:
        found = _METHOD.search(params.url.path)
        call.span = metrics.spans.call(f"slack {found[1]}") if found else NO_SPANS

    async def ended(_: aiohttp.ClientSession, call: SimpleNamespace, done: aiohttp.TraceRequestEndParams) -> None:
        count(call, done.url, str(done.response.status))

    async def failed(
        _: aiohttp.ClientSession, call: SimpleNamespace, done: aiohttp.TraceRequestExceptionParams
    ) -> None:
        count(call, done.url, "unreachable")

    trace.on_request_start.append(started)
    trace.on_request_end.append(ended)
    trace.on_request_exception.append(failed)
    return trace


class LogCounter(logging.Handler):
    """Counts warnings and errors."""

    def __init__(self, metrics: Metrics) -> None:
        super().__init__(logging.WARNING)
        self._metrics = metrics

    def emit(self, record: logging.LogRecord) -> None:
        self._metrics.log_lines.labels(record.levelname.lower()).inc()


@contextmanager
def counting_log_lines(metrics: Metrics) -> Iterator[None]:
    """Counts warnings and errors of the whole program while the context is open."""
    counter = LogCounter(metrics)
    logging.getLogger().addHandler(counter)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(counter)
