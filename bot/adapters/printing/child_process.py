"""Prints reports in a child process, one at a time, so that the event loop goes on."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from pydantic import ValidationError

from bot.core.errors import Unprinted
from bot.core.i18n import t
from bot.reports.document import PrintedReport, ReportDocument
from bot.reports.ports import PrintReport

ROOT = Path(__file__).parents[3]
CPU_LIMIT = 60
"""Seconds of processor time for one report; known ones take about two."""
TIMEOUT = 600.0
"""Seconds for one report, however busy the machine is."""
_COMMAND = (sys.executable, "-m", "bot.adapters.printing")


class ChildProcessPrinter:
    """`bot.reports.ports.ReportPrinter`. The libraries it needs are never in the desk's own memory."""

    def __init__(self, timeout: float = TIMEOUT, command: tuple[str, ...] = _COMMAND, cpu: int = CPU_LIMIT) -> None:
        self._timeout = timeout
        self._cpu = cpu
        self._command = command
        self._free = asyncio.Lock()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[PrintReport]:
        """The child loads its libraries while the document is written."""
        async with self._free:
            child = await self._start()
            try:
                yield lambda document: self._print(child, document)
            finally:
                await _end(child)

    async def _start(self) -> Process:
        try:
            child = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # it may quote what stands in the report
            )
        except OSError as error:
            raise Unprinted(t("No child process could be started to print it.")) from error
        _limit_cpu(child.pid, self._cpu)
        return child

    async def _print(self, child: Process, document: ReportDocument) -> PrintedReport:
        try:
            async with asyncio.timeout(self._timeout):
                answer, _ = await child.communicate(document.model_dump_json().encode())
        except TimeoutError:
            raise _too_long(self._timeout) from None
        if child.returncode == -signal.SIGXCPU:
            raise _too_long(self._cpu)
        if child.returncode:
            raise Unprinted(t("The child process that prints it failed."))
        try:
            return PrintedReport.model_validate_json(answer)
        except ValidationError:
            raise Unprinted(t("The child process that prints it said nothing readable.")) from None


async def _end(child: Process) -> None:
    """Kills the child if it still runs: after a timeout, a cancellation, or without a document."""
    if child.returncode is None:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


def _too_long(seconds: float) -> Unprinted:
    return Unprinted(t("Printing it took longer than {seconds} s.", seconds=round(seconds)))


def _limit_cpu(pid: int, seconds: int) -> None:
    """Limits processor time where the system can: a busy machine makes no report unprintable."""
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415  not on every system

    with suppress(ProcessLookupError):
        resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds + 5))
