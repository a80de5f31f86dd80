"""docs/sizing.md: its measurement runs, and the page shows figures of that kind."""

from __future__ import annotations

import re
from pathlib import Path

from bench.sizing import measure

PAGE = (Path(__file__).parents[2] / "docs" / "sizing.md").read_text("utf-8")


async def test_measurement_of_disk_space_runs_and_pruning_saves_space(tmp_path: Path) -> None:
    found = await measure(tmp_path, tickets=50)
    with_deliveries, pruned, backup, changes, messages, memory = found.values()
    assert 0 < backup < pruned < with_deliveries
    assert changes >= 5
    assert messages >= 10
    assert memory > 30


def test_page_names_a_command_for_every_figure() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| .*\| `(python|make) ", line)]
    table = PAGE.partition("## How it was measured")[2].partition("Machine and versions")[0]
    assert len(rows) == len(re.findall(r"^\|", table, re.MULTILINE)) - 2
