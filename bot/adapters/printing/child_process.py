"""Prints reports in a child process, one at a time, so that the event loop goes on."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from bot.core.errors import Unprinted
from bot.core.i18n import t
from bot.reports.document import PrintedReport, ReportDocument

ROOT = Path(__file__).parents[3]
TIMEOUT = 60.0
"""Seconds for one report."""
_COMMAND = (sys.executable, "-m", "bot.adapters.printing")


class ChildProcessPrinter:
    """`bot.reports.ports.ReportPrinter`. The libraries it needs are never in the desk's own memory."""

    def __init__(self, timeout: float = TIMEOUT, command: tuple[str, ...] = _COMMAND) -> None:
        self._timeout = timeout
        self._command = command
        self._free = asyncio.Lock()

    async def printed(self, paper: ReportDocument) -> PrintedReport:
        async with self._free:
            answer = await self._ask_child(paper.model_dump_json().encode())
        try:
            return PrintedReport.model_validate_json(answer)
        except ValidationError:
            raise Unprinted(t("The child process that prints it said nothing readable.")) from None

    async def _ask_child(self, asked: bytes) -> bytes:
        """Runs the child and returns its output; kills it on a timeout or a cancellation."""
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
        try:
            async with asyncio.timeout(self._timeout):
                answer, _ = await child.communicate(asked)
        except TimeoutError:
            raise Unprinted(t("Printing it took longer than {seconds} s.", seconds=round(self._timeout))) from None
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        if child.returncode:
            raise Unprinted(t("The child process that prints it failed."))
        return answer
