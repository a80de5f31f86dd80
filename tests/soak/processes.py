"""Starts and kills the processes of a soak: the local Slack, and the replicas of the desk."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "demo" / "desk.toml"
_READY = b"listens by Socket Mode"
_PATIENCE = 60.0
"""Seconds a process may take to be ready, on a busy machine and under faults."""


@dataclass(frozen=True)
class Addresses:
    """Where the local Slack and its mail server are, and the app's tokens."""

    control: str
    api: str
    bot_token: str
    app_token: str
    smtp: str


@dataclass
class SlackProcess:
    """The running local Slack."""

    addresses: Addresses
    process: asyncio.subprocess.Process

    def order_mail(self, **order: object) -> None:
        """Orders a fault of the mail server, see `tests.soak.slack_process`."""
        assert self.process.stdin
        self.process.stdin.write(f"{json.dumps(order)}\n".encode())


@asynccontextmanager
async def local_slack() -> AsyncIterator[SlackProcess]:
    """Runs the local Slack until the end of the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.soak.slack_process",
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout
        line = await asyncio.wait_for(process.stdout.readline(), _PATIENCE)
        yield SlackProcess(Addresses(**json.loads(line)), process)
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
    process: asyncio.subprocess.Process | None = None
    kills: int = 0
    lives: list[tuple[float, float]] = field(default_factory=list)
    """For each killed process: how many seconds it lived, and its megabytes at the end."""
    _born: float = 0.0
    _copying: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Starts the process and waits until it listens; again when it could not start under the present faults."""
        for _ in range(20):
            ready = asyncio.Event()
            self.process = await self._spawn()
            self._born = monotonic()
            self._copying = asyncio.create_task(self._copy(self.process, ready))
            with suppress(TimeoutError):
                await asyncio.wait_for(ready.wait(), _PATIENCE)
            if self.process.returncode is None and not self._copying.done():
                return
            await self.kill(counts=False)
        raise RuntimeError(f"{self.name} does not start; {self.log} says why")

    async def _spawn(self) -> asyncio.subprocess.Process:
        clean = {name: text for name, text in os.environ.items() if not name.startswith(("SLACK_", "DESK_"))}
        settings = {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api,
            "DATABASE_URL": self.database,
            "SMTP_URL": self.slack.smtp,
            "DESK_CONFIG": str(CONFIG),
            "REPLICA": self.name,
            "PORT": "0",
        }
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.soak.desk_process", self.slack.control,
            cwd=ROOT, env={**clean, **settings}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip

    async def _copy(self, process: asyncio.subprocess.Process, ready: asyncio.Event) -> None:
        assert process.stdout
        with self.log.open("ab") as log:
            async for line in process.stdout:
                log.write(line)
                log.flush()
                if _READY in line:
                    ready.set()
        ready.set()

    async def kill(self, *, counts: bool = True) -> None:
        """Kills the process with SIGKILL, if it runs."""
        if self.process is None:
            return
        if counts:
            self.kills += 1
            self.lives.append((monotonic() - self._born, self.memory()))
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL)
        await self.process.wait()
        if self._copying:
            await self._copying
        self.process = None

    def memory(self) -> float:
        """Resident memory in megabytes."""
        try:
            status = Path(f"/proc/{self.process.pid if self.process else 0}/status").read_text("ascii")
        except OSError:
            return 0.0
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024
