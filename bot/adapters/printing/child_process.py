"""Prints reports in a child process, one at a time, so that the event loop goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bot.core.errors import Unprinted
from bot.core.i18n import t
from bot.model.ticket import Record
from bot.reports.document import PrintedReport
from bot.reports.month_report import MonthOrder, PrintedMonth
from bot.reports.ports import PrintReport

R = TypeVar("R", bound=Record)

ROOT = Path(__file__).parents[3]
CPU_LIMIT = 120
"""Seconds of processor time of each process; known reports of 5,000 tickets take about two and a half in one."""
TIMEOUT = 600.0
"""Seconds for one report, however busy the machine is."""
_PRINTING = (sys.executable, "-m", "bot.adapters.printing")
_MONTH = (sys.executable, "-m", "bot.adapters.printing.counting_process")


class ChildProcessPrinter:
    """`bot.reports.ports.ReportPrinter`. The libraries it needs are never in the desk's own memory."""

    def __init__(
        self,
        timeout: float = TIMEOUT,
        command: tuple[str, ...] = _PRINTING,
        cpu: int = CPU_LIMIT,
        *,
        month: tuple[str, ...] = _MONTH,
    ) -> None:
        """`command` prints a document; `month` works out a month's report, and prints it."""
        self._timeout = timeout
        self._cpu = cpu
        self._command = command
        self._month = month
        self._free = asyncio.Lock()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[PrintReport]:
        """The child loads its libraries while the document is written."""
        async with self._child(self._command) as child:
            yield lambda document: self._answer(child, _one(document.model_dump_json()), PrintedReport)

    async def print_month(self, order: MonthOrder, stored: AsyncIterator[str]) -> PrintedMonth:
        """The child decodes the tickets and counts them: doing it here would keep people's clicks waiting."""
        async with self._child(self._month) as child:
            return await self._answer(child, _after(order.as_line(), stored), PrintedMonth)

    @asynccontextmanager
    async def _child(self, command: tuple[str, ...]) -> AsyncIterator[Process]:
        async with self._free:
            child = await self._start(command)
            try:
                yield child
            finally:
                await _end(child)

    async def _start(self, command: tuple[str, ...]) -> Process:
        try:
            child = await asyncio.create_subprocess_exec(
                *command,
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # it may quote what stands in the report
            )
        except OSError as error:
            raise Unprinted(t("No child process could be started to print it.")) from error
        _limit(child.pid, self._cpu)
        return child

    async def _answer(self, child: Process, lines: AsyncIterator[str], expected: type[R]) -> R:
        try:
            async with asyncio.timeout(self._timeout):
                await _feed(child, lines)
                answer, _ = await child.communicate()
        except TimeoutError:
            raise _too_long(self._timeout) from None
        if child.returncode == -signal.SIGXCPU:
            raise _too_long(self._cpu)
        if child.returncode:
            raise Unprinted(t("The child process that prints it failed."))
        try:
            return expected.model_validate_json(answer)
        except ValidationError:
            raise Unprinted(t("The child process that prints it said nothing readable.")) from None


async def _one(line: str) -> AsyncIterator[str]:
    yield line


async def _after(first: str, others: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    async for line in others:
        yield line


async def _feed(child: Process, lines: AsyncIterator[str]) -> None:
    """Writes the lines as fast as the child reads them; to one that has ended none: its exit code says the rest."""
    assert child.stdin
    with suppress(BrokenPipeError, ConnectionResetError):
        async for line in lines:
            child.stdin.write(line.encode() + b"\n")
            await child.stdin.drain()
    child.stdin.close()


async def _end(child: Process) -> None:
    """Kills the child if it still runs: after a timeout, a cancellation, or without a document."""
    if child.returncode is None:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


def _too_long(seconds: float) -> Unprinted:
    return Unprinted(t("Printing it took longer than {seconds} s.", seconds=round(seconds)))


def _limit(pid: int, seconds: int) -> None:
    """Limits processor time where the system can: a busy machine makes no report unprintable.

    And lowers the priority, so that people's clicks do not wait for the child; not by more, or it would not end in time
    on a machine that is busy with other things, too.
    """
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415  not on every system

    with suppress(ProcessLookupError, PermissionError):
        os.setpriority(os.PRIO_PROCESS, pid, 5)
        resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds + 5))
