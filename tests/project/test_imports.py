"""Imports: the contracts in pyproject.toml hold and can fail, and no files import each other in a circle."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.contracts.layers import LayersContract

ROOT = Path(__file__).parents[2]
LAYERS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
][0]


def test_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def is_kept(importer: str, imported: str) -> bool:
    graph = grimp.build_graph("handlers", "runtime", "blocks", "bot", include_external_packages=True)
    graph.add_import(importer=importer, imported=imported)
    options = {key: value for key, value in LAYERS.items() if key not in {"id", "name", "type"}}
    return bool(LayersContract("layers", {"root_packages": ["handlers"]}, options).check(graph, verbose=False).kept)


@pytest.mark.parametrize(
    ("importer", "imported", "expected"),
    [
        ("handlers.create", "bot.tickets.service", True),
        ("handlers.create", "bot.adapters.store.sqlite", False),
        ("handlers.create", "bot.adapters.mail.mail_carrier", False),
        ("blocks.card", "bot.desk", True),
        ("blocks.card", "bot.adapters.slack.client", False),
        ("bot.core.cleaning", "bot.model.ticket", False),
        ("bot.model.ticket", "bot.config.settings", False),
        ("bot.tickets.changes", "bot.escalation.service", False),
        ("bot.escalation.letter", "bot.adapters.mail.mail_carrier", False),
        ("bot.adapters.store.database", "handlers.create", False),
    ],
)
def test_layers_contract_refuses_what_reaches_up_or_into_a_store(importer: str, imported: str, expected: bool) -> None:
    assert is_kept(importer, imported) is expected


def imports_of_files() -> dict[str, set[str]]:
    """Module → modules it imports, those under TYPE_CHECKING and inside functions too."""
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for room in ("bot", "blocks", "handlers", "runtime")
        for path in (ROOT / room).rglob("*.py")
    }
    found: dict[str, set[str]] = {}
    for name, path in modules.items():
        froms = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
        named = {(node.module or "", alias.name) for node in froms for alias in node.names}
        found[name] = {
            f"{module}.{each}" if f"{module}.{each}" in modules else module
            for module, each in named
            if module in modules
        } - {name}
    return found


def test_no_files_import_each_other_in_a_circle() -> None:
    try:
        TopologicalSorter(imports_of_files()).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {error.args[1]}")
