"""Profile of the desk: stages are told by files that exist, counts add up, and the short form runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench import imported, stages

ROOT = Path(__file__).resolve().parents[2]
SERVER = "MainThread;/a/aiohttp/web_protocol.py:start;/a/slack_bolt/app.py:async_dispatch"
SUBMITTED = f"{SERVER};/d/handlers/dispatch.py:_on_submission;/d/handlers/create.py:submit"
OPENED = "MainThread;/d/handlers/dispatch.py:_guard"
DELIVERED = "MainThread;/d/bot/outbox.py:_fly"


@pytest.mark.parametrize("place", [each for group in stages.OWN for each in group])
def test_stage_is_told_by_a_file_that_exists(place: str) -> None:
    file, _, function = place.partition(":")
    assert (ROOT / file).exists()
    assert not function or f"def {function}(" in (ROOT / file).read_text("utf-8")


@pytest.mark.parametrize(
    ("stack", "stage"),
    [
        (SERVER, stages.RECEIVING),
        (f"{SUBMITTED};/d/bot/forms/validation.py:checked", stages.CHECKS),
        (f"{SUBMITTED};/d/bot/adapters/store/sqlite.py:look_up", stages.LOOK_UPS),
        (f"{SUBMITTED};/d/bot/tickets/changes.py:timed", stages.TIMES),
        (f"{SUBMITTED};/d/bot/tickets/service.py:create", stages.RECORDS),
        (f"{SUBMITTED};/d/bot/adapters/store/group_commit.py:run", stages.RECORDS),
        (f"{OPENED};/d/blocks/kit.py:section", stages.MODAL),
        (f"{OPENED};/a/slack_sdk/web/async_client.py:views_open", stages.OPENING),
        (f"{DELIVERED};/d/blocks/card.py:card", stages.CARD),
        (f"{DELIVERED};/a/slack_sdk/web/async_client.py:chat_postMessage", stages.CALL),
        (f"{DELIVERED};/d/bot/adapters/store/group_commit.py:run", stages.OUTBOX),
        ("desk-store-writer;/d/bot/adapters/store/group_commit.py:_run", stages.COMMIT),
        ("desk-store-writer;/d/bot/adapters/store/full_text_index.py:_put", stages.INDEX),
        ("desk-store-reader_0;/d/bot/adapters/store/postgres.py:read", stages.LOOK_UPS),
        ("MainThread;/d/runtime/command_line.py:main;/p/asyncio/base_events.py:_run_once", stages.LOOP),
        ("MainThread;selector", stages.LOOP),
    ],
)
def test_stage_of_a_stack(stack: str, stage: str) -> None:
    assert stages.stage_of(stack) == stage


def test_every_stage_is_either_before_or_after_or_both() -> None:
    listed = [*stages.BEFORE, *stages.THROUGHOUT, *stages.AFTER]
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize(
    ("module", "package"),
    [("bot.desk", imported.DESK), ("json.decoder", imported.STANDARD), ("aiohttp.web", "aiohttp")],
)
def test_module_is_counted_with_its_package(module: str, package: str) -> None:
    assert imported.package(module) == package


def test_processor_time_is_counted_with_the_function_that_takes_it(tmp_path: Path) -> None:
    program, results = tmp_path / "program.py", tmp_path / "results"
    lines = ["import sys, time", "def busy():", "    while time.process_time() < 0.8: pass", "busy()"]
    program.write_text("\n".join([*lines, "print('done', time.thread_time(), flush=True)", "time.sleep(60)"]), "utf-8")
    command = [sys.executable, "-m", "bench.sampled", str(results), str(program)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        _, used = running.stdout.readline().split()
        os.kill(running.pid, signal.SIGUSR1)
        while not (results.exists() and results.read_text("utf-8").endswith("\n")):
            time.sleep(0.01)
        running.kill()
    counted = json.loads(results.read_text("utf-8"))
    busy = sum(seconds for stack, seconds in counted.items() if "program.py:busy" in stack)
    assert busy == pytest.approx(float(used), rel=0.25)


@pytest.mark.timeout(900)
@pytest.mark.long
@pytest.mark.xdist_group("bench")
def test_short_profile_is_put_between_its_markers(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    file = tmp_path / "docs" / "benchmarks.md"
    file.write_text("before\n<!-- profile -->\nold\n<!-- /profile -->\nafter\n", "utf-8")
    command = [sys.executable, "-m", "bench.profile", "--short", "--write", "--below", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=880, check=False)
    assert done.returncode == 0, done.stderr
    text = file.read_text("utf-8")
    assert text.removeprefix("before\n<!-- profile -->\n").removesuffix("<!-- /profile -->\nafter\n") in done.stdout
    assert text.count("**until the acknowledgement, or the modal**") == 2
    assert "**after all imports**" in text
