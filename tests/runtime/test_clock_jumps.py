"""A jump of the wall clock is noticed, and every periodic job runs at once after it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from runtime.clock_jumps import ClockJumps
from runtime.scheduler import DIGEST, SWEEP, Every, JumpAwareScheduler, scheduler
from tests.factories import NOW, ManualClock, a_world
from tests.timeouts import TIMEOUT


class Machine:
    """A machine whose wall clock and monotonic time are moved by hand."""

    def __init__(self) -> None:
        self.wall = ManualClock(NOW)
        self.ticks = 0.0
        self.jumps = ClockJumps(self.wall, lambda: self.ticks)

    def passes(self, seconds: float, wall: float | None = None) -> timedelta | None:
        """Lets that much time pass; `wall`: what the wall clock makes of it. Returns the noticed jump."""
        self.ticks += seconds
        self.wall.forward(seconds=seconds if wall is None else wall)
        return self.jumps.since_last_look()


def test_jump_is_noticed_in_both_directions_and_once() -> None:
    machine = Machine()
    assert machine.passes(15) is None
    assert machine.passes(15, wall=15 - 7200) == timedelta(hours=-2)
    assert machine.passes(15) is None
    assert machine.passes(15, wall=15 + 8 * 3600) == timedelta(hours=8)  # the machine slept
    assert machine.passes(15) is None


@pytest.mark.parametrize("drift", [-0.5, 0.5, 1.9, -1.9])
def test_jump_is_not_reported_for_the_ordinary_adjustment_of_a_clock(drift: float) -> None:
    machine = Machine()
    assert [machine.passes(15, wall=15 + drift) for _ in range(1000)] == [None] * 1000


async def ran(jobs: JumpAwareScheduler, *names: str) -> dict[str, asyncio.Event]:
    """Jobs of these names that are due in two hours, as they are after the clock was set back by two hours."""
    done = {name: asyncio.Event() for name in names}

    async def work(name: str) -> None:
        done[name].set()

    for name in names:
        later = datetime.now(UTC) + timedelta(hours=2)
        jobs.add_job(work, Every(15), args=[name], id=name, next_run_time=later)
    jobs.start()
    return done


async def test_scheduler_runs_every_job_at_once_after_the_clock_was_set_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    machine = Machine()
    jobs = JumpAwareScheduler(machine.jumps, timezone=UTC)
    done = await ran(jobs, SWEEP, DIGEST)
    machine.ticks += 15
    machine.wall.forward(seconds=15 - 7200)
    jobs.wakeup()  # as its timer does, in monotonic time
    async with asyncio.timeout(TIMEOUT):
        await asyncio.gather(*(each.wait() for each in done.values()))
    assert "the clock went back by 2 h" in caplog.text
    jobs.shutdown(wait=False)


async def test_scheduler_waits_for_its_jobs_while_the_clock_goes_on() -> None:
    machine = Machine()
    jobs = JumpAwareScheduler(machine.jumps, timezone=UTC)
    done = await ran(jobs, SWEEP)
    machine.passes(15)
    jobs.wakeup()
    await asyncio.sleep(0)
    assert not done[SWEEP].is_set()
    assert jobs.get_job(SWEEP).next_run_time > datetime.now(UTC) + timedelta(hours=1)
    jobs.shutdown(wait=False)


def test_every_counts_from_now_so_that_missed_runs_are_one_run() -> None:
    long_ago = datetime(1970, 1, 1, tzinfo=UTC)
    assert Every(15).get_next_fire_time(long_ago, NOW) == NOW + timedelta(seconds=15)


async def test_every_job_of_the_desk_runs_after_a_jump() -> None:
    machine, world = Machine(), await a_world()
    jobs, _ = scheduler(world.desk, machine.jumps)
    jobs.start(paused=True)
    for job in jobs.get_jobs():
        job.modify(next_run_time=datetime.now(UTC) + timedelta(hours=2))
    machine.wall.forward(hours=-2)
    jobs.wakeup()
    assert {job.id for job in jobs.get_jobs() if job.next_run_time <= datetime.now(UTC)} == {
        "sweep", "digest", "handover", "monthly", "notices", "prune", "indexing", "routes",
    }  # fmt: skip
    jobs.shutdown(wait=False)
