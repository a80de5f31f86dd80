"""OpenTelemetry traces, where `OTEL_EXPORTER_OTLP_ENDPOINT` is set: nothing is imported and nothing is done without it.

A span is an interaction, a delivery, a job, a call of Slack's Web API, or a database operation inside one of these.
Attributes are kinds, outcomes and ids of requests and tickets: never names, and nothing people typed.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Protocol

from bot.core.errors import Misconfigured
from bot.core.release import release

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider

_EXPORTER = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
"""Its logger writes two lines for every batch that a collector does not take."""
_QUIET = 600.0
"""Seconds between two such lines that are written."""
_FLUSH = 2.0
"""Seconds the last spans have to arrive when the program stops."""


class Span(Protocol):
    """One piece of work that is timed."""

    def set(self, name: str, text: str) -> None:
        """Sets an attribute; empty text sets none."""


class Call(Protocol):
    """A call that was begun."""

    def end(self, status: str) -> None: ...


class Spans(Protocol):
    """Makes spans."""

    def span(self, name: str, **attributes: str) -> AbstractContextManager[Span]:
        """A span around what is done inside; spans made there are its children."""

    def call(self, name: str) -> Call:
        """A call that ends elsewhere, such as in a callback."""

    def done(self, name: str, outcome: str, seconds: float) -> None:
        """A step that took so long and has just ended; only inside another span."""


class NoSpans:
    """Traces are off: a span, a call and all spans at once, which do nothing."""

    def set(self, name: str, text: str) -> None: ...

    def end(self, status: str) -> None: ...

    @contextmanager
    def span(self, name: str, **attributes: str) -> Iterator[Span]:  # noqa: ARG002 (as `Spans`)
        yield self

    def call(self, name: str) -> Call:  # noqa: ARG002
        return self

    def done(self, name: str, outcome: str, seconds: float) -> None: ...


NO_SPANS = NoSpans()


class _Attributes:
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def set(self, name: str, text: str) -> None:
        if text:
            self._span.set_attribute(f"desk.{name}", text)

    def end(self, status: str) -> None:
        self.set("status", status)
        self._span.end()


class OpenTelemetrySpans:
    """Spans of a tracer of OpenTelemetry's."""

    def __init__(self, tracer: trace.Tracer) -> None:
        self._tracer = tracer

    @contextmanager
    def span(self, name: str, **attributes: str) -> Iterator[Span]:
        with self._tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False
        ) as span_of_sdk:
            span = _Attributes(span_of_sdk)
            for key, text in attributes.items():
                span.set(key, text)
            try:
                yield span
            except BaseException as error:  # an error's text may contain user input: only its class is recorded
                span_of_sdk.set_attribute("error.type", type(error).__qualname__)
                raise

    def call(self, name: str) -> Call:
        return _Attributes(self._tracer.start_span(name))

    def done(self, name: str, outcome: str, seconds: float) -> None:
        from opentelemetry.trace import get_current_span  # noqa: PLC0415 (see the top)

        if get_current_span().is_recording():
            ended = time.time_ns()
            span_of_sdk = self._tracer.start_span(name, start_time=ended - round(seconds * 1e9))
            _Attributes(span_of_sdk).set("outcome", outcome)
            span_of_sdk.end(ended)


@asynccontextmanager
async def tracing(endpoint: str, replica: str = "") -> AsyncIterator[Spans]:
    """Spans that are sent to an OTLP receiver (HTTP) in the background; nothing is done without an endpoint.

    `Misconfigured` where the packages are missing. A receiver that is away costs its spans, and holds up nothing.
    """
    if not endpoint:
        yield NO_SPANS
        return
    provider = _provider(endpoint, replica)
    try:
        yield OpenTelemetrySpans(provider.get_tracer("partner-desk", release()))
    finally:
        await asyncio.to_thread(_stop, provider)


def _provider(endpoint: str, replica: str) -> TracerProvider:
    if not endpoint.startswith(("http://", "https://")):
        raise Misconfigured("OTEL_EXPORTER_OTLP_ENDPOINT is not an address. Write http://collector.example:4318.")
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise Misconfigured(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but the packages for traces are not installed. Install them by "
            "`pip install --require-hashes -r requirements-traces.txt`, or leave the setting out."
        ) from error
    _keep_quiet()
    attributes = {"service.name": "partner-desk", "service.version": release(), "service.instance.id": replica}
    provider = TracerProvider(resource=Resource.create({key: text for key, text in attributes.items() if text}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=_FLUSH)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    return provider


class _Seldom(logging.Filter):
    """Lets an error pass once in a while, and no warning."""

    def __init__(self) -> None:
        super().__init__()
        self._next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR or record.created < self._next:
            return False
        self._next = record.created + _QUIET
        return True


def _keep_quiet() -> None:
    exporter = logging.getLogger(_EXPORTER)
    if not any(isinstance(each, _Seldom) for each in exporter.filters):
        exporter.addFilter(_Seldom())


def _stop(provider: TracerProvider) -> None:
    provider.force_flush(round(_FLUSH * 1000))
    provider.shutdown()
