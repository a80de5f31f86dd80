"""The median function has at most 10 lines, and none has more than 50 but the one that assembles the desk."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
ASSEMBLY = "bot/desk.py open_desk"
"""A list of all services, one a line, without a decision."""
OURS = ("app.py", "handlers", "runtime", "blocks", "bot", "demo", "texts")


def functions(*names: str) -> Iterator[tuple[int, str]]:
    """Number of lines of each function, without nested functions, and its location."""
    for name in names:
        path = ROOT / name
        for file in [path] if path.is_file() else path.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield _lines(node), f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"


def spans(*names: str) -> dict[str, int]:
    """Number of lines of each function, nested ones included, by its file and name."""
    files = (
        file for name in names for file in ([ROOT / name] if (ROOT / name).is_file() else (ROOT / name).rglob("*.py"))
    )
    return {
        f"{file.relative_to(ROOT)} {node.name}": _span(node)
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Number of lines of a function without nested functions, such as listeners inside a `register`."""
    inner = [each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    return _span(node) - sum(_span(each) for each in inner)


def _span(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("names", [OURS, ("localslack",)], ids=["the bot", "the local Slack"])
def test_functions_are_small(names: tuple[str, ...]) -> None:
    assert median(lines for lines, _ in functions(*names)) <= 10


@pytest.mark.parametrize("folder", [*OURS, "localslack", "bench", "deploy", "tests"])
def test_functions_have_at_most_50_lines_with_their_nested_functions(folder: str) -> None:
    assert {where: lines for where, lines in spans(folder).items() if lines > 50 and where != ASSEMBLY} == {}


def test_files_have_at_most_400_lines() -> None:
    long = [
        f"{count} {path.relative_to(ROOT)}"
        for name in (*OURS, "localslack", "bench", "deploy", "tests")
        for path in ([ROOT / name] if (ROOT / name).is_file() else (ROOT / name).rglob("*.py"))
        if (count := len(path.read_text("utf-8").splitlines())) > 400
    ]
    assert long == []
