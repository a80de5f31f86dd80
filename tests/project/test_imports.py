"""Who may import whom: the contracts in pyproject.toml hold, and they can fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.project.may_import import MayImport

ROOT = Path(__file__).parents[2]


def test_every_room_imports_only_what_it_may() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def is_kept(importer: str, imported: str) -> bool:
    graph = grimp.ImportGraph()
    for module in ("bot", "bot.desk", "bot.model.transitions", "bot.adapters.store", "bot.adapters.store.sqlite"):
        graph.add_module(module)
    for library in ("json", "pydantic", "slack_sdk"):
        graph.add_module(library, is_squashed=True)
    graph.add_import(importer=importer, imported=imported)
    contract = MayImport("rules", {}, {"room": ["bot.*"], "may_import": ["pydantic"]})
    return bool(contract.check(graph, verbose=False).kept)


@pytest.mark.parametrize(
    ("importer", "imported", "kept"),
    [
        ("bot.desk", "bot.model.transitions", True),
        ("bot.desk", "pydantic", True),
        ("bot.desk", "json", True),
        ("bot.desk", "slack_sdk", False),
        ("bot.desk", "bot.adapters.store", False),
        ("bot.desk", "bot.adapters.store.sqlite", False),
        ("bot.adapters.store.sqlite", "slack_sdk", True),  # another room's business
    ],
)
def test_a_file_of_the_rules_may_import_its_own_kind_but_no_technology(
    importer: str, imported: str, kept: bool
) -> None:
    assert is_kept(importer, imported) is kept
