"""The clock ticks: what is due is reminded, what is old is forgotten. Jobs that sweep an index, none per ticket."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.desk import Desk
from bot.erasing import Archive
from bot.errors import StoreDown

log = logging.getLogger(__name__)

SWEEP, DIGEST = "sweep", "digest"
_SWEEP_EVERY = 15
_DIGEST_EVERY = 60
_KEEP = timedelta(days=14)


def scheduler(desk: Desk) -> tuple[AsyncIOScheduler, Callable[[], None]]:
    """The scheduler, not yet started, and what to call when the clock was moved."""

    async def sweep() -> None:
        try:
            await desk.sweep()
        except StoreDown:
            log.warning("the store is down; the sweep is repeated in %d s", _SWEEP_EVERY)

    async def digest() -> None:
        try:
            await desk.digest()
        except StoreDown:
            log.warning("the store is down; the digest is tried again in %d s", _DIGEST_EVERY)

    async def prune() -> None:
        try:
            await desk.prune(_KEEP)
            days = desk.config.privacy.keep_days
            if days:
                await Archive(desk.store, desk.drafts, desk.clock, by="desk").expire(timedelta(days=days))
        except StoreDown:
            log.warning("the store is down; pruning is repeated tomorrow")

    defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    jobs = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
    at_once = datetime.now(UTC)  # the scheduler's own clock: real time, however the desk's may be moved
    jobs.add_job(sweep, "interval", seconds=_SWEEP_EVERY, id=SWEEP, next_run_time=at_once)
    jobs.add_job(digest, "interval", seconds=_DIGEST_EVERY, id=DIGEST, next_run_time=at_once)
    jobs.add_job(prune, "interval", days=1, id="prune", next_run_time=at_once + timedelta(minutes=5))

    def clock_moved() -> None:
        for job in (SWEEP, DIGEST):
            jobs.modify_job(job, next_run_time=datetime.now(UTC))

    return jobs, clock_moved
