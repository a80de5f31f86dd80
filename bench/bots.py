"""Starts the measured bots, each as a separate process connected to its own fake Slack."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.shown import APP_TOKEN, TOKEN
from bench.slack import CERTIFICATE, FakeSlack, Network, serving
from bench.wire import SECRET, Wire
from bot.config.settings_file import load

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "demo" / "desk.toml"

_CONNECT_TIMEOUT, _EXIT_TIMEOUT = 200.0, 10.0
"""Timeouts in seconds for a bot to connect and to exit; only a broken one takes as long, even on a busy machine."""
TICKS = os.sysconf("SC_CLK_TCK")


class Transport(StrEnum):
    """Transport of payloads to a bot."""

    SOCKET = "Socket Mode"
    HTTP = "HTTP"


class BotFailed(Exception):
    """A bot did not start or did not work correctly."""


@dataclass
class Bot:
    """A running bot and its fake Slack."""

    name: str
    slack: FakeSlack
    process: asyncio.subprocess.Process
    start: float
    """Seconds from the start of the process until it was connected."""

    def cpu(self) -> float:
        """Processor seconds used so far by all threads; 0 where the system does not report them."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> float:
        """Resident memory in megabytes; 0 where the system does not report it."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        except OSError:
            return 0.0
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def opened_view(self) -> dict[str, Any]:
        """The view it opened last."""
        view = json.loads(self.slack.last["views.open"])["view"]
        found: dict[str, Any] = json.loads(view) if isinstance(view, str) else view
        return found


@dataclass(frozen=True)
class TestBed:
    """Working folder, transport and network of the bots."""

    folder: Path
    transport: Transport
    network: Network


def channels() -> Sequence[str]:
    """Names of the channels that the desk looks up at its start."""
    config = load(CONFIG)
    return [config.desk.channel, config.retarus.channel]


@asynccontextmanager
async def desk(name: str, database_url: str, test_bed: TestBed, root: Path = ROOT) -> AsyncIterator[Bot]:
    """Runs Partner Desk as in a real workspace, with all checks. `root`: the folder of its source."""
    settings = {"DATABASE_URL": database_url, "DESK_CONFIG": str(CONFIG)}
    async with running(name, [str(root / "app.py")], settings, test_bed) as bot:
        yield bot


@asynccontextmanager
async def comparison_bot(name: str, program: Sequence[str], test_bed: TestBed) -> AsyncIterator[Bot]:
    """Runs a comparison bot that shows the payloads of `shown.json`."""
    settings = {"SHOWN": str(test_bed.folder / "shown.json"), "PYTHONPATH": str(ROOT)}
    async with running(name, ["-m", *program], settings, test_bed) as bot:
        yield bot


async def compile_all(folder: Path) -> None:
    """Compiles everything that the bots import, as an installed program is compiled."""
    for name in ("app", "bench.bare", "bench.floor"):
        code = ["-c", f"import {name}"]
        process = await asyncio.create_subprocess_exec(sys.executable, *code, cwd=ROOT, env=environment(folder))
        if await process.wait():
            raise BotFailed(f"{name} cannot be imported.")


def environment(folder: Path) -> dict[str, str]:
    """Environment of a bot: with its compiled files in this folder, without settings for Slack."""
    known = {key: value for key, value in os.environ.items() if not key.startswith("SLACK_")}
    return {**known, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


@asynccontextmanager
async def running(
    name: str, program: Sequence[str], settings: Mapping[str, str], test_bed: TestBed
) -> AsyncIterator[Bot]:
    """Runs a program that connects to a fake Slack of its own."""
    async with serving(channels(), test_bed.network) as slack:
        env = {
            **environment(test_bed.folder),
            "SLACK_API_URL": slack.url,
            "SLACK_POSTS_PER_MINUTE": "0",
            "SLACK_BOT_TOKEN": TOKEN,
            "SSL_CERT_FILE": str(CERTIFICATE),
            **settings,
        }
        if test_bed.transport is Transport.HTTP:
            port = _free_port()
            slack.wire = Wire(port)
            env |= {"SLACK_SIGNING_SECRET": SECRET, "PORT": str(port)}
        else:
            env |= {"SLACK_APP_TOKEN": APP_TOKEN, "PORT": "0"}  # the health pages at any free port
        with (test_bed.folder / f"{name.replace('/', ' ')}.log").open("wb") as output:
            started = perf_counter()
            process = await asyncio.create_subprocess_exec(
                sys.executable, *program, cwd=test_bed.folder, env=env, stdout=output, stderr=output
            )
        try:
            await _wait_until_ready(name, slack, process, test_bed.folder)
            yield Bot(name, slack, process, perf_counter() - started)
        finally:
            await _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _wait_until_ready(name: str, slack: FakeSlack, process: asyncio.subprocess.Process, folder: Path) -> None:
    listens = _accepts_connections(slack.wire) if slack.wire else slack.connected.wait()
    ready, ended = asyncio.ensure_future(listens), asyncio.ensure_future(process.wait())
    await asyncio.wait([ready, ended], timeout=_CONNECT_TIMEOUT, return_when=asyncio.FIRST_COMPLETED)
    is_ready = ready.done()
    for each in (ready, ended):
        each.cancel()
    if not is_ready:
        raise BotFailed(f"{name} did not connect.\n{log_tails(folder)}")


async def _accepts_connections(wire: Wire) -> bool:
    while True:
        with suppress(OSError):
            await wire.warm(1)
            return True
        await asyncio.sleep(0.002)


def log_tails(folder: Path) -> str:
    """The last lines of the bots' logs."""
    logs = {log.stem: log.read_text("utf-8", "replace")[-2000:] for log in sorted(folder.glob("*.log"))}
    return "\n".join(f"--- {name} said:\n{text}" for name, text in logs.items())


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _EXIT_TIMEOUT)
    except TimeoutError:
        process.kill()
        await process.wait()
