"""Tasks that work on the same database from other processes.

Each prints a line when a change is acknowledged, never earlier.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from bot.adapters.store import migrate, open_drafts, open_store
from bot.core.errors import Conflict, DeskError, StoreDown
from bot.model.notice import Sent
from bot.ports import Store
from bot.tickets.ports import Batch
from tests.doubles.forked_process import ForkedProcess, forked
from tests.doubles.records import START, a_notice, a_ticket, an_event, next_version
from tests.timeouts import TIMEOUT

_EMPTY_CLAIMS = 100  # empty claims in a row after which a worker assumes that all work is done


def worker_process(task: str, *arguments: object) -> AbstractAsyncContextManager[ForkedProcess]:
    """Runs a task in a process, which is killed at the end if it still runs."""
    return forked(__name__, task, *arguments)


async def read_lines(process: ForkedProcess, count: int | None = None) -> list[str]:
    """Reads the next `count` lines of a process, or all lines until its end."""
    lines: list[str] = []
    while (count is None or len(lines) < count) and (line := await process.stdout.readline()):
        if line.endswith(b"\n"):  # a kill may have cut off the last line
            lines.append(line.decode().strip())
    return lines


def print_line(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def wait_for_start() -> None:
    """Waits for the start signal of `start_together`."""
    print_line("ready")
    await asyncio.to_thread(sys.stdin.readline)


async def start_together(*processes: ForkedProcess) -> None:
    """Gives all waiting processes the start signal at the same time."""
    for process in processes:
        assert await read_lines(process, 1) == ["ready"]
    for process in processes:
        process.stdin.write(b"go\n")


async def raise_tickets(url: str, name: str, count: str) -> None:
    """Raises tickets, ten concurrently, each with an event and a notice."""
    store = await open_store(url, busy=TIMEOUT)

    async def one(number: int) -> None:
        ticket = a_ticket(f"{name}{number}")
        notice = a_notice(ticket.id, ticket_id=ticket.id, lane=f"lane{number % 10}")
        (saved,) = await store.apply(Batch(tickets=[ticket], events=[an_event(ticket)], notices=[notice]))
        print_line(f"{saved.id} {saved.number}")

    for start in range(0, int(count), 10):
        await asyncio.gather(*(one(number) for number in range(start, start + 10)))


async def change_tickets(url: str, count: str) -> None:
    """Increments a counter of one ticket `count` times, with a retry after each conflict."""
    store = await open_store(url, busy=TIMEOUT)
    done = 0
    while done < int(count):
        ticket = await store.get("t1")
        assert ticket
        try:
            await store.apply(Batch(tickets=[next_version(ticket, bounces=ticket.bounces + 1)]))
        except Conflict:
            continue
        done += 1


async def claim_notices(url: str) -> None:
    """Claims and settles notices until none is left."""
    store = await open_store(url, busy=TIMEOUT)
    while claims := await store.claim(START, timedelta(hours=1), 3):
        for claim in claims:
            print_line(claim.notice.key)
            assert await store.settle(claim, Sent(), START)


async def deliver_and_follow_up(url: str, times: str) -> None:
    """Delivers notices; each delivery enqueues a follow-up in the other lane, up to `times` in a row."""
    store = await open_store(url, busy=TIMEOUT)
    await wait_for_start()
    empty = 0
    while empty < _EMPTY_CLAIMS:
        claims = await store.claim(START, timedelta(hours=1), 1)
        empty = 0 if claims else empty + 1
        for claim in claims:
            name, number = claim.notice.key.split(":")
            then = [a_notice(f"{name}:{int(number) + 1}", lane={"a": "b", "b": "a"}[claim.notice.lane])]
            assert await store.settle(claim, Sent(), START, then if int(number) < int(times) else [])
    await store.close()


async def hold_lock(url: str) -> None:
    """Holds the lock “sweep” until the process is killed."""
    store = await open_store(url, busy=TIMEOUT)
    async with store.lease("sweep") as alone:
        print_line(alone)
        await asyncio.Event().wait()


async def fill_disk(url: str) -> None:
    """Writes to a full disk, and again after space was freed."""
    store = await open_store(url, busy=TIMEOUT)
    await store.apply(Batch(tickets=[a_ticket("before")]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, resource.RLIM_INFINITY))
    big = [a_ticket(f"big{n}", answers={"description": "x" * 3000}) for n in range(100)]
    changes = [Batch(tickets=[a_ticket("small")]), Batch(tickets=big)]
    results = await asyncio.gather(*map(store.apply, changes), return_exceptions=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await _report(store, results[1])
    await store.apply(Batch(tickets=[a_ticket("after")]))
    print_line([ticket_id for ticket_id in ("before", "big0", "big99", "after") if await store.get(ticket_id)])


async def _report(store: Store, result: object) -> None:
    print_line(type(result).__name__ if isinstance(result, StoreDown) else repr(result))


async def open_without_write_access(url: str) -> None:
    """Opens a file that the user may read but not write."""
    if os.geteuid() == 0:
        os.setuid(65534)
    for opening in (open_store, open_drafts):
        try:
            await opening(url)
        except DeskError as error:
            print_line(f"{type(error).__name__}: {error}")
        else:
            print_line("opened")


async def put_drafts(url: str, count: str) -> None:
    drafts = await open_drafts(url)
    for number in range(int(count)):
        await drafts.put(f"key{number}", {"n": str(number)})
        print_line(number)


async def migrate_desk(source: str, target: str) -> None:
    print_line("moving")
    await migrate(source, target)
    print_line("moved")


TASKS: dict[str, Callable[..., Awaitable[None]]] = {
    work.__name__: work
    for work in (
        raise_tickets,
        change_tickets,
        claim_notices,
        deliver_and_follow_up,
        hold_lock,
        fill_disk,
        open_without_write_access,
        put_drafts,
        migrate_desk,
    )
}


async def main(task: str, *arguments: str) -> None:
    await TASKS[task](*arguments)
