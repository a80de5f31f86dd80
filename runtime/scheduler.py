"""The clock ticks: what is due is reminded, what is old is forgotten. Jobs that sweep an index, none per ticket.

Every replica's clock ticks; of those that begin at the same time one does the work, the others leave it to that one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.core.errors import StoreDown, place_of
from bot.desk import Desk

log = logging.getLogger(__name__)

SWEEP, DIGEST, MONTHLY, NOTICES, PRUNE, INDEX = "sweep", "digest", "monthly", "notices", "prune", "indexing"
_SWEEP_EVERY = 15
_DIGEST_EVERY = 60
_NOTICES_EVERY = 300
_INDEX_EVERY, _INDEXED = 600, 50
_MERGES, _MERGED = 30, 50
"""Pages; some milliseconds."""
_KEEP = timedelta(days=14)


def scheduler(desk: Desk) -> tuple[AsyncIOScheduler, Callable[[], None]]:
    """The scheduler, not yet started, and what to call when the clock was moved."""

    defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    jobs = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
    at_once = datetime.now(UTC)  # the scheduler's own clock: real time, however the desk's may be moved
    ticking = (
        (SWEEP, desk.reminders.sweep, _SWEEP_EVERY),
        (DIGEST, desk.digests.send, _DIGEST_EVERY),
        (MONTHLY, desk.reports.monthly, _DIGEST_EVERY),
        (NOTICES, desk.status_alerts.match, _NOTICES_EVERY),
    )
    for name, work, every in ticking:
        jobs.add_job(_alone(desk, name, work), "interval", seconds=every, id=name, next_run_time=at_once)
    soon = at_once + timedelta(minutes=5)
    jobs.add_job(_alone(desk, PRUNE, lambda: _forget(desk)), "interval", days=1, id=PRUNE, next_run_time=soon)
    indexing = _alone(desk, INDEX, lambda: _tidy_index(desk))
    jobs.add_job(indexing, "interval", seconds=_INDEX_EVERY, id=INDEX, next_run_time=at_once)

    def clock_moved() -> None:
        for job in (SWEEP, DIGEST, MONTHLY):
            jobs.modify_job(job, next_run_time=datetime.now(UTC))

    return jobs, clock_moved


def _alone(desk: Desk, name: str, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """The job that does this work, unless another replica is at it."""

    async def tick() -> None:
        try:
            async with desk.maintenance.alone(name) as alone:
                if alone:
                    await work()
        except StoreDown:
            log.warning("the store is down; the %s is done at the next tick", name)
        except asyncio.CancelledError:
            return  # the desk stops; the scheduler would tell it as an error
        except Exception as error:  # noqa: BLE001  (the scheduler would log it with its message, which may quote people)
            log.error("the %s failed and is tried again at the next tick: %s", name, place_of(error))  # noqa: TRY400

    return tick


async def _forget(desk: Desk) -> None:
    """What was delivered long ago, and the personal data of tickets that were closed long ago."""
    await desk.reminders.prune(_KEEP)
    days = desk.config.privacy.keep_days
    if days:
        await desk.archive.expire(timedelta(days=days))


async def _tidy_index(desk: Desk) -> None:
    """What an older release saved, and what grew in pieces; bit by bit: whoever clicks meanwhile does not wait."""
    while await desk.maintenance.index_older(_INDEXED):  # noqa: ASYNC110  a pause, not a wait for something
        await asyncio.sleep(0.01)
    for _ in range(_MERGES):
        await desk.maintenance.merge_index(_MERGED)
        await asyncio.sleep(0.05)
