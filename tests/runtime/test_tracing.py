"""OpenTelemetry traces, received by a real OTLP receiver on this machine; without the setting nothing is imported."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from bot.core.errors import Misconfigured
from runtime.metrics import Metrics
from runtime.observed import InteractionWatch, JobWatch
from runtime.tracing import NO_SPANS, tracing
from tests.handlers.world import world
from tests.timeouts import TIMEOUT

ROOT = Path(__file__).parents[2]


@dataclass
class Receiver:
    """An OTLP receiver: keeps the requests it was sent."""

    url: str = ""
    status: int = 200
    bodies: list[bytes] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        return web.Response(status=self.status, content_type="application/x-protobuf")

    def spans(self) -> list[Any]:
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [
            span
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def resource(self) -> dict[str, str]:
        request = ExportTraceServiceRequest.FromString(self.bodies[0])
        return {each.key: each.value.string_value for each in request.resource_spans[0].resource.attributes}


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/v1/traces", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield receiver
    await runner.cleanup()


def named(spans: Sequence[Any], name: str) -> Any:
    return next(span for span in spans if span.name == name)


def attributes(span: Any) -> dict[str, str]:
    return {each.key: each.value.string_value for each in span.attributes}


async def test_interaction_delivery_and_calls_of_slack_arrive_as_one_trace_each(tmp_path: Path) -> None:
    async with receiving() as receiver:
        environment = {"otel_exporter_otlp_endpoint": receiver.url, "replica": "one"}
        async with world(tmp_path, environment=environment) as w:
            await w.raised(happens="A secret story of Frau Mustermann")
        spans = receiver.spans()
    command, call = named(spans, "interaction command"), named(spans, "slack views.open")
    assert (call.parent_span_id, call.trace_id) == (command.span_id, command.trace_id)
    assert attributes(command)["desk.outcome"] == "acknowledged"
    delivery, post = named(spans, "delivery slack"), named(spans, "slack chat.postMessage")
    assert post.trace_id == delivery.trace_id
    assert "card" in {attributes(span)["desk.kind"] for span in spans if span.name == "delivery slack"}
    assert attributes(post)["desk.status"] == "200"
    saved = named(spans, "database change")
    assert saved.end_time_unix_nano > saved.start_time_unix_nano
    assert receiver.resource() | {"service.name": "partner-desk", "service.instance.id": "one"} == receiver.resource()
    assert not any(word in body for body in receiver.bodies for word in (b"Mustermann", b"Anna", b"U0ANNA"))


async def test_failed_work_is_reported_without_its_text() -> None:
    async with receiving() as receiver:
        async with tracing(receiver.url) as spans:
            with pytest.raises(ValueError, match="Mustermann"):
                await JobWatch(Metrics(spans), "sweep")("digest", _failing)
        (span,) = receiver.spans()
    assert (span.name, attributes(span)) == ("job digest", {"desk.outcome": "failed", "error.type": "ValueError"})
    assert b"Mustermann" not in b"".join(receiver.bodies)


async def _failing() -> None:
    raise ValueError("Mustermann")


async def test_database_operation_outside_of_a_span_is_no_trace() -> None:
    async with receiving() as receiver:
        async with tracing(receiver.url) as spans:
            Metrics(spans).database_operation("read", "done", 0.1)
        assert receiver.bodies == []


@pytest.mark.parametrize("status", [503, 400])
async def test_receiver_that_refuses_or_is_away_holds_up_nothing(status: int, caplog: pytest.LogCaptureFixture) -> None:
    async with receiving() as receiver:
        receiver.status = status
        await _ends_soon(receiver.url)
    await _ends_soon(receiver.url)  # nobody listens there now
    otel_records = [record for record in caplog.records if record.name.startswith("opentelemetry")]
    assert len(otel_records) <= 1  # in ten minutes


@pytest.mark.parametrize("endpoint", ["collector:4318", "grpc://collector:4317", "  "])
async def test_endpoint_that_is_no_address_is_refused_in_words(endpoint: str) -> None:
    with pytest.raises(Misconfigured, match="OTEL_EXPORTER_OTLP_ENDPOINT is not an address"):
        async with tracing(endpoint):
            pass


async def _ends_soon(url: str) -> None:
    async with asyncio.timeout(TIMEOUT), tracing(url) as spans:
        with spans.span("lost"):
            pass


async def test_traces_are_off_without_an_endpoint() -> None:
    async with tracing("") as spans:
        assert spans is NO_SPANS
        watch = InteractionWatch(Metrics(spans))
    assert watch


def run(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_opentelemetry_is_not_imported_without_an_endpoint() -> None:
    assert run("import app, sys; print([each for each in sys.modules if each.startswith('opentel')])") == "[]\n"


def test_missing_packages_are_named_with_the_command_that_installs_them() -> None:
    script = (
        "import asyncio, sys; sys.modules['opentelemetry.sdk'] = None\n"
        "from runtime.tracing import tracing\n"
        "asyncio.run(tracing('http://127.0.0.1:1').__aenter__())"
    )
    assert "Misconfigured: OTEL_EXPORTER_OTLP_ENDPOINT is set" in run(script)
