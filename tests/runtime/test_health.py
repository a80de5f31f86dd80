"""Health pages: alive, ready with a reason for each part, and metrics, with Socket Mode and over HTTP."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from prometheus_client.parser import text_string_to_metric_families

from app import listening
from bot.config.environment import Environment
from bot.conversation.mail import InboundMail, UnreadableMail
from bot.core.errors import Misconfigured, StoreDown
from bot.model.conversation import Entry, EntrySource, EntryState
from bot.tickets.ports import Batch
from bot.transports import Closure
from runtime.health import PartHealth, database_probe, looked_at, mailbox_probe, outbox_probe, transport_probe
from runtime.http_server import health_app
from runtime.metrics import Metrics
from runtime.observed import ObservedInbound
from runtime.probe import healthy
from tests.doubles.memory_store import MemoryStore
from tests.doubles.records import START, a_notice
from tests.handlers.world import DESK, World, world
from tests.timeouts import TIMEOUT


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as started:
        yield started


async def page(w: World, path: str) -> tuple[int, str]:
    async with (
        TestServer(health_app(w.running.health)) as server,
        ClientSession() as session,
        session.get(server.make_url(path)) as answer,
    ):
        return answer.status, await answer.text()


async def samples(w: World) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    _, text = await page(w, "/metrics")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_healthz_answers_ok(w: World) -> None:
    assert await page(w, "/healthz") == (200, "ok\n")


async def test_readyz_names_each_part_and_its_reason(w: World) -> None:
    status, text = await page(w, "/readyz")
    assert status == 200
    for words in ('"database": {"ok": true', '"outbox": {"ok": true', "The database answers."):
        assert words in text


async def test_readyz_answers_503_while_the_database_is_down(w: World) -> None:
    await w.running.store.close()
    status, text = await page(w, "/readyz")
    assert status == 503
    assert "The database cannot be used." in text


async def test_metrics_count_interactions_deliveries_tickets_and_slack_calls(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    found = await samples(w)
    assert found["partner_desk_interaction_seconds_count", (("kind", "command"), ("outcome", "acknowledged"))] >= 1
    assert found["partner_desk_interaction_seconds_count", (("kind", "click"), ("outcome", "acknowledged"))] >= 1
    slack = (("outcome", "sent"), ("reason", "none"), ("way", "slack"))
    assert found["partner_desk_delivery_seconds_count", slack] >= 1
    assert found["partner_desk_open_tickets", (("ball", "first"), ("level", "first"))] == 1
    assert found["partner_desk_slack_calls_total", (("method", "chat.postMessage"), ("status", "200"))] >= 1
    assert found["partner_desk_database_seconds_count", (("kind", "change"), ("outcome", "done"))] >= 1
    assert found["partner_desk_job_seconds_count", (("job", "sweep"), ("outcome", "done"))] >= 1
    assert found["partner_desk_ready", (("part", "database"),)] == 1


async def test_metrics_tell_a_refused_form_from_an_acknowledged_one(w: World) -> None:
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal("Raise an incident")
    refused = await w.anna.submit(modal, w.answers(start=int(w.now()) + 86400))
    assert refused["outcome"] == "errors"
    found = await samples(w)
    assert found["partner_desk_interaction_seconds_count", (("kind", "submission"), ("outcome", "refused"))] == 1


async def test_metrics_count_reminders(w: World) -> None:
    card = await w.handed_off()
    await w.anna.advance(31 * 60)
    await w.anna.reply(card, "no activity")
    assert (await samples(w))["partner_desk_reminders_total", ()] == 1


async def test_metrics_hold_nothing_people_typed_and_no_names(w: World) -> None:
    await w.escalated()
    _, text = await page(w, "/metrics")
    for personal in ("Müller", "U0ANNA", "Anna", "mueller.example", "Outbound mail", "PD-1001", "nordlicht"):
        assert personal not in text


async def test_metrics_have_no_further_label_sets_when_the_same_happens_again(w: World) -> None:
    for number in range(3):
        await w.anna.command(DESK, "/retarus-incident")
        await w.anna.dismiss(await w.anna.modal("Raise an incident"))
        if number == 0:
            before = await of_clicks(w)
    assert await of_clicks(w) == before


_OF_JOBS = ("partner_desk_job_", "partner_desk_database_", "partner_desk_slack_calls", "partner_desk_delivery_")


async def of_clicks(w: World) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
    """Label sets without those that a job may add, as jobs and the deliveries of the start run at their own time."""
    found = {each for each in await samples(w) if not each[0].startswith(_OF_JOBS)}
    assert "partner_desk_interaction_seconds_count" in {name for name, _ in found}
    return found


async def test_metrics_are_served_while_the_database_is_down(w: World) -> None:
    await w.running.store.close()
    found = await samples(w)
    assert found["partner_desk_ready", (("part", "database"),)] == 0


async def test_socket_mode_serves_health_pages_and_tells_of_its_connection(w: World, unused_tcp_port: int) -> None:
    bot = w.slack.app("Partner Desk")
    env = Environment(slack_app_token=bot.app_token, slack_bot_token=bot.bot_token, port=unused_tcp_port)
    stop = asyncio.Event()
    task = asyncio.create_task(listening(w.running, env, stop.wait()))
    async with ClientSession() as session:
        text = await answered(session, f"http://127.0.0.1:{unused_tcp_port}/readyz")
    stop.set()
    await task
    assert '"slack": {"ok": true, "why": "Connected' in text


async def answered(session: ClientSession, url: str) -> str:
    """The content of the page, as soon as the server listens."""
    async with asyncio.timeout(TIMEOUT):
        while True:
            try:
                async with session.get(url) as answer:
                    return await answer.text()
            except OSError:
                await asyncio.sleep(0)


async def test_lost_connection_to_slack_is_not_ready(w: World) -> None:
    from runtime.socket_mode import connected  # noqa: PLC0415

    async with connected(w.running.app, w.slack.app("Partner Desk").app_token) as probe:
        assert (await probe()).ok
    assert await probe() == PartHealth(
        ok=False, reason="There is no working connection to Slack; it is being opened again."
    )


@pytest.mark.parametrize(("minutes", "ready"), [(0, True), (9, True), (10, False), (600, False)])
async def test_outbox_is_not_ready_when_a_notice_is_late(minutes: int, *, ready: bool) -> None:
    store = MemoryStore(lambda: START)
    await store.apply(Batch(notices=[a_notice()]))
    found = await outbox_probe(store, lambda: START + timedelta(minutes=minutes))()
    assert found.ok is ready
    assert "1 due" in found.reason


async def test_notice_of_the_future_is_not_late() -> None:
    store = MemoryStore(lambda: START)
    await store.apply(Batch(notices=[a_notice()]))
    found = await outbox_probe(store, lambda: START - timedelta(days=1))()
    assert found == PartHealth(ok=True, reason="Nothing waits to be delivered.")


async def test_closed_transport_is_not_ready_but_a_closed_channel_is() -> None:
    closed = [Closure("Slack", "The token was revoked. Install the app again.", START)]
    assert await transport_probe("Slack", lambda: closed)() == PartHealth(
        ok=False, reason="The token was revoked. Install the app again."
    )
    assert (await transport_probe("e-mail", lambda: closed)()).ok
    channel = [Closure("Slack", "Archived.", START, channel="C1")]
    assert await transport_probe("Slack", lambda: channel)() == PartHealth(
        ok=True, reason="Open; on hold for 1 channels."
    )


async def test_probe_that_fails_does_not_hide_the_others() -> None:
    async def broken() -> PartHealth:
        raise KeyError("Anna")

    async def down() -> PartHealth:
        raise StoreDown("password=s3cret")

    store = MemoryStore(lambda: START)
    found = await looked_at({"a": broken, "b": down, "database": database_probe(store, lambda: START)})
    assert found["a"] == PartHealth(ok=False, reason="The check itself failed: KeyError.")
    assert found["b"] == PartHealth(ok=False, reason="The database cannot be used.")
    assert found["database"].ok


async def test_healthy_asks_the_running_desk(w: World) -> None:
    async with TestServer(health_app(w.running.health)) as server:
        for host in ("127.0.0.1", "0.0.0.0"):
            assert await healthy(Environment(host=host, port=server.port or 0)) == "ok"
    with pytest.raises(Misconfigured, match=r"does not answer at http://127\.0\.0\.1:"):
        await healthy(Environment(host="127.0.0.1", port=server.port or 0))


async def test_health_check_of_a_container_asks_the_running_desk_without_loading_another(w: World) -> None:
    checked = "import sys, runtime.probe; runtime.probe.main(); print('app' in sys.modules, 'bot.desk' in sys.modules)"
    async with TestServer(health_app(w.running.health)) as server:
        env = {**os.environ, "HOST": "0.0.0.0", "PORT": str(server.port)}
        program = [sys.executable, "-c", checked]
        process = await asyncio.create_subprocess_exec(
            *program, cwd=Path(__file__).parents[2], env=env, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
    assert output.decode().split() == ["ok", "False", "False"]


class Mailbox:
    """A mailbox that may be unreachable."""

    def __init__(self) -> None:
        self.down_since: datetime | None = None
        self.fault = ""


async def test_unreachable_mailbox_is_not_ready_and_says_since_when() -> None:
    mailbox = Mailbox()
    probe = mailbox_probe(mailbox, lambda: START)
    assert (await probe()).ok
    mailbox.down_since, mailbox.fault = START - timedelta(minutes=20), "The server refuses the password."
    found = await probe()
    assert not found.ok
    assert found.reason == "For 20 min: The server refuses the password."


async def test_mail_is_counted_by_kind_and_a_repeated_one_is_not() -> None:
    class InboundService:
        async def take(self, mail: InboundMail | UnreadableMail, raw: bytes) -> Entry | None:
            kind = raw.decode()
            return Entry(id="e", source=EntrySource.MAIL, kind=kind, state=EntryState.SHOWN, at=START) if kind else None

    metrics = Metrics()
    observed = ObservedInbound(InboundService(), metrics)
    for raw in (b"reply", b"reply", b"", b"bounce"):
        await observed.take(UnreadableMail(identity="d", size=1, attempts=1, reason="crash"), raw)
    counted = {
        sample.labels["kind"]: sample.value
        for sample in next(iter(metrics.mail_in.collect())).samples
        if sample.name.endswith("_total")
    }
    assert counted == {"reply": 2, "bounce": 1}
