"""The benchmark does not rot: its short form runs, and tells what it measured. How fast it was is no test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOTS = "no Bolt | bare Bolt | bare Bolt, tuned | Partner Desk | Partner Desk PostgreSQL"
MEASURED = (
    "slash command → form",
    "button → modal",
    "submission → acknowledgement",
    "submission → card in the channel",
)

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    """What it printed, and what it wrote between each pair of markers of docs/benchmarks.md."""
    folder = tmp_path_factory.mktemp("bench")
    (folder / "docs").mkdir()
    file = folder / "docs" / "benchmarks.md"
    marked = "".join(f"<!-- {name} -->\nold\n<!-- /{name} -->\n" for name in ("bench", "percentiles"))
    file.write_text(f"before\n{marked}after\n", "utf-8")
    command = [sys.executable, "-m", "bench", "--short", "--write", "--below", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    first, _, second = file.read_text("utf-8").partition("<!-- percentiles -->\n")
    return done.stdout, first, second


@pytest.fixture(scope="module")
def searched() -> str:
    """What the benchmark of the search printed."""
    command = [sys.executable, "-m", "bench.search", "--short"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(text: str) -> list[list[str]]:
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]


def test_everything_is_measured_at_every_concurrency_beside_bolt_and_without_it(run: tuple[str, str, str]) -> None:
    _, readme, _ = run
    head, *measured = readme.partition("The same elsewhere")[0].partition("| ")[2].splitlines()
    assert BOTS in head
    assert [(row[0], row[1]) for row in rows("\n".join(measured[1:]))] == [
        (what, at_once) for what in MEASURED for at_once in ("1", "10", "50")
    ]


def test_it_is_measured_by_socket_mode_and_http_with_and_without_a_network_between(run: tuple[str, str, str]) -> None:
    _, _, everything = run
    places = [line.removeprefix("### ") for line in everything.splitlines() if line.startswith("### ")]
    fast, slow = "a Slack that answers at once", "TLS and 50 ms"
    assert places[:4] == [f"Socket Mode, {fast}", f"HTTP, {fast}", f"Socket Mode, {slow}", f"HTTP, {slow}"]


def test_every_engine_is_measured_with_more_and_more_tickets(run: tuple[str, str, str]) -> None:
    found = [(row[0], row[1]) for row in rows(run[1]) if row[0] in {"SQLite", "PostgreSQL"}]
    assert found == [(engine, size) for engine in ("SQLite", "PostgreSQL") for size in ("1,000", "2,000")]


def test_what_was_aimed_at_is_told_whether_it_holds_or_not(run: tuple[str, str, str]) -> None:
    aims = [line for line in run[1].splitlines() if line.startswith("- ")]
    assert len(aims) == 8
    assert all(line.startswith(("- Holds: ", "- **Missed**: ")) for line in aims)


def test_machine_versions_and_date_are_told(run: tuple[str, str, str]) -> None:
    last = run[0].rstrip().splitlines()[-1]
    told = ("cores", "Python", "slack-bolt", "SQLite", "PostgreSQL", "fsync", "load", "20")
    assert all(word in last for word in told)


def test_tables_are_put_between_the_markers(run: tuple[str, str, str]) -> None:
    printed, medians, percentiles = run
    assert medians.startswith("before\n<!-- bench -->\n")
    assert percentiles.endswith("<!-- /percentiles -->\nafter\n")
    assert medians.removeprefix("before\n<!-- bench -->\n").removesuffix("\n<!-- /bench -->\n") in printed
    assert percentiles.removesuffix("\n<!-- /percentiles -->\nafter\n") in printed


def test_the_search_finds_more_of_what_is_meant_than_plain_full_text_search(searched: str) -> None:
    (told,) = [row for row in rows(searched) if row[0] == "**all questions**"]
    all_words, any_word, ours = (float(cell.partition(" / ")[0]) for cell in told[2:])
    assert ours > any_word > all_words
    assert ours >= 0.85


def test_what_is_not_the_same_problem_is_not_offered(searched: str) -> None:
    (told,) = [row for row in rows(searched) if row[0].startswith("offers nothing")]
    assert told[-1] == f"{told[1]} of {told[1]}"


def test_the_search_is_measured_on_every_engine(searched: str) -> None:
    assert [(row[0], row[1]) for row in rows(searched) if row[0] in {"SQLite", "PostgreSQL"}] == [
        ("SQLite", "1,000"),
        ("PostgreSQL", "1,000"),
    ]
