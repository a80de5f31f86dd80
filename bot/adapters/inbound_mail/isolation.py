"""Parses mails in a process of its own, which is killed when a mail takes too long. Never blocks the event loop."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from bot.adapters.inbound_mail.raw_mail import LIMIT, READY, raw_identity
from bot.conversation.mail import InboundMail, UnreadableMail

CPU_LIMIT: Final = 4.0
"""Seconds of CPU time for one attempt. Known mails take less than two."""
TIME_LIMIT: Final = 30.0
"""Seconds for one attempt, however busy the machine is."""
ATTEMPTS: Final = 3
_START: Final = 30.0
_ROOT: Final = Path(__file__).parents[3]
_SLICE: Final = 256 * 1024
COMMAND: Final = (sys.executable, "-m", "bot.adapters.inbound_mail.worker")


class ParserDown(Exception):
    """The worker process cannot be started: no mail is at fault, and none may be called unreadable."""


class _AttemptFailed(Exception):
    """One attempt failed; the text is the reason."""


class MailParser:
    """One worker process, started when it is needed and again after each failure. One mail at a time."""

    def __init__(
        self,
        *,
        cpu_limit: float = CPU_LIMIT,
        time_limit: float = TIME_LIMIT,
        attempts: int = ATTEMPTS,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._cpu_limit = cpu_limit
        self._time_limit = time_limit
        self._attempts = attempts
        self._command = tuple(command)
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def read(self, raw: bytes, *, is_cut: bool = False) -> InboundMail | UnreadableMail:
        """Tries several times; a mail that fails each time is unreadable. Raises `ParserDown` only."""
        is_cut = is_cut or len(raw) > LIMIT
        raw = raw[:LIMIT]
        try:
            answer = await self._tried({"verb": "read", "is_cut": is_cut}, raw)
            return InboundMail.model_validate_json(answer)
        except _AttemptFailed as failed:
            identity = await asyncio.to_thread(raw_identity, raw)
            return UnreadableMail(identity=identity, size=len(raw), attempts=self._attempts, reason=str(failed))

    async def file(self, raw: bytes, number: int) -> bytes | None:
        """Bytes of the mail's file with that number; none when it cannot be read."""
        try:
            return await self._tried({"verb": "file", "number": number}, raw[:LIMIT])
        except _AttemptFailed:
            return None

    async def close(self) -> None:
        async with self._turn:
            await self._kill()

    async def _tried(self, request: dict[str, object], raw: bytes) -> bytes:
        failed = _AttemptFailed("not tried")
        async with self._turn:
            for _ in range(self._attempts):
                try:
                    return await self._once(request, raw)
                except _AttemptFailed as error:
                    failed = error
        raise failed

    async def _once(self, request: dict[str, object], raw: bytes) -> bytes:
        process = await self._running()
        answered = False
        try:
            async with asyncio.timeout(self._time_limit):
                answer = await _exchange(process, {**request, "seconds": self._cpu_limit}, raw)
            answered = True
        except TimeoutError:
            raise _AttemptFailed("time limit") from None
        except (OSError, asyncio.IncompleteReadError, ValueError):
            raise _AttemptFailed(await _end_of(process)) from None
        finally:
            if not answered:  # cancelled too: a late answer must not be taken for the next mail's
                await self._kill()
        if isinstance(answer, str):
            if answer != "no such file":
                await self._kill()
            raise _AttemptFailed(answer)
        return answer

    async def _running(self) -> Process:
        if self._process and self._process.returncode is None:
            return self._process
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, cwd=_ROOT, env={"PYTHONPATH": str(_ROOT)}
            )
            async with asyncio.timeout(_START):
                ready = await _stdout(self._process).readline()
        except (OSError, TimeoutError) as error:
            await self._kill()
            raise ParserDown("the process that reads mails cannot be started") from error
        if ready != READY:
            await self._kill()
            raise ParserDown("the process that reads mails does not start")
        return self._process

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        _stdin(process).close()
        await process.wait()


async def _exchange(process: Process, request: dict[str, object], raw: bytes) -> bytes | str:
    """The answer's bytes, or the kind of fault."""
    sink, source = _stdin(process), _stdout(process)
    sink.write(json.dumps({**request, "size": len(raw)}).encode() + b"\n")
    view = memoryview(raw)
    for at in range(0, len(raw), _SLICE):
        sink.write(view[at : at + _SLICE])
        await sink.drain()
    await sink.drain()
    header = json.loads(await source.readline())
    answer = await source.readexactly(header["size"])
    return str(header["fault"]) if header["fault"] else answer


async def _end_of(process: Process) -> str:
    """Reason why the process ended: the system's signal for too much CPU time, or a crash."""
    with suppress(TimeoutError):
        async with asyncio.timeout(1):
            await process.wait()
    return "time limit" if process.returncode == -signal.SIGPROF else "crash"


def _stdin(process: Process) -> asyncio.StreamWriter:
    assert process.stdin
    return process.stdin


def _stdout(process: Process) -> asyncio.StreamReader:
    assert process.stdout
    return process.stdout
