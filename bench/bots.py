"""What is measured? Programs of their own, each in a process of its own, each with a Slack of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bench.slack import Slack, serving
from bot.settings import load

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "demo" / "desk.toml"

_START, _STOP = 30.0, 10.0
"""Seconds a bot may take to connect, and to end."""
_TICKS = os.sysconf("SC_CLK_TCK")


class Broken(Exception):
    """A bot does not run."""


@dataclass
class Bot:
    """A running bot and its Slack."""

    name: str
    slack: Slack
    process: asyncio.subprocess.Process
    start: float
    """Seconds from its start until it was connected."""

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


def channels() -> Sequence[str]:
    """What the desk looks for when it starts."""
    config = load(CONFIG)
    return [config.desk.channel, config.retarus.channel]


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Bot]:
    """Partner Desk as it is run in a real workspace; its database is `desk.sqlite3` in the folder."""
    settings = {"DATABASE_URL": f"sqlite:///{folder}/desk.sqlite3", "DESK_CONFIG": str(CONFIG)}
    async with _running("Partner Desk", [str(ROOT / "app.py")], folder, settings) as bot:
        yield bot


@asynccontextmanager
async def bare(how: str, name: str, folder: Path, command: str) -> AsyncIterator[Bot]:
    """A Bolt app that shows the form in `view.json` and posts `post.json`."""
    settings = {
        "BENCH_COMMAND": command,
        "BENCH_VIEW": str(folder / "view.json"),
        "BENCH_POST": str(folder / "post.json"),
        "PYTHONPATH": str(ROOT),
    }
    async with _running(name, ["-m", "bench.bare", how], folder, settings) as bot:
        yield bot


@asynccontextmanager
async def _running(name: str, program: Sequence[str], folder: Path, settings: Mapping[str, str]) -> AsyncIterator[Bot]:
    async with serving(channels()) as slack:
        env = {
            **{key: value for key, value in os.environ.items() if not key.startswith("SLACK_")},
            "SLACK_API_URL": slack.url,
            "SLACK_BOT_TOKEN": "xoxb-bench",
            "SLACK_APP_TOKEN": "xapp-bench",
            **settings,
        }
        with (folder / f"{name}.log").open("wb") as output:
            begun = perf_counter()
            process = await asyncio.create_subprocess_exec(
                sys.executable, *program, cwd=folder, env=env, stdout=output, stderr=output
            )
        try:
            await _ready(name, slack, process, folder)
            yield Bot(name, slack, process, perf_counter() - begun)
        finally:
            await _stop(process)


async def _ready(name: str, slack: Slack, process: asyncio.subprocess.Process, folder: Path) -> None:
    ready, ended = asyncio.ensure_future(slack.connected.wait()), asyncio.ensure_future(process.wait())
    await asyncio.wait([ready, ended], timeout=_START, return_when=asyncio.FIRST_COMPLETED)
    for each in (ready, ended):
        each.cancel()
    if not slack.connected.is_set():
        raise Broken(f"{name} did not connect.\n{said(folder)}")


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
