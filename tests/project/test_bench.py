"""The short form of the benchmarks runs and reports all figures; how fast it was is not tested."""

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
    "one-click move → acknowledgement",
)

pytestmark = [pytest.mark.timeout(900), pytest.mark.long, pytest.mark.xdist_group("bench")]


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    """Output of the benchmark, and the text it wrote between each pair of markers of docs/benchmarks.md."""
    folder = tmp_path_factory.mktemp("bench")
    (folder / "docs").mkdir()
    file = folder / "docs" / "benchmarks.md"
    marked = "".join(f"<!-- {name} -->\nold\n<!-- /{name} -->\n" for name in ("bench", "percentiles"))
    file.write_text(f"before\n{marked}after\n", "utf-8")
    command = [sys.executable, "-m", "bench", "--short", "--write", "--below", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=880, check=False)
    assert done.returncode == 0, done.stderr
    first, _, second = file.read_text("utf-8").partition("<!-- percentiles -->\n")
    return done.stdout, first, second


@pytest.fixture(scope="module")
def search_output() -> str:
    """Output of the search benchmark."""
    command = [sys.executable, "-m", "bench.search", "--short"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=880, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(text: str) -> list[list[str]]:
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]


def test_all_scenarios_are_measured_at_every_concurrency_for_all_bots(benchmark: tuple[str, str, str]) -> None:
    _, readme, _ = benchmark
    head, *measured = readme.partition("The same elsewhere")[0].partition("| ")[2].splitlines()
    assert BOTS in head
    assert [(row[0], row[1]) for row in rows("\n".join(measured[1:]))] == [
        (scenario, at_once) for scenario in MEASURED for at_once in ("1", "10", "50")
    ]


def test_socket_mode_and_http_are_measured_with_and_without_latency(benchmark: tuple[str, str, str]) -> None:
    _, _, everything = benchmark
    places = [line.removeprefix("### ") for line in everything.splitlines() if line.startswith("### ")]
    fast, slow = "a Slack that answers at once", "TLS and 50 ms"
    assert places[:4] == [f"Socket Mode, {fast}", f"HTTP, {fast}", f"Socket Mode, {slow}", f"HTTP, {slow}"]


def test_every_engine_is_measured_with_growing_numbers_of_tickets(benchmark: tuple[str, str, str]) -> None:
    found = [(row[0], row[1]) for row in rows(benchmark[1]) if row[0] in {"SQLite", "PostgreSQL"}]
    assert found == [(engine, size) for engine in ("SQLite", "PostgreSQL") for size in ("1,000", "2,000")]


def test_report_waiting_messages_and_reminders_are_measured_on_every_engine(benchmark: tuple[str, str, str]) -> None:
    next_to_clicks = benchmark[1].partition("Work beside people's clicks")[2].partition("Several replicas")[0]
    head, _, *found = rows(next_to_clicks)
    assert head[1:] == ["SQLite", "PostgreSQL"]
    assert [len(row) for row in found] == [3] * 6
    assert all(float(cell.split(" / ")[0].replace(",", "")) > 0 for row in found[:-1] for cell in row[1:])
    assert all(cell.endswith("%") for cell in found[-1][1:])  # of few tickets: nearly none


def test_replicas_are_measured_alone_and_with_three_others(benchmark: tuple[str, str, str]) -> None:
    together = benchmark[1].partition("Several replicas on")[2].partition("What was aimed at")[0]
    _, _, *found = rows(together)
    assert [row[0] for row in found] == ["1", "4"]
    assert all(float(row[4]) > 0 for row in found)


def test_targets_are_listed_with_whether_they_are_met(benchmark: tuple[str, str, str]) -> None:
    aims = [line for line in benchmark[1].splitlines() if line.startswith("- ")]
    assert len(aims) == 21
    assert all(line.startswith(("- Holds: ", "- **Missed**: ")) for line in aims)


def test_machine_versions_and_date_are_reported(benchmark: tuple[str, str, str]) -> None:
    last = benchmark[0].rstrip().splitlines()[-1]
    reported = ("cores", "Python", "slack-bolt", "SQLite", "PostgreSQL", "fsync", "load", "20")
    assert all(word in last for word in reported)


def test_tables_are_put_between_the_markers(benchmark: tuple[str, str, str]) -> None:
    printed, medians, percentiles = benchmark
    assert medians.startswith("before\n<!-- bench -->\n")
    assert percentiles.endswith("<!-- /percentiles -->\nafter\n")
    assert medians.removeprefix("before\n<!-- bench -->\n").removesuffix("\n<!-- /bench -->\n") in printed
    assert percentiles.removesuffix("\n<!-- /percentiles -->\nafter\n") in printed


def test_search_has_a_higher_recall_than_plain_full_text_search(search_output: str) -> None:
    (summary,) = [row for row in rows(search_output) if row[0] == "**all questions**"]
    all_words, any_word, ours = (float(cell.partition(" / ")[0]) for cell in summary[2:])
    assert ours > any_word > all_words
    assert ours >= 0.85


def test_unrelated_documents_are_not_suggested(search_output: str) -> None:
    (summary,) = [row for row in rows(search_output) if row[0].startswith("offers nothing")]
    assert summary[-1] == f"{summary[1]} of {summary[1]}"


def test_search_is_measured_on_every_engine(search_output: str) -> None:
    assert [(row[0], row[1]) for row in rows(search_output) if row[0] in {"SQLite", "PostgreSQL"}] == [
        ("SQLite", "1,000"),
        ("PostgreSQL", "1,000"),
    ]
