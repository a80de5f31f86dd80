"""Health over HTTP: `/healthz` (the process answers), `/readyz` (each part and its reason), `/metrics` (Prometheus)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.core.clock import Clock, span
from bot.core.errors import StoreDown, place_of
from bot.core.release import release
from bot.model.backlog import Backlog
from bot.model.ticket import Party, Stage
from bot.tickets.ports import Maintenance, TicketStore
from bot.transports import Closure, Transports
from runtime.metrics import Metrics

LATE = timedelta(minutes=10)
"""Age of an undelivered notice from which the desk is not ready."""
_TIMEOUT = 5.0
"""Seconds one part may take to answer."""


@dataclass(frozen=True)
class PartHealth:
    """Health of one part of the desk. `reason`: a sentence, without personal data."""

    ok: bool
    reason: str
    is_needed: bool = True
    """False if the desk is ready without this part."""


Probe = Callable[[], Awaitable[PartHealth]]
"""Checks one part; may raise `StoreDown`."""


async def looked_at(probes: Mapping[str, Probe]) -> dict[str, PartHealth]:
    """Result of each probe; a failure or a timeout is a result too."""
    found = await asyncio.gather(*(_asked(probe) for probe in probes.values()))
    return dict(zip(probes, found, strict=True))


async def _asked(probe: Probe) -> PartHealth:
    try:
        async with asyncio.timeout(_TIMEOUT):
            return await probe()
    except StoreDown:
        return PartHealth(ok=False, reason="The database cannot be used.")
    except TimeoutError:
        return PartHealth(ok=False, reason=f"No answer within {_TIMEOUT:.0f} seconds.")
    except Exception as error:  # noqa: BLE001 (a probe with a fault must not hide the others)
        return PartHealth(ok=False, reason=f"The check itself failed: {place_of(error).splitlines()[0]}.")


# --- probes


def database_probe(store: Maintenance, clock: Clock) -> Probe:
    async def probe() -> PartHealth:
        await store.backlog(clock())
        return PartHealth(ok=True, reason="The database answers.")

    return probe


def outbox_probe(store: Maintenance, clock: Clock) -> Probe:
    """Checks for late notices: something keeps the outbox from delivering."""

    async def probe() -> PartHealth:
        at = clock()
        backlog = await store.backlog(at)
        if not backlog.oldest:
            return PartHealth(ok=True, reason="Nothing waits to be delivered.")
        age = max(at - backlog.oldest, timedelta())
        words = f"{backlog.waiting} due; the oldest for {span(age.total_seconds())}."
        return PartHealth(ok=age < LATE, reason=words)

    return probe


def transport_probe(name: str, closures: Callable[[], Sequence[Closure]]) -> Probe:
    """Checks one transport: closed as a whole, or for some channels only, which does not make the desk unready."""

    async def probe() -> PartHealth:
        mine = [each for each in closures() if each.transport == name]
        whole = [each.reason for each in mine if not each.channel]
        if whole:
            return PartHealth(ok=False, reason=whole[0])
        closed = f"; on hold for {len(mine)} channels" if mine else ""
        return PartHealth(ok=True, reason=f"Open{closed}.")

    return probe


class Mailbox(Protocol):
    """State of the mailbox for inbound mail."""

    down_since: datetime | None
    """The time since which it cannot be reached."""
    fault: str
    """The reason, in a sentence."""


def mailbox_probe(mailbox: Mailbox, clock: Clock) -> Probe:
    """Checks inbound mail."""

    async def probe() -> PartHealth:
        if mailbox.down_since is None:
            return PartHealth(ok=True, reason="The mailbox is read.")
        silent = span(max((clock() - mailbox.down_since).total_seconds(), 0))
        return PartHealth(ok=False, reason=f"For {silent}: {mailbox.fault}")

    return probe


class CalendarState(Protocol):
    """State of a calendar of who is on duty."""

    host: str
    down_since: datetime | None
    """The time since which it cannot be read."""
    fault: str
    """The reason, in a sentence."""

    @property
    def is_known(self) -> bool:
        """True if it was read before."""


def calendar_probe(calendar: CalendarState, clock: Clock) -> Probe:
    """Checks a calendar of who is on duty. A desk without it is ready: its last shifts are used."""

    async def probe() -> PartHealth:
        if calendar.down_since is None:
            return PartHealth(ok=True, reason=f"The calendar at {calendar.host} is read.", is_needed=False)
        silent = span(max((clock() - calendar.down_since).total_seconds(), 0))
        shifts = "The last shifts" if calendar.is_known else "No shifts"
        reason = f"For {silent}: {calendar.fault} {shifts} of the calendar at {calendar.host} are used."
        return PartHealth(ok=False, reason=reason, is_needed=False)

    return probe


# --- routes


@dataclass(frozen=True)
class Health:
    """Sources of the health pages."""

    metrics: Metrics
    probes: dict[str, Probe]
    """Probes by part. Further ones are added while the desk is put together."""
    backlog: Callable[[], Awaitable[Backlog]]
    standing: Callable[[], Awaitable[Mapping[tuple[Stage, Party], int]]]
    clock: Clock

    def watch_mailbox(self, mailbox: Mailbox | None) -> None:
        """Adds the probe of inbound mail, where there is a mailbox."""
        if mailbox:
            self.probes["mail in"] = mailbox_probe(mailbox, self.clock)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/healthz", self._alive),
            web.get("/health", self._alive),
            web.get("/readyz", self._ready),
            web.get("/metrics", self._metrics),
        ]

    async def _alive(self, _: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _ready(self, _: web.Request) -> web.Response:
        found = await self.findings()
        ready = all(each.ok or not each.is_needed for each in found.values())
        parts = {part: {"ok": each.ok, "why": each.reason} for part, each in found.items()}
        return web.json_response({"ready": ready, "parts": parts}, status=200 if ready else 503)

    async def findings(self) -> dict[str, PartHealth]:
        """Health of each part of the desk."""
        return await looked_at(self.probes)

    async def _metrics(self, _: web.Request) -> web.Response:
        for part, each in (await self.findings()).items():
            self.metrics.ready.labels(part).set(each.ok)
        with suppress(StoreDown):  # `partner_desk_ready` says so; the other figures are of this process
            self._count(await self.backlog(), await self.standing(), self.clock())
        return web.Response(body=generate_latest(self.metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _count(self, backlog: Backlog, standing: Mapping[tuple[Stage, Party], int], at: datetime) -> None:
        self.metrics.outbox_waiting.set(backlog.waiting)
        self.metrics.outbox_dead.set(backlog.dead)
        age = (at - backlog.oldest).total_seconds() if backlog.oldest else 0
        self.metrics.outbox_oldest.set(max(age, 0))
        open_now = {(stage.level.value, ball.value): 0 for stage in Stage for ball in stage.balls}
        for (stage, party), number in standing.items():
            open_now[stage.level.value, party.value] += number
        for (level, ball), number in open_now.items():
            self.metrics.tickets.labels(level, ball).set(number)


class HealthStore(TicketStore, Maintenance, Protocol):
    """Store operations used by health checks."""


def health_of(
    metrics: Metrics, store: HealthStore, transports: Transports, clock: Clock, calendars: Iterable[CalendarState] = ()
) -> Health:
    """The health of a desk: its database, its outbox, each way out, and the calendars of who is on duty."""
    metrics.build.info({"version": release()})
    probes = {"database": database_probe(store, clock), "outbox": outbox_probe(store, clock)}
    for transport in transports.all:
        probes[f"to {transport.name}"] = transport_probe(transport.name, lambda: transports.closures)
    for number, calendar in enumerate(calendars):
        probes[f"on duty {number + 1}" if number else "on duty"] = calendar_probe(calendar, clock)
    return Health(metrics, probes, lambda: store.backlog(clock()), store.standing, clock)
