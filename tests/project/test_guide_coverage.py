"""docs/guide-coverage.md has a row for every rule of the guide, and the files and tests it names exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.forms.template_fields import PREQUALIFICATION, REQUEST, TEMPLATE, TRANSACTIONS

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "guide-coverage.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TABLE.read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| row ")
]
NUMBERED = (
    "1.b 1.c 1.e 1.f 2.1 2.2 2.3 2.4 2.5 2.6 L1.1 L1.2 L1.3 L1.4 L1.5 L1.6 L1.7 L1.8 L1.9 L2.0 L2.1 L2.2 L2.3 L2.4 "
    "L2.5/6 L2.7 L2.8 L2.10 L3.1 L3.2 L3.3 L3.4 L3.5 L3.6 L3.7 L3.8"
).split()
"""Numbers of the numbered rows."""
NOT_YET = "not yet"


def all_tests() -> set[str]:
    """Names of all test functions."""
    return {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        if "node_modules" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


def test_numbered_rules_have_rows() -> None:
    assert {row[0].split()[0] for row in ROWS} >= set(NUMBERED)
    assert sum(row[0].startswith("2.1 ") for row in ROWS) == 2


@pytest.mark.parametrize(
    "words", [REQUEST, TRANSACTIONS, *(heading.text for heading in (*TEMPLATE, *PREQUALIFICATION))]
)
def test_headings_and_matrix_rows_have_rows_verbatim(words: str) -> None:
    assert words in {row[0] for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:40] for row in ROWS])
def test_row_names_effect_files_and_tests(row: list[str]) -> None:
    name, effect, where, named = row
    assert name
    assert re.fullmatch(r"[BWROI]( [BWROI])*", effect)
    assert all((ROOT / path).exists() for path in re.findall(r"`((?:\w+/)*[\w.]+\.(?:py|toml))`", where)), where
    if named == NOT_YET:
        assert NOT_YET in where
    else:
        assert re.findall(r"`[\w.]+/[\w./]+`", where), "where is it?"


def test_named_tests_exist() -> None:
    named = {test.strip() for row in ROWS if row[3] != NOT_YET for test in row[3].split(",")}
    assert named - all_tests() == set()
