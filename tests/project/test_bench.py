"""The benchmark does not rot: its short form runs, and tells what it measured. How fast it was is no test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """What it printed, and what it wrote between the markers."""
    readme = tmp_path_factory.mktemp("bench") / "README.md"
    readme.write_text("before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n", "utf-8")
    command = [sys.executable, "-m", "bench", "--short", "--write", str(readme)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, readme.read_text("utf-8")


def test_every_scenario_is_measured_at_every_concurrency(run: tuple[str, str]) -> None:
    rows = [line.split(" | ") for line in run[0].splitlines()]
    measured = [(row[0].split()[1], row[1]) for row in rows if " → " in row[0]]
    assert measured == [(what, at_once) for what in ("command", "submission") for at_once in ("1", "10", "50")]


def test_ratios_to_both_bare_apps_are_told(run: tuple[str, str]) -> None:
    assert "| × bare Bolt | × bare Bolt, tuned |" in run[0]


def test_machine_versions_and_date_are_told(run: tuple[str, str]) -> None:
    last = run[0].rstrip().splitlines()[-1]
    assert all(word in last for word in ("cores", "Python", "slack-bolt", "SQLite", "fsync", "load", "20"))


def test_the_table_is_put_between_the_markers(run: tuple[str, str]) -> None:
    printed, written = run
    assert written == f"before\n<!-- bench -->\n{printed}<!-- /bench -->\nafter\n"


def test_the_sweeps_cost_is_measured_with_more_and_more_tickets() -> None:
    command = [sys.executable, "-m", "bench.sweep", "--short"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")]
    assert [row[0].removeprefix("| ") for row in rows[2:]] == ["1,000", "2,000"]
