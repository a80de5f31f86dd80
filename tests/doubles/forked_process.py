"""Processes of the tests, forked from one that has imported the desk: none of them spends a second on its imports.

They are as separate as any other process, and can be killed at any moment.
"""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
import runpy
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).parents[2]

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "tests.contracts.inbound_worker",
        "tests.contracts.outbox_worker",
        "tests.contracts.sweep_worker",
        "tests.handlers.late_desk",
        "demo.run",
    ]
)


class ForkedProcess:
    """A forked process, with the part of asyncio's interface that the tests use."""

    stdout: asyncio.StreamReader
    """Its errors, too."""
    stdin: BinaryIO

    def __init__(self, work: Callable[..., None], *arguments: object) -> None:
        self._output, output = _CONTEXT.Pipe(duplex=False)
        given, self._input = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(target=_run, args=(given, output, work, arguments), daemon=True)
        self._process.start()
        output.close()
        given.close()

    async def connect(self) -> None:
        """Connects its output and input."""
        self.stdout, loop = asyncio.StreamReader(), asyncio.get_running_loop()
        pipe = os.fdopen(os.dup(self._output.fileno()), "rb", buffering=0)
        self._reading, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(self.stdout), pipe)
        self.stdin = os.fdopen(os.dup(self._input.fileno()), "wb", buffering=0)
        self._output.close()
        self._input.close()

    @property
    def returncode(self) -> int | None:
        """None while it runs; -9 after `kill -9`."""
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()

    async def wait(self) -> int:
        """Waits for its end; gives its return code."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        if self.returncode is None:
            loop.add_reader(self._process.sentinel, ended.set)
            await ended.wait()
            loop.remove_reader(self._process.sentinel)
        code = self.returncode
        assert code is not None
        return code

    async def close(self) -> None:
        """Kills it if it still runs, and closes what connects it."""
        if self.returncode is None:
            self.kill()
        await self.wait()
        self._reading.close()
        self.stdin.close()
        self._process.close()


@asynccontextmanager
async def forked(module: str, *arguments: object, **environment: str) -> AsyncIterator[ForkedProcess]:
    """Runs `main(*arguments)` of a module in a process, which is killed at the end if it still runs."""
    async with _running(ForkedProcess(_main_of, module, tuple(map(str, arguments)), environment)) as process:
        yield process


@asynccontextmanager
async def forked_program(
    *arguments: str, folder: Path = ROOT, environment: Mapping[str, str]
) -> AsyncIterator[ForkedProcess]:
    """Runs `python app.py …` in a folder, with this environment alone; killed at the end if it still runs."""
    async with _running(ForkedProcess(_program, arguments, str(folder), dict(environment))) as process:
        yield process


@asynccontextmanager
async def _running(process: ForkedProcess) -> AsyncIterator[ForkedProcess]:
    await process.connect()
    try:
        yield process
    finally:
        await process.close()


def _run(given: Connection, output: Connection, work: Callable[..., None], arguments: tuple[object, ...]) -> None:
    for number, end in enumerate((given, output, output)):
        os.dup2(end.fileno(), number)
    given.close()
    output.close()
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0, "r"), os.fdopen(1, "w"), os.fdopen(2, "w", buffering=1)
    work(*arguments)


def _main_of(module: str, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    os.environ.update(environment)
    asyncio.run(importlib.import_module(module).main(*arguments))


def _program(arguments: tuple[str, ...], folder: str, environment: dict[str, str]) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [str(ROOT / "app.py"), *arguments]
    runpy.run_path(sys.argv[0], run_name="__main__")
