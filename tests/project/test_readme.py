"""What the README says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config.settings import Environment
from tests.project.diagram import state_diagram

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
LINKS = sorted(set(re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", README)) - {""})
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_the_diagram_is_the_table_of_moves() -> None:
    assert f"```mermaid\n{state_diagram()}\n```" in README


@pytest.mark.parametrize("link", [link for link in LINKS if "://" not in link])
def test_what_it_links_to_is_there(link: str) -> None:
    assert (ROOT / link).exists()


def test_its_commands_exist() -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE))
    assert named <= TARGETS
    assert named >= {"run", "test", "check"}


def test_it_names_every_variable_of_the_environment_with_its_default() -> None:
    rows = [line for line in README.splitlines() if re.match(r"\| `[A-Z_`, ]+\|", line)]
    documented = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
    assert documented == {name.upper() for name in Environment.model_fields}
    for name, field in Environment.model_fields.items():
        row = next(row for row in rows if f"`{name.upper()}`" in row)
        assert str(field.default) in row, name


def test_the_folders_it_maps_exist_and_none_is_left_out() -> None:
    mapped = set(re.findall(r"`([a-z]+)/`", README))
    there = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()}
    assert there <= mapped | {"bot"}
    assert all((ROOT / name).is_dir() for name in mapped - {"var"})
