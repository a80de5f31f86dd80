"""Work beside people's clicks: a month's report, waiting messages after an outage of Slack, and reminders.

python -m bench.load            two minutes
python -m bench.load --short    some seconds: checks that it works; the figures mean little

The tickets are copies of one incident that went to Retarus in the local Slack, with its history and messages. The desk
is a process of its own, in Socket Mode, and Slack answers at once and without limits; meanwhile people click at a
steady rate. Reminders are found in this process, through a working day, by a clock that is set.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

from bench import bots, scenarios
from bench.bots import Bot, BotFailed, TestBed, Transport
from bench.engines import Engine, engines
from bench.measure import Samples
from bench.scenarios import Scenario
from bench.slack import Network
from bot.adapters.store import open_store
from bot.config.settings_file import load as load_config
from bot.core.clock import now, zone
from bot.model.notice import Letter, NoticeKind
from bot.model.ticket import Event, Stage, Ticket
from bot.tickets.ports import Batch
from tests.factories import ManualClock, a_world
from tests.handlers.world import world

_TOGETHER = 100
"""Tickets saved in one batch."""
_WAITING = (NoticeKind.CARD, NoticeKind.THREAD, NoticeKind.DIRECT)
_EACH = 4
"""Waiting messages of each ticket."""
_EVERY = 0.1
"""Seconds between two submissions."""
_LONGEST_WAIT = 300.0
_POST, _FINISHED = "chat.postMessage", "files.completeUploadExternal"
_UPLOADS = 2
"""A report uploads its charts, then its files."""
REPORT, ACK, REMINDING = 5.0, 0.1, 0.01
"""Aims: seconds of a report, seconds of 99 % of the acknowledgements, part of a core for reminders."""
_DAY, _ROUNDS, _SWEEPS = timedelta(days=1), 24 * 4, 24 * 60 * 4
"""A day has a sweep every 15 s; here the clock moves on by a quarter of an hour, and the others find nothing."""


@dataclass(frozen=True)
class Extent:
    """Number of tickets, and seconds in which waiting messages are delivered."""

    tickets: int
    seconds: float


FULL, SHORT = Extent(5_000, 12), Extent(100, 1)


@dataclass(frozen=True)
class LoadResult:
    """Results of one engine; times in seconds."""

    engine: str
    tickets: int
    report: float
    """From the command until the report's files are in Slack."""
    acks_during_report: Samples
    """From submissions to their acknowledgements meanwhile."""
    waiting: int
    """Messages that waited when the desk was started."""
    delivered: float
    """Messages delivered in a second."""
    acks_during_delivery: Samples
    reminders: int
    """Reminders on a working day."""
    reminding: float
    """Part of a processor core that they take: found, saved and delivered."""


@dataclass(frozen=True)
class _Incident:
    """An incident that went to Retarus, with its history and messages."""

    ticket: Ticket
    history: Sequence[Event]
    letters: Sequence[Letter]


async def load(folder: Path, available: Sequence[Engine], extent: Extent) -> list[LoadResult]:
    """Measures each engine, one after the other."""
    incident = await _incident(folder / "incident")
    return [await _measured(folder, engine, incident, extent) for engine in available]


async def _incident(folder: Path) -> _Incident:
    await asyncio.to_thread(folder.mkdir)
    async with world(folder) as w:
        await w.escalated()
    store = await open_store(f"sqlite:///{folder / 'desk.sqlite3'}")
    try:
        ticket = await store.numbered(1001)
        assert ticket
        letters = await store.letters(ticket_id=ticket.id, limit=100)
        return _Incident(ticket, await store.history(ticket.id), letters)
    finally:
        await store.close()


async def _measured(folder: Path, engine: Engine, incident: _Incident, extent: Extent) -> LoadResult:
    url, test_bed = engine.database("load"), TestBed(folder, Transport.SOCKET, Network("loopback"))
    await _save(url, _closed(incident), extent.tickets)
    async with bots.desk(f"load {engine.name}", url, test_bed) as desk:
        submission = await scenarios.opened_submission(desk)
        at = incident.ticket.raised_at.astimezone(zone(load_config(bots.CONFIG).desk.timezone))
        report, acks_during_report = await _report(desk, submission, f"{at:%Y-%m}")
    waiting = await _save_waiting(url, incident, extent.tickets)
    async with bots.desk(f"load {engine.name}", url, test_bed) as desk:
        delivered, cost, acks_during_delivery = await _delivery(desk, submission, extent.seconds)
    reminders, reminding = await _reminders(engine.database("load_reminders"), incident, extent.tickets, cost)
    return LoadResult(
        engine=engine.name,
        tickets=extent.tickets,
        report=report,
        acks_during_report=Samples([acks_during_report]),
        waiting=waiting,
        delivered=delivered,
        acks_during_delivery=Samples([acks_during_delivery]),
        reminders=reminders,
        reminding=reminding,
    )


# --- stored tickets


def _closed(incident: _Incident) -> _Incident:
    """The incident as it is once it is closed: nothing is due."""
    times = incident.ticket.times.model_copy(update={"closed": incident.ticket.since})
    return replace(
        incident,
        ticket=incident.ticket.model_copy(update={"stage": Stage.CLOSED, "due": None, "times": times}),
    )


def _batches(count: int) -> list[list[str]]:
    """The ids of the tickets that are saved together."""
    names = [f"load{number}" for number in range(count)]
    return [names[first : first + _TOGETHER] for first in range(0, count, _TOGETHER)]


async def _save(url: str, incident: _Incident, count: int) -> None:
    store = await open_store(url)
    try:
        for names in _batches(count):
            tickets = [incident.ticket.model_copy(update={"id": each, "version": 1, "number": 0}) for each in names]
            events = [event.model_copy(update={"ticket_id": each}) for each in names for event in incident.history]
            await store.apply(Batch(tickets=tickets, events=events))
        while await store.index_new(_TOGETHER):  # or the desk would still be at it while the report is measured
            pass
    finally:
        await store.close()


async def _save_waiting(url: str, incident: _Incident, count: int) -> int:
    """Saves messages to Slack that are due, each in a lane of its own; gives their number."""
    chosen = [each.notice for each in incident.letters if each.notice.kind in _WAITING][:_EACH]
    store, at = await open_store(url), now()
    try:
        for names in _batches(count):
            notices = [
                notice.model_copy(update={"ticket_id": name, "key": key, "lane": key, "due": at})
                for name in names
                for number, notice in enumerate(chosen)
                for key in (f"{name}:{number}",)
            ]
            await store.apply(Batch(notices=notices))
        return (await store.backlog(now())).waiting
    finally:
        await store.close()


# --- the desk's work, while people click


async def _clicks(desk: Bot, submission: Scenario, is_over: Callable[[], bool]) -> list[float]:
    """Seconds from each submission to its acknowledgement: one every tenth of a second, until the work is over."""
    sent = list[asyncio.Task[tuple[list[float], list[float]]]]()
    try:
        async with asyncio.timeout(_LONGEST_WAIT):
            while not is_over() or not sent:
                sent.append(asyncio.create_task(desk.slack.burst([submission.stimulus()])))
                await asyncio.sleep(_EVERY)
            return [seconds for times, _ in await asyncio.gather(*sent) for seconds in times]
    except TimeoutError:
        raise BotFailed(f"{desk.name} did not finish. Calls: {dict(desk.slack.calls)}") from None


async def _report(desk: Bot, submission: Scenario, month: str) -> tuple[float, list[float]]:
    """Seconds until the month's report is in Slack, and those of the acknowledgements meanwhile."""
    arrived = list[float]()

    def is_over() -> bool:
        if desk.slack.calls[_FINISHED] == _UPLOADS and not arrived:
            arrived.append(perf_counter())
        return bool(arrived)

    started = perf_counter()
    await desk.slack.burst([scenarios.report(month, desk.slack.url).stimulus()])
    times = await _clicks(desk, submission, is_over)
    return arrived[0] - started, times


async def _delivery(desk: Bot, submission: Scenario, seconds: float) -> tuple[float, float, list[float]]:
    """Messages in a second, processor seconds of each, and the seconds of the acknowledgements meanwhile."""
    started, before, used = perf_counter(), desk.slack.calls[_POST], desk.cpu()

    def is_over() -> bool:
        return perf_counter() - started > seconds and desk.slack.calls[_POST] > before

    times = await _clicks(desk, submission, is_over)
    count = desk.slack.calls[_POST] - before
    return count / (perf_counter() - started), (desk.cpu() - used) / count, times


# --- reminders


async def _reminders(url: str, incident: _Incident, count: int, cost: float) -> tuple[int, float]:
    """Reminders of a working day, and the part of a core that they take.

    `cost`: processor seconds of a delivery. Each reminder counts as a message of its own. The database server's
    processor time is not included.
    """
    await _save(url, replace(incident, history=()), count)  # their reminders are their next versions
    clock = ManualClock(incident.ticket.since)
    store = await open_store(url, clock)
    try:
        desk = (await a_world()).at(store=store, clock=clock).desk
        found, finding = 0, process_time()
        for _ in range(_ROUNDS):
            clock.forward(seconds=_DAY.total_seconds() / _ROUNDS)
            found += await desk.reminders.sweep()
        finding, idle = process_time() - finding, process_time()
        for _ in range(_ROUNDS):
            await desk.reminders.sweep()
        idle = (process_time() - idle) / _ROUNDS
        used = finding + idle * (_SWEEPS - _ROUNDS) + found * cost
        return found, used / _DAY.total_seconds()
    finally:
        await store.close()


# --- the table


def rows(found: Sequence[LoadResult]) -> Iterable[Sequence[str]]:
    """The rows of the table, with a column for each engine."""
    first, acknowledged = found[0], "… submission → acknowledgement meanwhile, ms, p50 / p99"
    yield "work", *(each.engine for each in found)
    report = f"report of a month with {first.tickets:,} tickets: from the command until its files are in Slack, s"
    yield report, *(f"{each.report:.1f}" for each in found)
    yield acknowledged, *(each.acks_during_report.middle_and_late() for each in found)
    waiting = f"{first.waiting:,} messages wait when the desk starts: delivered in a second"
    yield waiting, *(f"{each.delivered:.0f}" for each in found)
    yield acknowledged, *(each.acks_during_delivery.middle_and_late() for each in found)
    yield f"reminders of {first.tickets:,} open tickets on a working day", *(f"{each.reminders:,}" for each in found)
    yield "… part of a processor core", *(f"{each.reminding:.2%}" for each in found)


def aims(found: Sequence[LoadResult]) -> Iterable[tuple[str, str, bool]]:
    """Each aim, the measured value, and whether it is met."""
    for each in found:
        report = f"{each.engine}: a report of a month with {each.tickets:,} tickets within {REPORT} s"
        yield report, f"{each.report:.1f} s", each.report <= REPORT
        late = each.acks_during_delivery.percentile(0.99)
        delivery = f"{each.engine}: while messages wait, 99 % of the submissions are acknowledged within {ACK} s"
        yield delivery, f"{late:.3f} s", late <= ACK
        reminding = (
            f"{each.engine}: the reminders of {each.tickets:,} open tickets take less than {REMINDING:.0%} of a core"
        )
        yield reminding, f"{each.reminding:.2%}", each.reminding < REMINDING


async def _main(extent: Extent) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as name, engines(Path(name)) as available:
        await bots.compile_all(Path(name))
        try:
            for row in rows(await load(Path(name), available, extent)):
                print(" | ".join(row))
        except BotFailed as error:
            sys.exit(f"{error}\n{bots.log_tails(Path(name))}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--short", action="store_true", help="some seconds; the figures mean little")
    asyncio.run(_main(SHORT if parser.parse_args().short else FULL))


if __name__ == "__main__":
    main()
