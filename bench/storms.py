"""Two storms of a large workspace, with Slack's own rate limits: profile changes, and a burst of incidents.

python -m bench.storms            some six minutes
python -m bench.storms --short    half a minute: checks that it works
python -m bench.storms --write docs/benchmarks.md    also puts the table between <!-- storms --> and <!-- /storms -->

The local Slack (with 20,000 members, and rate limits on) is this process; the desk is one of its own, by Socket Mode.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.machine import machine
from localslack import LocalSlack, Mailbox, Seed
from localslack.driver import PersonDriver

ROOT = Path(__file__).resolve().parent.parent
DESK = "#partner-desk"
_DESK_ID = "C0DESKDESK"
_MARKED = re.compile(r"(?<=<!-- storms -->\n).*?(?=<!-- /storms -->)", re.DOTALL)


@dataclass(frozen=True)
class Extent:
    """Sizes of the storms."""

    members: int
    changes: int
    seconds: float
    """Length of the profile storm."""
    every: float
    """Seconds between two commands, each of another person."""
    incidents: int
    within: float
    """Seconds in which they are raised."""


FULL = Extent(members=20_000, changes=5_000, seconds=300, every=5, incidents=30, within=5)
SHORT = Extent(members=500, changes=150, seconds=4, every=1, incidents=8, within=2)


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    name: str
    measured: str
    target: str
    met: bool


@asynccontextmanager
async def desk(slack: LocalSlack, folder: Path) -> AsyncIterator[None]:
    """The desk, connected; each time with the database of this folder."""
    bot = slack.app("Partner Desk")
    env = os.environ | {
        "SLACK_BOT_TOKEN": bot.bot_token,
        "SLACK_APP_TOKEN": bot.app_token,
        "SLACK_API_URL": slack.api_url,
        "DESK_CONFIG": str(ROOT / "demo" / "desk.toml"),
        "DATABASE_URL": f"sqlite:///{folder / 'desk.sqlite3'}",
        "PORT": "0",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "app.py"), cwd=folder, env=env, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr
    try:
        async with asyncio.timeout(30):
            while b"listens by Socket Mode" not in (line := await process.stderr.readline()):
                if not line:
                    sys.exit("The desk did not start.")
        draining = asyncio.create_task(process.stderr.read())
        yield
        draining.cancel()
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


def _calls(slack: LocalSlack, method: str, since: int) -> list[Any]:
    return [row for row in slack.services.traffic.rows() if row.seq > since and row.kind == method]


def _latest(slack: LocalSlack) -> int:
    return max((row.seq for row in slack.services.traffic.rows()), default=0)


async def profile_storm(slack: LocalSlack, extent: Extent) -> list[Figure]:
    """Times of commands by users new to the desk, during a storm of profile changes."""
    storm = asyncio.create_task(slack.admin.change_profiles(extent.changes, seconds=extent.seconds, seed=1))
    times, number = list[float](), 0
    while not storm.done():
        number += 1
        person = slack.person(f"member{number:05}")
        times.append(await _opens_form(person))
        await asyncio.wait([storm], timeout=extent.every)
    changes = await storm
    times.sort()
    name = (
        f"{extent.members:,} members, {changes:,} profile changes in {extent.seconds:.0f} s: a command opens its form"
    )
    measured = f"{times[len(times) // 2]:.2f} s, at the longest {times[-1]:.2f} s ({len(times)} commands)"
    return [Figure(name, measured, "within 1 s", times[-1] <= 1)]


async def _opens_form(person: PersonDriver) -> float:
    started = perf_counter()
    await person.command(DESK, "/retarus-incident")
    modal = await person.modal()
    taken = perf_counter() - started
    await person.dismiss(modal, whole=True)
    return taken


async def burst(slack: LocalSlack, extent: Extent) -> list[Figure]:
    """Times of incidents by many people at once, until all of their messages are posted."""
    since, started = _latest(slack), perf_counter()
    people = [slack.person(f"member{number:05}") for number in range(101, 101 + extent.incidents)]
    pause = extent.within / extent.incidents
    await asyncio.gather(*(_raise(slack, person, number * pause) for number, person in enumerate(people)))
    async with asyncio.timeout(180):
        while _cards(slack) < extent.incidents:  # noqa: ASYNC110 (the local Slack tells of no single channel)
            await asyncio.sleep(0.05)
    taken = perf_counter() - started
    posts = _calls(slack, "chat.postMessage", since)
    limited = sum(row.http_status == 429 for row in slack.services.traffic.rows() if row.seq > since)
    probes = len(_calls(slack, "conversations.history", since)) + len(_calls(slack, "conversations.replies", since))
    name = f"{extent.incidents} incidents in {extent.within:.0f} s: all their cards are posted"
    posted = f"{taken:.1f} s, {len(posts)} messages"
    return [
        Figure(name, posted, "within 40 s", taken <= 40),
        Figure("… answers 429 on the way", str(limited), "none", limited == 0),
        Figure("… reads of history", str(probes), "none", probes == 0),
    ]


def _cards(slack: LocalSlack) -> int:
    """Messages with buttons in the desk channel."""
    timeline = slack.services.workspace.timeline(_DESK_ID)
    return sum(len(message.blocks) > 1 for message in timeline.newest_first(None, inclusive=False))


async def _raise(slack: LocalSlack, person: PersonDriver, after: float) -> None:
    await asyncio.sleep(after)
    await person.command(DESK, "/retarus-incident")
    modal = await person.modal()
    done = await person.submit(modal, _answers(slack))
    if done["outcome"] != "closed":
        sys.exit(f"An incident was refused: {done}")


def _answers(slack: LocalSlack) -> dict[str, Any]:
    return {
        "customer": {"text": {"type": "plain_text", "text": "Müller GmbH"}, "value": "Müller GmbH"},
        "contact": "Eva Eder, +49 89 1234567",
        "services": ["Email Security"],
        "priority": "P1",
        "start": int(slack.clock.now()) - 1200,
        "happens": "Outbound mail is rejected with 550 since the connector update.",
        "impact": "No outbound mail for three customers",
    }


async def storms(extent: Extent, folder: Path) -> list[Figure]:
    """Both storms, one after the other, each with a desk that was just started."""
    seed = Seed.from_file(ROOT / "demo" / "cast.toml")
    seed.crowd = extent.members
    everybody = [f"member{number:05}" for number in range(1, min(extent.members, 200) + 1)]
    for channel in seed.channels:
        if channel.name == DESK.removeprefix("#"):
            channel.members.extend(everybody)
    figures = list[Figure]()
    for number, storm in enumerate((profile_storm, burst)):
        async with LocalSlack(seed, mailbox=Mailbox()) as slack:
            slack.switches.rate_limits = True
            place = folder / str(number)
            place.mkdir()
            async with desk(slack, place):
                figures += await storm(slack, extent)
    return figures


def table(figures: list[Figure], about: str) -> str:
    """The results as Markdown."""
    rows = [f"| {each.name} | {each.measured} | {each.target}{'' if each.met else ' (missed)'} |" for each in figures]
    return "\n".join(["| storm | measured | target |", "| --- | --- | --- |", *rows, "", about, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--short", action="store_true", help="small storms")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also put the table into this Markdown file")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        about = machine(Path(folder), [])
        figures = asyncio.run(storms(SHORT if chosen.short else FULL, Path(folder)))
    text = table(figures, about)
    print(text)
    if chosen.write:
        before = chosen.write.read_text("utf-8")
        chosen.write.write_text(_MARKED.sub(lambda _: text, before), "utf-8")
    if not all(each.met for each in figures):
        sys.exit(1)


if __name__ == "__main__":
    main()
