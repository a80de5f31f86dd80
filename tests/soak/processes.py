"""Starts and kills the processes of a soak: the local Slack, and the replicas of the desk."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, time

from tests.soak.desk_process import STARTED

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "demo" / "desk.toml"
_READY = b"listens by Socket Mode"
_TIMEOUT = 60.0
"""Seconds a process may take to be ready, on a busy machine and under faults."""


@dataclass(frozen=True)
class Addresses:
    """Addresses of the local Slack and its mail servers, and the app's tokens."""

    control: str
    api: str
    bot_token: str
    app_token: str
    smtp: str
    imap: str


@asynccontextmanager
async def local_slack() -> AsyncIterator[Addresses]:
    """Runs the local Slack with its mail servers until the end of the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.soak.slack_process",
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout
        line = await asyncio.wait_for(process.stdout.readline(), _TIMEOUT)
        yield Addresses(**json.loads(line))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@dataclass
class Replica:
    """One process of the desk, started again after each kill; everything it logs is kept in one file."""

    name: str
    database: str
    slack: Addresses
    log: Path
    pid: int = 0
    kills: int = 0
    killed_at: list[float] = field(default_factory=list)
    """The machine's time at each kill."""
    memories: list[tuple[float, float]] = field(default_factory=list)
    """Seconds since the start of the process, and its megabytes."""
    peak: float = 0.0
    _born: float = 0.0
    _forks: asyncio.subprocess.Process | None = None
    _copying: asyncio.Task[None] | None = None
    _started: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self, wrong: float = 0.0) -> None:
        """Starts the process and waits until it listens; again when it could not start under the present faults.

        `wrong`: seconds by which its clock is wrong.
        """
        forks = await self._forking()
        for _ in range(20):
            self._ready.clear()
            self.memories.clear()
            assert forks.stdin
            forks.stdin.write(f"{wrong}\n".encode())
            self.pid = await asyncio.wait_for(self._started.get(), _TIMEOUT)
            self._born = monotonic()
            if await self._listens():
                return
            await self.kill(counts=False)
        raise RuntimeError(f"{self.name} does not start; {self.log} says why")

    async def _listens(self) -> bool:
        until = monotonic() + _TIMEOUT
        while monotonic() < until and self.is_alive:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ready.wait(), 0.2)
                return True
        return False

    @property
    def is_alive(self) -> bool:
        """True if the process runs."""
        return bool(self.pid) and Path(f"/proc/{self.pid}").exists()

    async def _forking(self) -> asyncio.subprocess.Process:
        if self._forks is None:
            self._forks = await self._spawn()
            self._copying = asyncio.create_task(self._copy(self._forks))
        return self._forks

    async def _spawn(self) -> asyncio.subprocess.Process:
        clean = {name: text for name, text in os.environ.items() if not name.startswith(("SLACK_", "DESK_"))}
        settings = {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api,
            "SLACK_POSTS_PER_MINUTE": "0",
            "DATABASE_URL": self.database,
            "SMTP_URL": self.slack.smtp,
            "IMAP_URL": self.slack.imap,
            "DESK_CONFIG": str(CONFIG),
            "REPLICA": self.name,
            "PORT": "0",
        }
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.soak.desk_process", self.slack.control,
            cwd=ROOT, env={**clean, **settings},
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip

    async def _copy(self, forks: asyncio.subprocess.Process) -> None:
        """Writes what the desks log to the file, and notices their starts."""
        assert forks.stdout
        with self.log.open("ab") as log:
            async for line in forks.stdout:
                before, mark, pid = line.rpartition(STARTED.encode())
                if mark and pid.strip().isdigit():
                    self._started.put_nowait(int(pid))
                    line = before  # noqa: PLW2901 (the rest of a line that a killed desk had begun)
                log.write(line)
                log.flush()
                if _READY in line:
                    self._ready.set()

    async def kill(self, *, counts: bool = True) -> None:
        """Kills the process with SIGKILL, if it runs."""
        if not self.pid:
            return
        self.measure()
        self.kills += counts
        self.killed_at.append(time())
        with suppress(ProcessLookupError):
            await _killed(self.pid)
        self.pid = 0

    async def end(self) -> None:
        """Ends the desk and the process that forks it."""
        await self.kill(counts=False)
        if self._forks and self._copying:
            self._forks.kill()
            await self._forks.wait()
            await self._copying

    def limit_files(self, limit: int) -> None:
        """Limits the size of all files of the process, as on a full disk; -1 removes the limit."""
        with suppress(ProcessLookupError):
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    def measure(self) -> None:
        """Notes the resident memory in megabytes."""
        with suppress(OSError, IndexError):
            status = Path(f"/proc/{self.pid}/status").read_text("ascii")
            megabytes = int(status.partition("VmRSS:")[2].split()[0]) / 1024
            self.memories.append((monotonic() - self._born, megabytes))
            self.peak = max(self.peak, megabytes)


async def _killed(pid: int) -> None:
    """Kills a process and waits for its end."""
    handle = os.pidfd_open(pid)
    loop, gone = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(handle, gone.set)
    try:
        os.kill(pid, signal.SIGKILL)
        await gone.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)
