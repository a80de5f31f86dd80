"""Other processes at work on the same file, for the suites of this folder: `python -m tests.contracts.processes`.

Each prints a line when something is acknowledged, and nothing before.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.adapters.store import migrate, open_drafts, open_store
from bot.core.errors import Conflict, DeskError, StoreDown
from bot.model.notice import Sent
from bot.ports import Store
from bot.tickets.ports import Batch
from tests.doubles.records import START, a_later, a_notice, a_ticket, an_event

ROOT = Path(__file__).parents[2]
_PATIENCE = 100  # looks that find nothing, before a worker thinks that all is done


@asynccontextmanager
async def another(what: str, *args: object) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that does `what`; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.contracts.processes", what, *map(str, args), cwd=ROOT, stdout=-1, stdin=-1
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def said(process: asyncio.subprocess.Process, count: int | None = None) -> list[str]:
    """The next so many lines, or all until its end."""
    assert process.stdout
    lines: list[str] = []
    while (count is None or len(lines) < count) and (line := await process.stdout.readline()):
        if line.endswith(b"\n"):  # one that was cut off by a kill was not said
            lines.append(line.decode().strip())
    return lines


def tell(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def together() -> None:
    """Goes on when everybody may: see `begin`."""
    tell("ready")
    await asyncio.to_thread(sys.stdin.readline)


async def begin(*processes: asyncio.subprocess.Process) -> None:
    """Lets those go on, at the same time, that wait for it."""
    for process in processes:
        assert await said(process, 1) == ["ready"]
    for process in processes:
        assert process.stdin
        process.stdin.write(b"go\n")


async def raise_tickets(url: str, name: str, count: str) -> None:
    """Raises tickets, ten at a time, each with an event and a notice."""
    store = await open_store(url)

    async def one(number: int) -> None:
        ticket = a_ticket(f"{name}{number}")
        notice = a_notice(ticket.id, ticket_id=ticket.id, lane=f"lane{number % 10}")
        (saved,) = await store.apply(Batch(tickets=[ticket], events=[an_event(ticket)], notices=[notice]))
        tell(f"{saved.id} {saved.number}")

    for start in range(0, int(count), 10):
        await asyncio.gather(*(one(number) for number in range(start, start + 10)))


async def change_tickets(url: str, count: str) -> None:
    """Counts one ticket up so often, and tries again when somebody else was faster."""
    store = await open_store(url)
    done = 0
    while done < int(count):
        ticket = await store.get("t1")
        assert ticket
        try:
            await store.apply(Batch(tickets=[a_later(ticket, bounces=ticket.bounces + 1)]))
        except Conflict:
            continue
        done += 1


async def claim_notices(url: str) -> None:
    """Claims and settles until nothing is left."""
    store = await open_store(url)
    while claims := await store.claim(START, timedelta(hours=1), 3):
        for claim in claims:
            tell(claim.notice.key)
            assert await store.settle(claim, Sent(), START)


async def pass_on(url: str, times: str) -> None:
    """Delivers what there is; each message is followed by one in the other lane, so often."""
    store = await open_store(url)
    await together()
    nothing = 0
    while nothing < _PATIENCE:
        claims = await store.claim(START, timedelta(hours=1), 1)
        nothing = 0 if claims else nothing + 1
        for claim in claims:
            name, number = claim.notice.key.split(":")
            then = [a_notice(f"{name}:{int(number) + 1}", lane={"a": "b", "b": "a"}[claim.notice.lane])]
            assert await store.settle(claim, Sent(), START, then if int(number) < int(times) else [])
    await store.close()


async def be_alone(url: str) -> None:
    """For as long as it lives."""
    store = await open_store(url)
    async with store.alone("sweep") as alone:
        tell(alone)
        await asyncio.Event().wait()


async def fill_disk(url: str) -> None:
    """Meets a disk on which nothing more fits, then room again."""
    store = await open_store(url)
    await store.apply(Batch(tickets=[a_ticket("before")]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, resource.RLIM_INFINITY))
    big = [a_ticket(f"big{n}", answers={"description": "x" * 3000}) for n in range(100)]
    changes = [Batch(tickets=[a_ticket("small")]), Batch(tickets=big)]
    results = await asyncio.gather(*map(store.apply, changes), return_exceptions=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await _report(store, results[1])
    await store.apply(Batch(tickets=[a_ticket("after")]))
    tell([ticket_id for ticket_id in ("before", "big0", "big99", "after") if await store.get(ticket_id)])


async def _report(store: Store, result: object) -> None:
    tell(type(result).__name__ if isinstance(result, StoreDown) else repr(result))


async def open_as_nobody(url: str) -> None:
    """Opens a file this user may read but not write."""
    if os.geteuid() == 0:
        os.setuid(65534)
    for opening in (open_store, open_drafts):
        try:
            await opening(url)
        except DeskError as error:
            tell(f"{type(error).__name__}: {error}")
        else:
            tell("opened")


async def put_drafts(url: str, count: str) -> None:
    drafts = await open_drafts(url)
    for number in range(int(count)):
        await drafts.put(f"key{number}", {"n": str(number)})
        tell(number)


async def move_desk(source: str, target: str) -> None:
    tell("moving")
    await migrate(source, target)
    tell("moved")


WORK: dict[str, Callable[..., Awaitable[None]]] = {
    work.__name__: work
    for work in (
        raise_tickets,
        change_tickets,
        claim_notices,
        pass_on,
        be_alone,
        fill_disk,
        open_as_nobody,
        put_drafts,
        move_desk,
    )
}

if __name__ == "__main__":
    asyncio.run(WORK[sys.argv[1]](*sys.argv[2:]))  # type: ignore[arg-type]
