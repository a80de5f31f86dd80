"""Periodic jobs: reminders, digests, reports, status notices, pruning, index. They sweep an index; none per ticket.

Every replica runs the scheduler; a job that is due in several at once is done by one of them. Only the job
of the channels runs on each.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.core.clock import span
from bot.core.errors import StoreDown, described
from bot.desk import Desk
from runtime.clock_jumps import ClockJumps

log = logging.getLogger(__name__)

SWEEP, DIGEST, MONTHLY, NOTICES, PRUNE, INDEX = "sweep", "digest", "monthly", "notices", "prune", "indexing"
HANDOVER = "handover"
ROUTES = "routes"
_SWEEP_EVERY = 15
_ROUTES_EVERY = 15
_DIGEST_EVERY = 60
_NOTICES_EVERY = 300
_DAILY = 24 * 3600
_INDEX_EVERY, _INDEXED = 600, 50
_MERGES, _MERGED = 30, 50
"""Steps in a run, and pages of the index in each; some milliseconds per step."""
_KEEP = timedelta(days=14)


Watch = Callable[[str, Callable[[], Awaitable[object]]], Awaitable[None]]
"""Runs the job of this name, and measures it."""


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler ships no types
    """An interval of that many seconds between runs. Missed runs are not made up for."""

    def __init__(self, seconds: float) -> None:
        self._pause = timedelta(seconds=seconds)

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        return now + self._pause


class JumpAwareScheduler(AsyncIOScheduler):  # type: ignore[misc]  # APScheduler ships no types
    """Runs every job at once when the wall clock has jumped.

    APScheduler waits in monotonic time until its next job is due, but asks the wall clock whether it is: set back by
    two hours, it would do nothing for two hours.
    """

    def __init__(self, jumps: ClockJumps, **options: Any) -> None:
        super().__init__(**options)
        self._jumps = jumps

    def wakeup(self) -> None:
        if jump := self._jumps.since_last_look():
            way = "back" if jump < timedelta() else "forward"
            log.warning("the clock went %s by %s; every job runs now", way, span(abs(jump).total_seconds()))
            self.run_at_once(*(job.id for job in self.get_jobs()))
        super().wakeup()

    def run_at_once(self, *names: str) -> None:
        for name in names:
            self.modify_job(name, next_run_time=datetime.now(UTC))


def scheduler(
    desk: Desk, jumps: ClockJumps | None = None, watch: Watch | None = None
) -> tuple[JumpAwareScheduler, Callable[[], None]]:
    """The scheduler, not yet started, and a function to call after the desk's clock was moved by hand."""
    defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    jobs = JumpAwareScheduler(jumps or ClockJumps(), timezone=UTC, job_defaults=defaults)
    at_once = datetime.now(UTC)  # the scheduler's own clock: real time, even if the desk's was moved
    ticking: tuple[tuple[str, Callable[[], Awaitable[object]], float], ...] = (
        (SWEEP, desk.reminders.sweep, _SWEEP_EVERY),
        (DIGEST, desk.digests.send, _DIGEST_EVERY),
        (HANDOVER, desk.handovers.at_close, _DIGEST_EVERY),
        (MONTHLY, desk.reports.monthly, _DIGEST_EVERY),
        (NOTICES, desk.status_alerts.match, _NOTICES_EVERY),
        (INDEX, lambda: _tidy_index(desk), _INDEX_EVERY),
    )
    for name, work, every in ticking:
        jobs.add_job(_on_one_replica(desk, name, work, watch), Every(every), id=name, next_run_time=at_once)
    jobs.add_job(
        _on_every_replica(ROUTES, desk.channel_routes.follow), Every(_ROUTES_EVERY), id=ROUTES, next_run_time=at_once
    )
    soon = at_once + timedelta(minutes=5)
    jobs.add_job(_on_one_replica(desk, PRUNE, lambda: _prune(desk), watch), Every(_DAILY), id=PRUNE, next_run_time=soon)

    def clock_moved() -> None:
        jobs.run_at_once(SWEEP, DIGEST, MONTHLY)

    return jobs, clock_moved


def _on_one_replica(
    desk: Desk, name: str, work: Callable[[], Awaitable[object]], watch: Watch | None = None
) -> Callable[[], Awaitable[None]]:
    """The job that does this work, unless another replica is doing it."""

    async def alone() -> None:
        async with desk.maintenance.lease(name) as is_ours:
            if is_ours:
                await (watch(name, work) if watch else work())

    return _on_every_replica(name, alone)


def _on_every_replica(name: str, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """The job that does this work in every replica. An error does not end it."""

    async def tick() -> None:
        try:
            await work()
        except StoreDown:
            log.warning("the store is down; the %s is done at the next tick", name)
        except asyncio.CancelledError:
            return  # the desk stops; the scheduler would log it as an error
        except Exception as error:  # noqa: BLE001  (the scheduler would log it with its message, which may quote people)
            log.error("the %s failed and is tried again at the next tick: %s", name, described(error))  # noqa: TRY400

    return tick


async def _prune(desk: Desk) -> None:
    """Prunes delivered notices and old handovers, and expires the data of tickets closed long ago (retention)."""
    await desk.reminders.prune(_KEEP)
    await desk.handovers.prune()
    days = desk.config.privacy.keep_days
    if days:
        await desk.archive.expire(timedelta(days=days))


async def _tidy_index(desk: Desk) -> None:
    """Indexes what an older release saved and merges the index, in small steps that keep clicks fast."""
    while await desk.maintenance.index_older(_INDEXED):  # noqa: ASYNC110  a pause, not a wait for something
        await asyncio.sleep(0.01)
    for _ in range(_MERGES):
        await desk.maintenance.merge_index(_MERGED)
        await asyncio.sleep(0.05)
