"""Measures Partner Desk beside two Bolt apps that do nothing else, in one run, and prints the table.

python -m bench                      some minutes
python -m bench --short              some seconds: shows that it works, not how fast it is
python -m bench --write README.md    puts the table between <!-- bench --> and <!-- /bench --> there

This process is Slack's side (bench/slack.py) and holds the clock; each bot is a process of its own. bench/measure.py
says what a figure means, bench/bare.py what is compared with, bench/scenarios.py what is done.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import re
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from bench import bots
from bench.bots import ROOT, Bot, Broken
from bench.measure import FULL, SHORT, Plan, measure
from bench.scenarios import COMMAND, Scenario, command, submission
from bench.slack import Unanswered
from bench.table import machine, table
from bot.ports import Query
from bot.store import open_store

_MARKED = re.compile(r"(?<=<!-- bench -->\n).*(?=<!-- /bench -->)", re.DOTALL)


async def bench(plan: Plan) -> str:
    """The table. The database is on the disk this project is on: a folder in memory would make fsync free."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as name:
        try:
            return await _bench(plan, Path(name))
        except Unanswered as error:
            raise Broken(f"{error}\n{bots.said(Path(name))}") from error


async def _bench(plan: Plan, folder: Path) -> str:
    footer = machine(folder)
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(bots.desk(folder))
        scenarios = await _shown(desk, folder)
        default = await stack.enter_async_context(bots.bare("default", "bare Bolt", folder, COMMAND))
        tuned = await stack.enter_async_context(bots.bare("tuned", "bare Bolt, tuned", folder, COMMAND))
        compared = [default, tuned, desk]
        gc.freeze()
        results = await measure(compared, scenarios, plan)
        told = table(results, compared, scenarios, footer)
    await _verified(desk, folder)
    return told


async def _shown(desk: Bot, folder: Path) -> list[Scenario]:
    """Lets the desk show its form and its card once: they are what the others have to show."""
    asked = command()
    await desk.slack.burst([asked.envelope()])
    view = json.loads(desk.slack.last["views.open"])["view"]
    view = json.loads(view) if isinstance(view, str) else view
    (folder / "view.json").write_text(json.dumps(view), "utf-8")
    submitted = submission(view)
    await desk.slack.burst([submitted.envelope()])
    await desk.slack.at_rest(posts=1)
    (folder / "post.json").write_bytes(desk.slack.last["chat.postMessage"])
    return [asked, submitted]


async def _verified(desk: Bot, folder: Path) -> None:
    """A ticket for every submission that was acknowledged, and a card for every ticket."""
    store = await open_store(f"sqlite:///{folder}/desk.sqlite3")
    try:
        tickets = await store.count(Query())
    finally:
        await store.close()
    if tickets != desk.slack.posts:
        raise Broken(f"{tickets} tickets are saved, and {desk.slack.posts} cards were posted.")


def write(file: Path, told: str) -> None:
    """Replaces what is between the two markers."""
    text = file.read_text("utf-8")
    if not _MARKED.search(text):
        sys.exit(f"{file} has no line <!-- bench --> with a line <!-- /bench --> below it.")
    file.write_text(_MARKED.sub(lambda _: f"{told}\n", text), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="How fast is Partner Desk, beside bare Bolt?")
    parser.add_argument("--short", action="store_true", help="some seconds; the figures mean little")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also put the table into this Markdown file")
    chosen = parser.parse_args()
    try:
        told = asyncio.run(bench(SHORT if chosen.short else FULL))
    except Broken as error:
        sys.exit(str(error))
    print(told)
    if chosen.write:
        write(chosen.write, told)


if __name__ == "__main__":
    main()
