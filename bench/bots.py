"""What is measured? Programs of their own, each in a process of its own, each with a Slack of its own."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from time import perf_counter

from bench.shown import APP_TOKEN, TOKEN
from bench.slack import CERTIFICATE, Network, Slack, serving
from bench.wire import SECRET, Wire
from bot.config.settings import load

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "demo" / "desk.toml"

_START, _STOP = 30.0, 10.0
"""Seconds a bot may take to connect, and to end."""
_TICKS = os.sysconf("SC_CLK_TCK")


class Transport(StrEnum):
    """How what happens in Slack comes to a bot."""

    SOCKET = "Socket Mode"
    HTTP = "HTTP"


class Broken(Exception):
    """A bot does not run."""


@dataclass
class Bot:
    """A running bot and its Slack."""

    name: str
    slack: Slack
    process: asyncio.subprocess.Process
    start: float
    """Seconds from its start until it listened."""

    def cpu(self) -> float:
        """Seconds of processor time it has used, in all its threads; 0 where the system does not say."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> float:
        """Resident megabytes; 0 where the system does not say."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        except OSError:
            return 0.0
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@dataclass(frozen=True)
class Place:
    """Where bots are started, and how they are reached."""

    folder: Path
    transport: Transport
    network: Network


def channels() -> Sequence[str]:
    """What the desk looks for when it starts."""
    config = load(CONFIG)
    return [config.desk.channel, config.retarus.channel]


@asynccontextmanager
async def desk(name: str, database_url: str, place: Place) -> AsyncIterator[Bot]:
    """Partner Desk as it is run in a real workspace, with all its checks."""
    settings = {"DATABASE_URL": database_url, "DESK_CONFIG": str(CONFIG)}
    async with _running(name, [str(ROOT / "app.py")], settings, place) as bot:
        yield bot


@asynccontextmanager
async def compared(name: str, program: Sequence[str], place: Place) -> AsyncIterator[Bot]:
    """A bot that shows what stands in `shown.json`."""
    settings = {"SHOWN": str(place.folder / "shown.json"), "PYTHONPATH": str(ROOT)}
    async with _running(name, ["-m", *program], settings, place) as bot:
        yield bot


@asynccontextmanager
async def _running(name: str, program: Sequence[str], settings: Mapping[str, str], place: Place) -> AsyncIterator[Bot]:
    async with serving(channels(), place.network) as slack:
        env = {
            **{key: value for key, value in os.environ.items() if not key.startswith("SLACK_")},
            "SLACK_API_URL": slack.url,
            "SLACK_BOT_TOKEN": TOKEN,
            "SSL_CERT_FILE": str(CERTIFICATE),
            **settings,
        }
        if place.transport is Transport.HTTP:
            port = _free_port()
            slack.wire = Wire(port)
            env |= {"SLACK_SIGNING_SECRET": SECRET, "PORT": str(port)}
        else:
            env["SLACK_APP_TOKEN"] = APP_TOKEN
        with (place.folder / f"{name.replace('/', ' ')}.log").open("wb") as output:
            begun = perf_counter()
            process = await asyncio.create_subprocess_exec(
                sys.executable, *program, cwd=place.folder, env=env, stdout=output, stderr=output
            )
        try:
            await _ready(name, slack, process, place.folder)
            yield Bot(name, slack, process, perf_counter() - begun)
        finally:
            await _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _ready(name: str, slack: Slack, process: asyncio.subprocess.Process, folder: Path) -> None:
    listens = _answers(slack.wire) if slack.wire else slack.connected.wait()
    ready, ended = asyncio.ensure_future(listens), asyncio.ensure_future(process.wait())
    await asyncio.wait([ready, ended], timeout=_START, return_when=asyncio.FIRST_COMPLETED)
    is_ready = ready.done()
    for each in (ready, ended):
        each.cancel()
    if not is_ready:
        raise Broken(f"{name} did not connect.\n{said(folder)}")


async def _answers(wire: Wire) -> bool:
    while True:
        with suppress(OSError):
            await wire.warm(1)
            return True
        await asyncio.sleep(0.002)


def said(folder: Path) -> str:
    """The ends of what the bots have logged."""
    logs = {log.stem: log.read_text("utf-8", "replace")[-2000:] for log in sorted(folder.glob("*.log"))}
    return "\n".join(f"--- {name} said:\n{text}" for name, text in logs.items())


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP)
    except TimeoutError:
        process.kill()
        await process.wait()
